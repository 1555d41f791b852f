import type { PersonId } from '#src/incident/person.ts';
import type { Hold } from '#src/oncall/schedule.ts';

import type { HandoffHoldRow } from './schema-handoffs.ts';
import type { Reader, Tx } from './schema.ts';
import { setMissing } from './timers.ts';

/** The shifts that nobody has taken yet, by their schedules. */
export async function openHolds(r: Reader): Promise<Map<string, Hold[]>> {
  const rows = await r
    .selectFrom('handoffHolds')
    .selectAll()
    .where('state', 'in', ['waiting', 'late'])
    .orderBy('startsAt')
    .orderBy('id')
    .execute();
  const grouped = Map.groupBy(rows, (it) => it.schedule);
  return new Map([...grouped].map(([schedule, all]) => [schedule, all.map(toHold)]));
}

export function toHold({ id, person, heldBy, startsAt, endsAt }: HandoffHoldRow): Hold {
  return { id, person, by: heldBy, start: startsAt, end: endsAt };
}

export async function addHolds(
  tx: Tx,
  holds: readonly Omit<HandoffHoldRow, 'state' | 'takenBy' | 'takenAt'>[],
): Promise<void> {
  if (holds.length === 0) return;
  const rows = holds.map((it) => ({ ...it, state: 'waiting' as const, takenBy: null, takenAt: null }));
  await tx.insertInto('handoffHolds').values(rows).execute();
}

/** The times by which those that wait are to be taken. */
export async function rearmHolds(tx: Tx): Promise<void> {
  const rows = await tx
    .selectFrom('handoffHolds')
    .select(['id', 'graceAt'])
    .where('state', '=', 'waiting')
    .execute();
  await setMissing(
    tx,
    'handoff-grace',
    rows.map(({ id, graceAt }) => ({ subject: id, at: graceAt })),
  );
}

/** Null where there is none of this id. */
export async function findHold(r: Reader, id: string): Promise<HandoffHoldRow | null> {
  const row = await r.selectFrom('handoffHolds').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Those of one hand-off; or, where none is named, those of a schedule that somebody can still take. */
export async function holdsOf(
  r: Reader,
  of: { readonly handoff: string } | { readonly schedule: string },
): Promise<HandoffHoldRow[]> {
  const all = r.selectFrom('handoffHolds').selectAll().orderBy('startsAt').orderBy('id');
  const some =
    'handoff' in of
      ? all.where('handoff', '=', of.handoff)
      : all.where('schedule', '=', of.schedule).where('state', 'in', ['waiting', 'late']);
  return await some.execute();
}

/** The schedules in which a shift waits for this person to take it. */
export async function schedulesWaitingFor(r: Reader, person: string): Promise<string[]> {
  const rows = await r
    .selectFrom('handoffHolds')
    .select('schedule')
    .distinct()
    .where('state', 'in', ['waiting', 'late'])
    .where('person', '=', person as PersonId)
    .orderBy('schedule')
    .execute();
  return rows.map(({ schedule }) => schedule);
}

/** Whoever changes it holds the lock of the setup. */
export async function settleHold(
  tx: Tx,
  id: string,
  end: Pick<HandoffHoldRow, 'state'> & Partial<Pick<HandoffHoldRow, 'takenBy' | 'takenAt'>>,
): Promise<void> {
  await tx.updateTable('handoffHolds').set(end).where('id', '=', id).execute();
}
