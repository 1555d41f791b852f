import type { ChatPlatform } from '#src/chat/platform.ts';
import type { Db } from '#src/db/schema.ts';
import type { Context, EngineSettings } from '#src/engine/context.ts';

import type { Calls } from './reaction.ts';

/** What reactions may use of the world. */
export interface Deps extends Calls {
  readonly db: Db;
  readonly now: () => Date;
  /** The platforms that are configured; the web chat always is. */
  readonly chat: readonly ChatPlatform[];
  /** For verbs that the bot itself carries out. */
  readonly system: Context;
  readonly settings: EngineSettings;
}
