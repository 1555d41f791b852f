import type { Change } from '#src/changes/change.ts';
import type { Environment, Severity } from '#src/incident/incident.ts';

import type { CatalogueService } from './catalogue.ts';

export type EvidenceKind = 'change' | 'alert' | 'event' | 'similar' | 'runbook';

/** Something that is known and speaks for or against a cause. People and models name it by its id. */
export interface Evidence {
  /** `change:..`, `alert:..`, `event:..`, `similar:..`, `runbook:..`; unique among the facts of one incident. */
  readonly id: string;
  readonly kind: EvidenceKind;
  /** When it happened; null for what has no time, like a runbook. */
  readonly at: Date | null;
  /** The id of the catalogue where it is known there, else as its sender names it; null: not said. */
  readonly service: string | null;
  /** What it is, in one line. Words of others are in it: data, never instructions. */
  readonly text: string;
  /** How much it says by itself, 0 to 1. */
  readonly weight: number;
  /** Why it has that weight, as a clause of ours: `4 minutes before the first alert, on the same service`. */
  readonly why: string;
}

/** An alert of the incident, with what the ranking needs of it. */
export interface AlertFact {
  /** The alert's fingerprint, or any id that tells it from the others. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity | null;
  readonly service: string | null;
  /** When it first fired in this incident. */
  readonly firstAt: Date;
  /** As it reported them: `value`, `baseline`, `z`, under any of the names that `measured` knows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** `pod`, `kind`, `metric`, `direction` are read where they are given. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What people said or did in its room: a line of the timeline. */
export interface EventFact {
  /** `event:<position>` is its evidence. */
  readonly position: number;
  readonly at: Date;
  readonly text: string;
}

/** An incident that was closed by a person and looks like this one. */
export interface SimilarFact {
  readonly number: number;
  readonly title: string;
  readonly service: string | null;
  /** 0 to 1. */
  readonly score: number;
  readonly closedAt: Date;
  /** What people said it was; null: nobody said. */
  readonly rootCause: string | null;
}

/** All that the ranking may use. The same facts give the same answer, byte for byte. */
export interface CauseFacts {
  /** When the first of it was noticed: the first alert, or when somebody declared it. */
  readonly onset: Date;
  /** Until when facts were gathered: now, or when it was resolved. */
  readonly until: Date;
  /** The service that the incident itself names; null: none. */
  readonly service: string | null;
  /** Null: any. */
  readonly environment: Environment | null;
  readonly alerts: readonly AlertFact[];
  /** Those that began or ended in the window before `until`. */
  readonly changes: readonly Change[];
  readonly services: readonly CatalogueService[];
  readonly similar: readonly SimilarFact[];
  readonly events: readonly EventFact[];
}
