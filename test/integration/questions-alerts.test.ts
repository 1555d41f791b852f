import * as fc from 'fast-check';
import { expect } from 'vitest';

import { marksOf, type Marks } from '#src/alerts/marks.ts';
import { answerQuestion } from '#src/db/questions.ts';
import type { Db } from '#src/db/schema.ts';
import type { Environment } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { faultOf, type Filter, type QuerySpec } from '#src/questions/spec.ts';
import { test } from '#test/support/database.ts';
import { about, ended, setUp } from '#test/support/ingesting.ts';

const MINUTE_MS = 60_000;

interface Fires {
  readonly rule: string;
  readonly service: string | null;
  readonly environment: Environment;
}

const FIRE: readonly Fires[] = [
  { rule: 'DiskFull', service: 'checkout', environment: 'production' },
  { rule: 'CertExpires', service: 'search', environment: 'production' },
  { rule: 'DiskFull', service: 'search', environment: 'staging' },
  { rule: 'QueueBacklog', service: null, environment: 'production' },
];

type Told = Fires & { readonly hour: string; readonly day: string; readonly isRepeat: boolean };

/** Most of what comes in says again what fires; one alert ends, and fires anew. */
async function tell(db: Db) {
  const { take, clock } = setUp(db);
  const told: Told[] = [];
  const marks: Marks[] = [];
  for (let at = 0; at < 60; at += 1) {
    // What says the same within ten minutes refers to it; what comes later stands for itself.
    clock.advance((at % 8 === 0 ? 50 : 1) * MINUTE_MS);
    const which = (at * 7 + (at >> 2)) % FIRE.length;
    const it = FIRE[which];
    if (it === undefined) throw new Error('there is no such alert');
    const key = `alert-${which}`;
    if (at === 25) await take([ended(key, { ...it, eventId: 'over' })]);
    const received = about(key, { ...it, eventId: `message-${at}` });
    const words = marks[which] ?? (marks[which] = marksOf(received.alert));
    const [result] = await take([{ ...received, marks: words }]);
    const time = clock.now().toISOString();
    const when = { hour: `${time.slice(11, 13)}:00`, day: time.slice(0, 10) };
    told.push({ ...it, ...when, isRepeat: result?.status === 'duplicate' });
  }
  return { told, now: clock.now() };
}

const ALL: QuerySpec = {
  metric: 'alerts',
  group_by: [],
  filters: [],
  moment: 'opened',
  time: { kind: 'all' },
  order: { by: 'value', direction: 'desc' },
  limit: 100,
};

const NAMES = ['rule', 'service', 'environment'] as const;
const filters = fc.constantFrom(...NAMES).chain((field) => {
  const values = fc.uniqueArray(fc.constantFrom(...FIRE.flatMap((it) => it[field] ?? []), 'nowhere'), {
    minLength: 1,
    maxLength: 3,
  });
  const chosen = fc.record({ op: fc.constantFrom('is', 'is_not'), values });
  const empty = fc.constant({ op: 'is_empty' as const, values: [] });
  return fc.oneof(chosen, empty).map((it): Filter => ({ field, ...(it as Omit<Filter, 'field'>) }));
});
const specs = fc
  .record({
    metric: fc.constantFrom('alerts', 'noise'),
    group_by: fc.uniqueArray(fc.constantFrom(...NAMES, 'hour', 'day'), { maxLength: 2 }),
    filters: fc.array(filters, { maxLength: 2 }),
  })
  .map((it): QuerySpec => ({ ...ALL, ...(it as Pick<QuerySpec, 'metric' | 'group_by' | 'filters'>) }))
  .filter((it) => faultOf(it) === null);

function passes(it: Told, { field, op, values }: Filter): boolean {
  const value = it[field as (typeof NAMES)[number]];
  if (op === 'is_empty') return value === null;
  return (value !== null && values.includes(value)) === (op === 'is');
}

/** The same by going through all that was said. */
function expected(told: readonly Told[], { metric, group_by, filters: those }: QuerySpec) {
  const found = told.filter((it) => those.every((filter) => passes(it, filter)));
  const groups = Map.groupBy(found, (it) => JSON.stringify(group_by.map((by) => it[by as keyof Told])));
  const rows = [...groups].map(([keys, all]) => ({
    keys: JSON.parse(keys) as unknown,
    value: metric === 'noise' ? all.filter(({ isRepeat }) => isRepeat).length : all.length,
    n: all.length,
  }));
  return { rows: inOrder(rows), total: found.length };
}

function inOrder<T extends { readonly keys: unknown }>(rows: readonly T[]): T[] {
  const name = (it: T) => JSON.stringify(it.keys);
  return rows.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}

test('questions about alerts count every message, whatever it says itself and what its alert is asked', async ({
  db,
}) => {
  const nobody = {
    viewer: { id: 'bo' as PersonId, role: 'viewer' as const },
    now: new Date('2026-03-01T00:00:00Z'),
    timeZone: 'UTC',
  };
  expect(await answerQuestion(db, ALL, nobody)).toMatchObject({ rows: [], total: 0 });
  const { told, now } = await tell(db);
  expect(told.filter(({ isRepeat }) => isRepeat).length).toBeGreaterThan(50);
  expect(new Set(told.map(({ rule, service }) => `${rule} ${service}`)).size).toBe(FIRE.length);
  const stored = await db.selectFrom('alertEvents').select('alert').execute();
  expect(stored.filter(({ alert }) => 'like' in alert).length).toBeGreaterThan(20);
  const asker = { viewer: { id: 'ana' as PersonId, role: 'admin' as const }, now, timeZone: 'UTC' };
  await fc.assert(
    fc.asyncProperty(specs, async (spec) => {
      const { rows, total } = await answerQuestion(db, spec, asker);
      expect({ rows: inOrder(rows), total }).toEqual(expected(told, spec));
    }),
    { numRuns: 60 },
  );
  expect((await answerQuestion(db, ALL, nobody)).total).toBe(told.length);
  await db.updateTable('incidents').set({ isPrivate: true }).execute();
  expect(await answerQuestion(db, ALL, nobody)).toMatchObject({ rows: [], total: 0 });
});
