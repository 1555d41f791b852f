import type { CommandShape } from './command-shape.ts';
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
  readonly ask: Ask;
}

type Args = Readonly<Record<string, string>>;

/** Who wrote the message that a command was given on; null where the platform does not say. */
type Author = Ref | null;

/**
 * In typed text, and in arguments, a mention of a platform's user is written
 * `<@ID>`, with the platform's own id: who that is to us, dispatch finds out.
 */
export type Ask =
  | { readonly type: 'typed'; readonly text: string }
  /** A button or an option of a menu; also the options of a command that a platform has already taken apart. */
  | { readonly type: 'saved'; readonly command: string; readonly args: Args; readonly by?: Author }
  /** The command's form is wanted in any case, filled in with what is known. */
  | { readonly type: 'draft'; readonly command: string; readonly args: Args; readonly by?: Author }
  | { readonly type: 'form'; readonly command: string; readonly args: Args };

/** What comes of it. `private`: only the asker sees it; `room`: everybody there. */
export type Outcome =
  | { readonly type: 'reply'; readonly message: Message; readonly visible: 'private' | 'room' }
  /** The platform shows the form to the asker; what is sent comes back as a new invocation. */
  | { readonly type: 'form'; readonly form: Form };

/** A file in a chat; its platform can fetch it. */
export interface FileRef extends Ref {
  readonly name: string;
  /** A media type, such as `image/png`. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * What people write or do in a room beside commands. Never what a bot does, this
 * one least of all: a bridge would answer itself for ever.
 */
export type Said = {
  /** The platform's delivery id. */
  readonly id: string;
  readonly person: Ref;
  readonly room: Ref;
  /** What was written, or the message that it was done to. */
  readonly message: Ref;
} & (
  | {
      readonly kind: 'message';
      readonly text: string;
      readonly files: readonly FileRef[];
      /** The message that this one stands below, in its thread. */
      readonly below: Ref | null;
    }
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'deleted' }
  /** `text` is that of the message, and `by` who wrote it, where the platform says so. */
  | { readonly kind: 'pinned'; readonly text: string; readonly by?: Ref | null }
  /** `emoji` is the character itself; `text` is that of the message, empty where the platform does not say. */
  | {
      readonly kind: 'reacted';
      readonly emoji: string;
      readonly on: boolean;
      readonly text: string;
      readonly by?: Ref | null;
    }
);

/** The engine's ear. The adapter has acknowledged to its platform before it calls. */
export interface Inbox {
  invoked(invocation: Invocation): Promise<Outcome>;
  said(said: Said): Promise<void>;
  /** Completions of what has been typed so far after `/incident `, best first. */
  suggest(typed: string, person: Ref, room: Ref | null): Promise<readonly Suggestion[]>;
  /** What an argument of a command may be, of what has been typed for it so far, best first; at most 25. */
  choices(wanted: ChoicesWanted): Promise<readonly { readonly label: string; readonly value: string }[]>;
}

export interface ChoicesWanted {
  readonly command: string;
  readonly arg: string;
  readonly typed: string;
  readonly person: Ref;
  readonly room: Ref | null;
}

export interface Suggestion {
  /** What the line becomes when it is taken; like what was typed, without `/incident `. */
  readonly line: string;
  readonly help: string;
}

export interface WantedRoom {
  readonly name: string;
  readonly topic: string;
  readonly title: string;
  /** Only those who were invited find it, by listing or by searching, and see it. */
  readonly isPrivate: boolean;
  /** Shown above the room where the platform can; a card says them as well. */
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

export interface OpenedRoom extends Ref {
  readonly name: string;
  /** An address that opens the room for a person. */
  readonly url: string;
}

/** Somebody as their platform knows them. */
export interface Profile extends Ref {
  readonly name: string;
  /** As the platform has verified it; null where the platform does not tell. */
  readonly email: string | null;
  /** Not a full member: a guest, somebody of another organisation. */
  readonly isGuest: boolean;
}

/** What the platform can do, as data: for renderers, help and the parity table. */
export interface Limits {
  /** Characters. */
  readonly roomName: number;
  readonly topic: number;
  readonly message: number;
  /** In one message. */
  readonly buttons: number;
  /** In one form; what is beyond it is left out. */
  readonly formFields: number;
  readonly commands: 'slash command' | 'mention of the bot';
  /** Whether the platform shows completions while somebody types. */
  readonly completion: boolean;
  /** How a reply for one person is shown. */
  readonly privateReply: 'in the room' | 'direct message';
  readonly form: 'opens at once' | 'opens by a button';
  /** Where an error of a form is said. */
  readonly formErrors: 'at the field' | 'above the form';
  readonly room: 'channel' | 'thread';
  /** Whether a room can be for those alone who were invited; where it cannot, what is private has no room. */
  readonly privateRooms: boolean;
  /** Whether a room's topic may change as often as an incident does; if not, it stays as it was opened. */
  readonly liveTopic: boolean;
  readonly archive: 'archived' | 'locked';
  readonly threads: boolean;
  readonly pins: boolean;
  /** Links above the room. */
  readonly bookmarks: boolean;
  readonly reactions: boolean;
  /** The largest file it takes, in bytes. */
  readonly file: number;
  /** Whether people are found by their e-mail address. */
  readonly emails: boolean;
}

/** A connection that we open, over which a platform tells what people do. */
export interface Socket {
  /** Opens it, and keeps it open. Throws ProviderError when the platform does not let us in. */
  open(): Promise<void>;
  /** May be opened again afterwards. */
  close(): Promise<void>;
}

/**
 * A chat platform: everything this program needs of Slack, Teams, Discord or
 * its own web chat, and all that it may use of them. The words are rooms,
 * messages and people, never incidents: a new feature adds a Message part, not
 * a method. None is optional; where a platform lacks something its adapter does
 * the nearest thing, and `test/contracts/chat-platform.ts` says what nearest
 * must satisfy. Methods throw ProviderError, whose `retry` says what to do and
 * whose `gone` says what is not there any more. Whatever takes a `key` does its
 * work once per key, however often it is asked.
 */
export interface ChatPlatform {
  readonly name: string;
  readonly limits: Limits;

  /**
   * Begins to take part, in any number of processes: `inbox` hears everything genuine that reaches this one from
   * now on, over the web server or the socket. `commands` are what people can say. Sending needs no more.
   */
  start(inbox: Inbox, commands: readonly CommandShape[]): Promise<void>;
  /** Also closes the socket. */
  stop(): Promise<void>;
  /** For one process at a time. Null where the platform calls our web server. */
  readonly socket: Socket | null;
  /** Asks the platform something that costs it nothing: whether it is there and lets us in. */
  check(): Promise<void>;

  /** Opening a room of a name that exists returns that room, unless it was deleted or is somebody else's. */
  openRoom(room: WantedRoom): Promise<OpenedRoom>;
  setTopic(room: Ref, topic: string): Promise<void>;
  archiveRoom(room: Ref): Promise<void>;
  reviveRoom(room: Ref): Promise<void>;
  /** People the platform does not know are left out. */
  invite(room: Ref, people: readonly Ref[]): Promise<void>;

  post(room: Ref, message: Message, options: { readonly key: string; readonly pin?: boolean }): Promise<Ref>;
  edit(posted: Ref, message: Message): Promise<void>;
  /** Deleting what is not there is no error. */
  remove(posted: Ref): Promise<void>;
  /** Below a message, out of the room's main flow. */
  replyTo(posted: Ref, message: Message, options: { readonly key: string }): Promise<Ref>;
  /** In the room, for one person only; where the platform cannot, to that person outside of it. */
  whisper(person: Ref, room: Ref, message: Message, options: { readonly key: string }): Promise<void>;
  /** To one person, outside any room. */
  direct(person: Ref, message: Message, options: { readonly key: string }): Promise<Ref>;
  /** The bot puts an emoji, given as the character itself, to a message, or takes it off. */
  react(posted: Ref, emoji: string, on: boolean): Promise<void>;
  /** Puts a file into a room, with words beside it. */
  attach(
    room: Ref,
    file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
    options: { readonly key: string; readonly words: string },
  ): Promise<Ref>;
  /** The bytes of a file that somebody put into a room of this platform. */
  fetchFile(file: FileRef): Promise<Uint8Array>;

  /** Who that is there, by their id or their e-mail address; null when there is nobody. */
  whois(who: { readonly id: string } | { readonly email: string }): Promise<Profile | null>;
  /** Makes these people, and nobody else, the members of a group that can be mentioned. */
  setGroup(group: string, people: readonly Ref[]): Promise<void>;
}
