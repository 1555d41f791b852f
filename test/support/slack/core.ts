import type { Post } from './deliveries.ts';
import type { Json } from './json.ts';
import type { Measured, Troubles } from './measured.ts';
import type { Patience } from './patience.ts';
import type { Rates } from './rates.ts';
import type { Reply } from './reply.ts';
import type { AppSettings } from './settings.ts';
import type { Triggers } from './triggers.ts';
import type { Views } from './views.ts';
import type { World } from './world.ts';

/** What all parts of the fake know of each other. */
export interface Core {
  readonly world: World;
  readonly measured: Measured;
  readonly troubles: Troubles;
  readonly rates: Rates;
  readonly triggers: Triggers;
  readonly views: Views;
  readonly responses: ResponseUrls;
  readonly post: Post;
  readonly tokens: Tokens;
  readonly patience: Patience;
  settings: AppSettings;
  /** Where the fake itself is found, without a slash at its end. */
  url(): string;
  /** A one-time address for a socket. */
  socketUrl(): string;
}

export interface Tokens {
  readonly bot: string;
  readonly app: string;
  readonly signingSecret: string;
  /** What comes with a delivery and proves nothing any more. */
  readonly verification: string;
  revoked: boolean;
}

/** Addresses that are given with a command or a press. */
export interface ResponseUrls {
  make(kind: 'commands' | 'actions', user: string, channel: string, ts?: string | null): string;
  /** What is sent there. */
  answer(path: string, body: unknown, type: string): Reply;
  /** What comes with the acknowledgement of a command is answered at once, and counts for nothing. */
  atOnce(url: string, body: Json): void;
}
