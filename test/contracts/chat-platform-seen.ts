import { say, type Button, type Form, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, Invocation, Outcome, Ref, Said } from '#src/chat/platform.ts';

/** What a person sees of one message. */
export interface SeenMessage {
  /** Its words, without the labels of its buttons. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** The ids of those whom the platform notifies because of it. */
  readonly notified: readonly string[];
}

/** A platform under test, with eyes and hands: what people there see, and what they do. */
export interface Seen {
  readonly platform: ChatPlatform;
  /** Two people whom the platform knows. */
  readonly ana: Ref;
  readonly bo: Ref;
  /** What the engine heard, each wish once per id. */
  readonly heard: { readonly invocations: readonly Invocation[]; readonly said: readonly Said[] };
  /** What the engine answers from now on. */
  answers(outcome: Outcome): void;
  /** The main flow of a room as a person reads it, oldest first. */
  inRoom(reader: Ref, room: Ref): Promise<readonly SeenMessage[]>;
  /** What stands below a message. */
  below(reader: Ref, posted: Ref): Promise<readonly SeenMessage[]>;
  /** What the bot told a person outside of rooms. */
  directly(reader: Ref): Promise<readonly SeenMessage[]>;
  room(room: Ref): Promise<{ topic: string; archived: boolean; members: readonly string[] }>;
  /** `/incident` and a text, or words. What comes back is the form that opens, if one does. */
  types(who: Ref, room: Ref, line: string, delivery?: string): Promise<Form | null>;
  /** The button of the newest message in the room that has one of this label. */
  presses(who: Ref, room: Ref, label: string, delivery?: string): Promise<Form | null>;
  fills(who: Ref, room: Ref, form: Form, entered: Readonly<Record<string, string>>): Promise<Form | null>;
  /** The same platform in a new process, as after a kill. */
  restarted(): Promise<ChatPlatform>;
}

/** A test that is given a platform of its own. */
export type SeenTest = (name: string, run: (given: { seen: Seen }) => Promise<void>) => void;

export const ROOM = { name: 'inc-1-checkout', topic: 'INC-1 P1 new', title: 'Checkout is down' };

export const BUTTON: Button = {
  label: 'Acknowledge',
  command: 'ack',
  args: { incident: 'INC-1' },
  style: 'primary',
};

export function card(text: string, label: string): Message {
  return say(text, { type: 'buttons', buttons: [{ ...BUTTON, label }] });
}
