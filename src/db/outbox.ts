import { sql } from 'kysely';

import type { EventType } from '#src/incident/events.ts';

import type { Reader, Tx } from './schema.ts';

/** What the relay needs to know of an event; the rest is read when a reaction runs. */
export interface ClaimedEvent {
  readonly seq: number;
  readonly incident: number;
  readonly type: EventType;
  /** What it came of, as a W3C traceparent; null where that is not known. */
  readonly trace?: string | null;
}

/**
 * Marks the oldest events that nobody has dispatched and answers them, oldest
 * first: whoever commits has dispatched them, and a rollback gives them back.
 * Events that another relay holds are skipped.
 */
export async function claimEvents(tx: Tx, now: Date, limit: number): Promise<ClaimedEvent[]> {
  const { rows } = await sql<ClaimedEvent>`
    with waiting as (
      select seq from incident_events where dispatched_at is null
      order by seq limit ${limit} for update skip locked
    ), claimed as (
      update incident_events set dispatched_at = ${now} from waiting
      where incident_events.seq = waiting.seq
      returning incident_events.seq, incident_events.incident, incident_events.type, incident_events.trace
    )
    select seq, incident, type, trace from claimed order by seq`.execute(tx);
  return rows;
}

/** Events that no relay has handed to the queue yet. */
export async function undispatched(r: Reader): Promise<number> {
  const { count } = await r
    .selectFrom('incidentEvents')
    .select((it) => it.fn.countAll<number>().as('count'))
    .where('dispatchedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}
