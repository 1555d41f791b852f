import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context, EngineSettings } from '#src/engine/context.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Door } from '#src/llm/door.ts';
import type { Channel } from '#src/notify/channel.ts';
import type { Embedder } from '#src/search/embedder.ts';

import type { Ask, Calls } from './reaction.ts';

/** What reactions may use of the world. */
export interface Deps extends Calls {
  readonly db: Db;
  readonly now: () => Date;
  /** The platforms that are configured; the web chat always is. */
  readonly chat: readonly ChatPlatform[];
  /** For verbs that the bot itself carries out. */
  readonly system: Context;
  readonly settings: EngineSettings;
  /** For what is better done in a job of its own. */
  readonly ask: Ask;
  /** How a platform knows a person; null when it does not. */
  readonly refOf: (person: PersonId, platform: string) => Promise<Ref | null>;
  /** The one way to a model. Only what nobody waits for may ask it. */
  readonly llm: Door;
  /** Makes vectors of texts, for what is similar. */
  readonly embedder: Embedder;
  /** What links in messages are signed with. */
  readonly secret: string;
  /** Told what came of each page on a channel, and how late it was handed over; for metrics. */
  readonly paged?: (channel: string, outcome: 'sent' | 'failed', lateMs: number | null) => void;
}

/** The ways to reach people beside the chat. Their libraries are loaded when the first is used. */
export interface Channels {
  /** Those that are set up. */
  readonly names: readonly string[];
  /** Null: it is not set up. */
  readonly get: (name: string) => Promise<Channel | null>;
}
