import type { Generated, JSONColumnType, Selectable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

/** Objects come out of jsonb as they are, and go in as text. */
type Json<T extends object> = JSONColumnType<T>;

/** The tables of people's conversations, and of who they are on each platform; part of `Schema`. */
export interface ChatSchema {
  said: SaidTable;
  saidCopies: { saidId: number; platform: string; message: string };
  /** `file` says which of them it is; no message: it is still to come. */
  saidCopiedFiles: { saidId: number; platform: string; file: number | null; message: string | null };
  saidReactions: { saidId: number; platform: string; person: string; emoji: string };
  identityCodes: {
    codeHash: string;
    platform: string;
    externalId: string;
    name: string;
    /** Who was asked whether it is them, and what their yes has to carry. */
    asked: PersonId | null;
    proof: string | null;
    expiresAt: Date;
    usedAt: Date | null;
  };
  chatRooms: ChatRoomTable;
  chatFiles: ChatFileTable;
  chatMessages: ChatMessageTable;
  chatReactions: { messageId: number; personId: PersonId; emoji: string; at: Date };
  chatReads: { roomId: string; personId: PersonId; lastId: number };
}

interface SaidTable {
  id: Generated<number>;
  incident: number;
  platform: string;
  message: string;
  name: string;
  text: string;
  files: Json<{ platform: string; id: string; name: string; type: string; size: number }[]>;
  below: string | null;
  at: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}
export type SaidRow = Selectable<SaidTable>;

interface ChatFileTable {
  id: string;
  roomId: string;
  name: string;
  type: string;
  bytes: Buffer;
  at: Date;
}

interface ChatRoomTable {
  id: string;
  isPrivate: Generated<boolean>;
  kind: 'room' | 'direct';
  name: string;
  topic: string;
  /** Who is in a direct conversation, or was invited to a room. */
  members: Json<PersonId[]>;
  createdAt: Date;
  lastAt: Date;
  archivedAt: Date | null;
}

interface ChatMessageTable {
  id: Generated<number>;
  roomId: string;
  threadOf: number | null;
  /** The idempotency key it was posted under; a second post with it is the same message. */
  key: string | null;
  /** Null: the bot. */
  author: PersonId | null;
  /** Set: a private reply that only this person sees. */
  onlyFor: PersonId | null;
  body: Json<object>;
  plain: string;
  postedAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  pinnedAt: Date | null;
}
