import type { Statements } from '#src/db/one-connection.ts';
import { DIVIDER, recordRepeats, type RepeatedAlert } from '#src/db/repeats.ts';
import type { IncidentId } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { documentsOf, forgetWholes, lastWhole, mayBeReferredTo } from './ingest-documents.ts';
import { TOUCH_MS } from './ingest-effects.ts';
import { Overtaken } from './overtaken.ts';
import type { Ingested, Named } from './prepared.ts';

/**
 * Records what only repeats alerts that fire already, all in one statement, and
 * answers that; the rest goes the long way. Alerts of which the batch says
 * anything but that they fire are left to the long way too, which keeps their order.
 */
export async function takeRepeats(
  ctx: Context,
  named: readonly Named[],
  pipeline: Statements | null,
): Promise<{ readonly repeats: ReadonlyMap<string, Ingested>; readonly rest: readonly Named[] }> {
  const now = ctx.now();
  const when = { now, touchBefore: new Date(now.getTime() - TOUCH_MS) };
  const messages = named.map((it) => ({
    id: it.eventId,
    externalId: it.alert.eventId,
    source: it.alert.source,
    fingerprint: it.fingerprint,
    at: it.alert.at ?? now,
    ...documentsOf(ctx.db, it, now),
  }));
  const after = messages.every((it) => it.isWhole) ? null : lastWhole(ctx.db);
  const recorded = await recordRepeats(pipeline ?? ctx.db, repeatedAlerts(named), messages, when, after);
  if (recorded === null) {
    forgetWholes(ctx.db);
    throw new Overtaken();
  }
  const { found, wakes } = recorded;
  if (wakes) ctx.committed();
  for (const [index, it] of named.entries()) {
    if (messages[index]?.isWhole && found.has(it.eventId)) mayBeReferredTo(ctx.db, it, now);
  }
  const repeats = new Map<string, Ingested>();
  for (const [eventId, { incident, incidentId, firedBy }] of found) {
    const to = { incident, incidentId: incidentId as IncidentId };
    repeats.set(eventId, { eventId, status: 'duplicate', duplicateOf: firedBy, ...to });
  }
  const rest = repeats.size === 0 ? named : named.filter((it) => !repeats.has(it.eventId));
  return { repeats, rest };
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
