import { describe, expect } from 'vitest';

import type { Db } from '#src/db/schema.ts';
import { test } from '#test/support/database.ts';
import { minutes } from '#test/support/incident.ts';
import { about, setUp } from '#test/support/ingesting.ts';

/** A text that the short way for repeats leaves to the long one, because it divides texts by this. */
const APART = '\u001F';

describe('a repeat has the count on the card drawn again', () => {
  test('soon after, once for all that come until then', async ({ db }) => {
    const { take, clock } = setUp(db);
    await take([about('a')]);
    await take([about('a')]);
    clock.advance(400);
    await take([about('a')]);
    expect(await planned(db)).toMatchObject([{ key: 'card-refresh-1', incident: 1, subject: null }]);
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
      await take([about('a', { title: `Alert${APART}a` })]);
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

const planned = async (db: Db) =>
  await db.selectFrom('timers').selectAll().where('kind', '=', 'card-refresh').execute();

/** Milliseconds from `since` until each is due. */
const waits = async (db: Db, since: Date) =>
  (await planned(db)).map(({ dueAt }) => dueAt.getTime() - since.getTime());

const between = (least: number, most: number) =>
  expect.toSatisfy((it: number) => it >= least && it <= most, `from ${least} to ${most}`);
