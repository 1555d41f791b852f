import { sql } from 'kysely';

import { eventKey } from './event-names.ts';
import type { Statements } from './one-connection.ts';
import type { Tx } from './schema.ts';

/** An alert as this batch repeats it; what identifies it is by definition what is stored. */
export interface RepeatedAlert {
  readonly fingerprint: string;
  readonly severity: string;
  /** The names it fires under in this batch. */
  readonly copies: readonly string[];
  readonly title: string;
}

/** One message that says it. */
export interface RepeatedMessage {
  readonly id: string;
  readonly externalId: string | null;
  readonly source: string;
  readonly fingerprint: string;
  /** What we read in it and what was sent, both as JSON; where another message says the same (`Like`) what is its own. */
  readonly alert: string;
  readonly payload: string;
  readonly at: Date;
}

/** Where an alert fires that was repeated. */
export interface Repeat {
  readonly incident: number;
  readonly incidentId: string;
  /** The message with which it began to fire. */
  readonly firedBy: string;
}

/** A message that is stored. */
export interface StoredMessage {
  readonly id: string;
  readonly receivedAt: Date;
}

export interface Repeats {
  /** By message; those that were anything else, or came before, are not among them. */
  readonly found: ReadonlyMap<string, Repeat>;
  /** A timer was set: whoever waits for timers has to look. */
  readonly wakes: boolean;
}

/** What divides values from each other; no JSON has it, and texts that have it must not come here. */
export const DIVIDER = '\u001F';

/**
 * The short way for what most messages are in a storm: alerts that fire in an
 * open incident, as they were, and fire again. One statement records the
 * messages, counts them, and has the cards drawn again. Messages that are
 * anything else, or came before, are left alone and are not among the answers.
 *
 * Null, and nothing is done, where `after` is not there any more: a database that lost the last it was told lost its
 * end, so who refers to messages names the last of them here.
 *
 * It waits for alerts only. Groups that somebody holds it does not touch, since
 * others take groups before alerts.
 *
 * The statement is the function `record_repeats` of migration 0039, and `has_alert_event` of 0034. Values go there as
 * texts of many, because taking arrays or one large JSON apart took longer than storing what was in them.
 */
export async function recordRepeats(
  db: Statements,
  alerts: readonly RepeatedAlert[],
  messages: readonly RepeatedMessage[],
  when: { readonly now: Date; readonly touchBefore: Date },
  after: StoredMessage | null,
): Promise<Repeats | null> {
  const said = alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const places = new Map(said.map((it, index) => [it.fingerprint, index]));
  const told = messages.filter((it) => places.has(it.fingerprint));
  if (told.length === 0) return { found: new Map(), wakes: false };
  const isThere = after ? sql`has_alert_event(${after.id}, ${after.receivedAt})` : sql`true`;
  const { rows } = await sql<{ answer: Answer | null }>`
    select case when ${isThere} then record_repeats(
      ${many(said, (it) => it.fingerprint)}, ${many(said, (it) => it.severity)},
      ${many(said, (it) => JSON.stringify(it.copies))}, ${many(said, (it) => it.title)},
      ${many(told, (it) => String(places.get(it.fingerprint)))}, ${many(told, (it) => it.id)},
      ${many(told, keyOf)}, ${many(told, (it) => it.externalId ?? '')}, ${many(told, (it) => it.source)},
      ${many(told, (it) => it.alert)}, ${many(told, (it) => it.payload)},
      ${many(told, (it) => it.at.toISOString())}, ${when.now}, ${when.touchBefore}
    ) end as answer`.execute(db);
  const answer = rows[0]?.answer ?? null;
  if (answer === null) return null;
  const { held = [], unwritten = [], wakes = false } = answer;
  const repeats = new Map(
    held.map(([place, incident, incidentId, firedBy]) => [place, { incident, incidentId, firedBy }]),
  );
  const before = new Set(unwritten);
  const found = new Map<string, Repeat>();
  for (const { id, fingerprint } of told) {
    const repeat = repeats.get(places.get(fingerprint) ?? -1);
    if (repeat && !before.has(id)) found.set(id, repeat);
  }
  return { found, wakes };
}

/**
 * Gives an incident's counts to another one. Its alerts have to be locked: then whoever counted a repeat of them has committed
 * that. It comes last in its transaction, because batches that put counts together wait for it. Both rows are locked in
 * the order in which they are put together.
 */
export async function moveRepeats(tx: Tx, from: number, to: number): Promise<void> {
  await sql`select fold_repeats()`.execute(tx);
  await sql`
    insert into incident_repeats (incident, times)
    select distinct incident, 0 from unnest(array[${from}, ${to}]::bigint[]) as incident order by incident
    on conflict (incident) do update set times = incident_repeats.times`.execute(tx);
  await sql`
    update incident_repeats set times = case when incident = ${to} then both_of.times else 0 end
    from (select sum(times) as times from incident_repeats where incident in (${from}, ${to})) as both_of
    where incident in (${from}, ${to})`.execute(tx);
}

interface Answer {
  /** By the place of the alert among those said. */
  readonly held?: readonly (readonly [
    place: number,
    incident: number,
    incidentId: string,
    firedBy: string,
  ])[];
  readonly unwritten?: readonly string[];
  readonly wakes?: boolean;
}

function many<T>(all: readonly T[], value: (it: T) => string): string {
  return all.map(value).join(DIVIDER);
}

function keyOf({ source, externalId }: RepeatedMessage): string {
  return externalId === null ? '' : eventKey({ source, externalId });
}
