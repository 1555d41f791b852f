import type { Insertable, Selectable } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import type { CoverRequestTable } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

export type CoverRequest = Selectable<CoverRequestTable>;

export async function addCoverRequest(tx: Tx, request: Insertable<CoverRequestTable>): Promise<void> {
  await tx.insertInto('coverRequests').values(request).execute();
}

/** Null where there is none of this id. */
export async function findCoverRequest(r: Reader, id: string): Promise<CoverRequest | null> {
  const row = await r.selectFrom('coverRequests').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Those that nobody has taken and that are not over, and of which this person may know, the first to begin first. */
export async function openCoverRequests(
  r: Reader,
  { now, person, limit }: { readonly now: Date; readonly person: PersonId; readonly limit: number },
): Promise<CoverRequest[]> {
  return await r
    .selectFrom('coverRequests')
    .selectAll()
    .where('takenBy', 'is', null)
    .where('declinedAt', 'is', null)
    .where('endsAt', '>', now)
    .where((it) =>
      it.or([it('offeredTo', 'is', null), it('offeredTo', '=', person), it('person', '=', person)]),
    )
    .orderBy('startsAt')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Who alone was asked will not. */
export async function declineCoverRequest(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.updateTable('coverRequests').set({ declinedAt: at }).where('id', '=', id).execute();
}

/** Somebody has it, for these times; whoever changes it holds the lock of the setup. */
export async function takeCoverRequest(
  tx: Tx,
  id: string,
  taken: { readonly by: PersonId; readonly at: Date; readonly start: Date; readonly end: Date },
): Promise<void> {
  const { by, at, start, end } = taken;
  await tx
    .updateTable('coverRequests')
    .set({ takenBy: by, takenAt: at, startsAt: start, endsAt: end })
    .where('id', '=', id)
    .execute();
}
