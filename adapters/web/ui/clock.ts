import { useSyncExternalStore } from 'react';

/** The page's one clock, in milliseconds since 1970. */
export function now(): number {
  return new Date().getTime();
}

/** The time, again every `every` milliseconds, for words such as "5 min ago". All who ask for the same beat share it. */
export function useNow(every = 15_000): number {
  const beat = beatOf(every);
  return useSyncExternalStore(beat.subscribe, beat.time);
}

interface Beat {
  readonly subscribe: (listener: () => void) => () => void;
  readonly time: () => number;
}

const beats = new Map<number, Beat>();

function beatOf(every: number): Beat {
  const beat = beats.get(every) ?? makeBeat(every);
  beats.set(every, beat);
  return beat;
}

function makeBeat(every: number): Beat {
  const listeners = new Set<() => void>();
  let time = now();
  let timer: ReturnType<typeof setInterval> | undefined;
  function tick(): void {
    time = now();
    for (const listener of listeners) listener();
  }
  return {
    time: () => time,
    subscribe: (listener) => {
      if (listeners.size === 0) {
        time = now();
        timer = setInterval(tick, every);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}
