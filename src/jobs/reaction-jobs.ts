import type { ClaimedEvent } from '#src/db/outbox.ts';
import type { DueTimer } from '#src/db/timers.ts';
import type { ErrandKind, TimerKind } from '#src/incident/decision.ts';
import type { EventType } from '#src/incident/events.ts';
import { PRIORITY, type Errand, type Task } from '#src/reactions/reaction.ts';
import { carried } from '#src/telemetry/trace.ts';

import type { Job } from './queue.ts';

/** What is needed of a reaction to know when it is wanted. */
export interface Subscriber {
  readonly name: string;
  readonly on: readonly EventType[];
  readonly timers?: readonly TimerKind[];
  readonly rest?: string;
  readonly priority?: number;
  readonly destination?: string;
  readonly urgent?: boolean;
  readonly lane?: string;
  readonly whole?: boolean;
}

/** What is needed of an errand to know when it is to be run. */
type Errands = Pick<Errand<never>, 'name' | 'kinds' | 'rest' | 'priority' | 'destination' | 'urgent'>;

interface ReactionJob extends Job {
  readonly payload: Task;
}

/**
 * One job for each reaction that wants an event or a timer. Its id names both,
 * so that however often an event is dispatched each reaction gets one job; a timer
 * that was moved is another one. All work on one incident is in one lane, but what
 * goes to a destination outside has one of its own, and so has what may take long: the others do not wait for that.
 */
export function jobsFor(
  { reactions: subscribers, errands }: Wanting,
  events: readonly ClaimedEvent[],
  timers: readonly DueTimer[],
): ReactionJob[] {
  const forEvents = events.flatMap(({ seq, incident, type, trace }) =>
    subscribers
      .filter((it) => it.on.includes(type))
      .map((it) =>
        jobOf(it, `e${seq}.${it.name}`, { reaction: it.name, incident, event: seq, ...inTrace(trace) }),
      ),
  );
  const forTimers = timers.flatMap(({ key, kind, incident, subject, dueAt, trace }) =>
    takersOf(subscribers, kind, (it) => it.timers?.includes(kind as TimerKind) === true).flatMap((it) => {
      if (incident === null) return [];
      const timer = {
        kind: kind as TimerKind,
        dueAt: dueAt.toISOString(),
        ...(subject === null ? {} : { subject }),
      };
      const task = { reaction: it.name, incident, timer, ...inTrace(trace) };
      return [jobOf(it, `t${key}@${dueAt.getTime()}.${it.name}`, task)];
    }),
  );
  return [...forTimers, ...timers.flatMap((it) => errandsFor(errands, it)), ...forEvents];
}

/** Whoever waits for events and timers. */
export interface Wanting {
  readonly reactions: readonly Subscriber[];
  readonly errands: readonly Errands[];
}

/** Whoever takes timers of this kind; where nobody does, whoever takes the rest of such kinds. */
function takersOf<T extends { readonly rest?: string }>(
  all: readonly T[],
  kind: string,
  takes: (it: T) => boolean,
): readonly T[] {
  const own = all.filter(takes);
  if (own.length > 0) return own;
  return all.filter(({ rest }) => rest !== undefined && kind.startsWith(rest));
}

/** What is done at the time of a timer that belongs to no incident. */
function errandsFor(
  errands: readonly Errands[],
  { key, kind, incident, subject, dueAt, trace }: DueTimer,
): ReactionJob[] {
  if (incident !== null || subject === null) return [];
  const due = kind as ErrandKind;
  return takersOf(errands, kind, (it) => it.kinds.includes(due)).map(
    ({ name, priority = PRIORITY.normal, ...to }) => {
      // What follows `@` in a lane is its class.
      const own = `${name.replace(/@.*/, '')}-${subject.replaceAll('@', '-')}`;
      return {
        id: `t${key}@${dueAt.getTime()}.${name}`,
        kind: name,
        lane: laneFor(own, to),
        priority,
        payload: {
          reaction: name,
          incident: null,
          timer: { kind: due, dueAt: dueAt.toISOString(), subject },
          ...inTrace(trace),
        },
      };
    },
  );
}

/** A job that follows from no event, for what brings something up to date. */
export function jobToAsk(subscriber: Subscriber, incident: number, id: string): ReactionJob {
  const { name } = subscriber;
  return jobOf(subscriber, `a${id}.${name}`, { reaction: name, incident, ...inTrace(carried()) });
}

function inTrace(trace: string | null | undefined): Pick<Task, 'trace'> {
  return trace === null || trace === undefined ? {} : { trace };
}

function jobOf(subscriber: Subscriber, id: string, task: Task): ReactionJob {
  const { name, priority = PRIORITY.normal, lane: own, whole = false } = subscriber;
  // What has a subject of its own waits for nothing but that.
  const apart = own ?? task.timer?.subject;
  const of = `incident-${task.incident}${apart === undefined ? '' : `-${apart}`}`;
  const lane = laneFor(of, subscriber);
  return { id, kind: name, lane, priority, payload: task, ...(whole ? { whole } : {}) };
}

function laneFor(of: string, { destination, urgent }: Pick<Subscriber, 'destination' | 'urgent'>): string {
  if (destination === undefined) return of;
  return `${of}@${urgent ? urgentClass(destination) : destination}`;
}

/** The class of what is run also while its destination is left alone. */
export function urgentClass(destination: string): string {
  return `${destination}!`;
}
