import { SLOW, type Make } from './make.ts';

export type BreakerState = 'closed' | 'open' | 'probing';

/** The destinations outside: how they are called, whether they are left alone, and the pages that go by them. */
export class OutsideMetrics {
  readonly #now: () => Date;
  readonly #families: ReturnType<typeof families>;
  /** Since when a destination is left alone, also while it is tried. */
  readonly #leftSince = new Map<string, number>();
  readonly #known = new Set<string>();

  constructor(make: Make, now: () => Date) {
    this.#now = now;
    this.#families = families(make);
  }

  called(destination: string, outcome: 'ok' | 'failed' | 'refused' | 'left_alone', ms: number): void {
    const { calls, seconds, rejections } = this.#families;
    this.#know(destination);
    if (outcome === 'left_alone') return rejections.inc({ destination });
    calls.inc({ destination, outcome });
    seconds.observe({ destination }, ms / 1000);
  }

  breaker(destination: string, state: BreakerState): void {
    this.#know(destination);
    if (state === 'closed') this.#leftSince.delete(destination);
    if (state === 'open') this.#families.opened.inc({ destination });
    if (state === 'open' && !this.#leftSince.has(destination)) {
      this.#leftSince.set(destination, this.#now().getTime());
    }
  }

  paged(channel: string, outcome: 'sent' | 'failed', lateMs: number | null): void {
    this.#families.pages.inc({ channel, outcome });
    if (lateMs !== null) this.#families.late.observe({ channel }, Math.max(0, lateMs) / 1000);
  }

  /** Before a scrape: the breakers as they are. */
  look(states: ReadonlyMap<string, BreakerState>): void {
    const { state: gauge, openSeconds } = this.#families;
    for (const [destination, state] of states) {
      this.#know(destination);
      gauge.set({ destination }, STATES[state]);
    }
    const now = this.#now().getTime();
    for (const destination of this.#known) {
      const since = this.#leftSince.get(destination);
      openSeconds.set({ destination }, since === undefined ? 0 : (now - since) / 1000);
    }
  }

  /** Before the first of each there is a 0, or nobody would see the step to 1. */
  #know(destination: string): void {
    if (this.#known.has(destination)) return;
    this.#known.add(destination);
    const { calls, opened, rejections } = this.#families;
    for (const outcome of ['ok', 'failed', 'refused']) calls.inc({ destination, outcome }, 0);
    opened.inc({ destination }, 0);
    rejections.inc({ destination }, 0);
  }
}

const STATES: Readonly<Record<BreakerState, number>> = { closed: 0, probing: 1, open: 2 };

function families({ counter, gauge, histogram }: Make) {
  return {
    calls: counter(
      'destination_calls_total',
      'Calls made; `failed` speaks against the destination, `refused` does not.',
      'destination',
      'outcome',
    ),
    seconds: histogram('destination_call_duration_seconds', 'How long a call took.', SLOW, 'destination'),
    state: gauge('breaker_state', 'Of its circuit breaker: 0 closed, 1 probing, 2 open.', 'destination'),
    openSeconds: gauge(
      'breaker_open_seconds',
      'For how long it has been left alone, probes included; 0: it is not.',
      'destination',
    ),
    opened: counter('breaker_opened_total', 'Times its circuit breaker opened.', 'destination'),
    rejections: counter(
      'breaker_rejections_total',
      'Calls that were not made, because it is left alone.',
      'destination',
    ),
    pages: counter(
      'pages_total',
      'Pages by what came of them: handed over, or given up on this channel.',
      'channel',
      'outcome',
    ),
    late: histogram(
      'page_lateness_seconds',
      'From the time a page was due until it was handed over.',
      [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
      'channel',
    ),
  };
}
