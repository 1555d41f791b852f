import { sql } from 'kysely';

import { eventKey } from './event-names.ts';
import type { Db } from './schema.ts';

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
  /** What we read in it and what was sent, both as JSON. */
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
 * It waits for alerts only. Groups that somebody holds it does not touch, since
 * others take groups before alerts.
 *
 * The statement is the function `record_repeats` of migration 0033. Values go there as texts of many, because
 * taking arrays or one large JSON apart took longer than storing what was in them.
 */
export async function recordRepeats(
  db: Db,
  alerts: readonly RepeatedAlert[],
  messages: readonly RepeatedMessage[],
  when: { readonly now: Date; readonly drawAt: Date; readonly touchBefore: Date },
): Promise<Repeats> {
  const said = alerts.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const places = new Map(said.map((it, index) => [it.fingerprint, index]));
  const told = messages.filter((it) => places.has(it.fingerprint));
  if (told.length === 0) return { found: new Map(), wakes: false };
  const { rows } = await sql<{ answer: Answer }>`
    select record_repeats(
      ${many(said, (it) => it.fingerprint)}, ${many(said, (it) => it.severity)},
      ${many(said, (it) => JSON.stringify(it.copies))}, ${many(said, (it) => it.title)},
      ${many(told, (it) => String(places.get(it.fingerprint)))}, ${many(told, (it) => it.id)},
      ${many(told, keyOf)}, ${many(told, (it) => it.externalId ?? '')}, ${many(told, (it) => it.source)},
      ${many(told, (it) => it.alert)}, ${many(told, (it) => it.payload)},
      ${many(told, (it) => it.at.toISOString())}, ${when.now}, ${when.drawAt}, ${when.touchBefore}
    ) as answer`.execute(db);
  const { held = [], unwritten = [], wakes = false } = rows[0]?.answer ?? {};
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
