import { say, type Button, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, Invocation, Outcome, Ref, Said, WantedRoom } from '#src/chat/platform.ts';
import type { FakePlatform, SeenForm, SeenMessage, SeenRoom } from '#test/support/fake-platform.ts';
import type { ListeningInbox } from '#test/support/listening-inbox.ts';

/** Which of the platform's own calls does what, by the names that `trouble.next` and `measured.calls` know. */
export interface CallNames {
  readonly openRoom: string;
  readonly post: string;
  readonly edit: string;
}

/** What there is of a platform that is reached over a network: what goes wrong there, and what was measured. */
export interface Far extends Pick<FakePlatform, 'trouble' | 'measured' | 'people'> {
  readonly calls: CallNames;
  /** Whether the platform can say if something was posted, after its answer was lost. */
  readonly canTell: boolean;
  /** What the platform itself calls a room. */
  readonly roomId: (room: Ref) => Promise<string>;
  readonly messageId: (posted: Ref) => Promise<string>;
}

/** The platform under test, with eyes and hands: what people there see, and what they do. Hands resolve when what must follow is seen. */
export interface Seen {
  readonly platform: ChatPlatform;
  /** Full members whom the platform knows. */
  readonly ana: Ref;
  readonly bo: Ref;
  /** Of another organisation. */
  readonly guest: Ref;
  readonly inbox: ListeningInbox;
  /** What the engine heard, each wish and each word once per id. */
  readonly heard: { readonly invocations: readonly Invocation[]; readonly said: readonly Said[] };
  /** What the engine answers from now on. */
  answers(outcome: Outcome): void;

  /** The main flow of a room as a person reads it, oldest first. */
  inRoom(reader: Ref, room: Ref): Promise<readonly SeenMessage[]>;
  /** What stands below a message. */
  below(reader: Ref, posted: Ref): Promise<readonly SeenMessage[]>;
  /** What the bot told a person outside of rooms. */
  directly(reader: Ref): Promise<readonly SeenMessage[]>;
  form(reader: Ref): Promise<SeenForm | null>;
  home(reader: Ref): Promise<SeenMessage | null>;
  room(room: Ref): Promise<SeenRoom>;
  /** Those that a person finds. */
  rooms(reader: Ref): Promise<readonly SeenRoom[]>;

  /** `/incident` and a text, or words. What comes back is the form that opens, if one does. */
  types(who: Ref, room: Ref, line: string, delivery?: string): Promise<SeenForm | null>;
  /** The newest button or option of this label. */
  presses(who: Ref, room: Ref, label: string, delivery?: string): Promise<SeenForm | null>;
  /** Sends the form that stands open, with these answers beside what was in it. */
  fills(who: Ref, entered: Readonly<Record<string, string>>, delivery?: string): Promise<SeenForm | null>;
  completes(who: Ref, room: Ref, typed: string): Promise<readonly string[]>;
  shortcut(who: Ref, message: SeenMessage, label: string, delivery?: string): Promise<SeenForm | null>;
  opensHome(who: Ref): Promise<void>;
  pins(who: Ref, message: SeenMessage, delivery?: string): Promise<void>;
  reacts(
    who: Ref,
    message: SeenMessage,
    emoji: string,
    how?: { off?: boolean; delivery?: string },
  ): Promise<void>;
  rewrites(who: Ref, message: SeenMessage, text: string): Promise<void>;
  deletes(who: Ref, message: SeenMessage): Promise<void>;
  shares(who: Ref, room: Ref, file: TestFile & { readonly words: string }): Promise<void>;
  /** Answers below a message. */
  replies(who: Ref, message: SeenMessage, text: string): Promise<void>;

  /** The same platform in a new process, as after a kill. */
  restarted(): Promise<ChatPlatform>;
  /** Waits until nothing happens any more. */
  quiet(): Promise<void>;
  /** Null where the platform is in this process. */
  readonly far: Far | null;
}

export interface TestFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A test that is given a platform of its own. */
export type SeenTest = (name: string, run: (given: { seen: Seen }) => Promise<void>) => void;

export const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [],
};

export const BUTTON: Button = {
  label: 'Acknowledge',
  command: 'ack',
  args: { incident: 'INC-1' },
  style: 'primary',
};

export function card(text: string, label: string): Message {
  return say(text, { type: 'buttons', buttons: [{ ...BUTTON, label }] });
}

/** What a platform calls the button that opens a form, where a form cannot open at once. */
export const OPENS_FORM = 'Open the form';

/**
 * The words as they are read: platforms put characters that have no width
 * between others, so that they mean nothing, and some trim or join blanks.
 */
export function read(text: string): string {
  return text
    .replaceAll(/[\u200B-\u200D\u2060\uFEFF]/gu, '')
    .replaceAll(/[^\S\n]+/gu, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .trim();
}

/** Everything that somebody reads of the bot's, in a room and outside. */
export async function everything(seen: Seen, who: Ref, room: Ref): Promise<string> {
  const messages = [...(await seen.inRoom(who, room)), ...(await seen.directly(who))];
  return messages.map(({ text }) => read(text)).join('\n');
}

/** What the bot wrote into a room. */
export async function ofBot(seen: Seen, who: Ref, room: Ref): Promise<readonly SeenMessage[]> {
  return (await seen.inRoom(who, room)).filter(({ author }) => author === 'bot');
}

export function farOf({ far }: Seen): Far {
  if (!far) throw new Error('This platform is not reached over a network.');
  return far;
}
