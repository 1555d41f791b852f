import { UserError } from '#src/errors.ts';
import { nearest } from '#src/incident/nearest.ts';
import type { Person, PersonId, Team } from '#src/incident/person.ts';

import type { Callee } from './args.ts';
import type { NamedSchedule } from './directory.ts';

/**
 * The person somebody means: `@ana`, `ana`, `me`, an address, a whole name, or a
 * first name that only one person has. Throws `not_found` with the nearest names.
 */
export function personNamed(word: string, people: readonly Person[], me: PersonId | null): PersonId {
  if (isMe(word)) return myself(me);
  const active = people.filter((it) => it.active);
  const found = findPerson(word, active);
  if (found) return found.id;
  const gone = findPerson(word, people);
  if (gone) throw new UserError('not_found', `${gone.name} is not active any more; name somebody who is.`);
  throw new UserError('not_found', unknown(word, 'nobody', namesOf(active)));
}

/** Those who can be meant: schedules only where whoever is on call can be. */
interface Known {
  readonly people: readonly Person[];
  readonly teams: readonly Team[];
  readonly schedules: readonly NamedSchedule[];
}

/** Before the name of a schedule, where whoever is on call by it is meant. */
export const ON_CALL = 'oncall:';

/**
 * A person, a team, or whoever is on call. What begins with @ is a person if there is one
 * of that name; without it, a team comes first, then a person, then a schedule, which
 * `oncall:` before its name means in any case. Throws `not_found` with the nearest names.
 */
export function assigneeNamed(
  word: string,
  { people, teams, schedules }: Known,
  me: PersonId | null,
): Callee {
  if (isMe(word)) return { person: myself(me) };
  if (schedules.length > 0 && word.toLowerCase().startsWith(ON_CALL)) {
    return { schedule: scheduleNamed(word.slice(ON_CALL.length), schedules).id };
  }
  const active = people.filter((it) => it.active);
  const person = findPerson(word, active);
  const team = findNamed(word, teams);
  if (team && !(person && word.startsWith('@'))) return { team: team.id };
  if (person) return { person: person.id };
  const schedule = findNamed(word, schedules);
  if (schedule) return { schedule: schedule.id };
  const names = [...namesOf(active), ...byBoth(teams), ...byBoth(schedules)];
  throw new UserError('not_found', unknown(word, 'nobody and no team', names));
}

/** The schedule that somebody means, by its id or its name. Throws `not_found` with the nearest names. */
export function scheduleNamed(word: string, schedules: readonly NamedSchedule[]): NamedSchedule {
  const found = findNamed(word, schedules);
  if (found) return found;
  if (schedules.length === 0) {
    throw new UserError('not_found', 'There is no on-call schedule yet; an admin sets them up.');
  }
  const typed = word.slice(0, 40);
  const near = nearest(
    typed,
    schedules.flatMap(({ id, name }) => [id, name]),
    10,
  );
  const meant = schedules.filter(({ id, name }) => near.includes(id) || near.includes(name));
  const shown = (meant.length > 0 ? meant : schedules).slice(0, 3).map(({ id }) => `\`${id}\``);
  const guess = meant.length > 0 ? `Did you mean ${shown.join(' or ')}?` : `There is ${shown.join(', ')}.`;
  throw new UserError('not_found', `There is no on-call schedule \`${typed}\`. ${guess}`);
}

function isMe(word: string): boolean {
  return /^@?me$/i.test(word);
}

function myself(me: PersonId | null): PersonId {
  if (me) return me;
  throw new UserError(
    'bad_arguments',
    'This key belongs to nobody, so `me` is nobody; write a name like @ana.',
  );
}

function findPerson(word: string, people: readonly Person[]): Person | undefined {
  const name = word.replace(/^@/, '').trim().toLowerCase();
  const exact = people.find((it) => it.id === name || it.email?.toLowerCase() === name);
  if (exact) return exact;
  const whole = people.filter((it) => it.name.toLowerCase() === name);
  const first = people.filter((it) => it.name.toLowerCase().split(/\s+/)[0] === name);
  if (whole.length === 1) return whole[0];
  return whole.length === 0 && first.length === 1 ? first[0] : undefined;
}

function findNamed<T extends NamedSchedule | Team>(word: string, all: readonly T[]): T | undefined {
  const name = word
    .replace(/^@/, '')
    .replace(/^team /i, '')
    .trim()
    .toLowerCase();
  return all.find((it) => it.id.toLowerCase() === name || it.name.toLowerCase() === name);
}

function byBoth(all: readonly (NamedSchedule | Team)[]): Named[] {
  return all.map(({ id, name }) => ({ shown: id, names: [id, name] }));
}

interface Named {
  readonly shown: string;
  readonly names: readonly string[];
}

function namesOf(people: readonly Person[]): Named[] {
  return people.map(({ id, name }) => ({ shown: `@${id}`, names: [id, name, ...name.split(/\s+/)] }));
}

function unknown(word: string, whom: string, known: readonly Named[]): string {
  const typed = word.replace(/^@/, '').slice(0, 40);
  const near = nearest(
    typed,
    known.flatMap(({ names }) => names),
    10,
  );
  const meant = [...new Set(near.flatMap((name) => known.filter(({ names }) => names.includes(name))))];
  const shown = meant.slice(0, 3).map((it) => it.shown);
  const guess = shown.length > 0 ? `Did you mean ${shown.join(' or ')}?` : whoThereIs(word, known);
  return `I know ${whom} called \`${typed}\`. ${guess}`;
}

/** For whom nothing is like what they typed: who wrote an @ needs no advice to write one. */
function whoThereIs(word: string, known: readonly Named[]): string {
  if (!word.startsWith('@') || known.length === 0) return 'Write the name with an @, like @ana.';
  const rest = known.length > SHOWN ? ` and ${known.length - SHOWN} more` : '';
  const some = known.slice(0, SHOWN).map(({ shown }) => shown);
  return `There is ${some.join(', ')}${rest}.`;
}

/** So many names are enough to see how they are written. */
const SHOWN = 3;
