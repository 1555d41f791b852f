import { describe, expect } from 'vitest';

import { DIVIDER } from '#src/db/repeats.ts';
import type { Db } from '#src/db/schema.ts';
import type { EngineSettings } from '#src/engine/context.ts';
import { ingest, type Received } from '#src/engine/ingest.ts';
import type { TimerKind } from '#src/incident/decision.ts';
import { minutes } from '#test/support/incident.ts';
import { about, ended, setUp } from '#test/support/ingesting.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test, type Reacting } from '#test/support/reacting.ts';

describe('a repeat has the count on the card drawn again', () => {
  test('soon after, once for all that come until then', async ({ db }) => {
    const { take, clock } = setUp(db);
    await take([about('a')]);
    await take([about('a')]);
    clock.advance(400);
    await take([about('a')]);
    expect(await planned(db)).toEqual([
      {
        key: 'card-refresh-1',
        kind: 'card-refresh',
        incident: 1,
        subject: null,
        dueAt: expect.any(Date) as Date,
        trace: null,
      },
    ]);
    expect(await waits(db, minutes(0))).toEqual([between(2500, 5000)]);
  });

  test.for([
    { after: 1, most: 5000 },
    { after: 10, most: 30_000 },
    { after: 300, most: 60_000 },
  ])(
    'of an incident of $after minutes after $most ms at most, whichever way it goes',
    async ({ after, most }, { db }) => {
      const { take, clock } = setUp(db);
      await take([about('a')]);
      clock.set(minutes(after));
      await take([about('a')]);
      const short = await waits(db, minutes(after));
      expect(short).toEqual([between(most / 2, most)]);
      await db.deleteFrom('timers').where('kind', '=', 'card-refresh').execute();
      // The short way for repeats leaves what it divides texts by to the long one.
      await take([about('a', { title: `Alert${DIVIDER}a` })]);
      expect(await waits(db, minutes(after))).toEqual(short);
    },
  );

  test('also where the clock was set back', async ({ db }) => {
    const { take, clock } = setUp(db);
    await take([about('a')]);
    clock.set(minutes(-60));
    await take([about('a')]);
    expect(await waits(db, minutes(-60))).toEqual([between(2500, 5000)]);
  });

  test('one after the other where it is many incidents', async ({ db }) => {
    const { take } = setUp(db);
    const all = Array.from({ length: 50 }, (_, index) =>
      about(`a ${index}`, { service: `service-${index}` }),
    );
    await take(all);
    await take(all);
    const due = await waits(db, minutes(0));
    expect(due).toHaveLength(50);
    const beside = due.map((it) => due.filter((other) => Math.abs(other - it) < 50).length);
    expect(Math.max(...beside)).toBeLessThanOrEqual(3);
  });
});

describe('the more cards are to be drawn, the later a count is shown', () => {
  test.for([
    { cards: 2, most: 5000 },
    { cards: 20, most: 40_000 },
    { cards: 400, most: 300_000 },
  ])('with $cards others after $most ms at most, whichever way it goes', async ({ cards, most }, { db }) => {
    const { take } = setUp(db);
    await take([about('a')]);
    await plan(db, cards);
    await take([about('a')]);
    const short = await dueOfFirst(db);
    expect(short).toEqual(between(most / 2, most));
    await db.deleteFrom('timers').where('key', '=', 'card-refresh-1').execute();
    await take([about('a', { title: `Alert${DIVIDER}a` })]);
    expect(await dueOfFirst(db)).toBe(short);
  });

  test('what else is planned does not count', async ({ db }) => {
    const { take } = setUp(db);
    await take([about('a')]);
    await plan(db, 20, 'escalation');
    await take([about('a')]);
    expect(await dueOfFirst(db)).toEqual(between(2500, 5000));
  });

  const plan = async (db: Db, cards: number, kind: TimerKind = 'card-refresh') =>
    await db
      .insertInto('timers')
      .values(
        Array.from({ length: cards }, (_, index) => ({
          key: `${kind}-${1000 + index}`,
          kind,
          incident: 1,
          dueAt: minutes(60),
        })),
      )
      .execute();

  /** Milliseconds until the card of the first incident is due. */
  const dueOfFirst = async (db: Db) => {
    const first = (await planned(db)).find(({ key }) => key === 'card-refresh-1');
    return (first?.dueAt.getTime() ?? NaN) - minutes(0).getTime();
  };
});

describe('an alert that joins, or fires again, has the card drawn again', () => {
  const soon = between(375, 750);

  test('within a second, once for all that come until then', async ({ db, reacting }) => {
    const { take, web, it } = await inAction(reacting);
    await take(about('a'));
    expect(await planned(db)).toEqual([]);
    const before = drawn(web);
    const since = it.clock.now();
    await take(about('b'));
    const first = await waits(db, since);
    expect(first).toEqual([soon]);
    it.clock.advance(300);
    await take(about('c'));
    await take(about('b'));
    expect(await waits(db, since)).toEqual(first);
    expect(drawn(web)).toBe(before);
    it.clock.advance(450);
    await it.settled();
    expect(drawn(web)).toBe(before + 1);
    expect(JSON.stringify(web.card(web.of(1)))).toMatch(/3 alerts/i);
  });

  test('also where a count is to be shown later', async ({ db, reacting }) => {
    const { take, it } = await inAction(reacting);
    await take(about('a'));
    await take(about('a'));
    const since = it.clock.now();
    expect(await waits(db, since)).toEqual([between(2500, 5000)]);
    await take(about('b'));
    expect(await waits(db, since)).toEqual([soon]);
  });

  test('after it was resolved as well', async ({ db, reacting }) => {
    const { take, it } = await inAction(reacting);
    await take(about('a'), about('b'));
    await take(ended('a'));
    await it.pass(60_000);
    expect(await planned(db)).toEqual([]);
    const since = it.clock.now();
    await take(about('a'));
    expect(await waits(db, since)).toEqual([soon]);
  });

  test('where several incidents get some, each at another time', async ({ db, reacting }) => {
    const { take, it } = await inAction(reacting);
    const services = ['api', 'billing', 'checkout'];
    await take(...services.map((service) => about(`a ${service}`, { service })));
    const since = it.clock.now();
    await take(...services.map((service) => about(`b ${service}`, { service })));
    const due = await waits(db, since);
    expect(due).toEqual([soon, soon, soon]);
    expect(new Set(due).size).toBe(3);
  });
});

/** Alerts come in, and what follows from them at once is done. */
async function inAction(
  reacting: (chat: PlainPlatform[], options: { settings: Partial<EngineSettings> }) => Promise<Reacting>,
) {
  const web = new PlainPlatform('web');
  const it = await reacting([web], { settings: { whenAlertsClear: 'tell', stormSize: 0 } });
  const take = async (...alerts: readonly Received[]) => {
    await ingest(it.ctx, alerts);
    await it.settled();
  };
  return { web, it, take };
}

const drawn = (platform: PlainPlatform) => platform.calls.filter(({ method }) => method === 'edit').length;

const planned = async (db: Db) =>
  await db.selectFrom('timers').selectAll().where('kind', '=', 'card-refresh').execute();

/** Milliseconds from `since` until each is due. */
const waits = async (db: Db, since: Date) =>
  (await planned(db)).map(({ dueAt }) => dueAt.getTime() - since.getTime());

function between(least: number, most: number): unknown {
  return expect.toSatisfy((it: number) => it >= least && it <= most, `from ${least} to ${most}`);
}
