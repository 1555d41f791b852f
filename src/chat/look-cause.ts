import type { CauseFacts, EventFact, SimilarFact } from '#src/cause/evidence.ts';
import { listServices } from '#src/db/catalogue.ts';
import { alertsForCause } from '#src/db/cause.ts';
import { changesBetween } from '#src/db/changes.ts';
import { eventsOf } from '#src/db/events.ts';
import { similarIncidents } from '#src/db/similar.ts';
import type { Context } from '#src/engine/context.ts';
import type { EventType } from '#src/incident/events.ts';
import type { Incident } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import { describe } from '#src/incident/timeline.ts';

import { namesIn } from './card-view.ts';
import { nameIn } from './names.ts';

type Eyes = Pick<Context, 'db' | 'now'>;

/** What changed longer before the first alert is not looked at: it would be named with everything. */
const BEFORE_MS = 86_400_000;
/** An alert may be older than its incident by as long as it was on its way. */
const ON_ITS_WAY_MS = 60 * 60_000;
const SIMILAR_MAX = 5;
const EVENTS_MAX = 50;

/** What people said themselves; the rest is the bot's own doing, or in the alerts. */
const SAID: readonly EventType[] = ['incident.noted', 'incident.update_posted'];

/**
 * What is known of an incident's cause, as `viewer` may see it: its alerts with their first times, what changed in the
 * day before the first of them and since, the catalogue, past incidents like it, and what people noted. Throws `not_found`.
 */
export async function causeFacts({ db, now }: Eyes, incident: Incident, viewer: Viewer): Promise<CauseFacts> {
  const { number, resource, environment } = incident;
  const { alerts, onset, from, until } = await causeWindow({ db, now }, incident);
  return {
    onset,
    until,
    service: resource?.name ?? null,
    environment,
    alerts,
    changes: await changesBetween(db, { from, until }),
    services: await listServices(db),
    similar: await similarTo({ db, now }, number, viewer),
    events: await saidIn({ db, now }, number),
  };
}

/** In which time its cause is looked for, and the alerts that say so. */
export async function causeWindow(
  { db, now }: Eyes,
  { number, detectedAt, createdAt, resolvedAt }: Incident,
): Promise<Pick<CauseFacts, 'alerts' | 'onset' | 'until'> & { readonly from: Date }> {
  const begun = detectedAt < createdAt ? detectedAt : createdAt;
  const alerts = await alertsForCause(db, number, new Date(begun.getTime() - ON_ITS_WAY_MS));
  const onset = alerts[0]?.firstAt ?? begun;
  return { alerts, onset, from: new Date(onset.getTime() - BEFORE_MS), until: resolvedAt ?? now() };
}

async function similarTo({ db, now }: Eyes, number: number, viewer: Viewer): Promise<SimilarFact[]> {
  const found = await similarIncidents(db, { number, viewer, limit: SIMILAR_MAX, now: now() });
  return found.map((it) => ({
    number: it.number,
    title: it.title,
    service: it.service,
    score: it.score,
    closedAt: it.overAt,
    rootCause: it.cause,
  }));
}

async function saidIn({ db }: Eyes, number: number): Promise<EventFact[]> {
  const names = await namesIn(db);
  const events = await eventsOf(db, number, { types: SAID });
  return events.slice(-EVENTS_MAX).map((event) => ({
    position: event.position,
    at: event.at,
    text: describe(event, (id) => nameIn(names, id)),
  }));
}
