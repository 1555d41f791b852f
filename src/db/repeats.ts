import { sql } from 'kysely';

import type { AlertEventWrite } from './alerts.ts';
import type { Db } from './schema.ts';

/** An alert as this batch repeats it; what identifies it is by definition what is stored. */
export interface RepeatWrite {
  readonly fingerprint: string;
  readonly severity: string;
  /** The names it fires under in this batch. */
  readonly copies: readonly string[];
  readonly title: string;
}

/** What one message was: a repeat of an alert that fires in an open incident. */
export interface Repeat {
  readonly id: string;
  readonly incident: number;
  readonly incidentId: string;
  readonly duplicateOf: string;
  /** A timer was set: whoever waits for timers has to look. */
  readonly wakes: boolean;
}

/**
 * The short way for what most messages are in a storm: alerts that fire in an
 * open incident, as they were, and fire again. One statement records the
 * messages, counts them, and has the cards drawn again. Messages that are
 * anything else, or came before, are left alone and are not among the answers.
 *
 * It waits for alerts only. Groups that somebody holds it does not touch, since
 * others take groups before alerts.
 */
export async function recordRepeats(
  db: Db,
  alerts: readonly RepeatWrite[],
  events: readonly AlertEventWrite[],
  when: { readonly now: Date; readonly drawAt: Date; readonly touchBefore: Date },
): Promise<Repeat[]> {
  if (events.length === 0) return [];
  const { now, drawAt, touchBefore } = when;
  const { rows } = await sql<Repeat>`
    with said as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(alerts)}::jsonb)
        as said(fingerprint text, severity text, copies jsonb, title text)
    ), held as materialized (
      select alerts.fingerprint, alerts.incident, alerts.fired_by, alerts.group_key
      from alerts join said on said.fingerprint = alerts.fingerprint
      where alerts.state = 'firing' and alerts.severity = said.severity and alerts.copies @> said.copies
        and exists (
          select 1 from incidents where number = alerts.incident and status not in ('RESOLVED', 'CLOSED')
        )
      order by alerts.fingerprint for update of alerts
    ), written as (
      insert into alert_events
        (id, external_id, source, fingerprint, incident, duplicate, duplicate_of, state, severity, alert, payload, at, received_at)
      select id, "externalId", source, it.fingerprint, held.incident, true, held.fired_by, 'firing', severity, alert, payload, at, "receivedAt"
      from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as it(
        id uuid, "externalId" text, source text, fingerprint text, severity text, alert jsonb, payload jsonb,
        at timestamptz, "receivedAt" timestamptz)
      join held on held.fingerprint = it.fingerprint
      on conflict (source, external_id) where external_id is not null do nothing
      returning id, incident, duplicate_of, fingerprint
    ), counted as (
      update alerts set times = alerts.times + of_it.times, last_at = ${now}, title = said.title
      from said join (select fingerprint, count(*)::int as times from written group by fingerprint) as of_it
        on of_it.fingerprint = said.fingerprint
      where alerts.fingerprint = said.fingerprint
    ), touched as (
      update alert_groups set touched_at = ${now} where key in (
        select key from alert_groups where key in (select group_key from held) and touched_at < ${touchBefore}
        for update skip locked
      )
    ), woken as (
      insert into timers (key, kind, incident, due_at)
      select 'card-refresh-' || incident, 'card-refresh', incident, ${drawAt}
      from (select distinct incident from written) as of_it order by 1
      on conflict (key) do nothing returning 1
    )
    select written.id, written.incident, incidents.id as incident_id, written.duplicate_of,
      exists (select 1 from woken) as wakes
    from written join incidents on incidents.number = written.incident`.execute(db);
  return rows;
}
