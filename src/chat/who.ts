import { UserError } from '#src/errors.ts';
import type { Person, PersonId, Team } from '#src/incident/person.ts';

import type { Assignee } from './args.ts';
import { nearest } from './nearest.ts';

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

/**
 * A person or a team. What begins with @ is a person if there is one of that
 * name; without it, a team comes first. Throws `not_found` with the nearest names.
 */
export function assigneeNamed(
  word: string,
  people: readonly Person[],
  teams: readonly Team[],
  me: PersonId | null,
): Assignee {
  if (isMe(word)) return { person: myself(me) };
  const active = people.filter((it) => it.active);
  const person = findPerson(word, active);
  const team = findTeam(word, teams);
  if (team && !(person && word.startsWith('@'))) return { team: team.id };
  if (person) return { person: person.id };
  const names = [...namesOf(active), ...teams.map(({ id, name }) => ({ shown: id, names: [id, name] }))];
  throw new UserError('not_found', unknown(word, 'nobody and no team', names));
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

function findTeam(word: string, teams: readonly Team[]): Team | undefined {
  const name = word
    .replace(/^@/, '')
    .replace(/^team /i, '')
    .trim()
    .toLowerCase();
  return teams.find((it) => it.id === name || it.name.toLowerCase() === name);
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
  const guess =
    shown.length > 0 ? ` Did you mean ${shown.join(' or ')}?` : ' Write the name with an @, like @ana.';
  return `I know ${whom} called \`${typed}\`.${guess}`;
}
