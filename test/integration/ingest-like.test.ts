import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { readMarked } from '#src/alerts/said-before.ts';
import { alertmanager } from '#src/alerts/sources/alertmanager.ts';
import { generic } from '#src/alerts/sources/generic.ts';
import { findAlertEvent } from '#src/db/alert-events.ts';
import { forgetMonths, makeMonths } from '#src/db/event-months.ts';
import type { Db } from '#src/db/schema.ts';
import { test } from '#test/support/database.ts';
import { setUp, type SetUp } from '#test/support/ingesting.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const NOON = '2026-03-01T12:00:00Z';
const EVENING = '2026-03-01T18:00:00Z';
const BODY = {
  source: 'cron',
  timestamp: '2026-03-01T08:00:00Z',
  event_type: 'error',
  category: 'backup',
  title: 'Backup failed',
  description: 'The disk is full.',
  severity: 'P3',
  tags: { shard: '3' },
};

type Body = Readonly<Record<string, unknown>>;

async function send({ take }: SetUp, body: Body): Promise<string> {
  const [answer] = await take(readMarked(generic, body));
  return answer?.eventId ?? '';
}

/** What stands in the message's own row. */
async function stored(db: Db, id: string) {
  const row = db.selectFrom('alertEvents').select(['alert', 'payload']).where('id', '=', id);
  return await row.executeTakeFirstOrThrow();
}

async function isWhole(db: Db, id: string): Promise<boolean> {
  return !('like' in (await stored(db, id)).alert);
}

describe('what was said before', () => {
  test('is stored once, and shown with every message that says it', async ({ db }) => {
    const it = setUp(db);
    const ids = [];
    for (const shard of [1, 2, 3, 4]) {
      it.clock.advance(1000);
      ids.push(await send(it, { ...BODY, event_id: `e-${shard}`, metrics: { shard } }));
    }
    const [opened = '', whole = '', third = '', fourth = ''] = ids;
    expect(await isWhole(db, opened)).toBe(true);
    expect(await isWhole(db, whole)).toBe(true);
    for (const [id, shard] of [
      [third, 3],
      [fourth, 4],
    ] as const) {
      expect(await stored(db, id)).toEqual({
        alert: { like: whole, ownPayload: true, metrics: { shard } },
        payload: { event_id: `e-${shard}`, timestamp: BODY.timestamp, metrics: { shard } },
      });
      const before = await findAlertEvent(db, whole);
      expect(await findAlertEvent(db, id)).toMatchObject({
        alert: { ...before?.alert, metrics: { shard } },
        payload: { ...BODY, event_id: `e-${shard}`, metrics: { shard } },
      });
    }
  });

  test('in webhooks of many is stored once for each alert, with what stands around it beside the first', async ({
    db,
  }) => {
    const it = setUp(db);
    const alertOf = (name: string, startsAt: string) => ({
      status: 'firing',
      labels: { alertname: 'Down', service: 'shop', severity: 'warning', name },
      annotations: { summary: `${name} is down` },
      startsAt,
    });
    const post = async (...alerts: readonly object[]) =>
      await it.take(readMarked(alertmanager, { receiver: 'us', alerts }));
    const [one, two, later] = [alertOf('one', NOON), alertOf('two', NOON), alertOf('two', EVENING)];
    await post(one, two);
    const [, whole] = await post(one, two);
    const [first, second] = await post(one, later);
    const [alone] = await post(two);
    const [, last] = await post(two, one);
    expect(await stored(db, second?.eventId ?? '')).toEqual({
      alert: { like: whole?.eventId, ownPayload: true, metrics: {} },
      payload: { startsAt: EVENING },
    });
    for (const [event, payload, name] of [
      [first, { receiver: 'us', alerts: [one] }, 'one'],
      [second, later, 'two'],
      [alone, { receiver: 'us', alerts: [two] }, 'two'],
      [last, one, 'one'],
    ] as const) {
      const row = await findAlertEvent(db, event?.eventId ?? '');
      expect(row?.payload).toEqual(payload);
      expect(row?.alert).toMatchObject({ title: `${name} is down`, labels: { name } });
    }
  });

  test('ten minutes ago, in another month, or by a clock that was set back since, is said anew', async ({
    db,
  }) => {
    const it = setUp(db);
    const again = async () => await isWhole(db, await send(it, BODY));
    await again();
    expect([await again(), await again()]).toEqual([true, false]);
    it.clock.advance(10 * MINUTE - 1);
    expect(await again()).toBe(false);
    it.clock.advance(1);
    expect([await again(), await again()]).toEqual([true, false]);
    it.clock.set(new Date(it.clock.now().getTime() - MINUTE));
    expect([await again(), await again()]).toEqual([true, false]);
    it.clock.set(new Date('2026-03-31T23:59:59.999Z'));
    expect([await again(), await again()]).toEqual([true, false]);
    it.clock.advance(1);
    expect([await again(), await again()]).toEqual([true, false]);
  });

  test('and was not stored, since its id came before, is not referred to', async ({ db }) => {
    const it = setUp(db);
    await send(it, { ...BODY, event_id: 'e-1' });
    await send(it, { ...BODY, event_id: 'e-1' });
    expect(await isWhole(db, await send(it, { ...BODY, event_id: 'e-2' }))).toBe(true);
  });

  test('is not taken for the same where figures differ that a number cannot hold', async ({ db }) => {
    const it = setUp(db);
    const run = (text: string) => ({ ...BODY, tags: JSON.parse(`{"run":${text}}`) as unknown });
    for (const text of ['9007199254740993', '9007199254740992']) await send(it, run(text));
    const ids = [await send(it, run('9007199254740993')), await send(it, run('9007199254740992'))];
    for (const id of ids) expect((await stored(db, id)).payload).toHaveProperty('tags');
  });

  test('is not referred to in a database that lost its end; nothing that comes then is without its words', async ({
    db,
  }) => {
    const it = setUp(db);
    await send(it, BODY);
    await send(it, BODY);
    for (let times = 0; times < 2; times += 1) await send(it, { ...BODY, tags: { shard: '4' } });
    const lost = await send(it, { ...BODY, timestamp: NOON });
    // As a standby has it that was behind.
    await sql`delete from alert_events where id <> ${lost}`.execute(db);
    const after = [await send(it, BODY), await send(it, BODY)];
    expect(await Promise.all(after.map((id) => isWhole(db, id)))).toEqual([true, false]);
    expect((await findAlertEvent(db, after[1] ?? ''))?.payload).toEqual(BODY);
    // What was said before that is shown as far as it is there.
    expect((await findAlertEvent(db, lost))?.payload).toEqual({ timestamp: NOON });
  });

  test('and could not be stored is not referred to', async ({ db }) => {
    const it = setUp(db);
    await send(it, BODY);
    await sql`alter table repeat_counts rename to elsewhere`.execute(db);
    await expect(send(it, BODY)).rejects.toThrow('repeat_counts');
    await sql`alter table elsewhere rename to repeat_counts`.execute(db);
    expect(await isWhole(db, await send(it, BODY))).toBe(true);
  });

  const mostly = <T>(usual: fc.Arbitrary<T>, ...seldom: readonly T[]) =>
    fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...seldom) });
  const steps = fc.array(
    fc.record({
      wait: mostly(fc.constantFrom(0, 1, MINUTE), 10 * MINUTE, DAY, 20 * DAY),
      body: fc.record(
        {
          timestamp: fc.constantFrom('2026-03-01T08:00:00Z', '2026-03-01T09:00:00+01:00'),
          title: mostly(fc.constant('Backup failed'), 'Backup failed again'),
          status: mostly(fc.constant('firing'), 'resolved'),
          metrics: fc.constantFrom({}, { lag: 1 }, { lag: 2.5, size: 7 }),
          event_id: mostly(
            fc.nat(99).map((it) => `e-${it}`),
            null,
          ),
        },
        { requiredKeys: ['timestamp', 'title', 'status'] },
      ),
    }),
    { minLength: 20, maxLength: 30 },
  );

  test('of each message all is shown, whatever came between, for as long as its month is kept', async ({
    db,
  }) => {
    const it = setUp(db);
    let run = 0;
    let likes = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (told) => {
        run += 1;
        await makeMonths(db, it.clock.now());
        const sent = new Map<string, Body>();
        for (const { body, wait } of told) {
          it.clock.advance(wait);
          const event_id = body.event_id && `${run}-${body.event_id}`;
          const whole = { ...BODY, ...body, ...(event_id && { event_id }), category: `backup ${run}` };
          const id = await send(it, whole);
          if (!sent.has(id)) sent.set(id, whole);
        }
        await forgetMonths(db, new Date(it.clock.now().getTime() - 40 * DAY));
        for (const [id, body] of sent) {
          const row = await findAlertEvent(db, id);
          if (row === null) continue;
          if (!(await isWhole(db, id))) likes += 1;
          expect(row.payload).toEqual(body);
          expect(row.alert).toMatchObject({ title: body['title'], metrics: body['metrics'] ?? {} });
        }
      }),
      { numRuns: 12 },
    );
    expect(likes).toBeGreaterThan(30);
  });
});
