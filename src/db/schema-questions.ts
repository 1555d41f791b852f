import type { ColumnType, JSONColumnType, Selectable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';
import type { QuerySpec } from '#src/questions/spec.ts';

/** Questions that are asked again. */
export interface QuestionsSchema {
  digests: DigestTable;
}

interface DigestTable {
  id: string;
  person: PersonId;
  question: string;
  spec: JSONColumnType<QuerySpec>;
  every: ColumnType<'day' | 'week' | 'month'>;
  day: number | null;
  /** `09:00`, by the clocks of the person. */
  atTime: string;
  platform: string | null;
  room: string | null;
  createdAt: Date;
  nextAt: Date;
  lastAt: Date | null;
  stoppedAt: Date | null;
  why: string | null;
}
export type DigestRow = Selectable<DigestTable>;
