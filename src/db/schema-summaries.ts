import type { JSONColumnType, Selectable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';
import type { PostMortem } from '#src/llm/tasks/post-mortem.ts';
import type { Summary } from '#src/llm/tasks/summary.ts';

/** What models wrote for people; part of `Schema`. */
export interface SummariesSchema {
  summaries: SummaryTable;
  postMortemDrafts: PostMortemDraftTable;
}

interface SummaryTable {
  incident: number;
  /** `seq` of the last event that it knows of. */
  upTo: number;
  madeAt: Date;
  model: string;
  value: JSONColumnType<Summary>;
}
export type SummaryRow = Selectable<SummaryTable>;

interface PostMortemDraftTable {
  incident: number;
  askedBy: PersonId | null;
  askedAt: Date;
  /** Null: it is being written. */
  madeAt: Date | null;
  /** Null: rules put it together. */
  model: string | null;
  value: JSONColumnType<PostMortem> | null;
}
export type PostMortemDraftRow = Selectable<PostMortemDraftTable>;
