import type { Incident, Severity, Sla } from './incident.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Promise {
  /** Milliseconds from the incident's opening; null: nothing is promised. */
  readonly acknowledge: number | null;
  readonly resolve: number | null;
}

/** Contracts 2.3, the defaults by severity. */
// oxfmt-ignore
export const SLA: Record<Severity, Promise> = {
  P0: { acknowledge: 5 * MINUTE,  resolve: 15 * MINUTE },
  P1: { acknowledge: 15 * MINUTE, resolve: HOUR },
  P2: { acknowledge: HOUR,        resolve: 4 * HOUR },
  P3: { acknowledge: 4 * HOUR,    resolve: 24 * HOUR },
  P4: { acknowledge: null,        resolve: null },
};

/** The promises of a severity, counted from `since`. Nothing is breached yet. */
export function slaFrom(severity: Severity, since: Date): Sla {
  const { acknowledge, resolve } = SLA[severity];
  return {
    acknowledgmentDeadline: acknowledge === null ? null : new Date(since.getTime() + acknowledge),
    resolutionDeadline: resolve === null ? null : new Date(since.getTime() + resolve),
    acknowledgmentBreached: false,
    resolutionBreached: false,
  };
}

/** Seconds left (negative when late) until each promise, or null where it is kept already or was never made. */
export function timeRemaining(incident: Incident, now: Date) {
  const left = (deadline: Date | null, kept: Date | null) =>
    deadline === null || kept !== null ? null : Math.round((deadline.getTime() - now.getTime()) / 1000);
  return {
    acknowledgment: left(incident.sla.acknowledgmentDeadline, incident.acknowledgedAt),
    resolution: left(incident.sla.resolutionDeadline, incident.resolvedAt),
  };
}

/**
 * Seconds to detect (broken until opened), to acknowledge and to resolve (both
 * from opened), as contracts 1.3 names them; null while not yet known.
 */
export function metrics(incident: Incident): { mttd: number; mtta: number | null; mttr: number | null } {
  const { detectedAt, createdAt, acknowledgedAt, resolvedAt } = incident;
  return {
    mttd: seconds(detectedAt, createdAt),
    mtta: acknowledgedAt && seconds(createdAt, acknowledgedAt),
    mttr: resolvedAt && seconds(createdAt, resolvedAt),
  };
}

function seconds(start: Date, end: Date): number {
  return Math.max(0, Math.round((end.getTime() - start.getTime()) / 1000));
}
