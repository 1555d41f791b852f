import type { Alert } from '#src/alerts/alert.ts';
import { marksOf, type Marks } from '#src/alerts/marks.ts';
import type { IncidentId } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { groupKeyOf } from './group-key.ts';

/** An alert as a sender posted it. */
export interface Received {
  readonly alert: Alert;
  /** What this alert is known by, where that was found out when it was read. */
  readonly marks?: Marks;
  /** The sender's own words, kept beside what we read in them. */
  readonly payload: unknown;
  /** The same as the JSON it came as; left out where it has to be written anew. */
  readonly text?: string;
  /** Of the payload what other messages of the same `marks` have otherwise; the rest they all have. */
  readonly own?: object;
  /** Bytes in which it came, or its share of a body with several; left out where nobody counted. */
  readonly size?: number;
  /** What it came by, for what follows from it; left out where that is not told. */
  readonly trace?: string;
  /** It is no message: it fired on while it was silent, and the silence is over. */
  readonly unmuted?: Unmuted;
}

/** The silence that is over, as the timeline tells of it. */
export interface Unmuted {
  readonly mute: string;
  /** `the service checkout`. */
  readonly what: string;
}

/** What became of it. `duplicate`: this very message, or an alert that is firing already, came before. */
export interface Ingested {
  readonly eventId: string;
  readonly status: 'accepted' | 'duplicate';
  readonly duplicateOf: string | null;
  readonly incident: number | null;
  readonly incidentId: IncidentId | null;
}

/** A received alert with its id and what it is known by. */
export interface Named extends Received, Marks {
  readonly marks: Marks;
  readonly eventId: string;
}

/** With everything that decides where it goes. */
export interface Prepared extends Named {
  readonly groupKey: string;
}

export function name(received: Received, eventId: string): Named {
  const { alert, marks = marksOf(alert) } = received;
  const { fingerprint, crossKey, copy, triage } = marks;
  return { ...received, marks, fingerprint, crossKey, copy, triage, eventId };
}

export function prepare(ctx: Context, named: Named): Prepared {
  return { ...named, groupKey: groupKeyOf(named.alert, named.triage, ctx.settings.groupBy) };
}
