import { collectDefaultMetrics, Registry, type Counter } from 'prom-client';

import { makeIn, type Make } from './metrics/make.ts';
import { ModelMetrics, type ModelCall } from './metrics/models.ts';
import { OutsideMetrics } from './metrics/outside.ts';
import { PromiseMetrics } from './metrics/promises.ts';
import { ScrapedMetrics, type Scraped } from './metrics/scraped.ts';
import { requestMetrics, workMetrics } from './metrics/work.ts';

/** Counts one answered request of a route; seconds are those until the answer was handed over. */
export type RouteMetrics = (status: number, seconds: number) => void;

/**
 * What Prometheus reads at /metrics. Labels take their values from closed sets, or from what is set up here;
 * nothing a sender writes becomes one. What is looked up is read from the database and so the same from every
 * process: take the maximum of it, not the sum. All else is of this process.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: ReturnType<typeof requestMetrics>;
  readonly #work: ReturnType<typeof workMetrics>;
  readonly #parts: ReturnType<typeof partMetrics>;
  readonly #scraped: ScrapedMetrics;
  readonly #models: ModelMetrics;
  #lookAround: () => void = () => {};
  /** The destinations outside, their breakers, and pages. */
  readonly outside: OutsideMetrics;
  /** What happened to incidents, and what was promised about them. */
  readonly promises: PromiseMetrics;

  /** `now`: by which clock it is measured for how long a destination is left alone. */
  constructor({ version, now = realNow }: { readonly version: string; readonly now?: () => Date }) {
    const make = makeIn(this.#registry);
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    make
      .gauge('incident_manager_info', 'Always 1; the label says which version runs.', 'version')
      .set({ version }, 1);
    this.#requests = requestMetrics(make);
    this.#work = workMetrics(make);
    this.outside = new OutsideMetrics(make, now);
    this.promises = new PromiseMetrics(make);
    this.#models = new ModelMetrics(make);
    this.#scraped = new ScrapedMetrics(make);
    this.#parts = partMetrics(make);
  }

  /** Where the figures come from that are looked up; until then they are left out. */
  look(scraped: Scraped): void {
    this.#scraped.from(scraped);
    this.#lookAround = () => {
      this.outside.look(scraped.breakers?.() ?? new Map());
      this.#models.look(scraped.models?.() ?? []);
    };
  }

  /** `route` is the pattern, never an address: addresses have ids and secrets in them. */
  forRoute(method: string, route: string): RouteMetrics {
    const durations = this.#requests.durations.labels({ method, route });
    const counters = new Map<number, Counter.Internal>();
    const begin = () => {
      // Before the first error there is a 0, or nobody would see the step to it.
      for (const status of FEARED) this.#requests.total.inc({ method, route, status }, 0);
    };
    return (status, seconds) => {
      if (counters.size === 0) begin();
      let counter = counters.get(status);
      if (!counter) {
        counter = this.#requests.total.labels({ method, route, status: String(status) });
        counters.set(status, counter);
      }
      counter.inc();
      durations.observe(seconds);
    };
  }

  /** `folded`: how many of them said again what was known. */
  intakeFlushed(alerts: number, seconds: number, folded = 0): void {
    this.#work.batches.observe(alerts);
    this.#work.commits.observe(seconds);
    this.#work.alerts.inc({ outcome: 'new' }, alerts - folded);
    this.#work.alerts.inc({ outcome: 'folded' }, folded);
  }

  /** A message of a queue that alerts come by was dealt with: `later` ones wait there for another time. */
  streamed(stream: string, outcome: 'taken' | 'later' | 'dead'): void {
    this.#work.streamed.inc({ stream, outcome });
  }

  reactionRan(reaction: string, outcome: 'done' | 'retry' | 'dead', seconds: number): void {
    this.#work.reactions.inc({ reaction, outcome });
    this.#work.reactionSeconds.observe({ reaction }, seconds);
  }

  timerFired(kind: string, lateMs: number): void {
    this.#work.lateness.observe({ kind }, lateMs / 1000);
  }

  commandRan(command: string, outcome: 'done' | 'refused' | 'failed', ms: number): void {
    this.#work.commands.inc({ command, outcome });
    this.#work.commandSeconds.observe({ command }, ms / 1000);
  }

  /** One request to a model, or an answer of before that was used again. */
  modelCalled(call: ModelCall): void {
    this.#models.called(call);
  }

  sockets(connected: number): void {
    this.#parts.sockets.set(connected);
  }

  /** Spans of traces, by what became of them. */
  spans(count: number, outcome: 'exported' | 'full' | 'refused'): void {
    if (outcome === 'exported') this.#parts.exported.inc(count);
    else this.#parts.dropped.inc({ why: outcome }, count);
  }

  /** The text Prometheus reads. A figure that cannot be looked up is left out; the others still come. */
  async text(): Promise<{ type: string; text: string }> {
    await this.#scraped.look();
    this.#lookAround();
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

/** What rules look at. */
const FEARED = ['429', '500', '503'];

/** Gauges that are named as if they only rose. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

function realNow(): Date {
  return new Date(performance.timeOrigin + performance.now());
}

function partMetrics({ counter, gauge }: Make) {
  return {
    sockets: gauge('web_sockets', 'Pages that are connected.'),
    exported: counter('trace_spans_exported_total', 'Spans that a collector took.'),
    dropped: counter(
      'trace_spans_dropped_total',
      'Spans that went nowhere: too many at once (`full`), or no collector took them (`refused`).',
      'why',
    ),
  };
}

interface QueueStats {
  readonly ready: number;
  readonly delayed: number;
  readonly running: number;
  readonly dead: number;
  readonly oldestAgeMs: number;
}

/** The queue as the gauges show it. */
export function queueFigures({ ready, delayed, running, dead, oldestAgeMs }: QueueStats) {
  return [
    { lane: 'ready', depth: ready, oldestSeconds: oldestAgeMs / 1000 },
    { lane: 'delayed', depth: delayed, oldestSeconds: 0 },
    { lane: 'running', depth: running, oldestSeconds: 0 },
    { lane: 'dead', depth: dead, oldestSeconds: 0 },
  ];
}
