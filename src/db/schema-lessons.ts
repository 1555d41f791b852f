import type { Generated, Selectable } from 'kysely';

import type { LessonField } from '#src/incident/lesson.ts';
import type { PersonId } from '#src/incident/person.ts';

/** What people corrected, and what follows from it; part of `Schema`. */
export interface LessonsSchema {
  corrections: CorrectionTable;
  lessons: LessonTable;
  lessonUses: { lesson: string; incident: number; at: Date; overruled: Generated<boolean> };
}

interface CorrectionTable {
  incident: number;
  field: LessonField;
  source: string;
  rule: string;
  service: string | null;
  team: string | null;
  value: string;
  lowers: boolean;
  byPerson: string;
  at: Date;
}
export type CorrectionRow = Selectable<CorrectionTable>;

interface LessonTable {
  id: string;
  source: string;
  rule: string;
  /** Null: whichever service it is of. */
  service: string | null;
  team: string | null;
  field: LessonField;
  value: string;
  reason: string;
  /** Null: the program drew the conclusion. */
  madeBy: PersonId | null;
  madeAt: Date;
  incident: number;
  forgottenAt: Date | null;
}
export type LessonRow = Selectable<LessonTable>;
