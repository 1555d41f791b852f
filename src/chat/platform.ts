import type { Form, Message } from './message.ts';

/** Where something lives, in words only its own platform understands; can be stored. */
export interface Ref {
  readonly platform: string;
  readonly id: string;
}

/** What somebody wants of us: typed, picked from a menu, pressed, or sent by a form. */
export interface Invocation {
  /** The platform's delivery id; a repeat of it is the same wish and is not done again. */
  readonly id: string;
  /** The person on that platform. */
  readonly person: Ref;
  readonly room: Ref | null;
  readonly ask:
    | { readonly type: 'typed'; readonly text: string }
    | { readonly type: 'saved'; readonly command: string; readonly args: Readonly<Record<string, string>> }
    | { readonly type: 'form'; readonly command: string; readonly args: Readonly<Record<string, string>> };
}

/** What comes of it. `private`: only the asker sees it; `room`: everybody there. */
export type Outcome =
  | { readonly type: 'reply'; readonly message: Message; readonly visible: 'private' | 'room' }
  /** The platform shows the form to the asker; what is sent comes back as a new invocation. */
  | { readonly type: 'form'; readonly form: Form };

/** Words beside commands that people write or do in a room: kept for the timeline and the summary. */
export interface Said {
  readonly id: string;
  readonly person: Ref;
  readonly room: Ref;
  readonly text: string;
  readonly kind: 'message' | 'pinned';
}

/** The engine's ear. The adapter has acknowledged to its platform before it calls. */
export interface Inbox {
  invoked(invocation: Invocation): Promise<Outcome>;
  said(said: Said): Promise<void>;
  /** Completions of what has been typed so far after `/incident `, best first. */
  suggest(typed: string, person: Ref, room: Ref | null): Promise<readonly Suggestion[]>;
}

export interface Suggestion {
  /** What the line becomes when it is taken; like what was typed, without `/incident `. */
  readonly line: string;
  readonly help: string;
}

export interface OpenedRoom extends Ref {
  readonly name: string;
  /** An address that opens the room for a person. */
  readonly url: string;
}

/** What the platform can do, as data: for renderers, help and the parity table. */
export interface Limits {
  readonly roomName: number;
  readonly topic: number;
  readonly message: number;
  readonly buttons: number;
  readonly formFields: number;
  /** How a reply for one person is shown. */
  readonly privateReply: 'in room' | 'direct message';
  readonly threads: boolean;
}

/**
 * A chat platform: everything this program needs of Slack, Teams, Discord or
 * its own web chat, and all that it may use of them. The words are rooms,
 * messages and people, never incidents: a new feature adds a Message part, not
 * a method. None is optional; where a platform lacks something its adapter does
 * the nearest thing, and `test/contracts/chat-platform.ts` says what nearest
 * must satisfy. Methods throw ProviderError, whose `retry` says what to do.
 * Whatever takes a `key` does its work once per key, however often it is asked.
 */
export interface ChatPlatform {
  readonly name: string;
  readonly limits: Limits;

  /** Begins to listen; `inbox` hears everything genuine from now on. */
  start(inbox: Inbox): Promise<void>;
  stop(): Promise<void>;

  /** Opening a room of a name that exists returns that room. */
  openRoom(room: {
    readonly name: string;
    readonly topic: string;
    readonly title: string;
  }): Promise<OpenedRoom>;
  setTopic(room: Ref, topic: string): Promise<void>;
  archiveRoom(room: Ref): Promise<void>;
  reviveRoom(room: Ref): Promise<void>;
  /** People the platform does not know are left out. */
  invite(room: Ref, people: readonly Ref[]): Promise<void>;

  post(room: Ref, message: Message, options: { readonly key: string; readonly pin?: boolean }): Promise<Ref>;
  edit(posted: Ref, message: Message): Promise<void>;
  /** Below a message, out of the room's main flow. */
  replyTo(posted: Ref, message: Message, options: { readonly key: string }): Promise<Ref>;
  /** In the room, for one person only. */
  whisper(person: Ref, room: Ref, message: Message, options: { readonly key: string }): Promise<void>;
  /** To one person, outside any room. */
  direct(person: Ref, message: Message, options: { readonly key: string }): Promise<Ref>;
}
