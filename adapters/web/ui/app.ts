import type { MessageView, RoomView } from '#adapters/web/protocol.ts';

import { makeApi, type Api } from './net/api.ts';
import type { Live } from './net/live.ts';
import { restored } from './state/outgoing.ts';
import { placeAt } from './state/places.ts';
import { firstState, type State } from './state/state.ts';
import { makeStore, type Store } from './state/store.ts';

/** One visitor's page, from sign-in to leaving. What it can do are the functions in actions/, which take it first. */
export interface App {
  readonly store: Store<State>;
  readonly api: Api;
  /** The demo person this tab acts as; null: the visitor as they are. */
  readonly as: string | null;
  /** Begins again as somebody else. */
  readonly actAs: (person: string | null) => void;
  readonly recent: Recent<MessageView>;
  readonly recentRooms: Recent<RoomView>;
  readonly timers: Timers;
  /** Null before the session is known. */
  live: Live | null;
  /** Something that was asked for in the background did not come. */
  missed: () => void;
  /** The first answers are there, or on their way. */
  arrived: boolean;
}

/** What the server pushed lately, so that an answer that was on its way meanwhile does not undo it. */
export interface Recent<T> {
  add(what: T): void;
  /** The place to give to `since` later. */
  mark(): number;
  since(mark: number): readonly T[];
}

/** Work that is due once, soon; asked for twice it is done once. */
export interface Timers {
  later(key: string, ms: number, work: () => void): void;
  cancel(key: string): void;
  stop(): void;
}

/** Where this tab keeps what is not sent yet; another tab sends its own. */
export const OUTBOX = 'outbox';

export function makeApp(as: string | null, actAs: (person: string | null) => void): App {
  const outbox = restored(sessionStorage.getItem(`${OUTBOX} ${as ?? ''}`));
  return {
    store: makeStore(firstState(placeAt(location.href), outbox)),
    api: makeApi(as),
    as,
    actAs,
    recent: makeRecent(),
    recentRooms: makeRecent(),
    timers: makeTimers(),
    live: null,
    missed: () => undefined,
    arrived: false,
  };
}

function makeRecent<T>(): Recent<T> {
  const KEPT = 500;
  let count = 0;
  let kept: { readonly n: number; readonly what: T }[] = [];
  return {
    add: (what) => {
      count += 1;
      kept.push({ n: count, what });
      if (kept.length > 2 * KEPT) kept = kept.slice(-KEPT);
    },
    mark: () => count,
    since: (mark) => kept.filter(({ n }) => n > mark).map(({ what }) => what),
  };
}

function makeTimers(): Timers {
  const running = new Map<string, ReturnType<typeof setTimeout>>();
  function cancel(key: string): void {
    clearTimeout(running.get(key));
    running.delete(key);
  }
  return {
    later: (key, ms, work) => {
      if (running.has(key)) return;
      running.set(
        key,
        setTimeout(() => {
          running.delete(key);
          work();
        }, ms),
      );
    },
    cancel,
    stop: () => {
      for (const key of running.keys()) cancel(key);
    },
  };
}
