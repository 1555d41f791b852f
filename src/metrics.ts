import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is looked up when somebody scrapes, rather than counted as it happens. */
export interface Scraped {
  incidents(): Promise<readonly { severity: string; status: string; count: number }[]>;
  /** Jobs that wait, by lane, and how long the oldest has been due; dead ones are the lane `dead`. */
  queue(): Promise<readonly { lane: string; depth: number; oldestSeconds: number }[]>;
  /** Requests with events that wait for their batch. */
  intakeDepth(): number;
  /** How long the last weekly test page took, null where none was taken, and how many ever failed. */
  /** The models, and whether each is left alone after failures. */
  models?(): readonly { readonly provider: string; readonly model: string; readonly state: string }[];
  syntheticPages?(): Promise<{ readonly latencyMs: number | null; readonly failures: number }>;
}

interface ModelCall {
  readonly task: string;
  readonly model: string;
  readonly verdict: string;
  /** Null: not known. */
  readonly usd: number | null;
  readonly latencyMs: number;
}

/** Counts one answered request of a route; seconds are those until the answer was handed over. */
export type RouteMetrics = (status: number, seconds: number) => void;

/**
 * What Prometheus reads at /metrics: requests (rate, errors, duration) by
 * route, intake, queue, reactions, timers, incidents, and the process itself.
 * Labels take their values from closed sets; nothing a sender writes becomes one.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: ReturnType<typeof requestMetrics>;
  readonly #work: ReturnType<typeof workMetrics>;
  readonly #state: ReturnType<typeof stateMetrics>;
  readonly #models: ReturnType<typeof modelMetrics>;
  #scraped: Scraped | undefined;

  constructor({ version }: { readonly version: string }) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const help = 'Always 1; the label says which version runs.';
    new Gauge({ name: 'incident_manager_info', help, labelNames: ['version'], registers }).set(
      { version },
      1,
    );
    this.#requests = requestMetrics(registers);
    this.#work = workMetrics(registers);
    this.#state = stateMetrics(registers);
    this.#models = modelMetrics(registers);
  }

  /** Where the figures come from that are looked up; until then they are left out. */
  look(scraped: Scraped): void {
    this.#scraped = scraped;
  }

  /** `route` is the pattern, never an address: addresses have ids and secrets in them. */
  forRoute(method: string, route: string): RouteMetrics {
    const durations = this.#requests.durations.labels({ method, route });
    const counters = new Map<number, Counter.Internal>();
    return (status, seconds) => {
      let counter = counters.get(status);
      if (!counter) {
        counter = this.#requests.total.labels({ method, route, status: String(status) });
        counters.set(status, counter);
      }
      counter.inc();
      durations.observe(seconds);
    };
  }

  intakeFlushed(alerts: number, seconds: number): void {
    this.#work.batches.observe(alerts);
    this.#work.commits.observe(seconds);
  }

  reactionRan(reaction: string, outcome: 'done' | 'retry' | 'dead', seconds: number): void {
    this.#work.reactions.inc({ reaction, outcome });
    this.#work.reactionSeconds.observe({ reaction }, seconds);
  }

  timerFired(kind: string, lateMs: number): void {
    this.#work.lateness.observe({ kind }, lateMs / 1000);
  }

  /** One request to a model, or an answer of before that was used again. */
  modelCalled({ task, model, verdict, usd, latencyMs }: ModelCall): void {
    this.#models.calls.inc({ task, model, verdict });
    if (verdict === 'cached') return;
    this.#models.seconds.observe({ task, model }, latencyMs / 1000);
    if (usd === null) this.#models.unknown.inc({ task, model });
    else this.#models.usd.inc({ task, model }, usd);
  }

  sockets(connected: number): void {
    this.#state.sockets.set(connected);
  }

  /** The text Prometheus reads. A figure that cannot be looked up is left out; the others still come. */
  async text(): Promise<{ type: string; text: string }> {
    if (this.#scraped) await this.#lookUp(this.#scraped);
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  async #lookUp(scraped: Scraped): Promise<void> {
    const { incidents, depth, oldest, intake, failures } = this.#state;
    intake.set(scraped.intakeDepth());
    for (const { provider, model, state } of scraped.models?.() ?? []) {
      this.#models.leftAlone.set({ provider, model }, state === 'closed' ? 0 : 1);
    }
    const [counts, queue, tests] = await Promise.allSettled([
      scraped.incidents(),
      scraped.queue(),
      scraped.syntheticPages?.(),
    ]);
    incidents.reset();
    depth.reset();
    oldest.reset();
    if ([counts, queue, tests].some(({ status }) => status === 'rejected')) failures.inc();
    if (tests.status === 'fulfilled' && tests.value) this.#setTests(tests.value);
    if (counts.status === 'fulfilled') {
      for (const { severity, status, count } of counts.value) incidents.set({ severity, status }, count);
    }
    if (queue.status === 'fulfilled') {
      for (const lane of queue.value) {
        depth.set({ lane: lane.lane }, lane.depth);
        oldest.set({ lane: lane.lane }, lane.oldestSeconds);
      }
    }
  }

  /** What is written down of the test pages, also by other processes and before a restart. */
  #setTests({ latencyMs, failures }: Awaited<ReturnType<NonNullable<Scraped['syntheticPages']>>>): void {
    const { testLatency, testFailures } = this.#state;
    testLatency.set((latencyMs ?? 0) / 1000);
    testFailures.reset();
    testFailures.inc(failures);
  }
}

function requestMetrics(registers: Registry[]) {
  return {
    total: new Counter({
      name: 'http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    durations: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the request to its answer.',
      labelNames: ['method', 'route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
  };
}

function workMetrics(registers: Registry[]) {
  return {
    batches: new Histogram({
      name: 'intake_batch_alerts',
      help: 'Alerts committed together.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
      registers,
    }),
    commits: new Histogram({
      name: 'intake_commit_seconds',
      help: 'How long a batch took from its begin to its commit.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
      registers,
    }),
    reactions: new Counter({
      name: 'reactions_total',
      help: 'Reactions run, by what came of it.',
      labelNames: ['reaction', 'outcome'],
      registers,
    }),
    reactionSeconds: new Histogram({
      name: 'reaction_duration_seconds',
      help: 'How long a reaction ran.',
      labelNames: ['reaction'],
      buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    }),
    lateness: new Histogram({
      name: 'timer_lateness_seconds',
      help: 'How long after its time a timer fired.',
      labelNames: ['kind'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60],
      registers,
    }),
  };
}

function modelMetrics(registers: Registry[]) {
  const labelNames = ['task', 'model'] as const;
  return {
    calls: new Counter({
      name: 'model_calls_total',
      help: 'Requests to models by what became of them; `cached`: none was made, an answer of before was used again.',
      labelNames: [...labelNames, 'verdict'],
      registers,
    }),
    seconds: new Histogram({
      name: 'model_call_duration_seconds',
      help: 'From a request to a model until its whole answer.',
      labelNames,
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      registers,
    }),
    usd: new Counter({ name: 'model_usd_total', help: 'What models cost, in USD.', labelNames, registers }),
    unknown: new Counter({
      name: 'model_cost_unknown_total',
      help: 'Requests of which it is not known what they cost.',
      labelNames,
      registers,
    }),
    leftAlone: new Gauge({
      name: 'model_left_alone',
      help: 'Whether a model is left alone after failures: 1, or 0.',
      labelNames: ['provider', 'model'],
      registers,
    }),
  };
}

function stateMetrics(registers: Registry[]) {
  const gauge = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    sockets: gauge('web_sockets', 'Pages that are connected.'),
    incidents: gauge('incidents', 'Incidents there are.', 'severity', 'status'),
    depth: gauge('queue_depth', 'Jobs that wait; the lane `dead` has those given up.', 'lane'),
    oldest: gauge('queue_oldest_seconds', 'How long the oldest waiting job has been due.', 'lane'),
    intake: gauge('intake_depth', 'Requests with events that wait for their batch.'),
    testLatency: gauge(
      'synthetic_page_latency_seconds',
      'From its time until the last weekly test page was taken; 0: none was yet.',
    ),
    testFailures: new Counter({
      name: 'synthetic_page_failures_total',
      help: 'Weekly test pages that did not go within their limit.',
      registers,
    }),
    failures: new Counter({
      name: 'scrape_failures_total',
      help: 'Times a figure could not be looked up for a scrape.',
      registers,
    }),
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
