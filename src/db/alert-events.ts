import { sql, type RawBuilder } from 'kysely';

import { eventKey } from './event-names.ts';
import type { AlertEventRow, Reader, Tx } from './schema.ts';

/** What stands in `alert` where another message says the same: this one has its words, and these of its own. */
export interface Like {
  /** The id of that message. */
  readonly like: string;
  /** The payload too has only what is its own. */
  readonly ownPayload: boolean;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A message of a monitoring system with all it said, by our id; null when there is none. */
export async function findAlertEvent(r: Reader, id: string): Promise<AlertEventRow | null> {
  const row = await findStored(r, id);
  if (row === null || !isLike(row.alert)) return row;
  const { like, ownPayload, ...own } = row.alert;
  const whole = await findStored(r, like);
  if (whole === null) return row;
  const payload = ownPayload ? { ...whole.payload, ...row.payload } : row.payload;
  return { ...row, alert: { ...whole.alert, ...own }, payload };
}

function isLike(alert: object): alert is Like {
  return 'like' in alert;
}

async function findStored(r: Reader, id: string): Promise<AlertEventRow | null> {
  if (!UUID.test(id)) return null;
  const all = r.selectFrom('alertEvents').selectAll().where('id', '=', id);
  const at = timeIn(id);
  const near =
    at === null
      ? undefined
      : await all
          .where('receivedAt', '>=', new Date(at - NEAR_MS))
          .where('receivedAt', '<', new Date(at + NEAR_MS))
          .executeTakeFirst();
  // Ids that say no time, and clocks that jumped: every month is asked.
  return near ?? (await all.executeTakeFirst()) ?? null;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A message gets its id when it comes in, and waits no longer than this to be stored. */
const NEAR_MS = 24 * 3_600_000;

/** The time an id of version 7 begins with. */
function timeIn(id: string): number | null {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}

/** Messages that came before under the same sender's id; of those that are no longer kept the incident is not known. */
export async function seenBefore(
  tx: Tx,
  messages: readonly { readonly source: string; readonly externalId: string | null }[],
): Promise<{ id: string; source: string; externalId: string; incident: number | null }[]> {
  const named = namesOf(messages);
  if (named.length === 0) return [];
  const { rows } = await sql<{ key: string; id: string; incident: number | null }>`
    select names.key, names.event as id, alert_events.incident
    from alert_event_names as names
    left join alert_events on alert_events.id = names.event and alert_events.received_at = names.received_at
    where names.key = any(${named.map((it) => it.key)}::uuid[])`.execute(tx);
  const byKey = new Map(named.map(({ key, source, externalId }) => [key, { source, externalId }]));
  return rows.flatMap(({ key, ...row }) => {
    const name = byKey.get(key);
    return name ? [{ ...row, ...name }] : [];
  });
}

export interface AlertEventWrite {
  readonly id: string;
  readonly externalId: string | null;
  readonly source: string;
  readonly fingerprint: string;
  readonly incident: number | null;
  readonly duplicate: boolean;
  readonly duplicateOf: string | null;
  readonly state: string;
  readonly severity: string;
  readonly alert: unknown;
  readonly payload: unknown;
  readonly at: Date;
  readonly receivedAt: Date;
}

/** One statement for any number of messages. Answers how many went in: fewer, when another batch was first with the same sender's id. */
export async function insertAlertEvents(tx: Tx, events: readonly AlertEventWrite[]): Promise<number> {
  if (events.length === 0) return 0;
  const { rows } = await sql<{ written: number }>`
    with fresh as (
      ${claimNames(events)}
    ), written as (
      insert into alert_events
        (id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at)
      select id, "externalId", source, fingerprint, incident, duplicate, "duplicateOf", state, severity, alert, payload, at, "receivedAt"
      from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as it(
        id uuid, "externalId" text, source text, fingerprint text, incident bigint, duplicate boolean,
        "duplicateOf" uuid, state text, severity text, alert jsonb, payload jsonb, at timestamptz, "receivedAt" timestamptz)
      where "externalId" is null or id in (select event from fresh)
      returning 1
    ) select count(*)::int as written from written`.execute(tx);
  return rows[0]?.written ?? 0;
}

/**
 * Part of a statement: takes the senders' ids of messages, in one order by everybody, and has the `event` of each that
 * nobody had before. `only`: which of them, where it depends on what the statement found of their `fingerprint`.
 */
export function claimNames(
  events: readonly AlertEventWrite[],
  only: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  const named = namesOf(events);
  return sql`
    insert into alert_event_names (key, event, received_at)
    select key, event, received_at from unnest(
      ${named.map((it) => it.key)}::uuid[], ${named.map((it) => it.id)}::uuid[],
      ${named.map((it) => it.receivedAt)}::timestamptz[], ${named.map((it) => it.fingerprint)}::text[]
    ) as it(key, event, received_at, fingerprint)
    where ${only} order by key
    on conflict (key) do nothing
    returning event`;
}

/** Those that have an id of their sender's, with the keys under which it is kept. */
function namesOf<T extends { readonly source: string; readonly externalId: string | null }>(
  messages: readonly T[],
): (T & { readonly externalId: string; readonly key: string })[] {
  return messages.flatMap((it) => {
    const { source, externalId } = it;
    return externalId === null ? [] : [{ ...it, externalId, key: eventKey({ source, externalId }) }];
  });
}
