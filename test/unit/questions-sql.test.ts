import * as fc from 'fast-check';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  CamelCasePlugin,
} from 'kysely';
import { expect, it } from 'vitest';

import { behindQuery, numbersQuery, totalQuery } from '#src/db/questions.ts';
import type { Schema } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import {
  DIMENSIONS,
  faultOf,
  FIELDS,
  METRICS,
  MOMENTS,
  subjectOf,
  valuesOf,
  type QuerySpec,
} from '#src/questions/spec.ts';

/** Makes statements and sends them nowhere. */
const spy = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
});

const HOSTILE = [
  `'; drop table incidents; --`,
  `' or '1'='1`,
  '$1',
  '"incidents"',
  'Robert\\',
  '/* */',
  '%s',
  'sleep(10)',
];

const asker = (viewer: string) => ({
  viewer: { id: viewer as PersonId, role: 'viewer' as const },
  now: new Date('2026-03-18T15:30:00Z'),
  timeZone: 'Europe/Berlin',
});

/** Any query that makes sense, with hostile words wherever words may stand. */
const queries = fc
  .record({
    metric: fc.constantFrom(...METRICS.filter((it) => subjectOf(it) !== 'on-call')),
    moment: fc.constantFrom(...MOMENTS),
    group_by: fc.array(fc.constantFrom(...DIMENSIONS), { maxLength: 2 }),
    filters: fc.array(
      fc.constantFrom(...FIELDS).chain((field) =>
        fc.record({
          field: fc.constant(field),
          op: fc.constantFrom(
            ...(field === 'text' ? (['has_words'] as const) : (['is', 'is_not', 'at_least'] as const)),
          ),
          values: fc.array(fc.constantFrom(...(valuesOf(field) ?? HOSTILE)), { minLength: 1, maxLength: 3 }),
        }),
      ),
      { maxLength: 3 },
    ),
    time: fc.constantFrom<QuerySpec['time']>(
      { kind: 'all' },
      { kind: 'this', unit: 'week' },
      { kind: 'between', from: '2026-03-01', to: null },
    ),
    order: fc.constantFrom<QuerySpec['order']>(
      { by: 'value', direction: 'desc' },
      { by: 'time', direction: 'asc' },
    ),
    limit: fc.integer({ min: 1, max: 100 }),
  })
  .filter((it) => faultOf(it) === null);

it('no word of a question ever stands in the text of a statement, only among its parameters', () => {
  const seen = { filters: 0 };
  fc.assert(
    fc.property(queries, fc.constantFrom(...HOSTILE), (spec, viewer) => {
      const ofIncidents = subjectOf(spec.metric) === 'incidents' ? [totalQuery, behindQuery] : [];
      for (const make of [numbersQuery, ...ofIncidents]) {
        const query = make(spec, asker(viewer));
        const { sql, parameters } = query.compile(spy);
        const free = spec.filters
          .filter(({ field }) => valuesOf(field) === null)
          .flatMap(({ values }) => values);
        seen.filters += free.length;
        const words = [viewer, ...free].filter((it) => it !== '$1');
        for (const word of words) expect(sql).not.toContain(word);
        for (const word of free) {
          expect(JSON.stringify(parameters)).toContain(JSON.stringify(word).slice(1, -1));
        }
      }
    }),
    { numRuns: 300 },
  );
  expect(seen.filters).toBeGreaterThan(50);
});

it('a statement depends on the form of a query alone, not on what is asked for', () => {
  fc.assert(
    fc.property(queries, (spec) => {
      const filters = spec.filters.map((it) =>
        valuesOf(it.field) === null ? { ...it, values: it.values.map(() => 'something else') } : it,
      );
      const [one, other] = [spec, { ...spec, filters }].map(
        (it) => numbersQuery(it, asker('ana')).compile(spy).sql,
      );
      expect(one).toBe(other);
    }),
    { numRuns: 200 },
  );
});
