import type { IncidentNumber, Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { EscalationPolicy } from './policy.ts';
import type { Recipient, Resolve } from './reach.ts';

/** High is worth waking somebody up. */
export type Urgency = 'high' | 'low';

/** What sort of notice a page is: most are about an incident, the others about none. */
export type PageKind = 'page' | 'handoff' | 'reminder' | 'test';

/** Contracts 4.5, channels by severity: P0 and P1 are pages, the others are messages. */
export function urgencyOf(severity: Severity): Urgency {
  return severity === 'P0' || severity === 'P1' ? 'high' : 'low';
}

export type RunStatus = 'active' | 'acknowledged' | 'completed' | 'resolved' | 'cancelled' | 'snoozed';

/** What happened in a run, for whoever asks why. `at` in milliseconds since 1970. */
export interface HistoryEntry {
  readonly at: number;
  readonly what: 'round' | 'paged' | 'empty' | 'passed' | 'acknowledged' | 'changed' | 'ended';
  readonly cycle: number;
  readonly level: number;
  /** Whom, as `person:ana`. */
  readonly to: readonly string[];
  /** A sentence. */
  readonly text: string;
}

/**
 * An escalation under way. It is plain JSON and holds all it needs: the policies
 * as they were when it began, so that editing one never changes what is promised.
 * Times are milliseconds since 1970.
 */
export interface EscalationRun {
  readonly incident: IncidentNumber;
  readonly severity: Severity;
  /** The policy and those it hands on to. */
  readonly plan: readonly [EscalationPolicy, ...EscalationPolicy[]];
  /** Which of them is at work, from 0. */
  readonly position: number;
  readonly status: RunStatus;
  /** Which round through the levels it is, from 1; rises whenever levels are paged afresh and never falls. */
  readonly cycle: number;
  /** From 1. */
  readonly level: number;
  readonly startedAt: number;
  /** Of one that was reopened, when: the managers' time counts from it. */
  readonly reopenedAt?: number;
  readonly levelReachedAt: number;
  /** When `timeUp` is wanted next. */
  readonly nextAt: number | null;
  /** What an active run waits for: an answer at its level, or its next round. */
  readonly waitingFor: 'level' | 'round';
  /** Those who acknowledged since it was last made active, in order. */
  readonly ackedBy: readonly PersonId[];
  readonly acknowledgedAt: number | null;
  /** While acknowledged: when something last happened, and when to look next whether it still fires. */
  readonly touchedAt: number;
  readonly lookAt: number | null;
  /** Rounds that came by themselves within the policy at work. */
  readonly repeatCount: number;
  /** Whose turn it is, for each round-robin level under `policy#level`; counts up. */
  readonly turns: Readonly<Record<string, number>>;
  /** The incident's own level, 1 to 5, which this run asks for; it only rises until the incident is de-escalated or reopened. */
  readonly incidentLevel: number;
  /** Who was paged in this round, as `2 person:ana`: nobody twice at one level. */
  readonly paged: readonly string[];
  /** Whether anybody was ever reached. */
  readonly hasReached: boolean;
  /** The promises whose breach it has acted on. */
  readonly breached: readonly Breach[];
  /** The last 200. */
  readonly history: readonly HistoryEntry[];
}

/** A promise of contracts 2.3 that was broken, or the time after which a manager is paged. */
export type Breach = 'acknowledgment' | 'resolution' | 'manager';

export interface Page {
  readonly to: Recipient;
  readonly level: number;
  readonly cycle: number;
  /** One sentence: what happened, the rule that pages, and why it comes to this person. */
  readonly reason: string;
  readonly urgency: Urgency;
  /** It tells managers how long it takes: that somebody has the incident is no answer to it. */
  readonly isForManagers?: boolean;
}

/** A sentence for the incident's room. A loud one is to be noticed: nobody is coming. */
export interface Note {
  readonly text: string;
  readonly isLoud: boolean;
}

export interface Outcome {
  readonly run: EscalationRun;
  readonly pages: readonly Page[];
  readonly notes: readonly Note[];
  readonly nextAt: Date | null;
}

/** What a run asks of the world whenever it moves. */
export interface World {
  readonly resolve: Resolve;
  /** The turns as they are kept for all runs; the higher one counts. */
  readonly turns?: Readonly<Record<string, number>>;
  /** Whether an alert of the incident fires. Not said: no. */
  readonly isFiring?: boolean;
}

export interface RunFacts {
  readonly incident: IncidentNumber;
  readonly severity: Severity;
  readonly plan: readonly [EscalationPolicy, ...EscalationPolicy[]];
  readonly at: Date;
}

/** The policy at work. */
export function policyOf({ plan, position }: Pick<EscalationRun, 'plan' | 'position'>): EscalationPolicy {
  return plan[position] ?? plan[0];
}

/** The run as it is: what is asked for is done already, or is not for it. */
export function still(run: EscalationRun): Outcome {
  return { run, pages: [], notes: [], nextAt: run.nextAt === null ? null : new Date(run.nextAt) };
}
