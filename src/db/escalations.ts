import { sql } from 'kysely';

import type { EscalationRun } from '#src/paging/run.ts';

import type { Reader, Tx } from './schema.ts';

/** An incident's escalation, and the `seq` of the last event that it acted on. */
export interface StoredRun {
  readonly run: EscalationRun;
  readonly seen: number;
}

/** Null where the incident has none. Its incident is locked by whoever means to change it. */
export async function findRun(r: Reader, incident: number): Promise<StoredRun | null> {
  const row = await r
    .selectFrom('escalations')
    .select(['run', 'seen'])
    .where('incident', '=', incident)
    .executeTakeFirst();
  return row ?? null;
}

export async function saveRun(tx: Tx, { run, seen }: StoredRun, now: Date): Promise<void> {
  const row = { run: JSON.stringify(run), seen, updatedAt: now };
  await tx
    .insertInto('escalations')
    .values({ incident: run.incident, ...row })
    .onConflict((it) => it.column('incident').doUpdateSet(row))
    .execute();
  await saveTurns(tx, run.turns);
}

/** Whose turn it is at each round-robin level, over all incidents. */
export async function turnsOf(r: Reader): Promise<Record<string, number>> {
  const rows = await r.selectFrom('escalationTurns').selectAll().execute();
  return Object.fromEntries(rows.map(({ key, turns }) => [key, turns]));
}

async function saveTurns(tx: Tx, turns: EscalationRun['turns']): Promise<void> {
  const rows = Object.entries(turns).map(([key, count]) => ({ key, turns: count }));
  if (rows.length === 0) return;
  await tx
    .insertInto('escalationTurns')
    .values(rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
    .onConflict((it) =>
      it.column('key').doUpdateSet({ turns: sql`greatest(escalation_turns.turns, excluded.turns)` }),
    )
    .execute();
}

/** How many open incidents each person has, and how often each was paged since. */
export async function loadsOf(
  r: Reader,
  since: Date,
): Promise<ReadonlyMap<string, { readonly openIncidents: number; readonly recentPages: number }>> {
  const { rows } = await sql<{ id: string; openIncidents: number; recentPages: number }>`
    select id,
      (select count(*) from incidents where assignee = people.id and status not in ('RESOLVED', 'CLOSED')) as open_incidents,
      (select count(*) from pages
        where recipient_kind = 'person' and recipient = people.id and requested_at > ${since}) as recent_pages
    from people where active`.execute(r);
  return new Map(rows.map(({ id, ...load }) => [id, load]));
}
