import { createContext, use, useSyncExternalStore } from 'react';

import type { App } from './app.ts';
import type { State } from './state/state.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error('drawn outside of AppContext');
  return app;
}

/** A piece of what the page knows. `pick` must answer the same object while nothing has changed. */
export function useKnown<T>(pick: (state: State) => T): T {
  const { store } = useApp();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}

/** Who the reader is, and everybody's name by id: what thousands of messages need, told once from above. */
export interface Names {
  readonly me: string;
  readonly of: ReadonlyMap<string, string>;
}

export const NamesContext = createContext<Names>({ me: '', of: new Map() });

export function useNames(): Names {
  return use(NamesContext);
}
