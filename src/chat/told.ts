import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import { describe } from '#src/incident/timeline.ts';
import type { Told } from '#src/llm/tasks/told.ts';

import type { View } from './card-view.ts';
import { nameIn } from './names.ts';
import { foldAlerts, isTelling } from './story.ts';
import { stateOf } from './summary.ts';

/** Of a long timeline a model reads how it began and how it went last. */
const FIRST = 10;
const LAST = 60;
const TITLES = 10;

/** An incident as a model is told of it. `events` is the whole timeline. */
export function toldOf(view: View, events: readonly LoggedEvent[]): Told {
  const { incident, alerts, names } = view;
  const lines = foldAlerts(events.filter(isTelling)).map((event) => ({
    id: event.seq,
    at: event.at.toISOString(),
    text: describe(event, (id) => nameIn(names, id)),
  }));
  const isLong = lines.length > FIRST + LAST;
  return {
    incident: shortName(incident.number),
    title: incident.title,
    severity: incident.severity,
    status: incident.status,
    category: incident.category,
    environment: incident.environment,
    service: incident.resource?.name ?? null,
    state: stateOf(view, events),
    impact: incident.impact,
    lastUpdate: incident.lastUpdate ?? '',
    rootCause: incident.resolution?.rootCause ?? '',
    resolution: incident.resolution?.notes ?? '',
    alerts: { firing: alerts.firing, total: alerts.total, titles: alerts.titles.slice(0, TITLES) },
    timeline: isLong ? [...lines.slice(0, FIRST), ...lines.slice(-LAST)] : lines,
    leftOut: isLong ? lines.length - FIRST - LAST : 0,
  };
}
