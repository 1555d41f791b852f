import type { TeamId } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';
import type { Target } from '#src/paging/policy.ts';
import { CONTACT_KINDS } from '#src/paging/rules.ts';

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
import { carryPolicy, type TheirLevel } from '../levels.ts';
import { MINUTE } from '../spans.ts';
import {
  readOpsgenie,
  type OgEscalation,
  type OgRecipient,
  type OgUser,
  type OpsgenieExport,
} from './answers.ts';
import { recipientsOf } from './recipients.ts';
import { carrySchedule } from './schedules.ts';

/** @throws UserError that names the file and the field */
export function importOpsgenie(answers: readonly Answer[]): Imported {
  const found = readOpsgenie(answers);
  const notes: Note[] = found.cut.map((file) => ({
    about: file,
    says: 'It is a page of a list, and the next page is missing.',
    todo: 'Ask for the address in "paging.next" until there is none, and export again.',
  }));
  const people = directoryOf(
    found.users.map((it) => theirPerson(it, found, notes)),
    notes,
  );
  const who = recipientsOf(found, people, notes);
  const teams = idsOf(found.teams);
  const ids = idsOf(found.schedules);
  const schedules = found.schedules.flatMap((it): CarriedSchedule[] => {
    const name = cleanLine(it.name, 200) || it.id;
    const team = (teams.get(it.ownerTeam?.id ?? '') ?? null) as TeamId | null;
    const own = { overrides: found.overrides.get(it.id) ?? [], timelines: timelinesOf(it, found) };
    const carried = whereZoned(name, notes, () =>
      carrySchedule(it, { id: ids.get(it.id) ?? it.id, name, team }, own, who, notes),
    );
    return carried ? [carried] : [];
  });
  const carriedIds = new Set(schedules.map(({ schedule }) => schedule.id));
  const policyIds = idsOf(found.escalations);
  const policies = found.escalations.flatMap((it) => {
    const target = targetIn(found, { ids, teams, carried: carriedIds }, people, notes, it);
    const levels = levelsOf(it, target, notes);
    const repeat = { times: it.repeat?.count ?? 0, afterMs: (it.repeat?.waitInterval ?? 0) * MINUTE };
    const their = { id: policyIds.get(it.id) ?? it.id, name: it.name, description: it.description ?? '' };
    const carried = carryPolicy({ ...their, levels, repeat }, notes);
    return carried ? [carried] : [];
  });
  const ourTeams = found.teams.map((it) => {
    const members = (it.members ?? []).map(({ user }) => people.personOf(user.id, user.username));
    return teamOf(teams.get(it.id) ?? it.id, it.name, it.description ?? '', members);
  });
  return importedOf(schedules, { policies, teams: ourTeams }, people, notes);
}

/** An address may name a schedule by its name too. */
function timelinesOf({ id, name }: { id: string; name: string }, { timelines }: OpsgenieExport) {
  return timelines.get(id) ?? timelines.get(name) ?? timelines.get(encodeURIComponent(name)) ?? [];
}

function theirPerson(user: OgUser, { rules }: OpsgenieExport, notes: Note[]): TheirPerson {
  const about = `person ${cleanLine(user.fullName ?? user.username, 100)}`;
  const own = (rules.get(user.id) ?? rules.get(user.username) ?? []).filter(
    (it) => it.actionType === 'create-alert' && it.enabled !== false,
  );
  const steps = own.flatMap((it) => it.steps ?? []).filter((it) => it.enabled !== false);
  const listed = (user.userContacts ?? []).map((it) => ({
    method: it.contactMethod,
    to: it.to,
    enabled: it.status?.enabled ?? it.enabled ?? true,
  }));
  const email = { method: 'email', to: user.username, enabled: true };
  const all = [email, ...listed, ...steps.map(({ contact }) => ({ ...contact, enabled: true }))];
  const contacts = all.flatMap(({ method, to, enabled }): TheirContact[] => {
    const kind = CONTACT_KINDS.find((it) => it === method.toLowerCase());
    if (kind) return [{ id: keyOf(method, to), kind, address: addressOf(kind, to), enabled }];
    notes.push({
      about,
      says: `Being told by ${cleanLine(method, 40)} is not carried over.`,
      todo: 'They switch on push in the built-in page themselves.',
    });
    return [];
  });
  const high = steps.map(({ contact, sendAfter }) => ({
    contact: keyOf(contact.method, contact.to),
    delayMs: (sendAfter?.timeAmount ?? 0) * unitMs(sendAfter?.timeUnit),
  }));
  return {
    id: user.id,
    name: user.fullName || user.username,
    email: user.username.includes('@') ? user.username : null,
    timezone: user.timeZone ?? null,
    contacts,
    high: high.length > 0 ? high : null,
    low: null,
  };
}

function keyOf(method: string, to: string): string {
  return `${method.toLowerCase()} ${to}`;
}

/** Numbers come as `1-5550100`. */
function addressOf(kind: TheirContact['kind'], to: string): string {
  return kind === 'sms' || kind === 'voice' ? `+${to.replaceAll(/\D/g, '')}` : to.trim();
}

function unitMs(unit: string | null | undefined): number {
  const said = (unit ?? 'minutes').toLowerCase();
  return said.startsWith('hour') ? 60 * MINUTE : said.startsWith('day') ? 1440 * MINUTE : MINUTE;
}

interface Ids {
  readonly ids: ReadonlyMap<string, string>;
  readonly teams: ReadonlyMap<string, string>;
  readonly carried: ReadonlySet<string>;
}

type TargetOf = (it: OgRecipient) => Target[];

function targetIn(
  found: OpsgenieExport,
  ours: Ids,
  people: Directory,
  notes: Note[],
  policy: OgEscalation,
): TargetOf {
  const idIn = (all: readonly { id: string; name: string }[], it: OgRecipient) =>
    it.id ?? all.find(({ name }) => name === it.name)?.id ?? '';
  return (it) => {
    const called = it.username ?? it.name ?? it.id ?? '';
    if (it.type === 'user') {
      const id = it.id ?? found.users.find(({ username }) => username === it.username)?.id ?? called;
      return [{ kind: 'person', id: people.personOf(id, called) }];
    }
    const schedule = ours.ids.get(idIn(found.schedules, it));
    if (it.type === 'schedule' && schedule !== undefined && ours.carried.has(schedule)) {
      return [{ kind: 'schedule', id: schedule }];
    }
    const team = ours.teams.get(idIn(found.teams, it));
    if (it.type === 'team' && team !== undefined) return [{ kind: 'team', id: team }];
    notes.push({
      about: `policy ${cleanLine(policy.name, 100)}`,
      says: `It pages ${cleanLine(`${it.type} ${called}`, 100)}, which is not in the export or was left out.`,
      todo: 'Export it too, or name somebody else in the file.',
    });
    return [];
  };
}

/** After the last level nothing is waited for, so any length will do. */
const LAST_WINDOW_MS = 5 * MINUTE;

/** Rules say when they page, counted from the alert; those at the same time are one level. */
function levelsOf({ name, rules }: OgEscalation, target: TargetOf, notes: Note[]): TheirLevel[] {
  const about = `policy ${cleanLine(name, 100)}`;
  const at = (it: OgEscalation['rules'][number]) => (it.delay?.timeAmount ?? 0) * unitMs(it.delay?.timeUnit);
  const byTime = [...Map.groupBy(rules, at)].toSorted(([a], [b]) => a - b);
  const first = byTime[0]?.[0] ?? 0;
  if (first > 0) {
    notes.push({
      about,
      says: 'Its first rule waits before it pages; here the first level pages at once.',
      todo: 'Raise the severity at which the policy applies, if that was the reason.',
    });
  }
  for (const { notifyType, condition } of rules) {
    const isUsual =
      (notifyType ?? 'default') === 'default' && (condition ?? 'if-not-acked') === 'if-not-acked';
    if (isUsual) continue;
    notes.push({
      about,
      says: `A rule pages "${cleanLine(notifyType ?? 'default', 40)}" "${cleanLine(condition ?? '', 40)}"; here everybody on call is paged while nobody has acknowledged.`,
      todo: 'Look at the level in the file.',
    });
  }
  return byTime.map(([from, together], place) => ({
    targets: together.flatMap(({ recipient }) => target(recipient)),
    windowMs: (byTime[place + 1]?.[0] ?? from + LAST_WINDOW_MS) - from,
    inTurn: together.every((it) => it.notifyType === 'random'),
  }));
}
