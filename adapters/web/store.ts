import type { Message } from '#src/chat/message.ts';

/**
 * What the web chat needs of a storage. Rooms are for everybody who is signed
 * in; direct rooms are for their members only. Every method is one step that
 * happens entirely or not at all, and those that add are done once however
 * often they are asked.
 */
export interface WebStore {
  findPerson(
    id: string,
  ): Promise<{ readonly id: string; readonly name: string; readonly active: boolean } | null>;
  /**
   * Of the numbered things that are shown on pages: who of these people may know of those
   * that are not for everybody. What is not named in the answer is for all.
   */
  viewersOf(
    numbers: readonly number[],
    people: readonly string[],
  ): Promise<ReadonlyMap<number, readonly string[]>>;
  /** A room of this id: the one that is there, or a new one. */
  openRoom(room: NewRoom): Promise<{ readonly room: StoredRoom; readonly fresh: boolean }>;
  findRoom(id: string): Promise<StoredRoom | null>;
  /** False when there was nothing to change, or no such room. */
  changeRoom(id: string, change: { topic: string } | { archivedAt: Date | null }): Promise<boolean>;
  /** Adds those who exist and are active; answers who is new in the room. */
  addMembers(id: string, people: readonly string[]): Promise<readonly string[]>;
  /** The rooms a person may see, the liveliest first. */
  roomsOf(reader: string): Promise<readonly RoomForReader[]>;
  /** One room, as each of these people sees it; those who may not see it are left out. */
  roomFor(id: string, readers: readonly string[]): Promise<readonly RoomForReader[]>;

  /** The message under this key: the one that is there, or this one. Null: no such room or person. */
  add(message: NewMessage): Promise<{ readonly message: StoredMessage; readonly fresh: boolean } | null>;
  findMessage(id: number): Promise<StoredMessage | null>;
  messageByKey(key: string): Promise<StoredMessage | null>;
  /** Oldest first: the newest of the main flow, or those next to an id. */
  page(room: string, reader: string, where: Page): Promise<readonly StoredMessage[]>;
  /** The pinned ones, oldest first. */
  pins(room: string, reader: string): Promise<readonly StoredMessage[]>;
  /** The root and its replies, oldest first. */
  thread(root: number, reader: string, where: Page): Promise<readonly StoredMessage[]>;
  /** Null when it says so already, or is deleted. */
  rewrite(id: number, to: Written & { readonly at: Date }): Promise<StoredMessage | null>;
  /** Puts this in the place of the words and takes pin and reactions away. Null when they are gone already. */
  wipe(id: number, to: Written & { readonly at: Date }): Promise<StoredMessage | null>;
  /** Null when it is so already. */
  pin(id: number, at: Date | null): Promise<StoredMessage | null>;
  /** Null when it is so already, or the person has left too many here. */
  react(id: number, reaction: Reaction & { readonly on: boolean }): Promise<StoredMessage | null>;
  /** Remembers that a person has read up to here; never backwards. */
  markRead(room: string, person: string, last: number): Promise<void>;
  /** Keeps a file; said again it changes nothing. */
  addFile(file: StoredFile & { readonly at: Date }): Promise<void>;
  findFile(id: string): Promise<StoredFile | null>;
  removeFiles(ids: readonly string[]): Promise<void>;
  search(reader: string, words: string, limit: number): Promise<readonly FoundMessage[]>;
}

export interface StoredRoom {
  readonly id: string;
  readonly kind: 'room' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly members: readonly string[];
  readonly lastAt: Date;
  readonly archivedAt: Date | null;
  /** Only its members find it and see it. */
  readonly isPrivate: boolean;
}

interface NewRoom {
  readonly id: string;
  readonly kind: 'room' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly members: readonly string[];
  readonly isPrivate: boolean;
  readonly at: Date;
}

export interface RoomForReader extends StoredRoom {
  readonly reader: string;
  /** The names of the others in a direct room. */
  readonly others: string;
  /** Counted up to 100. */
  readonly unread: number;
  readonly mentions: number;
}

/** `mentions` are the ids of the people it notifies. */
export type Body = { readonly mentions: readonly string[]; readonly files?: readonly FileInfo[] } & (
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'message'; readonly message: Message }
);

/** What is shown of a file. */
export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

export interface StoredFile extends Omit<FileInfo, 'size'> {
  readonly room: string;
  readonly bytes: Uint8Array;
}

/** What a message says, and the same as plain text for the search. */
export interface Written {
  readonly body: Body;
  readonly plain: string;
}

export interface NewMessage extends Written {
  readonly room: string;
  readonly key: string;
  readonly threadOf: number | null;
  /** Null: the bot. */
  readonly author: string | null;
  /** The one person who sees it; null: everybody who sees the room. */
  readonly onlyFor: string | null;
  readonly at: Date;
  readonly pinned: boolean;
}

export interface StoredMessage {
  readonly id: number;
  readonly room: string;
  readonly threadOf: number | null;
  /** Those that are for everybody in the room. */
  readonly replies: number;
  readonly author: string | null;
  readonly authorName: string | null;
  readonly onlyFor: string | null;
  readonly body: Body;
  readonly postedAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
  readonly pinnedAt: Date | null;
  readonly reactions: readonly { readonly emoji: string; readonly people: readonly string[] }[];
}

interface FoundMessage extends StoredMessage {
  readonly roomKind: 'room' | 'direct';
  readonly roomName: string;
  readonly others: string;
}

export interface Page {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

interface Reaction {
  readonly person: string;
  readonly emoji: string;
  readonly at: Date;
}
