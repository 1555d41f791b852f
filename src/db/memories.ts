import { sql } from 'kysely';

import { described, tellingLabels, type Described } from '#src/search/likeness.ts';
import { wordsOf } from '#src/search/words.ts';

import { findIncident } from './incidents.ts';
import type { Db, Reader, Tx } from './schema.ts';

/**
 * Remembers an incident as it now is, or forgets it, by what is true of it. It is remembered while it is
 * resolved or closed and a person did that: what ended by its alerts alone nobody has confirmed, and whoever can
 * send alerts could have us remember anything. A duplicate is part of the other one. Safe to repeat. Answers whether
 * it is remembered.
 */
export async function remember(tx: Tx, number: number): Promise<boolean> {
  const incident = await findIncident(tx, number);
  const isOver = incident.status === 'RESOLVED' || incident.status === 'CLOSED';
  const overAt = incident.resolvedAt ?? incident.closedAt;
  if (!isOver || !overAt || incident.duplicateOf !== null || !(await endedByPerson(tx, number))) {
    await tx.deleteFrom('incidentMemories').where('incident', '=', number).execute();
    return false;
  }
  const { rootCause, notes, playbookUsed } = incident.resolution ?? {};
  const { service, rules, text } = await describe(tx, number, [rootCause, notes, playbookUsed]);
  const fix = [notes, playbookUsed].filter((it) => it).join('; ') || null;
  const lastedMs = Math.max(0, overAt.getTime() - incident.detectedAt.getTime());
  await sql`
    insert into incident_memories (incident, service, rules, text, words, cause, fix, over_at, lasted_ms)
    values (${number}, ${service}, ${rules}::text[], ${text}, ${wordsOf(text).join(' ')}, ${rootCause ?? null}, ${fix}, ${overAt}, ${lastedMs})
    on conflict (incident) do update set service = excluded.service, rules = excluded.rules, text = excluded.text,
      words = excluded.words, cause = excluded.cause, fix = excluded.fix, over_at = excluded.over_at,
      lasted_ms = excluded.lasted_ms,
      model = case when incident_memories.text = excluded.text then incident_memories.model end,
      dimensions = case when incident_memories.text = excluded.text then incident_memories.dimensions end,
      vector = case when incident_memories.text = excluded.text then incident_memories.vector end`.execute(
    tx,
  );
  return true;
}

/** The last time that it ended since it was last opened: was it a person, be it that they only closed it. */
async function endedByPerson(tx: Tx, number: number): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (
      select from incident_events where incident = ${number} and type in ('incident.resolved', 'incident.closed')
        and actor ->> 'type' = 'user'
        and seq > coalesce((select max(seq) from incident_events
          where incident = ${number} and type = 'incident.reopened'), 0)
    ) as yes`.execute(tx);
  return rows[0]?.yes ?? false;
}

/** What an incident says of itself: title, service, the rules of its alerts, labels that tell where it is. Throws `not_found`. */
export async function describe(
  r: Reader,
  number: number,
  more: readonly (string | null | undefined)[] = [],
): Promise<Described> {
  const { title, description, resource } = await findIncident(r, number);
  const alerts = await r
    .selectFrom('alerts')
    .select(['rule', 'service', 'labels'])
    .where('incident', '=', number)
    .orderBy('firstAt')
    .orderBy('fingerprint')
    .limit(MOST_ALERTS)
    .execute();
  const rules = [...new Set(alerts.map(({ rule }) => rule))].slice(0, MOST_RULES);
  const service =
    alerts.find((it) => it.service !== null)?.service ??
    (resource?.type === 'service' ? resource.name : null);
  const labels = tellingLabels(alerts.map((it) => it.labels));
  const said = [...more, description].map((it) => it ?? null);
  return { service, rules, text: described({ title, service, rules, labels, more: said }) };
}

/** A storm is described by its first alerts. */
const MOST_ALERTS = 100;
const MOST_RULES = 20;

export interface Unembedded {
  readonly incident: number;
  readonly text: string;
}

/** Some of those that have no vector of this model and length, oldest incident first. `withPrivate`: also of those that are not for everybody. */
export async function unembedded(
  r: Reader,
  {
    model,
    dimensions,
    withPrivate,
    limit,
  }: {
    readonly model: string;
    readonly dimensions: number;
    readonly withPrivate: boolean;
    readonly limit: number;
  },
): Promise<Unembedded[]> {
  const { rows } = await sql<Unembedded>`
    select m.incident, m.text from incident_memories as m join incidents as i on i.number = m.incident
    where (m.model is distinct from ${model} or m.dimensions <> ${dimensions})
      and (${withPrivate} or not i.is_private)
    order by m.incident limit ${limit}`.execute(r);
  return rows;
}

/** Keeps vectors of texts; one whose text has changed meanwhile is left for the next time. */
export async function keepVectors(
  db: Db,
  model: string,
  vectors: readonly {
    readonly incident: number;
    readonly text: string;
    readonly vector: readonly number[];
  }[],
): Promise<void> {
  await sql`
    update incident_memories as m set model = ${model}, vector = it.vector, dimensions = cardinality(it.vector)
    from (
      select incident, text, array(select jsonb_array_elements_text(vector)::real) as vector
      from jsonb_to_recordset(${JSON.stringify(vectors)}::jsonb) as it(incident bigint, text text, vector jsonb)
    ) as it
    where m.incident = it.incident and m.text = it.text`.execute(db);
}

/** Whether anything is remembered at all; in a new installation nothing is. */
export async function anyRemembered(r: Reader): Promise<boolean> {
  return (await r.selectFrom('incidentMemories').select('incident').limit(1).execute()).length > 0;
}

/** How many are remembered, and how many of them have a vector of this model. */
export async function rememberedCount(
  r: Reader,
  model: string,
): Promise<{ remembered: number; embedded: number }> {
  const { remembered, embedded } = await r
    .selectFrom('incidentMemories')
    .select(({ fn }) => [
      fn.countAll<number>().as('remembered'),
      fn.countAll<number>().filterWhere('model', '=', model).as('embedded'),
    ])
    .executeTakeFirstOrThrow();
  return { remembered, embedded };
}
