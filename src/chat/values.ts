import { UserError } from '#src/errors.ts';
import type { Person, Role } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import type { Arg } from './args.ts';
import type { Command } from './command.ts';
import type { Directory } from './directory.ts';
import { choiceOf } from './typed-kinds.ts';
import { labelOf } from './usage.ts';
import { whenOf } from './when.ts';
import { assigneeNamed, personNamed, scheduleNamed } from './who.ts';
import { durationOf, severityOf, withoutPunctuation } from './words.ts';

/** Who asks, where and when: what `me`, `here` and `14:45` mean. */
export interface Asker {
  readonly person: Person | null;
  readonly role: Role;
  readonly here: number | null;
  readonly now: Date;
}

/** The words of a command as the values its handler takes, or what is missing and wrong. */
export interface Read {
  /** The words, with the room's incident where it was left out. */
  readonly words: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
  /** Required arguments that nobody gave. */
  readonly missing: readonly string[];
  /** What is wrong with those that were given, as a sentence by name. */
  readonly wrong: Readonly<Record<string, string>>;
}

/** Looks up the people and incidents that the words name. Throws only what is nobody's fault. */
export async function readValues(
  command: Command,
  given: Readonly<Record<string, string>>,
  asker: Asker,
  directory: Directory,
): Promise<Read> {
  const words = withRoom(command, given, asker.here);
  const values: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, of] of Object.entries(command.args)) {
    const word = words[name]?.trim() ?? '';
    if (word === '') {
      if (of.required) missing.push(name);
      continue;
    }
    try {
      values[name] = check(name, of, await valueOf(of, word, asker, directory));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      wrong[name] = error.message;
    }
  }
  return { words, values, missing, wrong };
}

/**
 * In an incident's room the incident may be left out; where a command takes two,
 * the room's is the one that was not said.
 */
function withRoom(
  command: Command,
  given: Readonly<Record<string, string>>,
  here: number | null,
): Record<string, string> {
  const known = Object.keys(command.args).filter((name) => Object.hasOwn(given, name));
  const words = Object.fromEntries(known.map((name) => [name, given[name] ?? '']));
  if (here === null) return words;
  const incidents = Object.keys(command.args).filter((name) => command.args[name]?.kind === 'incident');
  const said = incidents.filter((name) => words[name]);
  if (said.some((name) => Number(words[name]?.replaceAll(/\D/g, '')) === here)) return words;
  const open = incidents.filter((name) => !words[name]);
  const meant = open.includes('incident') ? 'incident' : open[0];
  return meant === undefined ? words : { ...words, [meant]: String(here) };
}

/** Throws UserError with a sentence that says what would be right. */
async function valueOf(of: Arg, word: string, asker: Asker, directory: Directory): Promise<unknown> {
  if (of.mayBeNobody && /^(?:nobody|none|no one|-)$/i.test(word)) return null;
  switch (of.kind) {
    case 'text':
    case 'paragraph':
      return word;
    case 'choice':
      return choiceOf(of, word) ?? refuse(`\`${short(word)}\` is none of ${of.choices.join(', ')}.`);
    case 'severity':
      return (
        severityOf(withoutPunctuation(word)) ??
        refuse(
          `\`${short(word)}\` is no severity. Say P0 (worst) to P4, sev1 to sev5, or critical, high, medium, low, info.`,
        )
      );
    case 'person':
      return personNamed(word, await directory.people(), asker.person?.id ?? null);
    case 'assignee':
      return assigneeNamed(
        word,
        {
          people: await directory.people(),
          teams: await directory.teams(),
          schedules: of.mayBeSchedule ? await directory.schedules() : [],
        },
        asker.person?.id ?? null,
      );
    case 'schedule':
      return scheduleNamed(word, await directory.schedules()).id;
    case 'incident':
      return (await directory.incident(withoutPunctuation(word), viewerFor(word, asker))).number;
    case 'duration':
      return (
        durationOf(word) ?? refuse(`\`${short(word)}\` is no length of time. Write it like 30m, 2h or 1d.`)
      );
    case 'when':
      return (
        whenOf(word, asker.now, asker.person?.timezone ?? 'UTC') ??
        refuse(`\`${short(word)}\` is no time. Write it like 14:45, tomorrow 9:00, or in 30m.`)
      );
  }
}

/** What the argument itself demands, such as its length. */
function check(name: string, of: Arg, value: unknown): unknown {
  const read = of.schema.safeParse(value);
  if (read.success) return read.data;
  throw new UserError('bad_arguments', `${labelOf(name)}: ${read.error.issues[0]?.message ?? 'unreadable'}.`);
}

/** Whoever is in an incident's room sees it, however they got there. */
function viewerFor(word: string, asker: Asker): Viewer {
  const isHere = asker.here !== null && Number(word.replaceAll(/\D/g, '')) === asker.here;
  return isHere ? { id: null, role: 'admin' } : viewerOf(asker);
}

export function viewerOf({ person, role }: Pick<Asker, 'person' | 'role'>): Viewer {
  return { id: person?.id ?? null, role };
}

function refuse(text: string): never {
  throw new UserError('bad_arguments', text);
}

function short(word: string): string {
  return word.slice(0, 40);
}
