import { sql } from 'kysely';

import type { Actor } from '#src/incident/person.ts';

import type { InvestigationMessageRow, InvestigationRow, StoredStep } from './schema-investigations.ts';
import type { Reader, RoomRow, Tx } from './schema.ts';

export type {
  InvestigationMessageRow,
  InvestigationRow,
  Judgement,
  StoredStep,
} from './schema-investigations.ts';

/** Of this incident, the latest first. */
export async function investigationsOf(r: Reader, incident: number): Promise<InvestigationRow[]> {
  return await r
    .selectFrom('investigations')
    .selectAll()
    .where('incident', '=', incident)
    .orderBy('seq', 'desc')
    .limit(20)
    .execute();
}

/** How many the program began of itself since then. */
export async function begunByItself(r: Reader, since: Date): Promise<number> {
  const { count } = await r
    .selectFrom('investigations')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('createdAt', '>=', since)
    .where(sql<string>`asked_by->>'type'`, '=', 'system')
    .executeTakeFirstOrThrow();
  return count;
}

/** The one that waits or runs; null where none does. There are never two. */
export async function openInvestigation(r: Reader, incident: number): Promise<InvestigationRow | null> {
  const row = await r
    .selectFrom('investigations')
    .selectAll()
    .where('incident', '=', incident)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return row ?? null;
}

/** Null where there is none of this id. */
export async function findInvestigation(r: Reader, id: string): Promise<InvestigationRow | null> {
  return (await r.selectFrom('investigations').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** One that waits to be begun. Under the incident's lock, after a look whether another is open. */
export async function addInvestigation(
  tx: Tx,
  it: Pick<InvestigationRow, 'id' | 'incident' | 'service' | 'createdAt'> & {
    readonly askedBy: Actor;
    readonly notes: readonly string[];
  },
): Promise<void> {
  await tx
    .insertInto('investigations')
    .values({
      ...it,
      state: 'queued',
      askedBy: JSON.stringify(it.askedBy),
      notes: JSON.stringify(it.notes),
      why: null,
      model: null,
      usd: null,
      gradeByPeople: null,
      gradeAtClosure: null,
      begunAt: null,
      endedAt: null,
    })
    .execute();
}

type Changing = Pick<
  InvestigationRow,
  | 'state'
  | 'notes'
  | 'rules'
  | 'hypotheses'
  | 'cited'
  | 'verdicts'
  | 'why'
  | 'model'
  | 'tokens'
  | 'usd'
  | 'gradeByPeople'
  | 'gradeAtClosure'
  | 'endedAt'
>;

/** Changes it; false where `in` says a state that it is not in any more. */
export async function changeInvestigation(
  r: Reader,
  id: string,
  { notes, rules, hypotheses, cited, verdicts, ...plain }: Partial<Changing>,
  { within, run }: { readonly within?: readonly InvestigationRow['state'][]; readonly run?: number } = {},
): Promise<boolean> {
  const kept = Object.entries({ notes, rules, hypotheses, cited, verdicts })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, JSON.stringify(value)]);
  const changed = await r
    .updateTable('investigations')
    .set({ ...plain, ...(Object.fromEntries(kept) as Record<string, string>) })
    .where('id', '=', id)
    .$if(within !== undefined, (it) => it.where('state', 'in', [...(within ?? [])]))
    .$if(run !== undefined, (it) => it.where('runs', '=', run ?? 0))
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/**
 * Begins it, or begins it again where a process died under it: what is left of that one may not write any more.
 * Null where it is over. Its notes are told with the first words. What was found before is not carried on: the model that knew it is gone.
 */
export async function takeUpInvestigation(
  r: Reader,
  id: string,
  now: Date,
): Promise<InvestigationRow | null> {
  const row = await r
    .updateTable('investigations')
    .set((it) => ({
      state: 'running' as const,
      runs: it('runs', '+', 1),
      begunAt: it.fn.coalesce('begunAt', it.val(now)),
      steps: '[]',
      notesTold: sql<number>`jsonb_array_length(notes)`,
    }))
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** Writes down what was looked at; answers what people asked for since, or null where this run is not wanted any more. */
export async function addSteps(
  r: Reader,
  { id, runs }: Pick<InvestigationRow, 'id' | 'runs'>,
  steps: readonly StoredStep[],
): Promise<readonly string[] | null> {
  const { rows } = await sql<{ notes: readonly string[] }>`
    update investigations set steps = investigations.steps || ${JSON.stringify(steps)}::jsonb,
      notes_told = jsonb_array_length(investigations.notes)
    from (select id, notes_told from investigations where id = ${id} for update) as before
    where investigations.id = before.id and state = 'running' and runs = ${runs}
    returning (
      select coalesce(jsonb_agg(note order by place), '[]')
      from jsonb_array_elements(notes) with ordinality as it (note, place)
      where place > before.notes_told
    ) as notes`.execute(r);
  return rows[0]?.notes ?? null;
}

/** What is remembered of its message on a platform; null where it has none. */
export async function investigationMessage(
  r: Reader,
  investigation: string,
  platform: string,
): Promise<InvestigationMessageRow | null> {
  const row = await r
    .selectFrom('investigationMessages')
    .selectAll()
    .where('investigation', '=', investigation)
    .where('platform', '=', platform)
    .executeTakeFirst();
  return row ?? null;
}

export async function saveInvestigationMessage(
  r: Reader,
  { investigation, platform, room }: { readonly investigation: string } & Pick<RoomRow, 'platform' | 'room'>,
  { message, shown, lost, told }: Pick<InvestigationMessageRow, 'message' | 'shown' | 'lost' | 'told'>,
): Promise<void> {
  const now = { message, shown, lost, told };
  await r
    .insertInto('investigationMessages')
    .values({ investigation, platform, room, ...now })
    .onConflict((it) => it.columns(['investigation', 'platform']).doUpdateSet({ room, ...now }))
    .execute();
}

/** How well the causes that one model named held, on one service. */
export interface Score {
  /** Null: rules alone. */
  readonly model: string | null;
  readonly service: string | null;
  readonly investigations: number;
  /** Ended without naming a cause. */
  readonly abstained: number;
  /** Named a cause, and it is known how right that was. */
  readonly graded: number;
  /** Of those, at least the cause itself was right (65 or 100). */
  readonly right: number;
  /** The sum of those whose cost is known; null: of none. */
  readonly usd: number | null;
}

/** Over those that ended in this time, the most first. What people said of one wins over what its closure says. */
export async function scores(
  r: Reader,
  since: Date,
  { by }: { readonly by: 'model' | 'service' },
): Promise<Score[]> {
  const service = by === 'service' ? sql`service` : sql`null::text`;
  const { rows } = await sql<Score>`
    select model, ${service} as service, count(*)::int as investigations,
      (count(*) filter (where jsonb_array_length(hypotheses) = 0))::int as abstained,
      (count(*) filter (where coalesce(grade_by_people, grade_at_closure) is not null))::int as graded,
      (count(*) filter (where coalesce(grade_by_people, grade_at_closure) >= 65))::int as right,
      sum(usd) as usd
    from investigations
    where state = 'done' and ended_at >= ${since}
    group by model, ${service}
    order by count(*) desc, model, 2
    limit 20`.execute(r);
  return rows;
}
