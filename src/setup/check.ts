import { folded } from '#src/cause/catalogue.ts';
import { UserError } from '#src/errors.ts';
import { EVERY_MS, GRACE_MS } from '#src/incident/heartbeat.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { validateSchedule } from '#src/oncall/validate.ts';
import type { Target } from '#src/paging/policy.ts';
import { validateRouting } from '#src/paging/routing.ts';
import { validateRules } from '#src/paging/rules.ts';
import { validatePolicies } from '#src/paging/validate.ts';

import type { Fault, Path } from './faults.ts';
import { meant, quoted } from './fields.ts';
import type { SetupState } from './state.ts';

/** Everything that cannot be as it is wanted: names that nobody has, and what the parts say of themselves. */
export function faultsOf(wanted: SetupState): Fault[] {
  return [
    ...peopleFaults(wanted),
    ...teamFaults(wanted),
    ...scheduleFaults(wanted),
    ...policyFaults(wanted),
    ...routeFaults(wanted),
    ...ruleFaults(wanted),
    ...heartbeatFaults(wanted),
    ...serviceFaults(wanted),
  ];
}

type Kind = 'person' | 'team' | 'schedule' | 'policy' | 'service';

function idsOf(wanted: SetupState, kind: Kind): string[] {
  if (kind === 'person') return wanted.people.map((it) => it.id);
  if (kind === 'team') return wanted.teams.map((it) => it.id);
  if (kind === 'service') return wanted.services.map((it) => it.id);
  return (kind === 'schedule' ? wanted.schedules : wanted.policies).map((it) => it.id);
}

/** Says of each name whether there is such a thing. */
function naming(wanted: SetupState): (kind: Kind, id: string | null, path: Path) => Fault[] {
  const known = new Map<Kind, Set<string>>();
  return (kind, id, path) => {
    const ids = known.get(kind) ?? new Set(idsOf(wanted, kind));
    known.set(kind, ids);
    if (id === null || ids.has(id)) return [];
    const hint = meant(id, [...ids]) || '; add it or name another';
    return [{ path, says: `there is no ${kind} ${quoted(id)}${hint}` }];
  };
}

function peopleFaults({ people }: SetupState): Fault[] {
  const byEmail = Map.groupBy(people, (it) => it.email?.toLowerCase() ?? '');
  const doubles = [...byEmail].flatMap(([email, all]) => (email === '' ? [] : all.slice(1)));
  return [
    ...doubles.map((it) => ({
      path: ['people', it.id, 'email'],
      says: 'somebody else has this address; give each their own',
    })),
    ...people.flatMap(({ id, contacts }) => {
      const keys = contacts.map((it) => `${it.kind}:${it.address}`);
      const twice = keys.find((key, index) => keys.indexOf(key) < index);
      const says = `${quoted(twice ?? '')} is there twice; keep one of them`;
      return twice === undefined ? [] : [{ path: ['people', id, 'contacts'], says }];
    }),
  ];
}

function teamFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  const teams = new Set(wanted.teams.map((it) => it.id));
  return [
    ...wanted.teams.flatMap(({ id, members, lead, schedule, policy }) => [
      ...members.flatMap((it) => name('person', it, ['teams', id, 'members'])),
      ...name('person', lead, ['teams', id, 'lead']),
      ...name('schedule', schedule, ['teams', id, 'schedule']),
      ...name('policy', policy, ['teams', id, 'policy']),
    ]),
    ...wanted.busyTeams
      .filter((it) => !teams.has(it))
      .map((id) => ({
        path: ['teams'],
        says: `team ${id} cannot be removed, since incidents belong to it; keep it, without members`,
      })),
  ];
}

function scheduleFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  return wanted.schedules.flatMap((schedule) => {
    const path = ['schedules', schedule.id];
    const layers = [
      ...schedule.layers.map((it, index) => ({ it, at: [...path, 'layers', index] })),
      ...schedule.temporaries.flatMap((temporary, index) =>
        temporary.layers.map((it, place) => ({
          it,
          at: [...path, 'temporaries', index, 'layers', place],
        })),
      ),
    ];
    const unknown = [
      ...name('team', schedule.team, [...path, 'team']),
      ...backupFaults(schedule, name),
      ...layers.flatMap(({ it, at }) =>
        it.shifts.flatMap((turn, index) =>
          turn.flatMap((person) => name('person', person, [...at, 'people', index])),
        ),
      ),
    ];
    return [...unknown, ...thrown(() => validateSchedule(schedule), path)];
  });
}

function backupFaults({ id, handoff }: Schedule, name: ReturnType<typeof naming>): Fault[] {
  const backup = handoff?.backup;
  return backup ? name(backup.kind, backup.id, ['schedules', id, 'handoff', 'backup']) : [];
}

function policyFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  return [
    ...name('policy', wanted.defaultPolicy, ['default_policy']),
    ...wanted.policies.flatMap(({ id, levels }) =>
      levels.flatMap(({ targets }, level) =>
        targetFaults(targets, name, ['policies', id, 'levels', level, 'targets']),
      ),
    ),
    ...validatePolicies(wanted.policies, () => true).map(({ message, details }) => ({
      path: ['policies', String(details['policy']), ...placeOf(String(details['field']), 1)],
      says: message,
    })),
  ];
}

function routeFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  return [
    ...wanted.routes.flatMap(({ id, actions }) =>
      actions.flatMap((action) => {
        const path = ['routes', id];
        if (action.do === 'policy') return name('policy', action.policy, [...path, 'policy']);
        if (action.do === 'assign') return name('team', action.team, [...path, 'team']);
        return action.do === 'notify' ? targetFaults(action.targets, name, [...path, 'notify']) : [];
      }),
    ),
    ...validateRouting(
      wanted.routes,
      () => true,
      () => true,
    ).map(({ message, details }) => ({ path: ['routes', String(details['rule'])], says: message })),
  ];
}

function targetFaults(targets: readonly Target[], name: ReturnType<typeof naming>, path: Path): Fault[] {
  return targets.flatMap((target, index) => {
    const faults: Fault[] = [];
    for (let next: Target | null = target; next; next = next.fallback ?? null) {
      const { kind, id } = next;
      if (kind === 'person' || kind === 'team' || kind === 'schedule') {
        faults.push(...name(kind, id, [...path, index]));
      }
    }
    return faults;
  });
}

function ruleFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  return [...wanted.rules].flatMap(([id, { rules, quiet }]) => {
    const path = ['rules', id];
    const person = wanted.people.find((it) => it.id === id);
    if (!person) return name('person', id, path);
    // A step that names no contact of theirs was told where it stands.
    const contacts = [...(rules.high ?? []), ...(rules.low ?? [])].map((it) => ({ ...ANY, id: it.contact }));
    return validateRules(id, contacts, rules, quiet).map(({ message }) => ({ path, says: message }));
  });
}

function heartbeatFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  const page = wanted.syntheticPage;
  return [
    ...wanted.heartbeats.flatMap(({ id, team, everyMs, graceMs }) => {
      const path = ['heartbeats', id];
      return [
        ...name('team', team, [...path, 'team']),
        ...outside(everyMs, EVERY_MS, [...path, 'every'], 'from 1m to 366d'),
        ...outside(graceMs, GRACE_MS, [...path, 'grace'], 'from 1m to 30d'),
      ];
    }),
    ...(page ? name(page.to.kind, page.to.id, ['synthetic_page', 'to']) : []),
  ];
}

function serviceFaults(wanted: SetupState): Fault[] {
  const name = naming(wanted);
  const taken = new Map<string, string>();
  for (const { id } of wanted.services) taken.set(folded(id), id);
  return wanted.services.flatMap((service) => {
    const { id, team, dependsOn, aliases } = service;
    const path = ['services', id];
    const itself = {
      path: [...path, 'depends_on'],
      says: 'a service does not depend on itself; take it out',
    };
    return [
      ...name('team', team, [...path, 'team']),
      ...dependsOn.flatMap((it) => name('service', it, [...path, 'depends_on'])),
      ...(dependsOn.includes(id) ? [itself] : []),
      ...[{ word: service.name, at: 'name' }, ...aliases.map((word) => ({ word, at: 'aliases' }))].flatMap(
        ({ word, at }): Fault[] => {
          const other = taken.get(folded(word));
          taken.set(folded(word), other ?? id);
          if (other === undefined || other === id) return [];
          return [
            {
              path: [...path, at],
              says: `service ${other} is called ${quoted(word)} too; give each its own`,
            },
          ];
        },
      ),
    ];
  });
}

function outside(
  ms: number,
  { least, most }: { readonly least: number; readonly most: number },
  path: Path,
  range: string,
): Fault[] {
  return ms < least || ms > most ? [{ path, says: `this is not possible; write a length ${range}` }] : [];
}

const ANY = { kind: 'chat', address: '', verifiedAt: null, enabled: true } as const;

function thrown(run: () => void, path: Path): Fault[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { at } = error.details;
    return [{ path: [...path, ...placeOf(typeof at === 'string' ? at : '', 0)], says: error.message }];
  }
}

/** What the parts call their fields, as the file calls them. */
const FILE_NAMES: Readonly<Record<string, string>> = {
  shifts: 'people',
  restrictions: 'only',
  onHolidays: 'on_holidays',
  start: 'from',
  ackWindowMs: 'wait',
  acksNeeded: 'acks',
  whenEmpty: 'when_empty',
  handTo: 'hand_to',
  managerLevel: 'manager_level',
  resumeIfStillFiringAfterMs: 'resume_if_still_firing_after',
  unackAfterMs: 'unack_after',
  afterMs: 'after',
};

/** `layers[1].shifts` or `levels.2.targets.1`, whose lists begin with `first`, as a path of the file. */
function placeOf(field: string, first: 0 | 1): Path {
  const steps = field.split(/[.[\]]+/).filter((it) => it !== '');
  return steps.map((it, index) => {
    if (/^\d+$/.test(it)) return Number(it) - first;
    if (it === 'end' && steps[index - 1] !== 'rotation') return 'until';
    return it === 'start' && steps[index - 1] === 'rotation' ? it : (FILE_NAMES[it] ?? it);
  });
}
