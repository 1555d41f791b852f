import type { Alert } from '#src/alerts/alert.ts';
import type { Marks } from '#src/alerts/marks.ts';
import { DIVIDER, recordRepeats, type RepeatedAlert } from '#src/db/repeats.ts';
import type { IncidentId } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { CARD_DELAY_MS, TOUCH_MS } from './ingest-effects.ts';
import type { Ingested, Named } from './prepared.ts';

/**
 * Records what only repeats alerts that fire already, all in one statement, and
 * answers that; the rest goes the long way. Alerts of which the batch says
 * anything but that they fire are left to the long way too, which keeps their order.
 */
export async function takeRepeats(
  ctx: Context,
  named: readonly Named[],
): Promise<{ readonly repeats: ReadonlyMap<string, Ingested>; readonly rest: readonly Named[] }> {
  const now = ctx.now();
  const when = {
    now,
    drawAt: new Date(now.getTime() + CARD_DELAY_MS),
    touchBefore: new Date(now.getTime() - TOUCH_MS),
  };
  const messages = named.map((it) => ({
    id: it.eventId,
    externalId: it.alert.eventId,
    source: it.alert.source,
    fingerprint: it.fingerprint,
    alert: shownOf(it),
    // The column takes no null; what a sender posts that is nothing stands as nothing.
    payload: it.text ?? JSON.stringify(it.payload ?? {}),
    at: it.alert.at ?? now,
  }));
  const { found, wakes } = await recordRepeats(ctx.db, repeatedAlerts(named), messages, when);
  if (wakes) ctx.committed();
  const repeats = new Map<string, Ingested>();
  for (const [eventId, { incident, incidentId, firedBy }] of found) {
    const to = { incident, incidentId: incidentId as IncidentId };
    repeats.set(eventId, { eventId, status: 'duplicate', duplicateOf: firedBy, ...to });
  }
  const rest = repeats.size === 0 ? named : named.filter((it) => !repeats.has(it.eventId));
  return { repeats, rest };
}

/** What is shown of a message; the rest of a repeat is what its alert is, or stands in columns of its own. */
function shownOf({ marks, alert }: Named): string {
  const before = shown.get(marks);
  const always = before ?? shownAlways(alert);
  if (before === undefined) shown.set(marks, always);
  return `${always.slice(0, -1)},"metrics":${JSON.stringify(alert.metrics)}}`;
}

/** Alerts that say the same have the same marks. */
const shown = new WeakMap<Marks, string>();

function shownAlways(alert: Alert): string {
  const { eventType, category, title, description, originalSeverity, resource, labels, key } = alert;
  return JSON.stringify({
    eventType,
    category,
    title,
    description,
    originalSeverity,
    resource: resource ?? undefined,
    labels,
    key: key ?? undefined,
  });
}

/** One row an alert; one of which the batch says several things has none, and goes the long way. */
function repeatedAlerts(named: readonly Named[]): RepeatedAlert[] {
  const alerts = new Map<string, { severity: string; copies: string[]; title: string } | null>();
  for (const it of named) {
    const { fingerprint, copy, alert, triage } = it;
    const before = alerts.get(fingerprint);
    if (before === null) continue;
    if (!mayRepeat(it) || (before && before.severity !== triage.severity)) {
      alerts.set(fingerprint, null);
    } else if (before) {
      before.title = alert.title;
      if (!before.copies.includes(copy)) before.copies.push(copy);
    } else {
      alerts.set(fingerprint, { severity: triage.severity, copies: [copy], title: alert.title });
    }
  }
  return [...alerts].flatMap(([fingerprint, it]) => (it === null ? [] : [{ fingerprint, ...it }]));
}

function mayRepeat({ alert }: Named): boolean {
  if (alert.state !== 'firing') return false;
  // One empty text alone is no value at all where joined texts are taken apart.
  if (alert.title === '' || alert.source === '') return false;
  return ![alert.title, alert.source, alert.eventId ?? ''].some((it) => it.includes(DIVIDER));
}
