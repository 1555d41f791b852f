import type { TeamId } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';
import type { Target } from '#src/paging/policy.ts';

import type { Answer } from '../answers.ts';
import { whereZoned, type CarriedSchedule, type Imported, type Note } from '../carried.ts';
import {
  directoryOf,
  idsOf,
  importedOf,
  teamOf,
  type Directory,
  type TheirContact,
  type TheirPerson,
} from '../directory.ts';
import { carryPolicy } from '../levels.ts';
import { MINUTE } from '../spans.ts';
import {
  readPagerDuty,
  type PagerDutyExport,
  type PdNotificationRule,
  type PdPolicy,
  type PdUser,
} from './answers.ts';
import { carrySchedule } from './schedules.ts';

/** @throws UserError that names the file and the field */
export function importPagerDuty(answers: readonly Answer[]): Imported {
  const found = readPagerDuty(answers);
  const notes: Note[] = found.cut.map((file) => ({
    about: file,
    says: 'It is a page of a list, and the next page is missing.',
    todo: 'Ask with the next offset until "more" is false, and export again.',
  }));
  for (const { id, name } of found.named.filter((it) => !found.schedules.some((one) => one.id === it.id))) {
    notes.push({
      about: `schedule ${cleanLine(name, 100)}`,
      says: 'Only its name is in the export, so it is left out.',
      todo: `Ask for /schedules/${cleanLine(id, 40)}?since=...&until=... with 90 days in between, and export again.`,
    });
  }
  const people = directoryOf(
    found.users.map((it) => theirPerson(it, found, notes)),
    notes,
  );
  const teams = idsOf(found.teams);
  const ids = idsOf(found.schedules);
  const schedules = found.schedules.flatMap((it): CarriedSchedule[] => {
    const name = cleanLine(it.name, 200) || it.id;
    const team = teams.get(it.teams?.[0]?.id ?? '') ?? null;
    const ours = { id: ids.get(it.id) ?? it.id, name, team: team as TeamId | null };
    const carried = whereZoned(name, notes, () => carrySchedule(it, ours, found, people, notes));
    return carried ? [carried] : [];
  });
  const carriedIds = new Set(schedules.map(({ schedule }) => schedule.id));
  const policyIds = idsOf(found.policies);
  const policies = found.policies.flatMap((it) => {
    const target = targetIn(ids, carriedIds, people, notes, it);
    const carried = carryPolicy(theirPolicy(it, policyIds.get(it.id) ?? it.id, target), notes);
    return carried ? [carried] : [];
  });
  const members = (team: string) =>
    found.users.filter((it) => it.teams?.some(({ id }) => id === team)).map(({ id }) => people.personOf(id));
  const ourTeams = found.teams.map((it) =>
    teamOf(teams.get(it.id) ?? it.id, it.name, it.description ?? '', members(it.id)),
  );
  return importedOf(schedules, { policies, teams: ourTeams }, people, notes);
}

const KINDS: Readonly<Record<string, TheirContact['kind']>> = {
  email_contact_method: 'email',
  sms_contact_method: 'sms',
  phone_contact_method: 'voice',
};

function theirPerson(user: PdUser, { rules }: PagerDutyExport, notes: Note[]): TheirPerson {
  const about = `person ${cleanLine(user.name, 100)}`;
  // Everybody has at least the address with which they sign in.
  const login = user.email
    ? [{ id: 'login', type: 'email_contact_method', address: user.email, enabled: true }]
    : [];
  const contacts = (user.contact_methods ?? login).flatMap((it): TheirContact[] => {
    const kind = KINDS[it.type];
    if (kind && it.address) return [{ id: it.id, kind, address: addressOf(it), enabled: it.enabled ?? true }];
    const isReference = kind === undefined && it.type.endsWith('_reference');
    notes.push({
      about,
      says: isReference
        ? 'The address of a contact is not in the export.'
        : 'A device for push messages is not carried over.',
      todo: isReference
        ? 'Ask for /users?include[]=contact_methods and export again.'
        : 'They switch on push in the built-in page themselves.',
    });
    return [];
  });
  const own = rules.get(user.id) ?? null;
  const steps = (urgency: PdNotificationRule['urgency']) =>
    own
      ?.filter((it) => it.urgency === urgency)
      .map((it) => ({ contact: it.contact_method.id, delayMs: it.start_delay_in_minutes * MINUTE })) ?? null;
  return {
    id: user.id,
    name: user.name,
    email: user.email ?? null,
    timezone: user.time_zone ?? null,
    contacts,
    high: steps('high'),
    low: steps('low'),
  };
}

function addressOf(it: {
  readonly type: string;
  readonly address?: string | null | undefined;
  readonly country_code?: number | null | undefined;
}): string {
  const address = it.address ?? '';
  if (it.type === 'email_contact_method') return address.trim();
  return `+${it.country_code ?? 1}${address.replaceAll(/\D/g, '')}`;
}

type TargetOf = (it: PdPolicy['escalation_rules'][number]['targets'][number]) => Target[];

function targetIn(
  ids: ReadonlyMap<string, string>,
  carried: ReadonlySet<string>,
  people: Directory,
  notes: Note[],
  policy: PdPolicy,
): TargetOf {
  return ({ id, type, summary }) => {
    if (type.startsWith('user')) return [{ kind: 'person', id: people.personOf(id, summary) }];
    const schedule = ids.get(id);
    if (type.startsWith('schedule') && schedule !== undefined && carried.has(schedule)) {
      return [{ kind: 'schedule', id: schedule }];
    }
    notes.push({
      about: `policy ${cleanLine(policy.name, 100)}`,
      says: `It pages ${cleanLine(summary ?? id, 100)}, which is not in the export or was left out.`,
      todo: 'Export it too, or name somebody else in the file.',
    });
    return [];
  };
}

function theirPolicy(it: PdPolicy, id: string, target: TargetOf) {
  return {
    id,
    name: it.name,
    description: it.description ?? '',
    levels: it.escalation_rules.map((rule) => ({
      targets: rule.targets.flatMap(target),
      windowMs: rule.escalation_delay_in_minutes * MINUTE,
      inTurn: rule.escalation_rule_assignment_strategy?.type === 'round_robin',
    })),
    repeat: { times: it.num_loops ?? 0, afterMs: 0 },
  };
}
