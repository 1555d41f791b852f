import type { EventData, EventType, IncidentEvent } from './events.ts';
import type { Incident, IncidentNumber } from './incident.ts';
import type { Actor } from './person.ts';

/** The kinds of timer an incident can have; each has one reaction that runs when it is due. */
export type TimerKind =
  | 'sla-acknowledgment'
  | 'sla-resolution'
  | 'update-due'
  | 'card-refresh'
  | 'escalation'
  | 'manager-page'
  | 'summary'
  | 'post-mortem'
  | 'investigate'
  | `notify@${string}`;

/** The kinds of timer that belong to no incident; each has one errand that runs when it is due. */
export type ErrandKind =
  | `notify@${string}`
  | `say@${string}`
  | 'mute-end'
  | 'handoff'
  | 'handoff-grace'
  | 'shift-reminder'
  | 'look-ahead'
  | 'coverage'
  | `group@${string}`
  | 'heartbeat'
  | 'heartbeat-watch'
  | 'synthetic-page'
  | 'synthetic-check'
  | 'digest'
  | 'embed';

/** At most one timer of a kind and subject per incident: `at` moves it, null takes it away. */
export type TimerChange = IncidentTimer | OwnTimer;

interface IncidentTimer {
  readonly kind: TimerKind;
  readonly incident: IncidentNumber;
  /** What it is for, where an incident has several of a kind: an id. */
  readonly subject?: string;
  readonly at: Date | null;
}

/** A timer of the program's own: at most one of a kind and subject. */
interface OwnTimer {
  readonly kind: ErrandKind;
  readonly incident: null;
  /** What it is for: an id. */
  readonly subject: string;
  readonly at: Date | null;
}

/** What a verb decided: the incident as it shall be, what happened, and what to wake up for. Saved together or not at all. */
export interface Decision {
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
  readonly timers: readonly TimerChange[];
}

/** Who decides and when. */
export interface Deciding {
  readonly by: Actor;
  readonly at: Date;
}

/** An event of this incident. */
export function event<T extends EventType>(
  incident: { readonly number: IncidentNumber },
  type: T,
  data: EventData[T],
  { by, at }: Deciding,
): IncidentEvent<T> {
  return { type, incident: incident.number, at, by, data };
}

/** The timers an incident should have as it now stands. */
export function timersOf(incident: Incident): TimerChange[] {
  const { number, sla, status } = incident;
  const done = status === 'RESOLVED' || status === 'CLOSED';
  return [
    {
      kind: 'sla-acknowledgment',
      incident: number,
      at: done || incident.acknowledgedAt || sla.acknowledgmentBreached ? null : sla.acknowledgmentDeadline,
    },
    {
      kind: 'sla-resolution',
      incident: number,
      at: done || sla.resolutionBreached ? null : sla.resolutionDeadline,
    },
    { kind: 'update-due', incident: number, at: done ? null : incident.nextUpdateAt },
  ];
}

/** A decision that carries the incident's own timers; `updatedAt` becomes the deciding time. */
export function decided(incident: Incident, events: readonly IncidentEvent[], { at }: Deciding): Decision {
  const changed = { ...incident, updatedAt: at };
  return { incident: changed, events, timers: timersOf(changed) };
}
