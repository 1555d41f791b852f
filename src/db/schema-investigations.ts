import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Selectable } from 'kysely';

import type { Actor } from '#src/incident/person.ts';
import type { Hypothesis } from '#src/llm/verify.ts';

/** What was looked into. */
export interface InvestigationsSchema {
  investigations: InvestigationTable;
  investigationMessages: InvestigationMessageTable;
}

/** `done`: looked into as far as it goes; `stopped`: by a person; `failed`: no model gave an answer. Rules did in all three. */
export type InvestigationState = 'queued' | 'running' | 'done' | 'stopped' | 'failed';

export type Judgement = 'right' | 'wrong' | 'partly';

/** jsonb that is empty at first. */
type Kept<T> = ColumnType<T, string | undefined, string>;

interface InvestigationTable {
  id: string;
  /** The order in which they were asked for. */
  seq: GeneratedAlways<number>;
  incident: number;
  service: string | null;
  state: InvestigationState;
  askedBy: JSONColumnType<Actor>;
  notes: Kept<readonly string[]>;
  /** How many of them the model was told. */
  notesTold: Generated<number>;
  steps: Kept<readonly StoredStep[]>;
  rules: Kept<readonly RuleAnswer[]>;
  hypotheses: Kept<readonly Hypothesis[]>;
  cited: Kept<readonly StoredFinding[]>;
  /** A clause. */
  why: string | null;
  model: string | null;
  tokens: Generated<number>;
  /** Null: not known. */
  usd: number | null;
  runs: Generated<number>;
  /** By a hypothesis' place, from 1. */
  verdicts: Kept<Readonly<Record<string, Verdict>>>;
  gradeByPeople: number | null;
  gradeAtClosure: number | null;
  createdAt: Date;
  begunAt: Date | null;
  endedAt: Date | null;
}
export type InvestigationRow = Selectable<InvestigationTable>;

/** Dates inside jsonb are ISO text. */
export interface StoredStep {
  readonly at: string;
  readonly tool: string;
  readonly outcome: string;
}

export interface StoredFinding {
  readonly id: string;
  readonly at: string | null;
  readonly about: string | null;
  readonly text: string;
}

/** A cause that rules named. */
export interface RuleAnswer {
  /** What it is, in words: `payments-db`, `the deploy "v2.3" of checkout`. */
  readonly cause: string;
  readonly confidence: string;
  readonly why: string;
}

interface Verdict {
  readonly says: Judgement;
  /** The person's id. */
  readonly by: string;
  readonly at: string;
}

interface InvestigationMessageTable {
  investigation: string;
  platform: string;
  room: string;
  /** Null: not posted yet, or deleted by somebody. */
  message: string | null;
  /** A digest of what it was last seen to show; null where that is not certain. */
  shown: string | null;
  lost: Generated<number>;
  /** Steps that were told below it. */
  told: Generated<number>;
}
export type InvestigationMessageRow = Selectable<InvestigationMessageTable>;
