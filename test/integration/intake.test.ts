import * as fc from 'fast-check';
import { describe, expect, vi } from 'vitest';

import { alertCounts } from '#src/db/alerts.ts';
import type { Db } from '#src/db/schema.ts';
import type { Received } from '#src/engine/ingest.ts';
import { Intake, type IntakeLimits } from '#src/engine/intake.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { Dice } from '#test/support/dice.ts';
import { alert } from '#test/support/incident.ts';

const LIMITS: IntakeLimits = { batch: 500, waiting: 5000 };

describe('taking alerts in', () => {
  test('what arrives in one turn goes together, and so does what arrives while a transaction runs', async ({
    db,
  }) => {
    const { intake, batches } = open(db);
    const submit = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => intake.submit([about(`a${index}`)])));
    await submit(50);
    // Half of it, so that one half is read and answered while the other is stored.
    expect(batches).toEqual([25, 25]);
    const early = submit(10);
    await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toHaveLength(2);
    await Promise.all([early, submit(8)]);
    expect(batches).toEqual([25, 25, 10, 8]);
  });

  test('senders that wait for their answers are stored by halves, however they began', async ({ db }) => {
    const { intake, batches } = open(db);
    const send = async (sender: number) => {
      for (let time = 0; time < 10; time += 1) await intake.submit([about(`a${sender}`)]);
    };
    const first = send(0);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, ...Array.from({ length: 39 }, (_, index) => send(index + 1))]);
    // Were all that wait taken together, batches of 39 and of 1 would follow each other.
    const middle = batches.toSorted((one, other) => one - other)[Math.floor(batches.length / 2)];
    expect(middle).toBeGreaterThanOrEqual(18);
    expect(middle).toBeLessThanOrEqual(22);
  });

  test('never more in one transaction than the limit, but a large request goes whole', async ({ db }) => {
    const { intake, batches } = open(db, { batch: 10 });
    const submit = (size: number, name: string) =>
      intake.submit(Array.from({ length: size }, (_, index) => about(`${name}${index}`)));
    await Promise.all([
      submit(1, 'a'),
      submit(6, 'b'),
      submit(4, 'c'),
      submit(1, 'd'),
      submit(25, 'e'),
      submit(2, 'f'),
    ]);
    expect(batches).toEqual([7, 5, 25, 2]);
  });

  test('too many at once are told to come again, and what was taken is kept', async ({ db }) => {
    const { intake } = open(db, { waiting: 20 });
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, request) =>
        intake.submit(Array.from({ length: 5 }, (__, index) => about(`${request}-${index}`))),
      ),
    );
    expect(all.filter((it) => it.status === 'fulfilled')).toHaveLength(4);
    const refused = all.filter((it) => it.status === 'rejected');
    expect(refused.every((it) => (it.reason as { code: string }).code === 'busy')).toBe(true);
    expect(await stored(db)).toBe(20);
    expect(intake.depth()).toBe(0);
  });

  test('who would have to wait too long is told to come again, and what was taken is kept', async ({
    db,
  }) => {
    const { intake } = open(db, { batch: 100, waitMs: 0 });
    const hundred = (name: string) => Array.from({ length: 100 }, (_, index) => about(`${name}${index}`));
    // How long it takes is known when a hundred were stored, and on a busy machine that is more than a second.
    await intake.submit(hundred('a'));
    const taken = intake.submit(hundred('b'));
    const refused = await intake.submit([about('c')]).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'busy',
      details: { retryAfterS: expect.toSatisfy((it) => Number.isInteger(it) && it >= 1 && it <= 60) },
    });
    expect(await taken).toHaveLength(100);
    expect(await intake.submit([about('c')])).toHaveLength(1);
  });

  test('so much text at once is refused as well', async ({ db }) => {
    const { intake } = open(db, { bytes: 100 });
    const long = { ...about('a'), size: 90 };
    const first = intake.submit([long]);
    await expect(intake.submit([long])).rejects.toMatchObject({ code: 'busy' });
    expect(await first).toHaveLength(1);
  });

  test('a request larger than the whole queue is taken when nothing waits', async ({ db }) => {
    const { intake } = open(db, { waiting: 2 });
    expect(await intake.submit([about('a'), about('b'), about('c')])).toHaveLength(3);
  });

  test('nothing is nothing', async ({ db }) => {
    const { intake, batches } = open(db);
    expect(await intake.submit([])).toEqual([]);
    expect(batches).toEqual([]);
  });

  test('closing waits until everything taken in is committed', async ({ db }) => {
    const { intake } = open(db, { batch: 3 });
    const all = Array.from({ length: 20 }, (_, index) => intake.submit([about(`a${index}`)]));
    expect(intake.depth()).toBe(20);
    await Promise.all([intake.close(), intake.close()]);
    expect(intake.depth()).toBe(0);
    expect(await stored(db)).toBe(20);
    expect(await Promise.all(all)).toHaveLength(20);
    await intake.close();
  });
});

describe('two processes that hear of the same alerts', () => {
  test('open one incident for each group, and count every message once', async ({ db }) => {
    const dice = new Dice(7);
    const names = Array.from({ length: 24 }, (_, index) => `alert-${index}`);
    const requests = Array.from({ length: 120 }, (_, request) =>
      Array.from({ length: dice.number(1, 6) }, (__, index): Received => {
        const name = dice.of(names);
        const service = `service-${Number(name.slice(6)) % 4}`;
        return {
          alert: alert({ key: name, title: name, service, eventId: `${request}-${index}` }),
          payload: { name },
        };
      }),
    );
    const both = [open(db, { batch: 15 }), open(db, { batch: 40 })];
    // The same messages reach both, as they do when a sender tries again at the other address.
    const answers = await Promise.all(
      both.map(({ intake }) => Promise.all(requests.map((it) => intake.submit(it)))),
    );
    const messages = requests.flat();
    expect(await stored(db)).toBe(messages.length);
    const incidents = await db.selectFrom('incidents').select('number').execute();
    expect(incidents).toHaveLength(new Set(messages.map((it) => it.alert.service)).size);
    const [here, there] = answers.map((it) => it.flat());
    expect(here?.map((it) => it.incident)).toEqual(there?.map((it) => it.incident));
    const counts = await alertCounts(
      db,
      incidents.map((it) => it.number),
    );
    expect([...counts.values()].reduce((sum, it) => sum + it.times, 0)).toBe(messages.length);
  });
});

describe('when a batch fails', () => {
  test('a message that the database refuses fails alone', async ({ db }) => {
    const { intake } = open(db);
    const first = intake.submit([about('first')]);
    const good = ['a', 'b', 'c'].map((it) => intake.submit([about(it)]));
    const bad = intake.submit([about('d'), { ...about('e'), payload: { text: 'a\0b' } }]);
    const after = intake.submit([about('f')]);
    await expect(bad).rejects.toMatchObject({ code: '22P05' });
    expect(await Promise.all([first, ...good, after])).toHaveLength(5);
    expect(await stored(db)).toBe(5);
    expect(intake.depth()).toBe(0);
  });

  test('and what fires on beside it is counted once', async ({ db }) => {
    const { intake } = open(db);
    await intake.submit([about('a')]);
    const first = intake.submit([about('first')]);
    const repeat = intake.submit([about('a')]);
    const bad = intake.submit([{ ...about('b'), payload: { text: 'a\0b' } }]);
    await expect(bad).rejects.toMatchObject({ code: '22P05' });
    expect(await repeat).toMatchObject([{ status: 'duplicate' }]);
    await first;
    const counts = await db.transaction().execute((tx) => alertCounts(tx, [1]));
    expect(counts.get(1)?.times).toBe(3);
    expect(await stored(db)).toBe(3);
  });

  test('an alert without a word for its title or its source fires on like any other', async ({ db }) => {
    const { intake } = open(db);
    const wordless = { alert: alert({ key: 'a', title: '', source: '' }), payload: {} };
    for (let sent = 0; sent < 3; sent += 1) await intake.submit([wordless]);
    expect(await stored(db)).toBe(3);
  });

  test('by the database being away, all of it fails at once instead of one after the other', async ({
    db,
  }) => {
    const { intake, ctx, batches } = open(db);
    const transaction = vi.spyOn(ctx.db, 'transaction').mockImplementation(() => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    });
    const all = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => intake.submit([about(`a${index}`)])),
    );
    expect(all.every((it) => it.status === 'rejected')).toBe(true);
    expect(transaction.mock.calls.length).toBe(2);
    transaction.mockRestore();
    expect(await intake.submit([about('a')])).toMatchObject([{ incident: 1 }]);
    expect(batches).toEqual([1]);
    expect(intake.depth()).toBe(0);
  });
});

describe('the answers', () => {
  test('come back to whoever asked, in the order asked', async ({ db }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(30), { maxLength: 6 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 10 }),
        fc.uuid(),
        async (requests, batch, run) => {
          const { intake } = open(db, { batch });
          const answers = await Promise.all(
            requests.map((names) => intake.submit(names.map((it) => about(`${run}${it}`, `${run}${it}`)))),
          );
          const rows = await db
            .selectFrom('alertEvents')
            .select(['id', 'alert'])
            .where('id', 'in', [...answers.flat().map((it) => it.eventId), crypto.randomUUID()])
            .execute();
          const keys = new Map(rows.map((it) => [it.id, (it.alert as { key: string }).key]));
          for (const [index, names] of requests.entries()) {
            expect(answers[index]?.map((it) => keys.get(it.eventId))).toEqual(
              names.map((it) => `${run}${it}`),
            );
          }
          const incidents = answers.flat().map((it) => [keys.get(it.eventId), it.incident].join(' '));
          expect(new Set(incidents).size).toBe(new Set(requests.flat()).size);
        },
      ),
      { numRuns: 25 },
    );
  });
});

function open(db: Db, limits: Partial<IntakeLimits> = {}) {
  const batches: number[] = [];
  const ctx = engineContext(db, { clock: new SetClock() });
  const intake = new Intake(ctx, { ...LIMITS, ...limits }, { batch: (size) => void batches.push(size) });
  return { intake, ctx, batches };
}

function about(key: string, service = 'checkout'): Received {
  return { alert: alert({ key, service }), payload: {} };
}

async function stored(db: Db): Promise<number> {
  return (await db.selectFrom('alertEvents').select('id').execute()).length;
}
