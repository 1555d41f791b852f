import type { Reader } from './schema.ts';

/** The past incident that this one is clearly like, for whoever sees its card; the last that was found holds. */
export async function saveLikeness(r: Reader, incident: number, past: number, now: Date): Promise<void> {
  const known = r
    .selectFrom('incidentMemories')
    .select((it) => [
      it.val(incident).as('incident'),
      it.ref('incidentMemories.incident').as('past'),
      it.val(now).as('foundAt'),
    ])
    .where('incident', '=', past);
  await r
    .insertInto('incidentLikenesses')
    .columns(['incident', 'past', 'foundAt'])
    .expression(known)
    .onConflict((it) => it.column('incident').doUpdateSet({ past, foundAt: now }))
    .execute();
}
