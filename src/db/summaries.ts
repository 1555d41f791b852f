import type { PersonId } from '#src/incident/person.ts';
import type { PostMortem } from '#src/llm/tasks/post-mortem.ts';

import type { PostMortemDraftRow, SummaryRow } from './schema-summaries.ts';
import type { Reader } from './schema.ts';

/** What a model last wrote of an incident; null where none did. */
export async function findSummary(r: Reader, incident: number): Promise<SummaryRow | null> {
  const row = await r.selectFrom('summaries').selectAll().where('incident', '=', incident).executeTakeFirst();
  return row ?? null;
}

/** Keeps it unless a later one is kept already. */
export async function saveSummary(r: Reader, { value, ...row }: SummaryRow): Promise<void> {
  const all = { ...row, value: JSON.stringify(value) };
  await r
    .insertInto('summaries')
    .values(all)
    .onConflict((it) => it.column('incident').doUpdateSet(all).where('summaries.upTo', '<=', row.upTo))
    .execute();
}

export async function findDraft(r: Reader, incident: number): Promise<PostMortemDraftRow | null> {
  const row = await r
    .selectFrom('postMortemDrafts')
    .selectAll()
    .where('incident', '=', incident)
    .executeTakeFirst();
  return row ?? null;
}

/** A draft is wanted anew; one that is there stays until it is replaced. */
export async function askDraft(
  r: Reader,
  incident: number,
  { by, at }: { readonly by: PersonId | null; readonly at: Date },
): Promise<void> {
  const row = { incident, askedBy: by, askedAt: at };
  await r
    .insertInto('postMortemDrafts')
    .values({ ...row, madeAt: null, model: null, value: null })
    .onConflict((it) => it.column('incident').doUpdateSet(row))
    .execute();
}

export async function saveDraft(
  r: Reader,
  incident: number,
  draft: { readonly value: PostMortem; readonly model: string | null; readonly at: Date },
): Promise<void> {
  await r
    .updateTable('postMortemDrafts')
    .set({ value: JSON.stringify(draft.value), model: draft.model, madeAt: draft.at })
    .where('incident', '=', incident)
    .execute();
}
