import type { PersonId, TeamId } from './person.ts';

/** P0 critical (system down, breach), P1 high, P2 medium, P3 low, P4 informational. The first is the worst. */
export const SEVERITIES = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const STATUSES = ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED', 'RESOLVED', 'CLOSED'] as const;
export type Status = (typeof STATUSES)[number];

export const CATEGORIES = ['performance', 'security', 'availability', 'compliance', 'cost', 'other'] as const;
export type Category = (typeof CATEGORIES)[number];

export const ENVIRONMENTS = ['production', 'staging', 'development', 'qa'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** The short number people type: INC-42 is number 42. Never reused. */
export type IncidentNumber = number & { readonly __incident: true };

/** The long id, `INC-YYYYMMDD-XXXXX`: the UTC day it was opened and a five-digit sequence of that day. */
export type IncidentId = `INC-${string}-${string}`;

export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Deadlines are absent where the severity promises nothing (P4). */
export interface Sla {
  readonly acknowledgmentDeadline: Date | null;
  readonly resolutionDeadline: Date | null;
  readonly acknowledgmentBreached: boolean;
  readonly resolutionBreached: boolean;
}

export interface Resolution {
  readonly rootCause: string | null;
  readonly notes: string | null;
  readonly resolvedBy: string | null;
  readonly playbookUsed: string | null;
}

export interface Incident {
  readonly number: IncidentNumber;
  readonly id: IncidentId;
  readonly title: string;
  readonly description: string;
  readonly impact: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly category: Category;
  readonly environment: Environment;
  /** Which system told us, or `manual` when a person did. */
  readonly source: string;
  readonly sourceEventId: string | null;
  /** The group of alerts it stands for; null when a person declared it. */
  readonly groupKey: string | null;
  readonly fingerprint: string;
  readonly resource: Resource | null;
  readonly assignee: PersonId | null;
  readonly team: TeamId | null;
  /** commander, communications, scribe, or any word the team uses, to the person who holds it. */
  readonly roles: Readonly<Record<string, PersonId>>;
  /** Only those see it who work on it, its insiders, and admins. */
  readonly isPrivate: boolean;
  /** Who declared it, and who was invited. */
  readonly insiders: readonly PersonId[];
  /** 1 to 5; 1 is the first line. */
  readonly escalationLevel: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly sla: Sla;
  readonly resolution: Resolution | null;
  readonly related: readonly IncidentNumber[];
  readonly parent: IncidentNumber | null;
  readonly duplicateOf: IncidentNumber | null;
  /** The last thing told to people outside the room, and when they were promised the next. */
  readonly lastUpdate: string | null;
  readonly nextUpdateAt: Date | null;
  readonly postMortemUrl: string | null;
  /** When the monitored thing broke, as far as the alert says; the start of MTTD, MTTA and MTTR. */
  readonly detectedAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
}

/** `INC-42`, the name people see and type everywhere. */
export function shortName(number: number): string {
  return `INC-${number}`;
}

/** What people type for an incident (INC-42, 42, #42, or the long id), or null when it is none of them. */
export function parseRef(text: string): { readonly number: number } | { readonly id: string } | null {
  const short = /^(?:inc-|#)?(\d{1,9})$/i.exec(text.trim());
  if (short?.[1]) return { number: Number(short[1]) };
  const long = /^inc-(\d{8}-\d{5,9})$/i.exec(text.trim());
  return long?.[1] ? { id: `INC-${long[1]}` } : null;
}

/** True while people still owe it work: neither resolved nor closed. */
export function isOpen({ status }: { readonly status: Status }): boolean {
  return status !== 'RESOLVED' && status !== 'CLOSED';
}

/** Lower is worse: P0 is 0. */
export function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function worse(a: Severity, b: Severity): Severity {
  return rank(a) <= rank(b) ? a : b;
}
