import { describe, expect, it } from 'vitest';

import type { RunFacts, World } from '#src/paging/run.ts';
import { acknowledged, begin, touched, unacknowledged } from '#src/paging/running.ts';
import { stillFiring, timeUp } from '#src/paging/times.ts';
import { minutes } from '#test/support/incident.ts';
import {
  ana,
  anaId,
  bo,
  boId,
  facts,
  level,
  paged,
  payments,
  policy,
  resolving,
  said,
} from '#test/support/paging.ts';

const world: World = { resolve: resolving({ payments: ['ana'] }) };
const started = (changes: Partial<RunFacts> = {}, asked: World = world) => begin(facts(changes), asked);
const plan = (changes: Parameters<typeof policy>[0]): RunFacts['plan'] => [policy(changes)];

describe('an escalation', () => {
  it('pages its first level at once and says by which rule, to whom and why', () => {
    const one = started({ plan: plan({ levels: [level({ targets: [payments] })] }) });
    expect(one.pages).toEqual([
      {
        to: { kind: 'person', id: 'ana' },
        level: 1,
        cycle: 1,
        urgency: 'high',
        reason: 'INC-1 is P1, so level 1 (First) of policy Payments pages schedule payments (ana on call).',
      },
    ]);
    expect(one).toMatchObject({ notes: [], nextAt: minutes(5), run: { status: 'active', level: 1 } });
  });

  it('goes on level by level, each exactly its window after the one before, and ends with a loud word', () => {
    let now = started();
    const seen = [paged(now)];
    for (const at of [5, 10]) {
      expect(now.nextAt).toEqual(minutes(at));
      // A quarter of a second late: the next is due as if it were not.
      now = timeUp(now.run, world, new Date(minutes(at).getTime() + 250));
      seen.push(paged(now));
    }
    expect(seen).toEqual([['1 ana'], ['2 bo'], ['3 ops']]);
    expect(now.pages[0]?.reason).toMatch(/^Nobody acknowledged INC-1 within 5 min, so level 3 \(Third\)/);
    const end = timeUp(now.run, world, minutes(15));
    expect(end).toMatchObject({ pages: [], nextAt: null, run: { status: 'completed', incidentLevel: 3 } });
    expect(end.notes).toEqual([
      {
        isLoud: true,
        text: 'Nobody acknowledged INC-1: policy Payments is at its end, and nobody is paged any more. Take it, or escalate it to somebody.',
      },
    ]);
  });

  it('does nothing before its time, nor twice at it', () => {
    const one = started();
    expect(timeUp(one.run, world, minutes(4.9)).run).toBe(one.run);
    const two = timeUp(one.run, world, minutes(5));
    const again = timeUp(two.run, world, minutes(5));
    expect(again).toMatchObject({ pages: [], notes: [], nextAt: minutes(10) });
    expect(again.run).toBe(two.run);
  });

  it('repeats, then hands on to the policy that is named, with what that was when it began', () => {
    const first = policy({ levels: [level()], repeat: { times: 1, afterMs: 60_000 }, handTo: 'managers' });
    const second = policy({ id: 'managers', name: 'Managers', levels: [level({ targets: [bo] })] });
    let now = started({ plan: [first, second] });
    const seen: string[] = [];
    for (const at of [5, 6, 11, 16]) {
      expect(now.nextAt).toEqual(minutes(at));
      now = timeUp(now.run, world, minutes(at));
      seen.push(`${at}: ${paged(now).join()} ${now.run.cycle} ${now.run.status}`);
    }
    expect(seen).toEqual(['5:  1 active', '6: 1 ana 2 active', '11: 1 bo 3 active', '16:  3 completed']);
  });

  it('takes one target in turn where it says so, from one incident to the next', () => {
    const turning = plan({ levels: [level({ targets: [ana, bo], strategy: 'round-robin' })] });
    const one = started({ plan: turning });
    expect(paged(one)).toEqual(['1 ana']);
    const two = started({ plan: turning }, { ...world, turns: one.run.turns });
    expect(paged(two)).toEqual(['1 bo']);
    expect(two.pages[0]?.reason).toContain('bo, whose turn it is.');
    expect(paged(started({ plan: turning }, { ...world, turns: two.run.turns }))).toEqual(['1 ana']);
  });

  it('gives the turn of one who cannot be reached to the next', () => {
    const turning = plan({
      levels: [level({ targets: [{ kind: 'team', id: 'db' }, bo], strategy: 'round-robin' })],
    });
    const one = started({ plan: turning });
    expect(paged(one)).toEqual(['1 bo']);
    expect(said(one)[0]).toMatch(/reached only some; nobody by team db \(nobody is on call\)/);
  });

  it('pages nobody twice at one level, by whatever way they are meant', () => {
    expect(paged(started({ plan: plan({ levels: [level({ targets: [payments, ana] })] }) }))).toEqual([
      '1 ana',
    ]);
  });
});

describe('a level that reaches nobody', () => {
  const empty = { kind: 'schedule' as const, id: 'empty' };

  it('gives way to its fallback, and the page says so', () => {
    const one = started({ plan: plan({ levels: [level({ targets: [{ ...empty, fallback: bo }] })] }) });
    expect(one.pages[0]?.reason).toContain(
      'pages bo as the fallback, since this reached nobody: schedule empty (nobody is on call).',
    );
  });

  it('is left at once, and the room is told', () => {
    const one = started({ plan: plan({ levels: [level({ targets: [empty] }), level({ targets: [bo] })] }) });
    expect(paged(one)).toEqual(['2 bo']);
    expect(said(one)).toEqual([
      'Level 1 (First) of INC-1 reached nobody: schedule empty (nobody is on call); went on to level 2 at once.',
    ]);
    expect(one.nextAt).toEqual(minutes(5));
  });

  it('waits its window where the policy says so', () => {
    const holding = plan({
      levels: [level({ targets: [empty], whenEmpty: 'hold' }), level({ targets: [bo] })],
    });
    const one = started({ plan: holding });
    expect(one).toMatchObject({ pages: [], nextAt: minutes(5), run: { level: 1 } });
    expect(said(one)[0]).toContain('it waits until 2026-03-01 08:05 UTC all the same.');
    expect(paged(timeUp(one.run, world, minutes(5)))).toEqual(['2 bo']);
  });

  it('at the end of all, with nobody anywhere, is said loudly', () => {
    const one = started({ plan: plan({ levels: [level({ targets: [empty] })] }) });
    expect(one.run.status).toBe('completed');
    expect(one.notes.at(-1)).toMatchObject({ isLoud: true });
    expect(one.notes.at(-1)?.text).toContain('INC-1 reached nobody at any level');
  });

  it('is tried again a minute later where the policy repeats at once', () => {
    const one = started({
      plan: plan({ levels: [level({ targets: [empty] })], repeat: { times: 1, afterMs: 0 } }),
    });
    expect(one).toMatchObject({ pages: [], nextAt: minutes(1) });
  });

  it('is passed over where it is for other hours or severities', () => {
    const hours = { zone: 'Europe/Berlin', windows: [{ days: [], from: '22:00', to: '06:00' }] };
    const levels = [
      level({ when: { hours, severity: [] } }),
      level({ when: { hours: null, severity: ['P0'] } }),
      level({ targets: [bo] }),
    ];
    expect(paged(started({ plan: plan({ levels }) }))).toEqual(['3 bo']);
    expect(paged(started({ plan: plan({ levels }), severity: 'P0' }))).toEqual(['2 ana']);
    expect(paged(started({ plan: plan({ levels }), at: minutes(-240) }))).toEqual(['1 ana']);
  });
});

describe('acknowledging', () => {
  it('stops it', () => {
    const done = acknowledged(started().run, anaId, minutes(2));
    expect(done).toMatchObject({
      pages: [],
      nextAt: null,
      run: { status: 'acknowledged', ackedBy: ['ana'] },
    });
    expect(timeUp(done.run, world, minutes(99)).pages).toEqual([]);
  });

  it('by fewer people than needed does not', () => {
    const one = acknowledged(
      started({ plan: plan({ levels: [level({ acksNeeded: 2 })] }) }).run,
      anaId,
      minutes(1),
    );
    expect(said(one)).toEqual(['ana acknowledged INC-1; 1 more person must.']);
    expect(one).toMatchObject({ nextAt: minutes(5), run: { status: 'active' } });
    expect(acknowledged(one.run, anaId, minutes(2)).run).toBe(one.run);
    expect(acknowledged(one.run, boId, minutes(2)).run.status).toBe('acknowledged');
  });

  it('of a policy that does not stop on it is only written down', () => {
    const one = acknowledged(started({ plan: plan({ stopOnAck: false }) }).run, anaId, minutes(1));
    expect(said(one)).toEqual(['ana acknowledged INC-1; policy Payments goes on all the same.']);
    expect(paged(timeUp(one.run, world, minutes(5)))).toEqual(['2 bo']);
  });

  it('taken back pages the same level again', () => {
    const two = timeUp(started().run, world, minutes(5));
    const done = acknowledged(two.run, boId, minutes(6));
    const back = unacknowledged(done.run, world, boId, minutes(7));
    expect(paged(back)).toEqual(['2 bo']);
    expect(back).toMatchObject({ nextAt: minutes(12), run: { cycle: 2, ackedBy: [] } });
    expect(unacknowledged(back.run, world, boId, minutes(7)).run).toBe(back.run);
  });

  it('is undone where nothing happens for long, counted from the last thing that did', () => {
    const done = acknowledged(started({ plan: plan({ unackAfterMs: 1_800_000 }) }).run, anaId, minutes(1));
    expect(done.nextAt).toEqual(minutes(31));
    const busy = touched(done.run, minutes(20));
    expect(busy.nextAt).toEqual(minutes(50));
    expect(said(timeUp(busy.run, world, minutes(50)))).toEqual([
      'Nothing happened on INC-1 for 30 min: it is paged again.',
    ]);
  });

  it('does not hold while alerts still fire after the time that is set', () => {
    const settings = plan({ resumeIfStillFiringAfterMs: 600_000 });
    const done = acknowledged(started({ plan: settings }).run, anaId, minutes(1));
    expect(done.nextAt).toEqual(minutes(11));
    expect(stillFiring(done.run, world, minutes(10)).pages).toEqual([]);
    expect(timeUp(done.run, world, minutes(11))).toMatchObject({ pages: [], nextAt: minutes(21) });
    const fires = timeUp(done.run, { ...world, isFiring: true }, minutes(11));
    expect(paged(fires)).toEqual(['1 ana']);
    expect(paged(stillFiring(done.run, world, minutes(12)))).toEqual(['1 ana']);
  });
});

describe('a timer that comes late', () => {
  it('after hours pages the one level that is due now, with its whole window, and says so', () => {
    const four = policy({
      levels: ['a', 'b', 'c', 'd'].map((id) => level({ targets: [{ kind: 'person', id }] })),
    });
    const late = timeUp(started({ plan: [four] }).run, world, minutes(12));
    expect(paged(late)).toEqual(['3 c']);
    expect(late.nextAt).toEqual(minutes(17));
    expect(late.notes).toEqual([
      {
        isLoud: true,
        text: 'The time of level 1 came 7 min late for INC-1; level 2 was due meanwhile and is passed over.',
      },
    ]);
    expect(paged(timeUp(started({ plan: [four] }).run, world, minutes(600)))).toEqual(['4 d']);
  });

  it('after a clock that was set back does not wait for what was tomorrow', () => {
    const ahead = timeUp(started().run, world, minutes(600));
    const back = timeUp(ahead.run, world, minutes(6));
    expect(back).toMatchObject({ pages: [], nextAt: minutes(11) });
    expect(said(back)[0]).toMatch(/^The clock was set back by 9 h 54 min/);
    expect(timeUp(back.run, world, minutes(6)).run).toBe(back.run);
  });

  it('at the end of the last level begins the next round now', () => {
    const again = plan({ levels: [level()], repeat: { times: 1, afterMs: 60_000 } });
    const late = timeUp(started({ plan: again }).run, world, minutes(90));
    expect(paged(late)).toEqual(['1 ana']);
    expect(late).toMatchObject({ nextAt: minutes(95), run: { cycle: 2 } });
  });
});
