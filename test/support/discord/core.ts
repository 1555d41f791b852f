import type { Cdn } from './cdn.ts';
import type { Commands } from './commands.ts';
import type { Event } from './events.ts';
import type { Interactions } from './interactions.ts';
import type { World } from './world.ts';

/** What routes and people work on. */
export interface Core {
  readonly world: World;
  readonly cdn: Cdn;
  readonly commands: Commands;
  readonly interactions: Interactions;
  /** Privileged intents that the application may not ask for. */
  readonly forbidden: { intents: number };
  /** Address of the gateway. */
  readonly gatewayUrl: () => string;
  /** How many sessions may still be begun today. */
  readonly sessionsLeft: () => number;
  emit(event: Event): void;
}
