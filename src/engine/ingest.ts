import { crossLookups, identity, sameAlert } from '#src/alerts/identity.ts';
import { insertAlertEvents, seenBefore } from '#src/db/alert-events.ts';
import {
  countFiring,
  findGroupKeys,
  findTwins,
  lockAlerts,
  lockGroups,
  saveAlerts,
  saveGroups,
  type KnownAlertRow,
} from '#src/db/alerts.ts';
import { findStatuses, lockIncidents } from '#src/db/incidents.ts';
import type { Statements } from '#src/db/one-connection.ts';
import type { Tx } from '#src/db/schema.ts';
import { reopenedBefore } from '#src/db/storms.ts';
import {
  plan,
  type Incoming,
  type Known,
  type KnownAlert,
  type KnownGroup,
  type KnownIncident,
  type Plan,
  type Placed,
} from '#src/incident/grouping.ts';
import { isOpen, type IncidentId } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { eventIdsAt } from './event-id.ts';
import { lookAround, type Around } from './ingest-around.ts';
import { openAndChange, TOUCH_MS } from './ingest-effects.ts';
import { countMuted, silencersOf } from './ingest-mutes.ts';
import { takeRepeats } from './ingest-repeats.ts';
import { alertEventRow, alertRows } from './ingest-rows.ts';
import { withLessons } from './lessons.ts';
import { Overtaken, untilNotOvertaken } from './overtaken.ts';
import { name, prepare, type Ingested, type Named, type Prepared, type Received } from './prepared.ts';

export type { Ingested, Received } from './prepared.ts';

/**
 * Takes any number of alerts with a fixed number of statements: repeats of what
 * fires already in one, all else in one transaction that records each alert,
 * groups them into incidents, and opens, reopens and clears incidents. When it
 * returns, all of it is committed. When it throws, repeats may be: they were
 * said, and are counted.
 *
 * Locks are taken in one order by everybody (groups, alerts, incidents, each by
 * key), so batches wait for each other and never for ever. What another batch
 * committed in between, about a message or an alert that is new to this one,
 * makes this one start again.
 */
export async function ingest(
  ctx: Context,
  received: readonly Received[],
  { told = new Map(), pipeline = null, after }: How = {},
): Promise<Ingested[]> {
  const before = received.map((it) => told.get(it));
  const left = received.filter((_, index) => before[index] === undefined);
  const idOf = eventIdsAt(ctx.now());
  const named = left.map((it) => name(it, idOf(ctx.newId())));
  const { repeats, rest } = await untilNotOvertaken(() => takeRepeats(ctx, named, pipeline));
  for (const [index, it] of left.entries()) {
    const repeat = repeats.get(named[index]?.eventId ?? '');
    if (repeat) told.set(it, repeat);
  }
  if (rest.length > 0) await after;
  const others = rest.length === 0 ? [] : await ingestRest(ctx, rest);
  const results = new Map([...repeats, ...others]);
  const fresh = named.map(({ eventId }) => results.get(eventId)).values();
  return before.map((it) => it ?? fresh.next().value ?? nothing());
}

/** What became of messages though what was beside them failed: who tries those again must not say these again. */
export type Told = Map<Received, Ingested>;

export interface How {
  /** What became of some of them already is not done again; what becomes of the others is added. */
  readonly told?: Told;
  /** Where repeats go; the database by default. */
  readonly pipeline?: Statements | null;
  /** What is no repeat waits for it. */
  readonly after?: Promise<unknown> | undefined;
}

async function ingestRest(
  ctx: Context,
  named: readonly Named[],
): Promise<[eventId: string, result: Ingested | undefined][]> {
  const rest = named.map((it) => prepare(ctx, it));
  const surroundings: { around: Around | null } = { around: null };
  const done = await untilNotOvertaken(() =>
    ctx.db.transaction().execute((tx) => ingestOnce(ctx, tx, rest, surroundings)),
  );
  if (done.wakes) ctx.committed();
  return rest.map((it, index) => [it.eventId, done.results[index]]);
}

function nothing(): never {
  throw new Error('nothing became of a message');
}

async function ingestOnce(
  ctx: Context,
  tx: Tx,
  prepared: readonly Prepared[],
  surroundings: { around: Around | null },
) {
  const { around } = surroundings;
  const recognised = await inTheirGroups(tx, await recognise(tx, prepared));
  const nearby = [...(around?.near.values() ?? [])].flat();
  const keys = unique([...recognised.map((it) => it.groupKey), ...nearby]);
  const groups = await lockGroups(tx, keys, ctx.now());
  const { fresh: named, repeats } = await sortOut(tx, recognised);
  const alerts = await lockAlerts(tx, unique(named.map((it) => it.fingerprint)));
  if (!alerts.every((it) => groups.has(it.groupKey))) throw new Overtaken();

  const { known, ids } = await lookUp(tx, named, alerts, groups, around);
  // Read when all locks are held: what others did to these incidents lies before it.
  const now = ctx.now();
  const silencers = await silencersOf(tx, named, known, now);
  const seen = await withLessons(tx, named);
  const arriving = named.map((it, index) => ({
    ...incoming(it, silencers[index] ?? null),
    taught: seen[index]?.as.triage.severity ?? it.triage.severity,
    near: around?.near.get(it.fingerprint) ?? [],
    around: around?.parts.get(it.fingerprint) ?? null,
  }));
  const planned = plan(arriving, known, ctx.settings, now);
  if (around === null) {
    surroundings.around = await lookAround(tx, named, planned, ctx.settings, now);
    if (surroundings.around !== null) throw new Overtaken();
  }
  const { incidents, wakes } = await openAndChange(tx, seen, planned, now);
  const number = (place: number | null) => (place === null ? null : (incidents.get(place)?.number ?? place));

  const alertWrites = alertRows(named, planned, number, now);
  if ((await saveAlerts(tx, alertWrites)) < alertWrites.length) throw new Overtaken();
  await saveGroups(
    tx,
    [...planned.groups]
      .filter(([key, group]) => isNews(group, known.groups.get(key)))
      .map(([key, { place, touchedAt }]) => ({ key, incident: number(place), touchedAt })),
  );
  const rows = named.map((it, index) => alertEventRow(it, placedAt(planned, index), number, now));
  if ((await insertAlertEvents(tx, rows)) < rows.length) throw new Overtaken();
  if (!(await countMuted(tx, planned, silencers, now))) throw new Overtaken();

  const results = new Map<string, Omit<Ingested, 'incidentId'>>(repeats);
  for (const row of rows) {
    results.set(row.id, {
      eventId: row.id,
      status: row.duplicate ? 'duplicate' : 'accepted',
      duplicateOf: row.duplicateOf,
      incident: row.incident,
    });
  }
  for (const it of incidents.values()) ids.set(it.number, it.id);
  await findMissing(tx, [...results.values()], ids);
  return { wakes, results: prepared.map((it) => withId(results, it.eventId, ids)) };
}

/** Messages that came before, in an earlier batch or in this one, and those that did not. */
async function sortOut(tx: Tx, prepared: readonly Prepared[]) {
  const seen = await seenBefore(
    tx,
    prepared.map((it) => ({ source: it.alert.source, externalId: it.alert.eventId })),
  );
  const first = new Map(seen.map((it) => [`${it.source}\n${it.externalId}`, it]));
  const inBatch = new Map<string, string>();
  const fresh: Prepared[] = [];
  const repeats: [string, Omit<Ingested, 'incidentId'>][] = [];
  for (const it of prepared) {
    const key = it.alert.eventId === null ? null : `${it.alert.source}\n${it.alert.eventId}`;
    const before = key === null ? undefined : first.get(key);
    const twin = key === null ? undefined : inBatch.get(key);
    if (before) {
      repeats.push([
        it.eventId,
        { eventId: before.id, status: 'duplicate', duplicateOf: before.id, incident: before.incident },
      ]);
    } else if (twin === undefined) {
      if (key !== null) inBatch.set(key, it.eventId);
      fresh.push(it);
    } else {
      repeats.push([it.eventId, { eventId: twin, status: 'duplicate', duplicateOf: twin, incident: null }]);
    }
  }
  return { fresh, repeats };
}

/** An alert that came another way before (the same one by Grafana and by e-mail) goes under the name it has. */
async function recognise(tx: Tx, prepared: readonly Prepared[]): Promise<Prepared[]> {
  const lookups = prepared.map((it) => crossLookups(it.alert));
  const twins = Map.groupBy(await findTwins(tx, unique(lookups.flat())), (it) => it.crossKey);
  if (twins.size === 0) return [...prepared];
  const identities = new Map([...twins.values()].flat().map((it) => [it, identity(it.about)]));
  return prepared.map((it, index) => {
    const candidates = (lookups[index] ?? []).flatMap((key) => twins.get(key) ?? []);
    const twin = candidates.find((other) =>
      // Of one source only the identity counts, and that is cheap to compare.
      other.about.source === it.alert.source
        ? identities.get(other) === it.fingerprint
        : sameAlert(it.alert, other.about),
    );
    return twin ? { ...it, fingerprint: twin.fingerprint, groupKey: twin.groupKey } : it;
  });
}

/** An alert stays in the group it first came in, so that group is the one to lock. */
async function inTheirGroups(tx: Tx, prepared: readonly Prepared[]): Promise<Prepared[]> {
  const groupKeys = await findGroupKeys(tx, unique(prepared.map((it) => it.fingerprint)));
  return prepared.map((it) => ({ ...it, groupKey: groupKeys.get(it.fingerprint) ?? it.groupKey }));
}

/**
 * Everything the plan has to know. Incidents are locked unless all that comes is
 * repeats of what fires in open ones: at worst those raise a severity, and then
 * they are locked for that.
 */
async function lookUp(
  tx: Tx,
  named: readonly Prepared[],
  alerts: readonly KnownAlertRow[],
  groups: ReadonlyMap<string, { incident: number | null; touchedAt: Date }>,
  around: Around | null,
): Promise<{ known: Known; ids: Map<number, IncidentId> }> {
  const known = new Map(alerts.map((it) => [it.fingerprint, toKnown(it)]));
  const recent = around?.recent ?? new Map<string, readonly number[]>();
  const of = (all: Iterable<{ incident: number | null }>) => [...all].flatMap((it) => it.incident ?? []);
  const places = unique([...of(alerts), ...of(groups.values()), ...[...recent.values()].flat()]);
  const statuses = await findStatuses(tx, places);
  const onlyRepeats = named.every((it) => {
    const before = known.get(it.fingerprint);
    const status = before?.place ? statuses.get(before.place) : undefined;
    return (
      it.alert.state === 'firing' && before?.state === 'firing' && status !== undefined && isOpen(status)
    );
  });
  const incidents = onlyRepeats ? statuses : await lockKnown(tx, places);
  return {
    known: {
      alerts: known,
      groups: new Map(
        [...groups].map(([key, { incident, touchedAt }]) => [key, { place: incident, touchedAt }]),
      ),
      incidents,
      // Only what ends asks whether others still fire; a large incident has very many.
      firing: named.some((it) => it.alert.state !== 'firing') ? await countFiring(tx, places) : new Map(),
      recent,
    },
    ids: new Map([...statuses].map(([number, { id }]) => [number, id])),
  };
}

/** Locks them, and asks of those that may come back whether they did before. */
async function lockKnown(tx: Tx, places: readonly number[]): Promise<Map<number, KnownIncident>> {
  const locked = await lockIncidents(tx, places);
  const over = locked.filter((it) => it.status === 'RESOLVED').map((it) => it.number);
  const reopened = await reopenedBefore(tx, over);
  return new Map(locked.map((it) => [it.number as number, { ...it, reopened: reopened.has(it.number) }]));
}

function toKnown(row: KnownAlertRow): KnownAlert {
  return { ...row, place: row.incident, state: row.state === 'firing' ? 'firing' : 'resolved' };
}

function incoming(
  { eventId, fingerprint, groupKey, copy, alert, triage: { severity }, unmuted }: Prepared,
  mutedBy: string | null,
): Incoming {
  const { state, title, at } = alert;
  return {
    eventId,
    fingerprint,
    groupKey,
    copy,
    state,
    title,
    severity,
    at,
    mutedBy,
    unmuted: unmuted?.mute,
  };
}

function isNews(group: KnownGroup, before: KnownGroup | undefined): boolean {
  if (!before || group.place !== before.place) return true;
  return group.touchedAt.getTime() - before.touchedAt.getTime() >= TOUCH_MS;
}

function placedAt(planned: Plan, index: number): Placed {
  return planned.placed[index] ?? { verdict: 'recorded', place: null, duplicateOf: null };
}

/** Adds the long ids of incidents that only repeats of old messages name. */
async function findMissing(
  tx: Tx,
  results: readonly Omit<Ingested, 'incidentId'>[],
  ids: Map<number, IncidentId>,
): Promise<void> {
  const missing = unique(
    results.flatMap((it) => (it.incident === null || ids.has(it.incident) ? [] : [it.incident])),
  );
  for (const [number, { id }] of await findStatuses(tx, missing)) ids.set(number, id);
}

function withId(
  results: ReadonlyMap<string, Omit<Ingested, 'incidentId'>>,
  eventId: string,
  ids: ReadonlyMap<number, IncidentId>,
): Ingested {
  const result = results.get(eventId);
  if (!result) throw new Error(`nothing became of event ${eventId}`);
  const twin = result.eventId === eventId ? undefined : results.get(result.eventId);
  const incident = result.incident ?? twin?.incident ?? null;
  return { ...result, incident, incidentId: incident === null ? null : (ids.get(incident) ?? null) };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
