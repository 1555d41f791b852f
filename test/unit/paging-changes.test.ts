import { describe, expect, it } from 'vitest';

import { escalatedTo } from '#src/paging/escalating.ts';
import type { RunFacts, World } from '#src/paging/run.ts';
import {
  cancelled,
  acknowledged,
  begin,
  reopened,
  replan,
  resolved,
  severityChanged,
  snooze,
} from '#src/paging/running.ts';
import { MANAGER_AFTER, managersDue, slaBreached, timeUp } from '#src/paging/times.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { anaId, bo, facts, level, paged, policy, resolving, said } from '#test/support/paging.ts';

const world: World = { resolve: resolving({ payments: ['ana'] }) };
const started = (changes: Partial<RunFacts> = {}, asked: World = world) => begin(facts(changes), asked);
const plan = (changes: Parameters<typeof policy>[0]): RunFacts['plan'] => [policy(changes)];

describe('on command', () => {
  it('an escalation goes to a level, whether or not that applies now', () => {
    const levels = [level(), level({ targets: [bo], when: { hours: null, severity: ['P0'] } })];
    const one = started({ plan: plan({ levels }) });
    const asked = escalatedTo(one.run, world, { level: 2 }, anaId, minutes(1));
    expect(paged(asked)).toEqual(['2 bo']);
    expect(asked.pages[0]?.reason).toMatch(/^Ana escalated INC-1, so level 2/);
    expect(escalatedTo(asked.run, world, { level: 2 }, anaId, minutes(1)).run).toBe(asked.run);
    expect(() => escalatedTo(one.run, world, { level: 3 }, anaId, minutes(1))).toThrow(
      'Policy Payments has 2 levels; name one of them.',
    );
  });

  it('an escalation goes to whoever is named, once, and waits for an answer', () => {
    const done = acknowledged(started().run, anaId, minutes(1));
    const asked = escalatedTo(done.run, world, { target: bo }, anaId, minutes(2));
    expect(asked.pages).toMatchObject([
      { to: { id: 'bo' }, reason: 'ana asked for bo for INC-1, which pages bo.' },
    ]);
    expect(asked).toMatchObject({ nextAt: minutes(7), run: { status: 'active', incidentLevel: 2 } });
    expect(escalatedTo(asked.run, world, { target: bo }, anaId, minutes(2)).run).toBe(asked.run);
  });

  it('an escalation says loudly where that reaches nobody, and goes on as before', () => {
    const asked = escalatedTo(
      started().run,
      world,
      { target: { kind: 'team', id: 'db' } },
      anaId,
      minutes(2),
    );
    expect(asked.notes).toMatchObject([{ isLoud: true }]);
    expect(asked).toMatchObject({ pages: [], nextAt: minutes(5) });
  });

  it('an escalation sleeps until a time, unless it gets worse', () => {
    const asleep = snooze(started({ severity: 'P2' }).run, minutes(60), anaId, minutes(1));
    expect(asleep.nextAt).toEqual(minutes(60));
    expect(said(asleep)).toEqual(['ana snoozed INC-1: nobody is paged until 2026-03-01 09:00 UTC.']);
    expect(timeUp(asleep.run, world, minutes(30)).pages).toEqual([]);
    expect(paged(timeUp(asleep.run, world, minutes(60)))).toEqual(['1 ana']);
    expect(paged(severityChanged(asleep.run, world, 'P0', minutes(20)))).toEqual(['1 ana']);
    expect(() => snooze(asleep.run, openedAt, anaId, minutes(1))).toThrow(
      'Snooze it for some time up to 7 d from now.',
    );
  });

  it('an escalation goes by another policy from the first level on, and keeps quiet where somebody has it', () => {
    const other: RunFacts['plan'] = [policy({ id: 'other', levels: [level({ targets: [bo] })] })];
    const one = timeUp(started().run, world, minutes(5));
    const changed = replan(one.run, world, other, minutes(6));
    expect(paged(changed)).toEqual(['1 bo']);
    expect(replan(changed.run, world, other, minutes(6)).run).toBe(changed.run);
    expect(replan(acknowledged(one.run, anaId, minutes(6)).run, world, other, minutes(7)).pages).toEqual([]);
  });

  it('an escalation is cancelled, and nothing is paged by any time', () => {
    const off = cancelled(started().run, anaId, minutes(1));
    expect(off).toMatchObject({ nextAt: null, run: { status: 'cancelled' } });
    expect(acknowledged(off.run, anaId, minutes(2)).run).toBe(off.run);
  });
});

describe('the incident', () => {
  it('that is resolved is paged no more, and from the first level when it is reopened', () => {
    const over = resolved(timeUp(started().run, world, minutes(5)).run, minutes(6));
    expect(over).toMatchObject({ pages: [], nextAt: null });
    expect(timeUp(over.run, world, minutes(10)).run).toBe(over.run);
    expect(paged(reopened(over.run, world, minutes(20)))).toEqual(['1 ana']);
  });

  it('that gets worse is paged again where it was only told quietly, and its times stay', () => {
    const quiet = started({ severity: 'P3' });
    expect(quiet.pages[0]?.urgency).toBe('low');
    const worse = severityChanged(quiet.run, world, 'P1', minutes(3));
    expect(worse.pages).toMatchObject([{ to: { id: 'ana' }, urgency: 'high', cycle: 2 }]);
    expect(worse.nextAt).toEqual(minutes(5));
    expect(severityChanged(worse.run, world, 'P0', minutes(4)).pages).toEqual([]);
  });

  it('whose acknowledgment is late goes to level 2, once, and not where somebody has it', () => {
    const late = slaBreached(
      started({ plan: plan({ levels: long }) }).run,
      world,
      'acknowledgment',
      minutes(15),
    );
    expect(paged(late)).toEqual(['2 bo']);
    expect(late.pages[0]?.reason).toMatch(/^The acknowledgment of INC-1 is late, so level 2/);
    expect(slaBreached(late.run, world, 'acknowledgment', minutes(15)).run).toBe(late.run);
    const taken = acknowledged(started().run, anaId, minutes(1));
    expect(slaBreached(taken.run, world, 'acknowledgment', minutes(15)).pages).toEqual([]);
  });

  it('whose resolution is late goes to level 3 also where somebody has it', () => {
    const taken = acknowledged(started().run, anaId, minutes(1));
    const late = slaBreached(taken.run, world, 'resolution', minutes(60));
    expect(paged(late)).toEqual(['3 ops']);
    expect(late.run).toMatchObject({ status: 'active', incidentLevel: 3 });
  });

  it('of P4 is promised nothing', () => {
    expect(slaBreached(started({ severity: 'P4' }).run, world, 'acknowledgment', minutes(15)).pages).toEqual(
      [],
    );
  });

  it('that was reopened is told to the managers by the time since then', () => {
    const managed = plan({ managerLevel: 3 });
    const over = resolved(started({ plan: managed }).run, minutes(30));
    const again = reopened(over.run, world, minutes(500)).run;
    expect(managersDue(again, openedAt)).toEqual(minutes(620));
    expect(managersDue(started({ plan: managed }).run, openedAt)).toEqual(minutes(120));
  });

  it('is told to the managers by the table where the policy has a level for them', () => {
    const [p0, p1, p2] = [MANAGER_AFTER.P0, MANAGER_AFTER.P1, MANAGER_AFTER.P2];
    expect([p0, p1, p2]).toEqual([1_800_000, 7_200_000, null]);
    const run = acknowledged(started({ plan: plan({ managerLevel: 3 }) }).run, anaId, minutes(1)).run;
    const told = slaBreached(run, world, 'manager', minutes(120));
    expect(paged(told)).toEqual(['3 ops']);
    expect(told.run).toMatchObject({ status: 'acknowledged', level: 1 });
    expect(slaBreached(started().run, world, 'manager', minutes(120)).pages).toEqual([]);
  });

  it('is told to managers whose level was paged already, once that is over', () => {
    const managed = plan({ managerLevel: 1 });
    const first = started({ plan: managed });
    expect(slaBreached(first.run, world, 'manager', minutes(120)).pages).toEqual([]);
    const taken = acknowledged(first.run, anaId, minutes(1)).run;
    const told = slaBreached(taken, world, 'manager', minutes(120));
    expect(paged(told)).toEqual(paged(first));
    expect(told.run.paged).toEqual(taken.paged);
  });
});

const long = [level({ ackWindowMs: 3_600_000 }), level({ name: 'Second', targets: [bo] })];
