import type { Make } from './make.ts';

export interface ModelCall {
  readonly task: string;
  readonly model: string;
  readonly verdict: string;
  /** Null: not known. */
  readonly usd: number | null;
  readonly latencyMs: number;
  /** Tokens by their kind; null: not known. */
  readonly usage?: Readonly<Partial<Record<keyof typeof KINDS, number>>> | null;
}

/** What models are asked, how long they take, and what they cost. */
export class ModelMetrics {
  readonly #families: ReturnType<typeof families>;

  constructor(make: Make) {
    this.#families = families(make);
  }

  /** One request to a model, or an answer of before that was used again. */
  called({ task, model, verdict, usd, latencyMs, usage }: ModelCall): void {
    const { calls, seconds, unknown, usd: money, tokens } = this.#families;
    calls.inc({ task, model, verdict });
    if (verdict === 'cached') return;
    seconds.observe({ task, model }, latencyMs / 1000);
    for (const [kind, name] of Object.entries(KINDS)) {
      tokens.inc({ task, model, kind: name }, usage?.[kind as keyof typeof KINDS] ?? 0);
    }
    if (usd === null) unknown.inc({ task, model });
    else money.inc({ task, model }, usd);
  }

  look(
    models: readonly { readonly provider: string; readonly model: string; readonly state: string }[],
  ): void {
    for (const { provider, model, state } of models) {
      this.#families.leftAlone.set({ provider, model }, state === 'closed' ? 0 : 1);
    }
  }
}

const KINDS = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write',
  cacheWrite1h: 'cache_write',
} as const;

function families({ counter, gauge, histogram }: Make) {
  const of = ['task', 'model'] as const;
  return {
    calls: counter(
      'model_calls_total',
      'Requests to models by what became of them; `cached`: none was made, an answer of before was used again.',
      ...of,
      'verdict',
    ),
    seconds: histogram(
      'model_call_duration_seconds',
      'From a request to a model until its whole answer.',
      [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      ...of,
    ),
    tokens: counter('model_tokens_total', 'Tokens that models read and wrote.', ...of, 'kind'),
    usd: counter('model_usd_total', 'What models cost, in USD.', ...of),
    unknown: counter('model_cost_unknown_total', 'Requests of which it is not known what they cost.', ...of),
    leftAlone: gauge(
      'model_left_alone',
      'Whether a model is left alone after failures: 1, or 0.',
      'provider',
      'model',
    ),
  };
}
