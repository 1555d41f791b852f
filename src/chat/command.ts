import type { Context } from '#src/engine/context.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { Person, PersonId, Role } from '#src/incident/person.ts';
import type { Door } from '#src/llm/door.ts';
import type { Embedder } from '#src/search/embedder.ts';

import type { Args, ArgValues } from './args.ts';
import type { Message } from './message.ts';
import type { Ref } from './platform.ts';

/**
 * A command, written once. From this value come the completion and the forms
 * of every platform, `/incident help`, the command reference, the REST and
 * command-line doors, and the files in manifests/.
 */
export interface Command<A extends Args = Args> {
  /** What people type after `/incident`. */
  readonly name: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** One line, in the imperative; shown in every platform's picker. */
  readonly summary: string;
  /** Under which heading help and the reference show it. */
  readonly group: Group;
  /** Lines a person could type, for help. */
  readonly examples: readonly string[];
  readonly allow: Role;
  readonly args: A;
  /** It can be given on a message somebody wrote: what the menu says (at most 24 characters), and which argument takes the words. */
  readonly onMessage?: {
    readonly label: string;
    readonly arg: string;
    /** Whether it is done at once, or its form is shown first. */
    readonly asks: 'draft' | 'saved';
  };
  /** Also for people whom we do not know: `ctx.person` is null and `ctx.from` says who asks. */
  readonly forStrangers?: boolean;
  /** What it answers is what a person's own page of the bot shows, where the platform has one. */
  readonly isHome?: boolean;
  run(ctx: CommandContext, args: ArgValues<A>): Promise<Reply>;
}

export const GROUPS = [
  'Run an incident',
  'Tell people',
  'See what is going on',
  'Be on call',
  'Look deeper',
  'Put in order',
  'Get started',
] as const;
type Group = (typeof GROUPS)[number];

/** The engine's context, and where and by whom the command was given. */
export interface CommandContext extends Context {
  /** Null when a program gave it with a key that is nobody's. */
  readonly person: Person | null;
  /** Who that is on the platform where it was given; null for a program. */
  readonly from: Ref | null;
  /** The name that the platform shows for somebody; null when it does not say. */
  nameOf(ref: Ref): Promise<string | null>;
  readonly room: Ref | null;
  /** Given on a message of somebody else: what that one is called; else null. */
  readonly saidBy: string | null;
  /** The incident whose room this is; null in any other room and outside of rooms. */
  readonly here: IncidentNumber | null;
  readonly commands: readonly Command[];
  /** The alert sources that have a sample to send. */
  readonly testSources: readonly string[];
  /** Sends a source's firing sample through the same intake as a webhook. Throws `not_found` for a source there is not. */
  sendTestAlert(source: string): Promise<TestAlert>;
  readonly ways: Ways;
  /** The one way to a model; where none answers in time, rules do. */
  readonly llm: Door;
  /** Makes vectors of texts, for what is similar. */
  readonly embedder: Embedder;
}

/** The ways to reach people beside the chat, for those who set theirs up. */
export interface Ways {
  /** Those that are set up: `email`, `sms`, ... */
  readonly names: readonly string[];
  /** An address as somebody typed it, in the form in which it is kept. Throws UserError that says what is wrong with it. */
  parse(kind: string, address: string): Promise<string>;
  /** Sends a few words at once. Throws ProviderError where they did not go out, and UserError `too_many`. */
  tell(kind: string, address: string, words: WordsOutside): Promise<void>;
}

interface WordsOutside {
  readonly kind: 'verification' | 'test';
  /** Who asks for it. */
  readonly by: PersonId;
  readonly subject: string;
  readonly lines: readonly string[];
  /** The same words have the same key. */
  readonly key: string;
}

/** What became of a sample. `incident` is null when the source's sample opens none. */
export interface TestAlert {
  readonly title: string;
  readonly status: 'accepted' | 'duplicate';
  readonly incident: number | null;
}

/** `room`: for everybody there, where there is a room; `private`: only for the one who asked. */
export interface Reply {
  readonly message: Message;
  readonly visible: 'private' | 'room';
}

/** Checks the arguments' types against the handler; returns its input. */
export function defineCommand<A extends Args>(command: Command<A>): Command<A> {
  return command;
}

export function tellAll(message: Message): Reply {
  return { message, visible: 'room' };
}

/** For everybody where it is about this very room; elsewhere only for the one who asked. */
export function tellRoom({ here }: Pick<CommandContext, 'here'>, number: number, message: Message): Reply {
  return here === number ? tellAll(message) : tellYou(message);
}

export function tellYou(message: Message): Reply {
  return { message, visible: 'private' };
}
