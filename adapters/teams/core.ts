import type { InOrder } from '#src/chat/in-order.ts';
import type { Inbox } from '#src/chat/platform.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';

import type { Api } from './api.ts';
import type { Forms } from './forms.ts';
import type { Places } from './places.ts';
import type { Pens } from './render.ts';
import type { TeamsSettings } from './settings.ts';

/** What all parts of the adapter share. */
export interface Core {
  readonly settings: TeamsSettings;
  readonly store: PlatformStore;
  readonly api: Api;
  readonly places: Places;
  readonly turns: InOrder;
  readonly pens: Pens;
  readonly forms: Forms;
  readonly now: () => Date;
  /** Work that nobody waits for: its failure is told, and stopping waits for it. */
  readonly later: (work: Promise<unknown>) => void;
  /** Waits, for a while at most, until those who asked for something before now were answered. */
  readonly answered: () => Promise<void>;
  readonly report: (error: unknown) => void;
  /** Null before the program has begun, and after it has stopped. */
  readonly inbox: () => Inbox | null;
  readonly commands: () => readonly CommandShape[];
}
