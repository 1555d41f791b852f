import type { Make } from './make.ts';

export type SlaPromise = 'acknowledgment' | 'resolution';

/** Minutes to days, in seconds: what people promise each other. */
const HUMAN = [15, 60, 300, 900, 1800, 3600, 14_400, 86_400, 259_200];

/** What happened to incidents, and whether what was promised about them was kept. */
export class PromiseMetrics {
  readonly #families: ReturnType<typeof families>;

  constructor(make: Make) {
    this.#families = families(make);
    // Before the first of each there is a 0, or nobody would see the step to 1.
    const { events, promises } = this.#families;
    for (const type of FEARED) events.inc({ type }, 0);
    for (const promise of ['acknowledgment', 'resolution']) {
      for (const severity of SEVERITIES) promises.inc({ promise, severity, outcome: 'breached' }, 0);
    }
  }

  happened(type: string): void {
    this.#families.events.inc({ type });
  }

  /** Somebody acknowledged or resolved it, so many seconds after it was opened. */
  done(promise: SlaPromise, severity: string, seconds: number, isKept: boolean): void {
    const { toAcknowledge, toResolve, promises } = this.#families;
    (promise === 'acknowledgment' ? toAcknowledge : toResolve).observe({ severity }, seconds);
    if (isKept) promises.inc({ promise, severity, outcome: 'kept' });
  }

  breached(promise: SlaPromise, severity: string): void {
    this.#families.promises.inc({ promise, severity, outcome: 'breached' });
  }
}

/** What rules look at. */
const FEARED = ['incident.page_failed', 'incident.sla_breached'];
const SEVERITIES = ['P0', 'P1', 'P2', 'P3', 'P4'];

function families({ counter, histogram }: Make) {
  return {
    events: counter('incident_events_total', 'What happened to incidents, by its type.', 'type'),
    promises: counter(
      'sla_promises_total',
      'Promised times that were kept or breached.',
      'promise',
      'severity',
      'outcome',
    ),
    toAcknowledge: histogram(
      'incident_time_to_acknowledge_seconds',
      'From the opening of an incident until somebody had it.',
      HUMAN,
      'severity',
    ),
    toResolve: histogram(
      'incident_time_to_resolve_seconds',
      'From the opening of an incident until it was resolved.',
      HUMAN,
      'severity',
    ),
  };
}
