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
  type TheirContact,
  type TheirPerson,
  type TheirStep,
} from '../directory.ts';
import { carryPolicy } from '../levels.ts';
import { readGrafana, type GrafanaExport, type GrafanaRule, type GrafanaUser } from './answers.ts';
import { chainOf, type Steps } from './chains.ts';
import { carrySchedule } from './schedules.ts';

/** @throws UserError that names the file and the field */
export function importGrafana(answers: readonly Answer[]): Imported {
  const found = readGrafana(answers);
  const notes: Note[] = found.cut.map((file) => ({
    about: file,
    says: 'It is a page of a list, and other pages are missing.',
    todo: 'Ask for the address in "next" until there is none, and export again.',
  }));
  const people = directoryOf(
    found.users.map((it) => theirPerson(it, found, notes)),
    notes,
  );
  const teams = idsOf(found.teams);
  const ids = idsOf(found.schedules);
  const schedules = found.schedules.flatMap((it): CarriedSchedule[] => {
    const name = cleanLine(it.name, 200) || it.id;
    const team = (teams.get(it.team_id ?? '') ?? null) as TeamId | null;
    const ours = { id: ids.get(it.id) ?? it.id, name, team };
    const carried = whereZoned(name, notes, () => carrySchedule(it, ours, found, people, notes));
    return carried ? [carried] : [];
  });
  const carriedIds = new Set(schedules.map(({ schedule }) => schedule.id));
  const target: Steps['target'] = (kind, id) => {
    if (kind === 'person') return { kind, id: people.personOf(id) } satisfies Target;
    const ours = (kind === 'schedule' ? ids : teams).get(id);
    if (ours === undefined || (kind === 'schedule' && !carriedIds.has(ours))) return null;
    return { kind, id: ours };
  };
  const policyIds = idsOf(found.chains);
  const policies = found.chains.flatMap((it) => {
    const all = found.steps.filter((step) => step.escalation_chain_id === it.id);
    const chain = chainOf(it.name, { all: all.toSorted((a, b) => a.position - b.position), target }, notes);
    const their = { id: policyIds.get(it.id) ?? it.id, name: it.name, description: '', ...chain };
    const carried = carryPolicy(their, notes);
    return carried ? [carried] : [];
  });
  if (found.teams.length > 0) {
    notes.push({
      about: 'teams',
      says: 'The public API does not say who is in a team.',
      todo: 'Write the members of each team in the file.',
    });
  }
  const ourTeams = found.teams.map((it) => teamOf(teams.get(it.id) ?? it.id, it.name, '', []));
  return importedOf(schedules, { policies, teams: ourTeams }, people, notes);
}

function theirPerson(user: GrafanaUser, { rules }: GrafanaExport, notes: Note[]): TheirPerson {
  const own = rules.filter((it) => it.user_id === user.id).toSorted((a, b) => a.position - b.position);
  const contacts: TheirContact[] = user.email
    ? [{ id: 'notify_by_email', kind: 'email', address: user.email, enabled: true }]
    : [];
  const others = [...new Set(own.map(({ type }) => type))].filter(
    (it) => it !== 'wait' && it !== 'notify_by_email',
  );
  if (others.length > 0) {
    const ways = others.map((it) => cleanLine(it.replace(/^notify_by_/, '').replaceAll('_', ' '), 40));
    notes.push({
      about: `person ${cleanLine(user.username, 100)}`,
      says: `Being told by ${ways.join(', ')} is not carried over, since the public API gives no numbers and devices.`,
      todo: 'They add these contacts here themselves, and their order.',
    });
  }
  const isComplete = others.length === 0;
  return {
    id: user.id,
    name: user.username,
    email: user.email ?? null,
    timezone: user.timezone ?? null,
    contacts,
    high: isComplete ? stepsOf(own.filter((it) => it.important === true)) : null,
    low: isComplete ? stepsOf(own.filter((it) => it.important !== true)) : null,
  };
}

/** Waits add up: each step comes so long after the page. */
function stepsOf(rules: readonly GrafanaRule[]): TheirStep[] {
  let delayMs = 0;
  return rules.flatMap(({ type, duration }) => {
    if (type !== 'wait') return [{ contact: type, delayMs }];
    delayMs += (duration ?? 0) * 1000;
    return [];
  });
}
