import * as fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import type { Db } from '#src/db/schema.ts';
import { test } from '#test/support/database.ts';

describe('values are the same on both databases', () => {
  test('these tests run on the database they say they run on', async ({ db, databaseKind }) => {
    const { rows } = await sql<{ version: string }>`select version()`.execute(db);
    expect(rows[0]?.version.includes('PGlite')).toBe(databaseKind === 'embedded');
  });

  test('numbers are numbers, instants are dates, days are text, jsonb is what was stored', async ({ db }) => {
    const { rows } = await sql`
      select 1::int8 as large, count(*) as counted, sum(2::int8) as summed, avg(3::int8) as average,
        1.5::numeric as exact, 1.5::float8 as rough, true as truth, null as nothing,
        '2026-03-01T08:00:00.123Z'::timestamptz as instant, '2026-03-01'::date as day,
        '{"a": [1, {"b": null}]}'::jsonb as stored, array['a', null] as texts,
        array[1, 2]::int8[] as many, array[1.5, null]::numeric[] as amounts, '\\x00ff'::bytea as bytes
      from (values (1), (2)) as two`.execute(db);

    expect(rows).toEqual([
      {
        large: 1,
        counted: 2,
        summed: 4,
        average: 3,
        exact: 1.5,
        rough: 1.5,
        truth: true,
        nothing: null,
        instant: new Date('2026-03-01T08:00:00.123Z'),
        day: '2026-03-01',
        stored: { a: [1, { b: null }] },
        texts: ['a', null],
        many: [1, 2],
        amounts: [1.5, null],
        bytes: Buffer.from([0, 255]),
      },
    ]);
  });

  test('a number too large to be exact is refused, not rounded', async ({ db }) => {
    await expect(sql`select 9007199254740993::int8 as n`.execute(db)).rejects.toThrow('too large');
    expect((await sql`select 9007199254740991::int8 as n`.execute(db)).rows).toEqual([
      { n: 9007199254740991 },
    ]);
  });

  test('the day of an instant is its day in UTC', async ({ db }) => {
    const { rows } = await sql`select '2026-03-01T23:30:00Z'::timestamptz::date as day`.execute(db);
    expect(rows).toEqual([{ day: '2026-03-01' }]);
  });

  test('names are camel case outside and snake case inside, and the insides of jsonb are left alone', async ({
    db,
  }) => {
    const { rows } = await sql`select '{"group_key": {"other_key": 1}}'::jsonb as chain_head`.execute(db);
    expect(rows).toEqual([{ chainHead: { group_key: { other_key: 1 } } }]);
  });

  test('what goes into jsonb, text and timestamptz comes out again', async ({ db }) => {
    const text = fc.string({ unit: 'binary' }).map((it) => it.replaceAll('\u0000', ''));
    const json = fc.jsonValue({ noUnicodeString: false }).map(withoutNul);
    const instant = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(text, json, instant, fc.maxSafeInteger(), async (words, value, at, n) => {
        const { rows } = await sql`
          select ${words}::text as words, ${JSON.stringify(value)}::jsonb as value,
            ${at}::timestamptz as at, ${n}::int8 as n`.execute(db);
        expect(rows).toEqual([{ words, value: JSON.parse(JSON.stringify(value)), at, n }]);
      }),
      { numRuns: 200 },
    );
  });

  test('a broken rule is told by its code and its name', async ({ db }) => {
    await makeCounter(db);
    await expect(sql`insert into incident_days values ('2026-03-01', 0)`.execute(db)).rejects.toMatchObject({
      code: '23505',
      constraint: 'incident_days_pkey',
      table: 'incident_days',
    });
  });
});

describe('a transaction', () => {
  test('leaves nothing behind when it fails', async ({ db }) => {
    await makeCounter(db);
    const failing = db.transaction().execute(async (tx) => {
      await sql`update incident_days set last = 7`.execute(tx);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await readCounter(db)).toBe(0);
  });

  test('that went on after a failed statement does not pass for committed', async ({ db }) => {
    await makeCounter(db);
    const swallowing = db.transaction().execute(async (tx) => {
      await sql`update incident_days set last = 7`.execute(tx);
      await sql`select 1 / 0`.execute(tx).catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('rolled back instead of committed');
    expect(await readCounter(db)).toBe(0);
  });

  test('is not seen from outside before it is committed', async ({ db }) => {
    await makeCounter(db);
    const seen: number[] = [];
    const changing = db.transaction().execute(async (tx) => {
      await sql`update incident_days set last = 1`.execute(tx);
      const reading = readCounter(db).then((it) => seen.push(it));
      await sql`select pg_sleep(0.05)`.execute(tx);
      await sql`update incident_days set last = 2`.execute(tx);
      return { reading };
    });
    await (
      await changing
    ).reading;
    expect([[0], [2]]).toContainEqual(seen);
  });

  test('keeps its rows to itself: fifty that count at once count to fifty', async ({ db }) => {
    await makeCounter(db);
    await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transaction().execute(async (tx) => {
          const { rows } = await sql<{ last: number }>`select last from incident_days for update`.execute(tx);
          await sql`update incident_days set last = ${(rows[0]?.last ?? 0) + 1}`.execute(tx);
        }),
      ),
    );
    expect(await readCounter(db)).toBe(50);
  });

  test('may be as isolated as it asks to be', async ({ db }) => {
    const level = await db
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (tx) => (await sql`show transaction_isolation`.execute(tx)).rows);
    expect(level).toEqual([{ transactionIsolation: 'serializable' }]);
  });

  test('any mix of failing and succeeding ones leaves exactly what succeeded', async ({ db }) => {
    await makeCounter(db);
    const step = fc.record({
      add: fc.integer({ min: 1, max: 9 }),
      fails: fc.boolean(),
      pauses: fc.nat({ max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await sql`update incident_days set last = 0`.execute(db);
        await Promise.allSettled(
          steps.map(({ add, fails, pauses }) =>
            db.transaction().execute(async (tx) => {
              await sql`update incident_days set last = last + ${add}`.execute(tx);
              for (let i = 0; i < pauses; i += 1) await sql`select 1`.execute(tx);
              if (fails) await sql`select 1 / 0`.execute(tx);
            }),
          ),
        );
        const sum = steps.filter((it) => !it.fails).reduce((total, it) => total + it.add, 0);
        expect(await readCounter(db)).toBe(sum);
      }),
      { numRuns: 20 },
    );
  });
});

describe('opening and closing', () => {
  test('what was written is there after a restart', async ({ place }) => {
    const first = await openDatabase(place);
    await makeCounter(first.db);
    await first.close();
    const second = await openDatabase(place);
    expect(await readCounter(second.db)).toBe(0);
    await second.close();
  });

  test('closing lets a running transaction end, and nothing works afterwards', async ({ place }) => {
    const { db, close } = await openDatabase(place);
    await makeCounter(db);
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const running = db.transaction().execute(async (tx) => {
      await sql`update incident_days set last = 1`.execute(tx);
      begin();
      await sql`select pg_sleep(0.05)`.execute(tx);
      await sql`update incident_days set last = 2`.execute(tx);
    });
    await began;
    await Promise.all([close(), running]);
    await expect(readCounter(db)).rejects.toThrow('destroyed');

    const again = await openDatabase(place);
    expect(await readCounter(again.db)).toBe(2);
    await again.close();
  });

  test('tidying up loses nothing', async ({ place }) => {
    const { db, tidy, close } = await openDatabase(place);
    await makeCounter(db);
    await sql`update incident_days set last = last + 1`.execute(db);
    await tidy();
    expect(await readCounter(db)).toBe(1);
    await close();
  });
});

/** One row with a number in it, of whatever table has one. */
async function makeCounter(db: Db): Promise<void> {
  await migrate(db);
  await db.insertInto('incidentDays').values({ day: '2026-03-01', last: 0 }).execute();
}

async function readCounter(db: Db): Promise<number> {
  const { last } = await db.selectFrom('incidentDays').select('last').executeTakeFirstOrThrow();
  return last;
}

/** PostgreSQL keeps no NUL in text, and JSON has no minus zero once it is written. */
function withoutNul(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(String.raw`\u0000`, ''));
}
