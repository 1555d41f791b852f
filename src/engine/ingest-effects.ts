import type { Alert } from '#src/alerts/alert.ts';
import { areaFor } from '#src/alerts/classify.ts';
import { wakeCards } from '#src/db/alerts.ts';
import { saveDecisions } from '#src/db/decisions.ts';
import { insertIncidents, lockIncidents } from '#src/db/incidents.ts';
import type { Tx } from '#src/db/schema.ts';
import { applyEffect } from '#src/incident/alert-effects.ts';
import { unchanged } from '#src/incident/changes.ts';
import { event, type Deciding, type Decision } from '#src/incident/decision.ts';
import type { IncidentEvent } from '#src/incident/events.ts';
import type { Plan, Verdict } from '#src/incident/grouping.ts';
import type { Incident } from '#src/incident/incident.ts';
import { draft, opened } from '#src/incident/opening.ts';
import type { Actor } from '#src/incident/person.ts';

import { keepUses, type Seen } from './lessons.ts';
import type { Prepared } from './prepared.ts';

/** How exactly it is kept when a group's last alert came; windows are minutes and hours. */
export const TOUCH_MS = 1000;

/**
 * Opens and changes incidents as planned; answers all that were touched, by their
 * place in the plan, and whether somebody has to wake up for it.
 */
export async function openAndChange(
  tx: Tx,
  seen: readonly Seen[],
  planned: Plan,
  at: Date,
): Promise<{ incidents: Map<number, Incident>; wakes: boolean }> {
  const prepared = seen.map((it) => it.as);
  const openings = planned.placed.flatMap(({ verdict, place }, index) => {
    const it = seen[index];
    if (verdict !== 'opened' || !it) return [];
    return [{ place: place ?? 0, first: it.as, used: it.used, who: { by: sender(it.as), at } }];
  });
  const inserted = await insertIncidents(
    tx,
    openings.map(({ first, who }) => draft(openingOf(first), who)),
    at,
  );
  const incidents = new Map<number, Incident>();
  const traces = new Map<number, string>();
  const decisions: Decision[] = [];
  for (const [index, { place, first, who }] of openings.entries()) {
    const incident = inserted[index];
    if (!incident) throw new Error('an incident that was inserted did not come back');
    const opening = opened(incident, { rule: first.alert.rule, triage: first.triage.why }, who);
    const effect = planned.effects.get(place);
    // What else of the batch joined it in the same moment.
    const joined = effect ? applyEffect(opening.incident, effect, who) : unchanged(opening.incident);
    const timers = joined.events.length > 0 ? joined.timers : opening.timers;
    const heard = afterSilence(joined.incident, place, prepared, planned, who);
    const events = [...opening.events, ...joined.events, ...heard];
    decisions.push({ incident: joined.incident, events, timers });
    incidents.set(place, joined.incident);
    if (first.trace !== undefined) traces.set(incident.number, first.trace);
  }

  await keepUses(
    tx,
    openings.map(({ used }, index) => ({ used, incident: inserted[index] })),
    at,
  );

  const causes = causesOf(prepared, planned);
  for (const decision of await changedByAlerts(tx, prepared, planned, causes, at)) {
    decisions.push(decision);
    const by = causes.get(decision.incident.number)?.trace;
    if (by !== undefined) traces.set(decision.incident.number, by);
    incidents.set(decision.incident.number, decision.incident);
  }

  await saveDecisions(tx, decisions, traces);
  const wakesCards = await wakeCards(tx, quietlyTouched(planned), at);
  return { incidents, wakes: wakesCards || planned.effects.size > 0 };
}

/** By the place in the plan, the first of the batch that is about it. */
function causesOf(prepared: readonly Prepared[], planned: Plan): ReadonlyMap<number | null, Prepared> {
  const causes = new Map<number | null, Prepared>();
  for (const [index, it] of prepared.entries()) {
    const place = planned.placed[index]?.place ?? null;
    if (!causes.has(place)) causes.set(place, it);
  }
  return causes;
}

/** What the alerts do to incidents that were there before. */
async function changedByAlerts(
  tx: Tx,
  prepared: readonly Prepared[],
  planned: Plan,
  causes: ReadonlyMap<number | null, Prepared>,
  at: Date,
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  const changed = [...planned.effects].filter(([place]) => place > 0);
  const before = await lockIncidents(
    tx,
    changed.map(([place]) => place),
  );
  for (const incident of before) {
    const effect = planned.effects.get(incident.number);
    const cause = causes.get(incident.number);
    if (!effect || !cause) continue;
    const who: Deciding = { by: sender(cause), at };
    const decision = applyEffect(incident, effect, who);
    const heard = afterSilence(decision.incident, incident.number, prepared, planned, who);
    decisions.push({ ...decision, events: [...decision.events, ...heard] });
  }
  return decisions;
}

/** Why an incident hears only now of alerts that fire for longer: they were silent. */
function afterSilence(
  incident: Incident,
  place: number,
  prepared: readonly Prepared[],
  planned: Plan,
  who: Deciding,
): IncidentEvent[] {
  const here = prepared.flatMap(({ unmuted }, index) =>
    unmuted && planned.placed[index]?.place === place ? [unmuted] : [],
  );
  const [first] = here;
  if (!first) return [];
  return [event(incident, 'incident.alerts_unmuted', { ...first, count: here.length }, who)];
}

const QUIET: readonly Verdict[] = ['repeated', 'muted', 'resolved'];

/** Incidents of which only a count changed. */
function quietlyTouched(planned: Plan): number[] {
  const places = planned.placed.flatMap(({ verdict, place }) =>
    place !== null && place > 0 && QUIET.includes(verdict) ? [place] : [],
  );
  return [...new Set(places)];
}

function sender({ alert }: Prepared): Actor {
  return { type: 'integration', id: alert.source, name: alert.source };
}

function openingOf({ alert, triage, fingerprint, groupKey, eventId }: Prepared) {
  const { resource } = alert;
  const { service, severity, category } = triage;
  return {
    title: alert.title,
    description: alert.description,
    severity,
    category,
    environment: alert.environment ?? 'production',
    resource:
      resource ?? (service === null ? null : { type: 'service', id: service, name: service, metadata: {} }),
    tags: tagsOf(alert),
    source: alert.source,
    sourceEventId: eventId,
    groupKey,
    fingerprint,
    detectedAt: alert.at,
  } as const;
}

/** Labels that say again what the incident says by itself. */
const SAID_ALREADY = new Set(['alertname', 'severity', 'priority', 'service', 'environment', 'env']);

/** The labels, and the technology by which rules route it, unless a label of that name says otherwise. */
function tagsOf(alert: Alert): Record<string, string> {
  const said = Object.entries(alert.labels).filter(([name]) => !SAID_ALREADY.has(name));
  const area = areaFor(alert).value;
  return { ...(area === 'other' ? {} : { area }), ...Object.fromEntries(said) };
}
