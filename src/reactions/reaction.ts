import { findEvent } from '#src/db/events.ts';
import type { Reader } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import type { ErrandKind, TimerKind } from '#src/incident/decision.ts';
import type { EventType, LoggedEvent } from '#src/incident/events.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';

/**
 * Smaller numbers go first: nobody waits for a summary before he is paged. What stands around
 * a room, its topic or its line in the lobby, waits until all cards are drawn, and a room is
 * put away last of all.
 */
export const PRIORITY = { paging: 0, normal: 10, around: 15, enrichment: 20, tidying: 30 } as const;

/** The destination of whatever may ask a model: lanes and slots of its own, so that nothing else waits for one. */
export const MODEL = 'model';

/**
 * What a reaction is asked to react to, and how: `event`, `timer`, or neither where it was asked for though
 * nothing happened. A whole reaction may stand for others of its kind, so it gets neither.
 */
export interface Work {
  readonly incident: IncidentNumber;
  readonly event?: LoggedEvent;
  readonly timer?: { readonly kind: TimerKind; readonly dueAt: Date; readonly subject?: string };
  /** The same for every attempt at this work, and for no other: begin idempotency keys with it. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** Aborted when the work has taken too long or the program stops; pass it to everything that waits. */
  readonly signal: AbortSignal;
}

/** Has a whole reaction run for these incidents though nothing happened to them; `priority` in place of its own. */
export type Ask = (reaction: string, incidents: readonly number[], priority?: number) => Promise<void>;

/** The one way out of the program: every call goes through the breaker of its destination. */
export interface Calls {
  /**
   * Calls `destination`, or throws a ProviderError without calling when it has been
   * failing: the job then waits, and that does not count as an attempt.
   */
  readonly calling: <T>(destination: string, call: (signal: AbortSignal) => Promise<T>) => Promise<T>;
}

/**
 * Something the program does by itself after an event or when a timer is due.
 * It runs at least once, possibly twice, possibly late: it reads the state as it
 * now is, does only what is still wanted, and is safe to repeat. Throw a
 * ProviderError when the outside fails; its `retry` says whether to run again.
 */
export interface Reaction<Deps> {
  readonly name: string;
  readonly on: readonly EventType[];
  readonly timers?: readonly TimerKind[];
  /** Also the timers whose kind begins with this and that nobody else takes. */
  readonly rest?: string;
  /** One of PRIORITY; normal where nothing is said. */
  readonly priority?: number;
  /**
   * Whom its work goes to over the network: that has lanes and slots of its own, so
   * that nothing else waits for it, and waits itself while it is left alone.
   */
  readonly destination?: string;
  /**
   * It is run also while its destination is left alone, and told so by `calling`: somebody
   * waits for it, and it knows another way.
   */
  readonly urgent?: boolean;
  /**
   * Where its work may take long, or wait for somebody else than its destination: a lane
   * beside that of the incident's other work, which then does not wait for it.
   */
  readonly lane?: string;
  /** Milliseconds in which it is to be done, where that is more than the usual half minute. */
  readonly deadlineMs?: number;
  /**
   * It brings something up to date, whatever happened: while one waits for an
   * incident, no other is added.
   */
  readonly whole?: boolean;
  run(work: Work, deps: Deps): Promise<void>;
}

/** What an errand is sent for: a timer of the program's own, which was due at `dueAt`. */
export interface ErrandWork extends Pick<Work, 'id' | 'attempt' | 'signal'> {
  readonly subject: string;
  readonly dueAt: Date;
}

/**
 * Something the program does by itself at its time, about no incident: a hand-off, a reminder.
 * All that is said of reactions holds for it. Errands of one kind and subject wait for each other.
 */
export interface Errand<Deps> {
  readonly name: string;
  readonly kinds: readonly ErrandKind[];
  /** Also the timers whose kind begins with this and that nobody else takes. */
  readonly rest?: string;
  readonly priority?: number;
  readonly destination?: string;
  readonly urgent?: boolean;
  run(work: ErrandWork, deps: Deps): Promise<void>;
}

/** Work as the queue carries it: names and numbers, never data that could grow stale. */
export interface Task {
  readonly reaction: string;
  /** Null: an errand. */
  readonly incident: number | null;
  readonly event?: number;
  readonly timer?: {
    readonly kind: TimerKind | ErrandKind;
    readonly dueAt: string;
    readonly subject?: string;
  };
  /** What it follows from, as a W3C traceparent; left out where that is not known. */
  readonly trace?: string;
}

export type Runner = (task: Task, attempt: Pick<Work, 'id' | 'attempt' | 'signal'>) => Promise<void>;

/**
 * Runs tasks. `depsFor` makes what a reaction may use, for one attempt.
 * `times` above 1 is for tests: it proves that repeating does no harm.
 *
 * The runner throws what the reaction throws, and UserError `not_found` for a
 * reaction that this version of the program does not have.
 */
export function makeRunner<Deps>(
  {
    reactions,
    errands,
  }: { readonly reactions: readonly Reaction<Deps>[]; readonly errands: readonly Errand<Deps>[] },
  db: Reader,
  depsFor: (signal: AbortSignal) => Deps,
  { times = 1 }: { readonly times?: number } = {},
): Runner {
  const byName = new Map(reactions.map((it) => [it.name, it]));
  const errandByName = new Map(errands.map((it) => [it.name, it]));
  return async (task, attempt) => {
    const reaction = byName.get(task.reaction);
    const errand = errandByName.get(task.reaction);
    for (let time = 0; time < times; time += 1) {
      if (errand && task.timer?.subject !== undefined) {
        const { subject, dueAt } = task.timer;
        await errand.run({ subject, dueAt: new Date(dueAt), ...attempt }, depsFor(attempt.signal));
      } else if (reaction) {
        await reaction.run({ ...(await read(db, task, reaction)), ...attempt }, depsFor(attempt.signal));
      } else throw new UserError('not_found', `There is no reaction called ${task.reaction}.`);
    }
  };
}

async function read(
  db: Reader,
  task: Task,
  { whole = false }: Pick<Reaction<never>, 'whole'>,
): Promise<Pick<Work, 'incident' | 'event' | 'timer'>> {
  const incident = task.incident as IncidentNumber;
  if (whole) return { incident };
  if (task.event !== undefined) return { incident, event: await findEvent(db, task.event) };
  if (task.timer) {
    const { kind, dueAt, ...of } = task.timer;
    return { incident, timer: { ...of, kind: kind as TimerKind, dueAt: new Date(dueAt) } };
  }
  return { incident };
}
