import { describe, expect } from 'vitest';

import { beginOutage, endOutage, platformsAway, untoldOutages } from '#src/db/outages.ts';
import type { Db } from '#src/db/schema.ts';
import { act } from '#src/engine/act.ts';
import { changeSeverity, tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { Outages } from '#src/reactions/outage.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a platform that does not answer', () => {
  test('holds nobody up, is told of once, and is brought up to date when it is back', async ({
    db,
    reacting,
  }) => {
    const [web, alpha, beta] = [
      new PlainPlatform('web'),
      new PlainPlatform('alpha'),
      new PlainPlatform('beta'),
    ];
    const { ctx, jobs, pass, settled } = await reacting([web, alpha, beta]);
    const one = await declare(ctx, { title: 'Checkout is down', severity: 'P2' });
    const two = await declare(ctx, { title: 'Search is slow', severity: 'P3' });
    await settled();
    const before = alpha.card(alpha.of(1)).text;

    alpha.down();
    await changeSeverity(ctx, one.number, 'P0');
    await tag(ctx, one.number, { region: 'eu' });
    for (const it of [web, beta]) {
      await comesTrue(() => expect(it.card(it.of(1)).text).toContain('P0'));
    }
    await pass(2 * MINUTE);
    for (const it of [web, beta]) {
      for (const number of [1, 2]) {
        await comesTrue(() => expect(it.said(it.of(number))).toHaveLength(1));
        expect(it.said(it.of(number))[0]).toMatch(
          /^Alpha does not answer since 08:0\d UTC\. INC-\d goes on here; its room there will be brought up to date when it is back\.$/,
        );
      }
    }

    // The long night: what happens meanwhile happens on the others.
    for (let hour = 0; hour < 3; hour += 1) {
      await tag(ctx, one.number, { hour: String(hour) });
      for (const step of hour === 0 ? (['acknowledge', 'start', 'resolve'] as const) : []) {
        await act(ctx, two.number, step);
      }
      await pass(HOUR);
    }
    const three = await declare(ctx, { title: 'Mail is late', severity: 'P3' });
    await comesTrue(() => expect(beta.said(beta.of(three.number))).toHaveLength(1));
    expect(await dead(db)).toEqual([]);
    expect(jobs.breakers().get('alpha')).not.toBe('closed');
    expect(alpha.calls.filter(({ method }) => method !== 'check').length).toBeLessThan(250);
    expect(alpha.card(alpha.of(1)).text).toBe(before);

    alpha.back();
    const edits = alpha.count('edit');
    await pass(3 * MINUTE);
    await settled();
    expect(alpha.card(alpha.of(1)).text).toContain('hour=2');
    expect(alpha.of(1).topic).toContain('P0');
    expect(alpha.card(alpha.of(2)).text).toContain('Resolved');
    expect(alpha.has(three.number)).toBe(true);
    expect(alpha.said(alpha.of(2))).toEqual([expect.stringContaining('INC-2 is resolved')]);
    // What was to be said meanwhile is said, once and in its order.
    for (const number of [1, 2, 3]) {
      const there = web.said(web.of(number)).filter((it) => !it.startsWith('Alpha'));
      expect(alpha.said(alpha.of(number)).map(beginning)).toEqual(there.map(beginning));
    }
    expect(alpha.lines()).toHaveLength(3);
    // Two cards, two lines, and the cards once more that name the room of the third.
    expect(alpha.count('edit') - edits).toBeLessThan(8);
    for (const it of [web, beta]) {
      for (const number of [1, 2, 3]) {
        const about = it.said(it.of(number)).filter((text) => text.startsWith('Alpha'));
        expect(about).toEqual([
          expect.stringMatching(
            /^Alpha did not answer from 08:0\d UTC to 11:\d\d UTC\. INC-\d went on here\.$/,
          ),
        ]);
      }
    }
    expect(await dead(db)).toEqual([]);
  });

  test('is found to be back though nothing waits for it', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, jobs, pass, settled } = await reacting([web, alpha]);
    await declare(ctx, { title: 'Checkout is down' });
    await settled();
    alpha.down();
    await tag(ctx, 1, { region: 'eu' });
    await pass(3 * MINUTE);
    // What waited for it is done for nothing: the incident is as it was.
    await tag(ctx, 1, {}, ['region']);
    await pass(MINUTE);
    alpha.back();
    await pass(2 * MINUTE);
    await settled();
    expect(jobs.breakers().get('alpha')).toBe('closed');
    expect(web.said(web.of(1))).toEqual([expect.stringContaining('Alpha did not answer')]);
    expect(await dead(db)).toEqual([]);
  });

  test('that comes and goes is one outage to the people', async ({ reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, pass, settled } = await reacting([web, alpha]);
    await declare(ctx, { title: 'Checkout is down' });
    await settled();
    for (let round = 0; round < 3; round += 1) {
      alpha.down();
      await tag(ctx, 1, { round: String(round) });
      await comesTrue(async () => {
        await pass(5000);
        expect(web.said(web.of(1))[0]).toContain('does not answer');
      });
      alpha.back();
      await pass(2 * MINUTE);
      await settled();
      expect(web.said(web.of(1))).toEqual([expect.stringContaining('did not answer')]);
    }
  });

  test('is known to be away to a program that starts meanwhile, which tells nobody again', async ({
    db,
    reacting,
  }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const first = await reacting([web, alpha]);
    await declare(first.ctx, { title: 'Checkout is down' });
    await first.settled();
    alpha.down();
    await tag(first.ctx, 1, { region: 'eu' });
    await first.pass(2 * MINUTE);
    await comesTrue(() => expect(web.said(web.of(1))).toHaveLength(1));
    await first.stop();

    const second = await reacting([web, alpha], { clock: first.clock });
    await second.pass(10 * MINUTE);
    expect(web.said(web.of(1))).toEqual([expect.stringContaining('does not answer')]);
    await second.stop();

    alpha.back();
    const third = await reacting([web, alpha], { clock: first.clock });
    await third.pass(MINUTE);
    await third.settled();
    expect(web.said(web.of(1))).toEqual([expect.stringContaining('did not answer')]);
    expect(alpha.card(alpha.of(1)).text).toContain('region=eu');
    expect(await dead(db)).toEqual([]);
  });

  test('is told of after a restart, once, where the program died before it could say so', async ({
    db,
    reacting,
  }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const first = await reacting([web, alpha]);
    await declare(first.ctx, { title: 'Checkout is down' });
    await first.settled();
    alpha.down();
    // As far as the killed one came.
    await beginOutage(db, 'alpha', first.clock.now(), 0);
    await first.stop();
    expect(web.said(web.of(1))).toEqual([]);

    const second = await reacting([web, alpha], { clock: first.clock });
    await comesTrue(() => expect(web.said(web.of(1))).toEqual([expect.stringContaining('does not answer')]));
    await second.pass(5 * MINUTE);
    expect(web.said(web.of(1))).toHaveLength(1);
    // And dies again when it has written down that it is over.
    await endOutage(db, 'alpha', first.clock.now());
    await second.stop();

    alpha.back();
    const third = await reacting([web, alpha], { clock: first.clock });
    await third.pass(MINUTE);
    await third.settled();
    expect(web.said(web.of(1))).toEqual([expect.stringContaining('did not answer')]);
    expect(await untoldOutages(db)).toEqual([]);
    expect(await dead(db)).toEqual([]);
  });

  test('that is not configured any more is not away for ever', async ({ db, reacting }) => {
    const [web, beta] = [new PlainPlatform('web'), new PlainPlatform('beta')];
    await beginOutage(db, 'alpha', new Date('2026-03-01T07:00:00Z'), 0);
    const { ctx, settled } = await reacting([web, beta]);
    await settled();
    await declare(ctx, { title: 'Checkout is down' });
    await settled();
    expect(web.said(web.of(1))).toEqual([]);
  });

  test('is told of also where the database did not take it at first', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, settled } = await reacting([web, alpha]);
    await declare(ctx, { title: 'Checkout is down' });
    await settled();
    const [asked, failures]: [string[], unknown[]] = [[], []];
    const outages = new Outages({
      chat: [web, alpha],
      db,
      now: ctx.now,
      report: (error) => failures.push(error),
      ask: async (reaction) => {
        asked.push(reaction);
        if (asked.length === 1) throw new Error('the database is away');
      },
    });
    outages.changed('alpha', 'open');
    await outages.settled();
    expect(failures).toHaveLength(1);
    expect(asked).toEqual(['tell-outage@web', 'tell-outage@web']);
    // Known, and told: nothing more is to be done, and whoever stops does not wait.
    outages.changed('alpha', 'open');
    await outages.stop();
    expect(asked).toHaveLength(2);
  });

  test('at another process, which is gone since, is over where it answers, and not before that is silent', async ({
    db,
  }) => {
    const chat = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const at = (minute: number) => new Date(new Date('2026-03-01T08:00:00Z').getTime() + minute * MINUTE);
    let now = at(0);
    const outages = () => new Outages({ chat, db, now: () => now, report: () => {}, ask: async () => {} });
    const [gone, here] = [outages(), outages()];
    here.changed('alpha', 'closed');
    await here.settled();
    const isAway = async () => {
      here.look();
      await here.settled();
      return (await platformsAway(db)).includes('alpha');
    };
    for (const minute of [0, 2, 4]) {
      now = at(minute);
      gone.changed('alpha', 'open');
      await gone.settled();
      expect(await isAway()).toBe(true);
    }
    await gone.stop();
    now = at(6);
    expect(await isAway()).toBe(true);
    now = at(7);
    expect(await isAway()).toBe(false);
    await here.stop();
  });

  test('but says that it does is not worn out: its work waits all the same', async ({ db, reacting }) => {
    const [web, alpha] = [new PlainPlatform('web'), new PlainPlatform('alpha')];
    const { ctx, pass, settled } = await reacting([web, alpha]);
    await declare(ctx, { title: 'Checkout is down' });
    await settled();
    alpha.check = async () => {};
    alpha.down();
    for (let minute = 0; minute < 20; minute += 1) {
      if (minute % 5 === 0) await tag(ctx, 1, { minute: String(minute) });
      await pass(MINUTE);
    }
    expect(await dead(db)).toEqual([]);
    alpha.back();
    await pass(3 * MINUTE);
    await settled();
    expect(alpha.card(alpha.of(1)).text).toContain('minute=15');
    expect(web.said(web.of(1)).filter((it) => it.startsWith('Alpha'))).toHaveLength(1);
    expect(await dead(db)).toEqual([]);
  });
});

/** The rest says how it is now. */
function beginning(line: string): string | undefined {
  return line.split(', as promised')[0];
}

async function dead(db: Db) {
  return await db.selectFrom('jobs').select(['kind', 'lastError']).where('deadAt', 'is not', null).execute();
}
