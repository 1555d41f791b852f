import * as fc from 'fast-check';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { SyntheticPage } from '#src/db/synthetic-pages.ts';
import type { Heartbeat } from '#src/incident/heartbeat.ts';
import { CATEGORIES, ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';
import type { TeamId } from '#src/incident/person.ts';
import { clean } from '#src/incident/text.ts';
import type { Conditions, Target } from '#src/paging/policy.ts';
import type { RouteAction, RoutingRule } from '#src/paging/routing.ts';
import { FIELDS, OPERATORS, type Row } from '#src/paging/rows.ts';
import { STRATEGIES } from '#src/paging/strategies.ts';
import { nameOf } from '#src/setup/state.ts';

import { ZONES } from './oncall.ts';
import { anyLevel } from './paging.ts';

export const anyZone = fc.oneof(fc.constantFrom('UTC', 'Europe/Berlin'), fc.constantFrom(...ZONES));

/** What people call things, the worst that is still a name. */
export const anyName = fc
  .oneof(
    fc.constantFrom(
      'Ana',
      'true',
      'null',
      '12',
      '- x',
      'a: b',
      '#no',
      '"q"',
      "it's",
      '~',
      '2026-01-05',
      '!!x',
      '&a',
      '*a',
      'a, b',
      '😀',
    ),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  )
  .map((it) =>
    clean(it)
      .replaceAll(/\s*\n\s*/g, ' ')
      .trim(),
  )
  .filter((it) => it !== '');
export const anyText = fc.oneof(
  fc.constant(''),
  fc.tuple(anyName, anyName).map(([a, b]) => `${a}\n${b}`),
);

const kinds: readonly Target[] = [
  { kind: 'person', id: 'ana' },
  { kind: 'team', id: 'db' },
  { kind: 'schedule', id: 'payments' },
  { kind: 'room', id: 'web:C 1:2' },
  { kind: 'webhook', id: 'https://example.com/hook?a=b' },
  { kind: 'external', id: 'pager-1' },
];
const anyTarget: fc.Arbitrary<Target> = fc
  .tuple(fc.constantFrom(...kinds), fc.option(fc.constantFrom(...kinds)))
  .map(([target, fallback]) =>
    fallback && fallback.kind !== target.kind ? { ...target, fallback } : target,
  );

const some = <T>(all: readonly T[]) => fc.subarray([...all], { minLength: 1 });
const anyConditions = fc.record(
  {
    severity: some(SEVERITIES),
    category: some(CATEGORIES),
    source: fc.array(anyName, { minLength: 1, maxLength: 2 }),
    tags: fc.dictionary(fc.constantFrom('team', 'constructor', 'a b', '7'), anyName, {
      minKeys: 1,
      maxKeys: 2,
    }),
    environment: some(ENVIRONMENTS),
    service: fc.array(anyName, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Conditions>;

export const anyLength = fc.integer({ min: 60, max: 40_000 }).map((it) => it * 1000);
export const anyPolicies = fc
  .array(
    fc.record({
      name: anyName,
      description: anyText,
      enabled: fc.boolean(),
      priority: fc.integer({ min: -5, max: 5 }),
      conditions: anyConditions,
      levels: fc.array(
        fc
          .tuple(anyLevel, fc.array(anyTarget, { minLength: 1, maxLength: 2 }))
          .map(([level, targets]) => ({ ...level, targets })),
        { minLength: 1, maxLength: 3 },
      ),
      repeat: fc.record({ times: fc.nat(3), afterMs: fc.oneof(fc.constant(0), anyLength) }),
      stopOnAck: fc.boolean(),
      managerLevel: fc.constantFrom(null, 1),
      resumeIfStillFiringAfterMs: fc.option(anyLength),
      unackAfterMs: fc.option(anyLength),
      handsOn: fc.boolean(),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ handsOn, ...it }, index) => ({
      ...it,
      id: `p${index}`,
      handTo: handsOn && index > 0 && all[index - 1]?.enabled ? `p${index - 1}` : null,
    })),
  );

const anyRow: fc.Arbitrary<Row> = fc
  .record({
    field: fc.constantFrom(...FIELDS, 'tag.a b', 'metric.x in y'),
    operator: fc.constantFrom(...OPERATORS),
    text: anyName,
    list: fc.array(anyName, { minLength: 1, maxLength: 3 }),
  })
  .map(({ field, operator, text, list }) => {
    const isOrder = operator === 'greater_than' || operator === 'less_than';
    const value = isOrder ? (field === 'severity' ? 'P2' : '5') : text;
    return { field, operator, value: operator === 'in' || operator === 'not_in' ? list : value };
  });

const anyAction: fc.Arbitrary<RouteAction> = fc.oneof(
  fc.record({
    do: fc.constant('notify' as const),
    targets: fc.array(anyTarget, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ do: fc.constant('assign' as const), team: fc.constant('db') }),
  fc.record({
    do: fc.constant('label' as const),
    labels: fc.uniqueArray(anyName, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ do: fc.constant('severity' as const), severity: fc.constantFrom(...SEVERITIES) }),
  fc.record({ do: fc.constant('suppress' as const) }),
);
const ORDER = ['policy', 'notify', 'assign', 'label', 'severity', 'suppress'];

export const anyRoutes: fc.Arbitrary<RoutingRule[]> = fc
  .array(
    fc.record({
      name: anyName,
      description: anyText,
      enabled: fc.boolean(),
      priority: fc.integer({ min: -5, max: 5 }),
      rows: fc.array(anyRow, { maxLength: 3 }),
      hours: fc.option(
        fc.record({
          zone: anyZone,
          windows: fc.constantFrom(
            [],
            [
              { days: [], from: '08:00', to: '24:00' },
              { days: [0, 5, 6], from: '22:00', to: '06:00' },
            ],
          ),
        }),
      ),
      strategy: fc.constantFrom(...STRATEGIES),
      skills: fc.array(anyName, { minLength: 1, maxLength: 2 }),
      actions: fc.uniqueArray(anyAction, { minLength: 1, maxLength: 4, selector: (it) => it.do }),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map((it, index) => ({
      ...it,
      id: `r${index}`,
      actions: it.actions.toSorted((a, b) => ORDER.indexOf(a.do) - ORDER.indexOf(b.do)),
    })),
  );

const anyHeartbeat = (id: string): fc.Arbitrary<Heartbeat> =>
  fc.record({
    id: fc.constant(id),
    name: anyName,
    everyMs: fc.integer({ min: 60_000, max: 1e10 }),
    graceMs: fc.oneof(fc.constant(300_000), fc.integer({ min: 60_000, max: 1e9 })),
    severity: fc.constantFrom(...SEVERITIES),
    team: fc.constantFrom(null, 'db' as TeamId),
    service: fc.option(anyName),
    environment: fc.constantFrom(...ENVIRONMENTS),
    paused: fc.boolean(),
  });

export const anyHeartbeats = fc
  .subarray(['backup', 'cron.daily'])
  .chain((ids) => fc.tuple(...ids.map(anyHeartbeat)));

const SERVICES = ['api', 'db.main', 'cache'];

const anyService = (id: string): fc.Arbitrary<CatalogueService> =>
  fc.record({
    id: fc.constant(id),
    name: fc.oneof(anyName, fc.constant(nameOf(id))),
    aliases: fc.uniqueArray(anyName, { maxLength: 2 }).map((it) => it.toSorted()),
    team: fc.constantFrom(null, 'db'),
    dependsOn: fc.subarray(SERVICES.filter((it) => it !== id)).map((it) => it.toSorted()),
    runbook: fc.constantFrom(null, 'https://wiki.example.com/run#1'),
    tier: fc.constantFrom(null, 1, 2, 3, 4),
  });

/** None, or all of those that may name each other. */
export const anyServices: fc.Arbitrary<CatalogueService[]> = fc
  .constantFrom<readonly string[]>([], [...SERVICES].toSorted())
  .chain((ids) => fc.tuple(...ids.map(anyService)));

export const anySyntheticPage: fc.Arbitrary<SyntheticPage | null> = fc.option(
  fc.record({
    to: fc.constantFrom<SyntheticPage['to']>(
      { kind: 'person', id: 'ana' },
      { kind: 'schedule', id: 'payments' },
    ),
    day: fc.nat(6),
    time: fc.constantFrom('00:00', '10:00', '23:59'),
    zone: anyZone,
  }),
);
