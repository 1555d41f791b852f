import * as fc from 'fast-check';

import { SEVERITIES } from '#src/incident/incident.ts';
import { ROLES, type PersonId, type TeamId } from '#src/incident/person.ts';
import { HANDOFF_DEFAULTS } from '#src/oncall/handoff.ts';
import { CONTACT_KINDS, type ContactMethod, type PersonalRules } from '#src/paging/rules.ts';
import { faultsOf } from '#src/setup/check.ts';
import { inOrder, isSame, type OwnRules, type PersonState, type SetupState } from '#src/setup/state.ts';

import { anyLayer, ana, PEOPLE, schedule } from './oncall.ts';
import {
  anyHeartbeats,
  anyLength,
  anyName,
  anyPolicies,
  anyRoutes,
  anyServices,
  anySyntheticPage,
  anyText,
  anyZone,
} from './setup-parts.ts';

export const NOTHING: SetupState = {
  people: [],
  teams: [],
  schedules: [],
  policies: [],
  routes: [],
  rules: new Map(),
  defaultPolicy: null,
  heartbeats: [],
  services: [],
  syntheticPage: null,
  busyTeams: [],
};

const NOW = Date.parse('2026-03-01T08:00:00Z');
const anyContact = (person: string): fc.Arbitrary<ContactMethod> =>
  fc
    .record({
      kind: fc.constantFrom(...CONTACT_KINDS),
      number: fc.integer({ min: 1_000_000, max: 9_999_999 }),
      enabled: fc.nat(4).map((it) => it > 0),
    })
    .map(({ kind, number, enabled }) => ({
      id: `${person}-${kind}-${number}`,
      kind,
      address:
        kind === 'email'
          ? `p${number}@example.com`
          : kind === 'sms' || kind === 'voice'
            ? `+4915${number}`
            : `https://example.com/${number} after 2m`,
      enabled,
      verifiedAt: null,
    }));

const anyPerson = (id: PersonId, index: number): fc.Arbitrary<PersonState> =>
  fc.record({
    id: fc.constant(id),
    name: anyName,
    email: fc.option(fc.constant(`p${index}@example.com`)),
    role: fc.constantFrom(...ROLES),
    timezone: anyZone,
    active: fc.boolean(),
    skills: fc.array(anyName, { maxLength: 2 }),
    region: fc.option(anyName),
    contacts: fc.uniqueArray(anyContact(id), { maxLength: 4, selector: (it) => it.id }).map(inOrder),
    isShared: fc.boolean(),
    isInChat: fc.boolean(),
  });

function anyRules({ contacts }: PersonState): fc.Arbitrary<OwnRules> {
  const ids = contacts.map((it) => it.id);
  const steps =
    ids.length === 0
      ? fc.constant(null)
      : fc.option(
          fc.array(
            fc.record({ delayMs: fc.oneof(fc.constant(0), anyLength), contact: fc.constantFrom(...ids) }),
            { minLength: 1, maxLength: 3 },
          ),
        );
  const rules: fc.Arbitrary<PersonalRules> = fc.record({
    high: steps,
    low: fc.oneof(steps, fc.constant([])),
    throttle: fc.option(fc.record({ max: fc.integer({ min: 1, max: 9 }), windowMs: anyLength })),
    bundleMs: fc.option(anyLength),
  });
  const quiet = fc.record({
    from: fc.constantFrom('22:00', '23:30'),
    to: fc.constantFrom('06:00', '24:00'),
    zone: anyZone,
    breakThrough: fc.record({
      severities: fc.subarray([...SEVERITIES]),
      urgencies: fc.subarray(['high', 'low'] as const),
    }),
  });
  return fc.record({ rules, quiet: fc.option(quiet) });
}

const anyHandoff = fc
  .record({
    rooms: fc.subarray(['web/payments', 'slack/C024']),
    acceptance: fc.boolean(),
    grace: anyLength,
    backup: fc.constantFrom(
      null,
      { kind: 'person' as const, id: 'ana' },
      { kind: 'team' as const, id: 'db' },
    ),
    reminders: fc.uniqueArray(anyLength, { maxLength: 3 }),
    lookAhead: fc.boolean(),
    warnBefore: fc.oneof(fc.constant(0), anyLength),
  })
  .filter((it) => !isSame(it, HANDOFF_DEFAULTS));

const anySchedules = fc.array(
  fc.record({
    name: anyName,
    team: fc.constantFrom(null, 'db' as TeamId),
    timezone: anyZone,
    enabled: fc.boolean(),
    layers: fc.array(fc.tuple(anyLayer(NOW), anyName), { maxLength: 3 }),
    around: fc.record(
      { handoff: anyHandoff, groups: fc.constant({ slack: 'S024', teams: 'on call' }) },
      { requiredKeys: [] },
    ),
    temporary: fc.option(
      fc.record({
        layers: fc.tuple(anyLayer(NOW)),
        name: anyName,
        reason: fc.option(anyText),
        from: fc.nat(1e9),
        length: fc.integer({ min: 1, max: 1e9 }),
      }),
    ),
  }),
  { maxLength: 2 },
);

/** A setup that nothing is wrong with, of people `ana` to `fay`, a team `db` and a schedule `payments`. */
export const anySetup: fc.Arbitrary<SetupState> = fc
  .record({
    people: fc.tuple(...PEOPLE.map(anyPerson)),
    schedules: anySchedules,
    policies: anyPolicies,
    routes: anyRoutes,
    hasDefault: fc.boolean(),
    heartbeats: anyHeartbeats,
    services: anyServices,
    syntheticPage: anySyntheticPage,
    team: fc.record({
      name: anyName,
      description: anyText,
      members: fc.subarray([...PEOPLE]),
      lead: fc.constantFrom(null, ana),
    }),
  })
  .chain(({ people, schedules, policies, routes, hasDefault, heartbeats, services, syntheticPage, team }) => {
    const rules = fc.tuple(
      ...people.map((it) => fc.option(anyRules(it)).map((own) => [it.id, own] as const)),
    );
    return rules.map((all): SetupState => ({
      people,
      teams: [{ ...team, id: 'db' as TeamId, schedule: 'payments', policy: policies[0]?.id ?? null }],
      schedules: [
        schedule(),
        ...schedules.map(({ layers, temporary, around, ...it }, index) =>
          schedule({
            ...it,
            ...around,
            id: `s${index}`,
            layers: layers.map(([layer, name], place) => ({ ...layer, id: `l${place}`, name })),
            holidays: [
              { date: '2026-12-25', name: 'Christmas day', calendar: 'de' },
              { date: '2026-07-04', name: 'Day', calendar: 'us' },
              { date: '2026-01-01', name: it.name, calendar: null },
            ],
            temporaries: temporary
              ? [
                  {
                    id: 't',
                    name: temporary.name,
                    layers: temporary.layers,
                    reason: temporary.reason,
                    start: new Date(NOW + temporary.from),
                    end: new Date(NOW + temporary.from + temporary.length),
                    createdBy: ana,
                  },
                ]
              : [],
          }),
        ),
      ],
      policies,
      routes: routes.map((it) => ({ ...it, rows: it.rows })),
      rules: new Map(all.flatMap(([id, own]) => (own ? [[id, own]] : []))),
      defaultPolicy: hasDefault ? (policies[0]?.id ?? null) : null,
      heartbeats,
      services,
      syntheticPage,
      busyTeams: [],
    }));
  })
  .filter((it) => faultsOf(it).length === 0);
