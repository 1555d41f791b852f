import { createHash } from 'node:crypto';

import { sql } from 'kysely';

import type { EventType, IncidentEvent, LoggedEvent } from '#src/incident/events.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import { carried } from '#src/telemetry/trace.ts';

import type { IncidentEventRow, Reader, Tx } from './schema.ts';

/**
 * Writes what happened, in the same transaction as the change itself. The
 * incidents must be locked: each event carries the hash of the one before it,
 * so two writers of one incident have to take turns. `traces`: by incident, what it
 * came of, where that is not what is under way here.
 */
export async function appendEvents(
  tx: Tx,
  events: readonly IncidentEvent[],
  traces: ReadonlyMap<number, string> = NO_TRACES,
): Promise<void> {
  if (events.length === 0) return;
  const here = carried();
  const numbers = [...new Set(events.map((event) => event.incident))];
  const heads = await tx
    .selectFrom('incidents')
    .select(['number', 'chainPosition', 'chainHash'])
    .where('number', '=', sql<number>`any(${numbers}::bigint[])`)
    .execute();
  const chain = new Map(heads.map((it) => [it.number, { position: it.chainPosition, hash: it.chainHash }]));

  const rows = events.map((event) => {
    const head = chain.get(event.incident) ?? { position: 0, hash: '' };
    const next = { position: head.position + 1, hash: linkHash(head.hash, head.position + 1, event) };
    chain.set(event.incident, next);
    return {
      incident: event.incident,
      position: next.position,
      type: event.type,
      at: event.at,
      actor: JSON.stringify(event.by),
      data: JSON.stringify(event.data),
      hash: next.hash,
      dispatchedAt: null,
      trace: traces.get(event.incident) ?? here,
    };
  });
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await tx
      .insertInto('incidentEvents')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
  }
  await saveHeads(tx, chain);
}

const NO_TRACES: ReadonlyMap<number, string> = new Map();

/** A statement takes 65,535 values; an event has 9. */
const ROWS_AT_ONCE = 5000;

async function saveHeads(
  tx: Tx,
  chain: ReadonlyMap<number, { readonly position: number; readonly hash: string }>,
): Promise<void> {
  const heads = JSON.stringify([...chain].map(([number, head]) => ({ number, ...head })));
  await sql`
    update incidents set chain_position = head.position, chain_hash = head.hash
    from jsonb_to_recordset(${heads}::jsonb) as head(number bigint, position integer, hash text)
    where incidents.number = head.number`.execute(tx);
}

/** SHA-256 over the hash before it and the event with its keys in order; what `verifyChain` computes again. */
function linkHash(before: string, position: number, event: IncidentEvent): string {
  const { incident, type, at, by, data } = event;
  const text = canonical({ incident, position, type, at: at.toISOString(), by, data });
  return createHash('sha256').update(before).update('\n').update(text).digest('hex');
}

/** JSON with the keys of every object in order: jsonb keeps no order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}

/** An incident's events, oldest first; what people said in its rooms only where it is asked for. `after` is a `seq`. */
export async function eventsOf(
  r: Reader,
  incident: number,
  options: { readonly after?: number; readonly types?: readonly EventType[]; readonly limit?: number } = {},
): Promise<LoggedEvent[]> {
  let query = r.selectFrom('incidentEvents').selectAll().where('incident', '=', incident);
  if (options.after !== undefined) query = query.where('seq', '>', options.after);
  query = options.types
    ? query.where('type', '=', sql<string>`any(${options.types}::text[])`)
    : query.where('type', '<>', 'incident.said');
  if (options.limit !== undefined) query = query.limit(options.limit);
  return (await query.orderBy('position').execute()).map(toEvent);
}

/** Throws when there is none: events are never deleted. */
export async function findEvent(r: Reader, seq: number): Promise<LoggedEvent> {
  const row = await r
    .selectFrom('incidentEvents')
    .selectAll()
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow();
  return toEvent(row);
}

/**
 * Reads an incident's whole chain again. `brokenAt` is the first position whose
 * hash does not fit what stands there, where an event is missing, or where the
 * chain ends before its incident's head; null when all is as it was written.
 */
export async function verifyChain(
  r: Reader,
  incident: number,
): Promise<{ events: number; brokenAt: number | null }> {
  // One statement, so that an event appended meanwhile is in both or in neither.
  const rows = await r
    .selectFrom('incidents')
    .leftJoin('incidentEvents', 'incidentEvents.incident', 'incidents.number')
    .selectAll('incidentEvents')
    .select(['incidents.chainPosition', 'incidents.chainHash'])
    .where('incidents.number', '=', incident)
    .orderBy('incidentEvents.position')
    .execute();
  const [head] = rows;
  const events = rows.flatMap((row) => (row.seq === null ? [] : [toEvent(row as IncidentEventRow)]));
  let hash = '';
  for (const [index, event] of events.entries()) {
    hash = linkHash(hash, index + 1, event);
    if (event.position !== index + 1 || event.hash !== hash) {
      return { events: events.length, brokenAt: index + 1 };
    }
  }
  const whole = head?.chainPosition === events.length && head.chainHash === hash;
  return { events: events.length, brokenAt: whole ? null : events.length + 1 };
}

export function toEvent(row: IncidentEventRow): LoggedEvent {
  return {
    seq: row.seq,
    position: row.position,
    hash: row.hash,
    type: row.type,
    incident: row.incident as IncidentNumber,
    at: row.at,
    by: row.actor,
    data: row.data,
  } as LoggedEvent;
}
