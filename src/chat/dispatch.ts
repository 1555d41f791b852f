import type { Context } from '#src/engine/context.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import { actorOf, allows, type Actor, type Person, type Role } from '#src/incident/person.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import type { Door } from '#src/llm/door.ts';
import type { Embedder } from '#src/search/embedder.ts';

import { addressed } from './addressed.ts';
import { apology, refusal, stranger } from './answers.ts';
import { choicesLike } from './choices.ts';
import type { Command, CommandContext, Reply, TestAlert, Ways } from './command.ts';
import { directoryIn, type Directory } from './directory.ts';
import { formFor, incidentChoices } from './form.ts';
import { heard } from './heard.ts';
import { commandOf, tryCommandOf } from './meant.ts';
import { withPeople } from './mentions.ts';
import { say, type Message } from './message.ts';
import { onceIn, type Once } from './once.ts';
import { named, parse } from './parse.ts';
import type { Inbox, Invocation, Outcome, Ref } from './platform.ts';
import { ran, type CommandObserver } from './ran.ts';
import { acquaintanceIn, nameOfAnother, type Acquaintance } from './recognise.ts';
import { suggestions } from './suggest.ts';
import { usage } from './usage.ts';
import { readValues, viewerOf, type Read } from './values.ts';

/** The engine's context but for who asks, and what the chat needs beside it. */
export interface DispatchDeps extends Omit<Context, 'actor' | 'role'> {
  readonly commands: readonly Command[];
  readonly testSources: readonly string[];
  sendTestAlert(source: string): Promise<TestAlert>;
  readonly ways: Ways;
  readonly llm: Door;
  readonly embedder: Embedder;
  readonly log: { error(details: object, message: string): void };
  /** Where left out, the database remembers what was done. */
  readonly once?: Once;
  /** Where left out, the one in the database. */
  readonly directory?: Directory;
  /** Whether what people say is carried between the rooms of an incident. */
  readonly bridge?: boolean;
  /** Where left out, whoever has an identity in the database. */
  readonly acquaintance?: Acquaintance;
  /** Told what came of each command; for metrics. */
  readonly observe?: CommandObserver;
}

/** Who gives a command through the API. */
interface By {
  readonly person: Person | null;
  readonly actor: Actor;
  readonly role: Role;
  /** Where and as whom on a chat platform; null for a program. */
  readonly from?: Ref | null;
  readonly room: Ref | null;
  /** What whoever wrote the message is called on which it was given. */
  readonly saidBy?: string | null;
  /** The incident it is about where the line names none; left out, the room's. */
  readonly here?: CommandContext['here'];
}

export interface Dispatch extends Inbox {
  /** Runs a line for a program. Throws UserError for all that a person would be shown or asked. */
  runText(text: string, by: By): Promise<Reply>;
}

/** From what somebody typed, pressed or filled in, to the command, and back to them. The one door for all of it. */
export function makeDispatch(given: DispatchDeps): Dispatch {
  const deps = {
    ...given,
    once: given.once ?? onceIn(given.db, () => given.now()),
    directory: given.directory ?? directoryIn(given.db),
    acquaintance: given.acquaintance ?? strangersOnly(given),
    bridge: given.bridge ?? false,
  };
  return {
    invoked: async (invocation) => {
      const outcome = await guarded(deps, invocation, () =>
        deps.once(`${invocation.person.platform}:${invocation.id}`, () =>
          guarded(deps, invocation, () => answered(deps, invocation)),
        ),
      );
      return outcome.type === 'form' ? outcome : await addressedTo(deps, invocation.person.platform, outcome);
    },
    said: (said) => heard({ ...engineOf(deps), ...deps }, said),
    runText: (text, by) => runText(deps, text, by),
    async suggest(typed, ref, room) {
      const person = await deps.acquaintance.personOf(ref);
      if (!person?.active) return [];
      const here = room && (await deps.directory.incidentOfRoom(room));
      return await suggestions(typed, { person, here }, deps);
    },
    async choices({ command: name, arg, typed, person: ref, room }) {
      const person = await deps.acquaintance.personOf(ref);
      const of = named(name, deps.commands)?.args[arg];
      if (!person?.active || !of) return [];
      const here = room && (await deps.directory.incidentOfRoom(room));
      return await choicesLike(of, typed, { person, here }, deps);
    },
  };
}

/** What was done stays done: when nobody can say who somebody is over there, they are called by their name. */
async function addressedTo(
  { acquaintance, log }: Deps,
  platform: string,
  outcome: Extract<Outcome, { type: 'reply' }>,
): Promise<Outcome> {
  const find = async (id: string, on: string) => {
    try {
      return await acquaintance.refOf(id, on);
    } catch (error) {
      log.error({ err: error, platform }, 'Nobody can say who somebody is on a platform');
      return null;
    }
  };
  return { ...outcome, message: await addressed(outcome.message, platform, find) };
}

type Deps = DispatchDeps & Required<Pick<DispatchDeps, 'once' | 'directory' | 'acquaintance' | 'bridge'>>;

function strangersOnly({ db, now, directory, log }: DispatchDeps): Acquaintance {
  const inDatabase = acquaintanceIn({ db, now: () => now(), platforms: () => [], newcomers: null, log });
  return directory ? { ...inDatabase, personOf: (ref) => directory.personOf(ref) } : inDatabase;
}

/** The one catch: what the person can mend is said to them, all else is logged and has a number. */
async function guarded(
  deps: Deps,
  { ask, person }: Invocation,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError) return privately(refusal(error, deps.commands));
    const id = deps.newId().slice(0, 8);
    deps.log.error({ err: error, id, ask: ask.type, platform: person.platform }, 'a command failed');
    return privately(apology(id, error instanceof ProviderError));
  }
}

async function answered(deps: Deps, { ask, person: ref, room }: Invocation): Promise<Outcome> {
  const person = await deps.acquaintance.personOf(ref);
  if (!person?.active) return await toStranger(deps, { ask, from: ref, isKnown: person !== null });
  const meant = await withPeople(ask, ref.platform, deps.acquaintance);
  const actor = actorOf(person);
  const by = 'by' in ask ? ask.by : null;
  const saidBy = by ? await nameOfAnother(deps.acquaintance, by, ref) : null;
  return await outcomeOf(deps, meant, { person, actor, role: person.role, from: ref, room, saidBy });
}

interface Stranger {
  readonly ask: Invocation['ask'];
  readonly from: Ref;
  /** We know them, but they are not active any more. */
  readonly isKnown: boolean;
}

/** Somebody we do not know may do what makes them known, and is told how in any other case. */
async function toStranger(deps: Deps, { ask, from, isKnown }: Stranger): Promise<Outcome> {
  const command = isKnown ? null : tryCommandOf(ask, deps.commands);
  if (!command?.forStrangers) return privately(stranger(from, isKnown));
  const actor = { type: 'user', id: from.id, name: from.id } as const;
  return await outcomeOf(deps, ask, { person: null, actor, role: 'viewer', from, room: null });
}

async function outcomeOf(deps: Deps, ask: Invocation['ask'], by: By): Promise<Outcome> {
  const here = by.room && (await deps.directory.incidentOfRoom(by.room));
  const { command, args } = commandOf(ask, deps.commands, here);
  mayUse(command, by.role);
  const asker = { person: by.person, role: by.role, here, now: deps.now() };
  const read = await readValues(command, args, asker, deps.directory);

  const isForm = ask.type === 'form';
  if (ask.type === 'draft') {
    return { type: 'form', form: await formFor(command, read, viewerOf(by), deps.directory) };
  }
  const [wrong] = Object.values(read.wrong);
  if (!isForm && wrong !== undefined && read.missing.length === 0) {
    throw new UserError('bad_arguments', wrong);
  }
  if (!isForm && wrong === undefined && read.missing.length === 1 && isIncident(command, read.missing[0])) {
    return await whichIncident(deps, command, read, viewerOf(by));
  }
  if (wrong !== undefined || read.missing.length > 0) {
    return {
      type: 'form',
      form: await formFor(command, isForm ? withMissing(read) : read, viewerOf(by), deps.directory),
    };
  }
  try {
    const reply = await ran(deps, command, contextFor(deps, by, here), read.values);
    return { type: 'reply', ...reply };
  } catch (error) {
    if (!isForm || !(error instanceof UserError) || error.code !== 'bad_arguments') throw error;
    return {
      type: 'form',
      form: await formFor(command, withError(command, read, error), viewerOf(by), deps.directory),
    };
  }
}

const MAY: Readonly<Record<Role, string>> = {
  viewer: 'everybody',
  responder: 'responders and admins',
  admin: 'admins',
};

function mayUse(command: Command, role: Role): void {
  if (allows(role, command.allow)) return;
  throw new UserError(
    'not_allowed',
    `\`${command.name}\` is for ${MAY[command.allow]}, and you are a ${role}. An admin can change that.`,
  );
}

function isIncident(command: Command, name: string | undefined): boolean {
  return name !== undefined && command.args[name]?.kind === 'incident';
}

/** The most incidents to choose from in one message. */
const OFFERED = 25;

/** Out of an incident's room the bot asks which one is meant. */
async function whichIncident(deps: Deps, command: Command, read: Read, viewer: Viewer): Promise<Outcome> {
  const [arg = 'incident'] = read.missing;
  const { among = [] } = command.args[arg] ?? {};
  const found = (await deps.directory.incidents(among, OFFERED, viewer)).filter(
    ({ number }) => !Object.values(read.values).includes(number),
  );
  if (found.length === 0) {
    throw new UserError(
      'not_found',
      `There is no incident to \`${command.name}\` now. \`list all\` shows every one.`,
    );
  }
  const args = Object.fromEntries(Object.entries(read.words).filter(([name]) => name !== arg));
  const select = {
    label: 'Which incident?',
    command: command.name,
    args,
    arg,
    options: incidentChoices(found),
  };
  const others = found.length === OFFERED ? ' These are the worst; for another one write its number.' : '';
  return privately(say(`Which incident do you mean?${others}`, { type: 'select', select }));
}

/** What a form left empty is said beside its field. */
function withMissing(read: Read): Read {
  const empty = Object.fromEntries(read.missing.map((name) => [name, 'This is needed.']));
  return { ...read, wrong: { ...empty, ...read.wrong } };
}

/** What the engine found wrong is shown in the form, at the field it names or at the first, so that nothing typed is lost. */
function withError(command: Command, read: Read, error: UserError): Read {
  const asked = Object.keys(command.args).filter((name) => command.args[name]?.kind !== 'incident');
  const field = asked.find((name) => name === error.details['field']) ?? asked[0];
  return field === undefined ? read : { ...read, wrong: { ...read.wrong, [field]: error.message } };
}

function contextFor(deps: Deps, by: By, here: CommandContext['here']): CommandContext {
  return {
    ...engineOf(deps),
    ...by,
    from: by.from ?? null,
    saidBy: by.saidBy ?? null,
    nameOf: (ref) => deps.acquaintance.nameOf(ref),
    here,
    commands: deps.commands,
    testSources: deps.testSources,
    sendTestAlert: (source) => deps.sendTestAlert(source),
    ways: deps.ways,
    llm: deps.llm,
    embedder: deps.embedder,
  };
}

function engineOf(deps: Deps): Omit<Context, 'actor' | 'role'> {
  const { db, settings } = deps;
  return {
    db,
    settings,
    now: () => deps.now(),
    newId: () => deps.newId(),
    committed: () => deps.committed(),
  };
}

async function runText(deps: Deps, text: string, by: By): Promise<Reply> {
  const here = by.here ?? (by.room && (await deps.directory.incidentOfRoom(by.room)));
  const { command, args } = parse(text.replace(/^\s*\/incident\b/i, ''), deps.commands, here);
  mayUse(command, by.role);
  const asker = { person: by.person, role: by.role, here, now: deps.now() };
  const read = await readValues(command, args, asker, deps.directory);
  const [field] = Object.keys(read.wrong);
  if (field !== undefined) throw new UserError('bad_arguments', read.wrong[field] ?? '', { field });
  if (read.missing.length > 0) {
    throw new UserError(
      'bad_arguments',
      `\`${command.name}\` still needs ${read.missing.join(' and ')}. It goes: \`${usage(command)}\``,
      { missing: read.missing },
    );
  }
  return await ran(deps, command, contextFor(deps, by, here), read.values);
}

function privately(message: Message): Outcome {
  return { type: 'reply', message, visible: 'private' };
}
