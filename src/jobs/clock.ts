/** Time, as everything that waits sees it; tests drive one of their own. */
export interface Clock {
  readonly now: () => Date;
  /** Calls once when it is `due`, at once if it was, unless cancelled before. */
  at(due: Date, call: () => void): Cancel;
}

export type Cancel = () => void;

/** What setTimeout can count. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own. It keeps the process alive for nothing: what waits must be stopped or awaited. */
export const realClock: Clock = clockBy(() => new Date());

/** One that says what this says. */
export function clockBy(now: () => Date): Clock {
  const at: Clock['at'] = (due, call) => {
    let timer: NodeJS.Timeout;
    const sleep = () => {
      const left = due.getTime() - now().getTime();
      const wake = () => (left > LONGEST_MS ? sleep() : call());
      // A timeout may end within the millisecond before the one it was set for.
      timer = setTimeout(wake, Math.min(LONGEST_MS, Math.max(0, left + 1)));
    };
    sleep();
    return () => clearTimeout(timer);
  };
  return { now, at };
}

export function later(clock: Clock, ms: number): Date {
  return new Date(clock.now().getTime() + ms);
}
