import { shortName, type Incident } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';

import type { Arg, Callee } from './args.ts';
import type { Command } from './command.ts';
import type { Directory } from './directory.ts';
import type { Form, FormField } from './message.ts';
import { severityName } from './names.ts';
import { labelOf } from './usage.ts';
import type { Read } from './values.ts';
import { ON_CALL } from './who.ts';

/** The most choices a field lists; with more there is a line to write in, which a platform may help to fill. */
const CHOICES_MAX = 100;

/**
 * Asks for what a command still needs, and shows what it was given, with what
 * is wrong with it. What is needed comes first, because platforms cut a form
 * that is too long for them at its end. An incident that is known is not asked
 * again.
 */
export async function formFor(
  command: Command,
  read: Read,
  viewer: Viewer,
  directory: Directory,
): Promise<Form> {
  const known: Record<string, string> = {};
  const asked: [string, Arg][] = [];
  for (const [name, of] of Object.entries(command.args)) {
    const number = read.values[name];
    if (of.kind === 'incident' && typeof number === 'number') known[name] = shortName(number);
    else asked.push([name, of]);
  }
  const isNeeded = ([name, of]: [string, Arg]) => of.required || name in read.wrong;
  const sorted = [...asked.filter(isNeeded), ...asked.filter((it) => !isNeeded(it))];
  const fields = [];
  for (const [name, of] of sorted) {
    fields.push(await fieldFor(name, of, read, (it) => choicesFor(it, viewer, directory)));
  }
  const about = Object.values(known)[0];
  return {
    title: about ? `${labelOf(command.name)} ${about}` : labelOf(command.name),
    submit: labelOf(command.name),
    command: command.name,
    known,
    fields,
  };
}

async function fieldFor(
  name: string,
  of: Arg,
  read: Read,
  choose: (of: Arg) => Promise<readonly Choice[]>,
): Promise<FormField> {
  const choices = await choose(of);
  return {
    name,
    label: labelOf(name),
    help: of.help,
    kind: kindOf(of, choices.length),
    required: of.required,
    choices,
    searchable: SEARCHABLE.has(of.kind),
    value: valueShown(of, read.words[name] ?? '', read.values[name], choices),
    error: read.wrong[name] ?? '',
  };
}

/** There are as many as there are people and incidents. */
const SEARCHABLE: ReadonlySet<Arg['kind']> = new Set(['person', 'assignee', 'schedule', 'incident']);

const PICKED: ReadonlySet<Arg['kind']> = new Set(['choice', 'severity', 'assignee', 'schedule', 'incident']);

function kindOf({ kind }: Arg, choices: number): FormField['kind'] {
  if (kind === 'paragraph' || kind === 'when' || kind === 'duration') return kind;
  if (kind === 'person') return 'person';
  return PICKED.has(kind) && choices > 0 ? 'choice' : 'line';
}

/** A choice is shown by its own word, so that what was typed as `high` is the chosen P1. */
function valueShown(of: Arg, word: string, value: unknown, choices: FormField['choices']): string {
  if (choices.length === 0 || value === undefined) return word;
  if (value === null) return NOBODY.value;
  if (of.kind === 'assignee') return calleeWord(value as Callee);
  if (of.kind === 'person' && typeof value === 'string') return `@${value}`;
  if (of.kind === 'incident' && typeof value === 'number') return shortName(value);
  return typeof value === 'string' ? value : word;
}

function calleeWord(to: Callee): string {
  if ('schedule' in to) return `${ON_CALL}${to.schedule}`;
  return 'person' in to ? `@${to.person}` : to.team;
}

type Choice = FormField['choices'][number];

const NOBODY: Choice = { label: 'Nobody', value: 'nobody' };

async function choicesFor(of: Arg, viewer: Viewer, directory: Directory): Promise<readonly Choice[]> {
  const found = await CHOICES[of.kind](of, viewer, directory);
  const all = of.mayBeNobody && found.length > 0 ? [...found, NOBODY] : found;
  return all.length > CHOICES_MAX ? [] : all;
}

type Choices = (of: Arg, viewer: Viewer, directory: Directory) => Promise<Choice[]>;

const none: Choices = () => Promise.resolve([]);

const CHOICES: Readonly<Record<Arg['kind'], Choices>> = {
  text: (of) => Promise.resolve(of.offers.map((word) => ({ label: word, value: word }))),
  paragraph: none,
  when: none,
  duration: none,
  choice: (of) => Promise.resolve(of.choices.map((word) => ({ label: word, value: word }))),
  severity: (of) => Promise.resolve(of.choices.map((word) => ({ label: severityName(word), value: word }))),
  person: (_, __, directory) => peopleChoices(directory),
  async assignee({ mayBeSchedule }, __, directory) {
    const teams = await directory.teams();
    const named = teams.map(({ id, name }) => ({ label: `${name} (team)`, value: id }));
    const schedules = mayBeSchedule ? await directory.schedules() : [];
    const onCall = schedules.map(({ id, name }) => ({
      label: `${name} (on call now)`,
      value: `${ON_CALL}${id}`,
    }));
    return [...(await peopleChoices(directory)), ...named, ...onCall];
  },
  async schedule(_, __, directory) {
    return (await directory.schedules()).map(({ id, name }) => ({ label: name, value: id }));
  },
  async incident({ among }, viewer, directory) {
    return incidentChoices(await directory.incidents(among, CHOICES_MAX, viewer));
  },
};

async function peopleChoices(directory: Directory): Promise<Choice[]> {
  const people = (await directory.people()).filter((it) => it.active);
  return people.map(({ id, name }) => ({ label: name, value: `@${id}` }));
}

export function incidentChoices(incidents: readonly Incident[]): Choice[] {
  return incidents.map(({ number, severity, title }) => ({
    label: `${shortName(number)} ${severity} ${title}`,
    value: shortName(number),
  }));
}
