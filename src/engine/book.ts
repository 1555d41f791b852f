import { readSetup, setupVersion, type Setup } from '#src/db/on-call.ts';
import type { Db, Reader } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule, type CompiledSchedule } from '#src/oncall/compile.ts';
import { onCallAt, type Duty } from '#src/oncall/on-call.ts';
import type { Resolve } from '#src/paging/reach.ts';
import type { NameOf } from '#src/paging/words.ts';

/** Overrides that ended longer ago decide nothing that anybody asks for. */
const KEEP_MS = 45 * 86_400_000;

/**
 * Who is on call, who is in which team, and which policies and rules there are: read
 * once, compiled once, and good for as long as nobody changes any of it.
 */
export interface Book {
  readonly setup: Setup;
  /** By id; those that are not there are not known. */
  readonly schedules: ReadonlyMap<string, CompiledSchedule>;
  readonly resolve: Resolve;
  readonly nameOf: NameOf;
}

/** One for each database of the process, as it was last read. */
const SHELF = new WeakMap<Db, Book>();

/** The book as of now. `r`: the transaction that asks, if it is in one. */
export async function bookOf(
  { db, now }: { readonly db: Db; readonly now: () => Date },
  r: Reader,
): Promise<Book> {
  const kept = SHELF.get(db);
  if (kept && kept.setup.version === (await setupVersion(r))) return kept;
  const book = makeBook(await readSetup(r, new Date(now().getTime() - KEEP_MS)));
  SHELF.set(db, book);
  return book;
}

/** A book that is not the stored one: for what would be. */
export function makeBook(setup: Setup): Book {
  const schedules = new Map(setup.schedules.map((it) => [it.id, compileSchedule(it)]));
  const people = new Map(setup.people.map((it) => [it.id as string, it]));
  const teams = new Map(setup.teams.map((it) => [it.id as string, it]));
  const active = (ids: readonly PersonId[]) => ids.filter((id) => people.get(id)?.active);

  const called: Readonly<Record<string, ReadonlyMap<string, { readonly name: string }>>> = {
    person: people,
    team: teams,
    schedule: new Map(setup.schedules.map((it) => [it.id, it])),
  };
  const nameOf: NameOf = ({ kind, id }) => called[kind]?.get(id)?.name ?? id;

  const find: Resolve = ({ kind, id }, at) => {
    if (kind === 'person') {
      const person = people.get(id);
      if (!person) return { people: [], why: `there is nobody called ${id}` };
      return person.active
        ? { people: [person.id], why: '' }
        : { people: [], why: `${person.name} is not active` };
    }
    if (kind === 'team') {
      const team = teams.get(id);
      if (!team) return { people: [], why: `there is no team ${id}` };
      const members = active(team.members);
      return { people: members, why: members.length > 0 ? 'all who are in it' : 'it has no active members' };
    }
    const schedule = schedules.get(id);
    if (!schedule) return { people: [], why: `there is no schedule ${id}` };
    const { people: duties } = onCallAt(schedule, at);
    const there = duties.filter(({ person }) => people.get(person)?.active);
    if (there.length > 0) {
      return { people: there.map(({ person }) => person), why: there.map(sayDuty).join('; ') };
    }
    const away = duties.map(({ person }) => people.get(person)?.name ?? person);
    return { people: [], why: away.length > 0 ? `${away.join(', ')} is not active` : 'nobody is on call' };
  };
  return { setup, schedules, resolve: Object.assign(find, { nameOf }), nameOf };

  function sayDuty({ person, until, why }: Duty): string {
    const name = people.get(person)?.name ?? person;
    const end = `${until.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    const instead =
      why.kind === 'override' && why.instead ? ` for ${people.get(why.instead)?.name ?? why.instead}` : '';
    return `${name} has the shift${instead} until ${end}`;
  }
}
