import { recordRepeats, type RepeatWrite } from '#src/db/repeats.ts';
import type { IncidentId } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { CARD_DELAY_MS, TOUCH_MS } from './ingest-effects.ts';
import { alertEventRow } from './ingest-rows.ts';
import type { Ingested, Prepared } from './prepared.ts';

/**
 * Records what only repeats alerts that fire already, all in one statement, and
 * answers that; the rest goes the long way. Alerts of which the batch says
 * anything but that they fire are left to the long way too, which keeps their order.
 */
export async function takeRepeats(
  ctx: Context,
  prepared: readonly Prepared[],
): Promise<{ readonly repeats: ReadonlyMap<string, Ingested>; readonly rest: readonly Prepared[] }> {
  const mixed = new Set(prepared.filter((it) => it.alert.state !== 'firing').map((it) => it.fingerprint));
  const candidates = prepared.filter((it) => !mixed.has(it.fingerprint));
  const now = ctx.now();
  const when = {
    now,
    drawAt: new Date(now.getTime() + CARD_DELAY_MS),
    touchBefore: new Date(now.getTime() - TOUCH_MS),
  };
  const rows = candidates.map((it) => alertEventRow(it, NOT_PLACED, () => null, now));
  const found = await recordRepeats(ctx.db, repeatRows(candidates), rows, when);
  if (found.some((it) => it.wakes)) ctx.committed();
  const repeats = new Map(
    found.map(({ id, incident, incidentId, duplicateOf }): [string, Ingested] => [
      id,
      { eventId: id, status: 'duplicate', duplicateOf, incident, incidentId: incidentId as IncidentId },
    ]),
  );
  return { repeats, rest: prepared.filter((it) => !repeats.has(it.eventId)) };
}

const NOT_PLACED = { verdict: 'repeated', place: null, duplicateOf: null } as const;

/** One row an alert; one whose severity changes within the batch has none, and goes the long way. */
function repeatRows(candidates: readonly Prepared[]): RepeatWrite[] {
  const rows: RepeatWrite[] = [];
  for (const [fingerprint, group] of Map.groupBy(candidates, (it) => it.fingerprint)) {
    const last = group.at(-1);
    if (!last || group.some((it) => it.triage.severity !== last.triage.severity)) continue;
    const copies = [...new Set(group.map((it) => it.copy))];
    rows.push({ fingerprint, severity: last.triage.severity, copies, title: last.alert.title });
  }
  return rows;
}
