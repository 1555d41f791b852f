import type { Incident, Severity } from './incident.ts';
import type { StormSettings } from './storm.ts';

/** What the grouping of alerts takes, and what it says shall become of them. */

/** An alert as it arrives. */
export interface Incoming {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly groupKey: string;
  /** The groups next to its own: of services that call this one's or that it calls. */
  readonly near?: readonly string[];
  /** What a storm sweeps over: the environment. Null: no storm takes this alert. */
  readonly around?: string | null;
  /** What its sender calls it: one alert may fire under several names. */
  readonly copy: string;
  readonly state: 'firing' | 'resolved' | 'acknowledged' | 'other';
  readonly title: string;
  readonly severity: Severity;
  /** How bad people have taught that it is for an incident; left out: as the sender says. */
  readonly taught?: Severity;
  /** When it changed at its sender, if that is said. */
  readonly at: Date | null;
  /** What silences it; see `muting.ts`. */
  readonly mutedBy?: string | null;
  /** It is none of the sender's: said again since this mute ended, as far as that silenced it and it fires still. */
  readonly unmuted?: string | undefined;
}

/** An alert that has been heard of. */
export interface KnownAlert {
  readonly fingerprint: string;
  readonly groupKey: string;
  readonly state: 'firing' | 'resolved';
  /** As it last fired. */
  readonly severity: Severity;
  readonly place: number | null;
  /** When it last changed from quiet to firing, and the event that said so. */
  readonly firedAt: Date;
  readonly firedBy: string;
  /** The names it fires under: with two severities, from two pods, by two senders. It is over when none is left. */
  readonly copies: readonly string[];
  /** What silenced it when it last fired: it fires, and no incident is to hear of it. */
  readonly mutedBy: string | null;
}

export interface KnownGroup {
  readonly place: number | null;
  /** When an alert of it last fired. */
  readonly touchedAt: Date;
}

/** An incident; `reopened`: its alerts have brought it back before. */
export type KnownIncident = Pick<Incident, 'status' | 'resolvedAt' | 'severity' | 'createdAt'> & {
  readonly reopened?: boolean;
  /** What is of another group is not hidden in it. */
  readonly isPrivate?: boolean;
};

export interface Known {
  readonly alerts: ReadonlyMap<string, KnownAlert>;
  readonly groups: ReadonlyMap<string, KnownGroup>;
  readonly incidents: ReadonlyMap<number, KnownIncident>;
  /** How many alerts of an incident fire. */
  readonly firing: ReadonlyMap<number, number>;
  /** The incidents that alerts opened of late, by what a storm sweeps over. */
  readonly recent?: ReadonlyMap<string, readonly number[]>;
}

/** Milliseconds; see the settings of the same names. */
export interface Windows extends StormSettings {
  readonly reopenWindowMs: number;
  readonly groupWindowMs: number;
}

/**
 * `opened` a new incident; `joined` an open one; `refired` in the incident it
 * was in before; `repeated` what is firing already; `muted`: fires, and no incident
 * hears of it; `resolved`; `recorded`: changes nothing (a comment, a resolve of what
 * never fired or fired again since).
 */
export type Verdict = 'opened' | 'joined' | 'refired' | 'repeated' | 'muted' | 'resolved' | 'recorded';

export interface Placed {
  readonly verdict: Verdict;
  /** An incident's number; -1, -2 ... for the first, second ... incident to open; null: none. */
  readonly place: number | null;
  readonly duplicateOf: string | null;
}

/** What becomes of one incident by this batch. */
export interface Effect {
  joined: string[];
  /** How many of those that joined are of another group, and part of one storm with it. */
  swept: number;
  refired: string[];
  resolved: number;
  reopens: boolean;
  worst: Severity | null;
  /** The last of its firing alerts was resolved. */
  clears: boolean;
}

export interface Plan {
  readonly placed: readonly Placed[];
  readonly alerts: ReadonlyMap<string, KnownAlert>;
  readonly groups: ReadonlyMap<string, KnownGroup>;
  readonly effects: ReadonlyMap<number, Effect>;
}
