import { sql } from 'kysely';

import type { Incident } from '#src/incident/incident.ts';
import type { Lesson, LessonField } from '#src/incident/lesson.ts';

import type { CorrectionRow, LessonRow } from './schema-lessons.ts';
import type { Reader, Tx } from './schema.ts';

/** Those that hold for the alerts of these rules. */
export async function lessonsFor(r: Reader, rules: readonly string[]): Promise<Lesson[]> {
  if (rules.length === 0) return [];
  return await r
    .selectFrom('lessons')
    .select(['id', 'source', 'rule', 'service', 'field', 'value'])
    .where('rule', '=', sql<string>`any(${rules}::text[])`)
    .where('forgottenAt', 'is', null)
    .orderBy('id')
    .execute();
}

export interface LessonCount extends LessonRow {
  /** Incidents that it changed, and those of them where people then said otherwise. */
  readonly uses: number;
  readonly overruled: number;
}

/** Those that hold, the newest first, with how they did. */
export async function listLessons(r: Reader): Promise<LessonCount[]> {
  return await r
    .selectFrom('lessons')
    .selectAll()
    .select((it) => [
      it
        .selectFrom('lessonUses')
        .whereRef('lessonUses.lesson', '=', 'lessons.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('uses'),
      it
        .selectFrom('lessonUses')
        .whereRef('lessonUses.lesson', '=', 'lessons.id')
        .where('overruled', '=', true)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('overruled'),
    ])
    .where('forgottenAt', 'is', null)
    .orderBy('madeAt', 'desc')
    .orderBy('id')
    .execute();
}

/** Puts it in place of what held for the same; answers whether it says anything new. */
export async function saveLesson(tx: Tx, lesson: Omit<LessonRow, 'forgottenAt'>): Promise<boolean> {
  // Two people may teach the same at one moment, and where nothing held before there is no row to wait for.
  await sql`select pg_advisory_xact_lock(hashtextextended('lessons', 0))`.execute(tx);
  const before = await tx
    .selectFrom('lessons')
    .select(['id', 'value'])
    .where('source', '=', lesson.source)
    .where('rule', '=', lesson.rule)
    .where((it) => (lesson.service === null ? it('service', 'is', null) : it('service', '=', lesson.service)))
    .where('field', '=', lesson.field)
    .where('forgottenAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (before?.value === lesson.value) return false;
  if (before) await forgetLesson(tx, before.id, lesson.madeAt);
  await tx
    .insertInto('lessons')
    .values({ ...lesson, forgottenAt: null })
    .execute();
  return true;
}

/** False where none of this id holds. */
export async function forgetLesson(r: Reader, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await r
    .updateTable('lessons')
    .set({ forgottenAt: at })
    .where('id', '=', id)
    .where('forgottenAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function saveUses(
  tx: Tx,
  uses: readonly { readonly lesson: string; readonly incident: number; readonly at: Date }[],
): Promise<void> {
  if (uses.length === 0) return;
  await tx
    .insertInto('lessonUses')
    .values([...uses])
    .onConflict((it) => it.doNothing())
    .execute();
}

/** The last word of people on a field of an incident; what was learned and said otherwise is overruled there. */
export async function saveCorrection(tx: Tx, row: CorrectionRow): Promise<void> {
  await tx
    .insertInto('corrections')
    .values(row)
    .onConflict((it) => it.columns(['incident', 'field']).doUpdateSet(row))
    .execute();
  await sql`
    update lesson_uses set overruled = (lessons.value <> ${row.value})
    from lessons
    where lessons.id = lesson_uses.lesson and lesson_uses.incident = ${row.incident} and lessons.field = ${row.field}`.execute(
    tx,
  );
}

/** The newest open incident of the same environment, not private, with an alert of a rule that people merged incidents of this one into. */
export async function repeatedBy(
  r: Reader,
  { rule, source }: Pick<Lesson, 'rule' | 'source'>,
  { number, environment }: Pick<Incident, 'number' | 'environment'>,
): Promise<number | null> {
  const row = await r
    .selectFrom('lessons')
    .innerJoin('alerts', 'alerts.rule', 'lessons.value')
    .innerJoin('incidents', 'incidents.number', 'alerts.incident')
    .select('incidents.number')
    .where('lessons.rule', '=', rule)
    .where('lessons.source', '=', source)
    .where('lessons.field', '=', 'duplicate')
    .where('lessons.forgottenAt', 'is', null)
    .where('incidents.status', 'not in', ['RESOLVED', 'CLOSED'])
    .where('incidents.isPrivate', '=', false)
    .where('incidents.environment', '=', environment)
    .where('incidents.number', '<>', number)
    .orderBy('incidents.number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.number ?? null;
}

/** What people last said of a field of a rule's incidents, the latest first. */
export async function correctionsOf(
  r: Reader,
  of: Pick<CorrectionRow, 'source' | 'rule' | 'service'> & { readonly field: LessonField },
  most: number,
): Promise<CorrectionRow[]> {
  return await r
    .selectFrom('corrections')
    .selectAll()
    .where('source', '=', of.source)
    .where('rule', '=', of.rule)
    .where('field', '=', of.field)
    .where((it) => (of.service === null ? it('service', 'is', null) : it('service', '=', of.service)))
    .orderBy('at', 'desc')
    .orderBy('incident', 'desc')
    .limit(most)
    .execute();
}
