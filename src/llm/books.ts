import { createHash } from 'node:crypto';

import { orCut, pause } from './deadline.ts';
import type { DoorSettings } from './door-settings.ts';
import type { About, Budgets } from './door.ts';
import type { Egress, EgressEntry } from './egress.ts';
import type { CallBegun, CallEnded, Exceeded, Ledger, Verdict } from './ledger.ts';
import { NO_USAGE, type ModelRequest, type Usage } from './model.ts';
import { costOf, worstCost } from './prices.ts';
import type { Redaction } from './redact.ts';
import type { Effort } from './task.ts';

export interface Log {
  warn(about: object, text: string): void;
  error(about: object, text: string): void;
}

/** One request that ended, or an answer that was used again; for metrics. */
export interface Observed {
  readonly task: string;
  readonly model: string;
  readonly verdict: Verdict;
  readonly usd: number | null;
  readonly latencyMs: number;
  /** Null: not known. */
  readonly usage?: Usage | null;
}

export interface BooksParts {
  readonly settings: DoorSettings;
  readonly ledger: Ledger;
  readonly egress: Egress;
  readonly now: () => Date;
  readonly newId: () => string;
  /** For each question, and each inquiry. */
  readonly newRedaction?: (() => Redaction) | undefined;
  readonly log: Log;
  readonly observe?: ((observed: Observed) => void) | undefined;
}

/** One request, whoever it is made for. */
export interface Ask {
  readonly task: { readonly name: string; readonly version: number; readonly effort: Effort };
  readonly about: About;
  readonly request: Omit<ModelRequest, 'model' | 'effort'>;
  /** It is asked because the answer before was of no use. */
  readonly isRepair: boolean;
  /** What leaves, as it is sent, without our own instructions. */
  readonly told: string;
  readonly removed: Readonly<Record<string, number>>;
}

/** Either the id of the record, or why the request must not be made. */
export type Begun = { readonly id: string; readonly why: null } | { readonly id: null; readonly why: string };

/** An answer waits no longer than this for being written down. */
const SETTLE_MS = 200;

/** What is written down of requests: before they are made, and when it is known what became of them. */
export class Books {
  readonly #parts: BooksParts;

  constructor(parts: BooksParts) {
    this.#parts = parts;
  }

  /** Reserves what the request can cost, and writes down what leaves. Never throws. */
  async begin(ask: Ask, request: ModelRequest, provider: string, signal: AbortSignal): Promise<Begun> {
    const { ledger, egress, log, newId, now } = this.#parts;
    const id = newId();
    const at = now();
    const { name } = ask.task;
    const steps = async (): Promise<Begun> => {
      const exceeded = await ledger.reserve(this.#bookOf(ask, request, { id, at, provider }), this.#budgets);
      if (exceeded) return { id: null, why: this.#tell(exceeded, ask.about) };
      if (!signal.aborted) await egress.left(this.#departureOf(ask, request, { call: id, at }));
      if (!signal.aborted) return { id, why: null };
      await ledger.settle(id, NOT_MADE);
      return { id: null, why: TOO_SLOW };
    };
    try {
      const begun = steps();
      return (await orCut(signal, begun)) ?? { id: null, why: TOO_SLOW };
    } catch (error) {
      log.error(
        { err: error, task: name },
        'A call of a model could not be written down, so it was not made',
      );
      ledger.settle(id, NOT_MADE).catch(() => {});
      return { id: null, why: 'calls cannot be written down now' };
    }
  }

  /** What it cost, in USD; null where that is not known. Never throws. */
  async end(id: string, { task }: Ask, model: string, end: Omit<CallEnded, 'usd'>): Promise<number | null> {
    const { ledger, settings, log, now } = this.#parts;
    // What used nothing cost nothing, also where nobody knows the price.
    const usd = end.usage && (isNothing(end.usage) ? 0 : costOf(model, end.usage, now(), settings.prices));
    const { verdict, latencyMs, usage } = end;
    this.#observe({ task: task.name, model, verdict, usd, latencyMs, usage });
    const written = ledger.settle(id, { ...end, usd }).catch((error: unknown) => {
      log.error({ err: error, call: id }, 'What a call of a model cost could not be written down');
    });
    const patience = new AbortController();
    await Promise.race([written, pause(SETTLE_MS, patience.signal)]);
    patience.abort();
    return usd;
  }

  /** That an answer was used again. Nobody waits for that. */
  reused(call: Pick<CallBegun, 'task' | 'version' | 'provider' | 'model' | 'inputHash'>, about: About): void {
    const { ledger, log, newId, now } = this.#parts;
    const { incident, priority } = about;
    this.#observe({ task: call.task, model: call.model, verdict: 'cached', usd: 0, latencyMs: 0 });
    ledger.reused({ ...call, id: newId(), at: now(), incident, priority }).catch((error: unknown) => {
      log.error({ err: error }, 'That an answer was used again could not be written down');
    });
  }

  get #budgets(): Budgets {
    return this.#parts.settings.budgets;
  }

  #bookOf(
    { task, about }: Ask,
    request: ModelRequest,
    made: Pick<CallBegun, 'id' | 'at' | 'provider'>,
  ): CallBegun {
    const sent = JSON.stringify(request);
    const size = { bytes: Buffer.byteLength(sent), maxTokens: request.maxTokens };
    return {
      ...made,
      task: task.name,
      version: task.version,
      model: request.model,
      incident: about.incident,
      priority: about.priority,
      inputHash: sha256(sent),
      reservedUsd: worstCost(request.model, size, made.at, this.#parts.settings.prices),
    };
  }

  #departureOf(
    { task, about, told, removed }: Ask,
    { model }: ModelRequest,
    made: Pick<EgressEntry, 'call' | 'at'>,
  ): EgressEntry {
    return { ...made, incident: about.incident, task: task.name, model, text: told, removed };
  }

  #tell({ budget, isFirst }: Exceeded, { incident }: About): string {
    if (isFirst) {
      const text = NOTICES[budget](incident, this.#budgets);
      this.#parts.log.warn({ budget, incident }, text);
    }
    return USED_UP[budget];
  }

  #observe(observed: Observed): void {
    try {
      this.#parts.observe?.(observed);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'A call of a model could not be counted');
    }
  }
}

const TOO_SLOW = 'calls could not be written down in time';

const NOT_MADE: CallEnded = {
  verdict: 'stopped',
  why: 'it was not made',
  usage: NO_USAGE,
  usd: 0,
  latencyMs: 0,
  requestId: null,
};

const USED_UP: Readonly<Record<Exceeded['budget'], string>> = {
  day: 'the budget of today is used up',
  tenant: 'the budget of its tenant for today is used up',
  incident: 'the budget of this incident is used up',
};

const NOTICES: Readonly<Record<Exceeded['budget'], (incident: number | null, budgets: Budgets) => string>> = {
  day: (_, { dayUsd }) =>
    `The budget for models of today (USD ${dayUsd}) is used up: until midnight UTC rules answer. LLM_BUDGET_DAY sets it.`,
  tenant: (incident, { tenantUsd }) =>
    `The budget for models of today (USD ${tenantUsd}) of the tenant of INC-${incident} is used up: for it, rules answer until midnight UTC. LLM_BUDGET_TENANT sets it.`,
  incident: (incident, { incidentUsd }) =>
    `The budget for models of INC-${incident} (USD ${incidentUsd}) is used up: for it, rules answer from now on. LLM_BUDGET_INCIDENT sets it.`,
};

function isNothing(usage: Usage): boolean {
  return Object.values(usage).every((tokens) => tokens === 0);
}

/** In hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
