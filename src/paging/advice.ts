import { isOpen, rank, type Incident, type Severity } from '#src/incident/incident.ts';
import { MAX_LEVEL } from '#src/incident/lifecycle.ts';

import { count, lasting } from './words.ts';

const MINUTE = 60_000;

/**
 * The scored decision of contracts 2.5, as advice: it never pages and never
 * changes anything. Its weights and rules are kept; its weak points are not:
 *
 * - A promise that was kept in time is not broken, however long ago its deadline
 *   was; one that is broken counts for acknowledgment only while nobody has it.
 * - A confident signal counts only where it suggests a worse severity.
 * - What follows from the clock alone is capped at 0.55, so that age takes
 *   nothing beyond 0.8 without a cause beside it.
 * - Time in state is counted from the last change of the state, not from the
 *   last change of anything.
 *
 * Levels count from 1 here and from 0 there.
 */
export interface Signal {
  readonly kind: 'threshold_breach' | 'anomaly' | 'timeout' | 'other';
  /** 0 to 1. */
  readonly confidence: number;
  readonly suggested: Severity | null;
}

export interface AdviceFacts {
  readonly incident: Pick<
    Incident,
    'severity' | 'status' | 'escalationLevel' | 'createdAt' | 'acknowledgedAt' | 'resolvedAt' | 'sla'
  >;
  /** When it came to the state it is in. */
  readonly statusSince: Date;
  readonly lastEscalatedAt: Date | null;
  readonly signals: readonly Signal[];
  readonly at: Date;
}

export interface Part {
  readonly name: string;
  readonly points: number;
  readonly why: string;
}

export interface Advice {
  readonly decision: 'escalate' | 'deescalate' | 'maintain' | 'defer';
  /** 0 to 1. */
  readonly score: number;
  readonly parts: readonly Part[];
  /** A sentence. */
  readonly why: string;
  /** Escalating a P0 is for a person to say. */
  readonly needsApproval: boolean;
  /** Milliseconds until it is worth asking again. */
  readonly askAgainMs: number;
}

/** Contracts 2.5. */
const ASK_AGAIN: Record<Severity, number> = {
  P0: MINUTE,
  P1: 3 * MINUTE,
  P2: 5 * MINUTE,
  P3: 10 * MINUTE,
  P4: 30 * MINUTE,
};
const WEIGHTS = { acknowledgment: 0.3, resolution: 0.25, suggested: 0.3, confident: 0.15 } as const;
const BONUS: Record<Signal['kind'], number> = {
  threshold_breach: 0.15,
  anomaly: 0.1,
  timeout: 0.2,
  other: 0,
};
const CONFIDENT = 0.7;
const MOST_BY_CLOCK = 0.55;
const DEFER_MS = 5 * MINUTE;

export function advise(facts: AdviceFacts): Advice {
  const parts = [...clockParts(facts), ...causeParts(facts)].filter((it) => it.points !== 0);
  const sum = parts.reduce((all, { points }) => all + points, 0);
  // Hundredths: what is added up in binary is not exactly what the table says.
  const score = Math.round(Math.min(1, Math.max(0, sum)) * 100) / 100;
  const { decision, why } = decideBy(facts, score);
  const { severity } = facts.incident;
  const needsApproval = decision === 'escalate' && severity === 'P0';
  return { decision, score, parts, why, needsApproval, askAgainMs: ASK_AGAIN[severity] };
}

function decideBy(facts: AdviceFacts, score: number): Pick<Advice, 'decision' | 'why'> {
  const { incident, lastEscalatedAt, at } = facts;
  const { escalationLevel: level, severity, status } = incident;
  const scored = `the score is ${score.toFixed(2)}`;
  const sinceMs = lastEscalatedAt === null ? Infinity : at.getTime() - lastEscalatedAt.getTime();
  if (level >= MAX_LEVEL) return { decision: 'maintain', why: `It is at level ${MAX_LEVEL}, the highest.` };
  if (sinceMs < DEFER_MS) {
    return {
      decision: 'defer',
      why: `It was escalated ${lasting(sinceMs)} ago; look again after ${lasting(DEFER_MS)}.`,
    };
  }
  if (!isOpen({ status })) return { decision: 'maintain', why: 'It is over.' };
  if (score >= 0.8) return { decision: 'escalate', why: `Escalate it: ${scored}, and 0.80 is enough.` };
  if (score >= 0.5 && worst(facts)) {
    return { decision: 'escalate', why: `Escalate it: ${scored}, and a signal suggests a worse severity.` };
  }
  if (score <= 0.2 && level > 1 && severity !== 'P4' && status === 'IN_PROGRESS') {
    return { decision: 'deescalate', why: `De-escalate it: ${scored}, and somebody is at work on it.` };
  }
  return { decision: 'maintain', why: `Leave it at level ${level}: ${scored}.` };
}

/** What grows with the clock alone, with its cap as the last part. */
function clockParts({ incident, statusSince, lastEscalatedAt, at }: AdviceFacts): Part[] {
  const { createdAt, sla, resolvedAt } = incident;
  const [age, inState] = [minutesSince(createdAt, at), minutesSince(statusSince, at)];
  const escalated = lastEscalatedAt && minutesSince(lastEscalatedAt, at);
  const parts: Part[] = [
    { name: 'age', points: step(age, [5, 15, 30, 60]), why: `opened ${said(age)} ago` },
    { name: 'time in state', points: step(inState, [3, 10, 20, 40]), why: `${said(inState)} in this state` },
  ];
  if (escalated !== null) {
    const points = step(escalated, [5, 10, 20, 40]);
    parts.push({ name: 'since escalation', points, why: `escalated ${said(escalated)} ago` });
  }
  if (sla.resolutionDeadline && !resolvedAt) {
    const left = -minutesSince(sla.resolutionDeadline, at);
    const why = left <= 0 ? `the resolution is late by ${said(-left)}` : `${said(left)} left to resolve it`;
    parts.push({ name: 'time left', points: urgencyOfTime(left), why });
    if (left <= 30) parts.push({ name: 'resolution promise', points: WEIGHTS.resolution, why });
  }
  const sum = parts.reduce((all, { points }) => all + points, 0);
  if (sum <= MOST_BY_CLOCK) return parts;
  const why = `time alone counts for ${MOST_BY_CLOCK} at most`;
  return [...parts, { name: 'cap on time', points: MOST_BY_CLOCK - sum, why }];
}

function causeParts(facts: AdviceFacts): Part[] {
  const { incident, signals, at } = facts;
  const { severity, sla, acknowledgedAt } = incident;
  const parts: Part[] = [{ name: 'severity', points: (4 - rank(severity)) * 0.05, why: `it is ${severity}` }];
  const deadline = sla.acknowledgmentDeadline;
  if (deadline && !acknowledgedAt && deadline <= at) {
    const why = `nobody has acknowledged it, ${said(minutesSince(deadline, at))} after it was promised`;
    parts.push({ name: 'acknowledgment promise', points: WEIGHTS.acknowledgment, why });
  }
  const suggested = worst(facts);
  if (suggested) {
    parts.push({
      name: 'suggested severity',
      points: WEIGHTS.suggested,
      why: `a signal suggests ${suggested}`,
    });
  }
  const alarming = signals.filter((it) => it.suggested !== null && rank(it.suggested) < rank(severity));
  const confident = alarming.filter((it) => it.confidence >= CONFIDENT);
  if (confident.length > 0) {
    const why = `${count(confident.length, 'signal')} of it with a confidence of ${CONFIDENT} or more`;
    parts.push({ name: 'confident signal', points: WEIGHTS.confident, why });
  }
  const strongest = alarming.toSorted((a, b) => BONUS[b.kind] - BONUS[a.kind])[0];
  if (strongest) {
    const why = `the signal is of the kind ${strongest.kind.replace('_', ' ')}`;
    parts.push({ name: 'kind of signal', points: BONUS[strongest.kind], why });
  }
  return parts;
}

/** The worst severity that a signal suggests, if that is worse than what it has. */
function worst({ incident, signals }: AdviceFacts): Severity | null {
  const worse = signals
    .flatMap(({ suggested }) => (suggested && rank(suggested) < rank(incident.severity) ? [suggested] : []))
    .toSorted((a, b) => rank(a) - rank(b));
  return worse[0] ?? null;
}

/** Below the first cut-off 0, then 0.1, 0.2, 0.3, and from the last on 0.4. */
function step(minutes: number, cuts: readonly number[]): number {
  return cuts.filter((cut) => minutes >= cut).length / 10;
}

/** Contracts 2.5, by the minutes that are left to resolve it. */
function urgencyOfTime(left: number): number {
  if (left <= 0) return 0.5;
  return [5, 15, 30, 60].filter((cut) => left < cut).length / 10;
}

function minutesSince(then: Date, at: Date): number {
  return (at.getTime() - then.getTime()) / MINUTE;
}

function said(minutes: number): string {
  return lasting(Math.max(0, minutes) * MINUTE);
}
