import type { IncidentView } from '../net/rest.ts';
import { isOver } from '../state/rooms.ts';

export interface Clock {
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** How long was promised in all, in milliseconds. */
  readonly length: number;
}

export interface Clocks {
  readonly since: number;
  /** When it was resolved; null while it is open. */
  readonly until: number | null;
  readonly promises: readonly Clock[];
}

/** What runs for an incident: its age, and the promises of its severity that are not kept yet. */
export function clocksOf(incident: IncidentView): Clocks {
  const since = Date.parse(incident.created_at);
  const until = isOver(incident) ? Date.parse(incident.resolved_at ?? '') : Number.NaN;
  const { acknowledgment_deadline: ack, resolution_deadline: resolve } = incident.sla ?? {};
  const promises: Clock[] = [];
  const add = (label: string, deadline: string | null | undefined) => {
    const due = Date.parse(deadline ?? '');
    if (!Number.isNaN(due)) promises.push({ label, due, length: Math.max(0, due - since) });
  };
  if (!isOver(incident)) {
    if (!incident.acknowledged_at) add('Acknowledge by', ack);
    add('Resolve by', resolve);
  }
  return { since, until: Number.isNaN(until) ? null : until, promises };
}
