import { traced } from '#src/telemetry/trace.ts';

import { Books, type Ask, type BooksParts, type Log } from './books.ts';
import { Breaker, type BreakerState, type Passed } from './breaker.ts';
import { orCut, pause, type Deadline } from './deadline.ts';
import type { ModelChoice } from './door-settings.ts';
import { Gate } from './gate.ts';
import type { Judged } from './judge.ts';
import type { Verdict } from './ledger.ts';
import { ModelError, type ModelReply, type ModelRequest, type Provider, type Usage } from './model.ts';

export interface CallerParts extends BooksParts {
  readonly providers: readonly Provider[];
}

/** `accepted` and the others: what the judge said. Where nothing was answered: why, as a clause, and what may be tried. */
export type Called<O> =
  | {
      readonly ok: true;
      /** Of the record. */
      readonly id: string;
      readonly model: string;
      readonly reply: ModelReply;
      readonly judged: Judged<O>;
      /** Null: not known. */
      readonly usd: number | null;
    }
  | {
      readonly ok: false;
      readonly why: string;
      /** When the same may be asked again; null: it would not help. */
      readonly againInMs: number | null;
      /** Another model may be asked instead. */
      readonly mayElsewhere: boolean;
    };

/**
 * Makes requests, as the order of who waits, the rates, the budgets and the models' own state allow. A
 * question has two requests at the most with one model, be the second because the first was not answered
 * or because its answer was of no use.
 */
export class Caller {
  readonly books: Books;
  readonly #providers: readonly Provider[];
  readonly #now: () => Date;
  readonly #log: Log;
  readonly #gate: Gate;
  readonly #breakers = new Map<string, Breaker>();

  constructor(parts: CallerParts) {
    this.books = new Books(parts);
    this.#providers = parts.providers;
    this.#now = parts.now;
    this.#log = parts.log;
    this.#gate = new Gate(parts.settings.rates);
  }

  /** Whether the model is left alone now. */
  /** Whether a request would be let through now. */
  mayAsk(choice: ModelChoice): boolean {
    return this.#breakerOf(choice).isPassable;
  }

  stateOf(choice: ModelChoice): BreakerState {
    return this.#breakerOf(choice).state;
  }

  /** Asks, and asks once more where that may help and `most` is 2; waits before as long as the other side wants, if there is time. */
  async insist<O>(
    ask: Ask,
    {
      choice,
      deadline,
      most,
    }: { readonly choice: ModelChoice; readonly deadline: Deadline; readonly most: number },
    judge: (reply: ModelReply) => Judged<O>,
  ): Promise<{ readonly called: Called<O>; readonly requests: number }> {
    const called = await this.call(ask, choice, deadline, judge);
    if (called.ok || called.againInMs === null || most < 2) return { called, requests: 1 };
    const { againInMs } = called;
    const hasTime = againInMs < deadline.leftMs && (await pause(againInMs, deadline.signal));
    if (!hasTime) return { called, requests: 1 };
    return { called: await this.call(ask, choice, deadline, judge), requests: 2 };
  }

  /**
   * One request. What it cost is written down with what `judge` says of it, also where the answer is of
   * no use; `judge` must not throw.
   */
  async call<O>(
    ask: Ask,
    choice: ModelChoice,
    deadline: Deadline,
    judge: (reply: ModelReply) => Judged<O>,
  ): Promise<Called<O>> {
    const provider = this.#providers.find(({ name }) => name === choice.provider);
    if (!provider) return elsewhere(`${choice.model} is not set up`);
    const breaker = this.#breakerOf(choice);
    if (!breaker.isPassable) return elsewhere(leftAlone(choice));
    const leave = await this.#gate.enter(ask.about.priority, deadline.signal, deadline.leftMs);
    if (!leave && !deadline.signal.aborted) return elsewhere(RATES);
    if (!leave) return over(deadline, 'others were asked first, and the time was over');
    const passed = breaker.enter();
    // Nothing was learnt and nothing was used, until the other side says otherwise.
    const came: Came = { passed: 'none', tokens: 0 };
    try {
      return passed
        ? await this.#make(ask, { choice, provider, deadline, came }, judge)
        : elsewhere(leftAlone(choice));
    } finally {
      passed?.(came.passed);
      leave(came.tokens);
    }
  }

  async #make<O>(
    ask: Ask,
    { choice, provider, deadline, came }: Way,
    judge: (reply: ModelReply) => Judged<O>,
  ): Promise<Called<O>> {
    const { model } = choice;
    const request: ModelRequest = { ...ask.request, model, effort: choice.effort ?? ask.task.effort };
    const begun = await this.books.begin(ask, request, provider.name, deadline.signal);
    if (begun.id === null) return { ok: false, why: begun.why, againInMs: null, mayElsewhere: false };
    const start = performance.now();
    const said = await tracedAnswer(ask, { choice, provider }, () =>
      answerOf(provider, request, deadline.signal),
    );
    const latencyMs = performance.now() - start;
    came.tokens = fresh(said.usage);
    if (said instanceof ModelError) {
      const verdict = verdictOf(said, deadline);
      came.passed = verdict === 'stopped' || said.failure === 'request' ? 'none' : 'failed';
      if (said.failure === 'request') {
        // Without its cause: what the other side says of a request may repeat what was in it.
        const { message: why, requestId } = said;
        this.#log.error(
          { why, requestId, task: ask.task.name, model },
          'A model refused the form of a request',
        );
      }
      const { message: why, usage, requestId } = said;
      await this.books.end(begun.id, ask, model, { verdict, why, usage, requestId, latencyMs });
      return afterFailure(model, said, deadline);
    }
    came.passed = 'answered';
    const judged = judge(said);
    const why = judged.verdict === 'accepted' ? null : judged.why;
    const verdict = judged.verdict === 'accepted' && ask.isRepair ? 'repaired' : judged.verdict;
    const { usage, requestId } = said;
    const usd = await this.books.end(begun.id, ask, model, { verdict, why, usage, requestId, latencyMs });
    return { ok: true, id: begun.id, model, reply: said, judged, usd };
  }

  #breakerOf({ provider, model }: ModelChoice): Breaker {
    const key = `${provider} ${model}`;
    const breaker = this.#breakers.get(key) ?? new Breaker(this.#now);
    this.#breakers.set(key, breaker);
    return breaker;
  }
}

interface Came {
  passed: Passed;
  tokens: number;
}

interface Way {
  readonly choice: ModelChoice;
  readonly provider: Provider;
  readonly deadline: Deadline;
  readonly came: Came;
}

/** What it was, what became of it, and how many tokens; nothing of what was said. */
async function tracedAnswer(
  { task }: Ask,
  { choice: { model }, provider }: Pick<Way, 'choice' | 'provider'>,
  ask: () => Promise<ModelReply | ModelError>,
): Promise<ModelReply | ModelError> {
  const attributes = {
    task: task.name,
    'gen_ai.provider.name': provider.name,
    'gen_ai.request.model': model,
  };
  return await traced(`model ${task.name}`, { kind: 'client', attributes }, async (span) => {
    const said = await ask();
    const { usage } = said;
    span.set({
      outcome: said instanceof ModelError ? said.failure : 'answered',
      'gen_ai.usage.input_tokens': usage?.input ?? 0,
      'gen_ai.usage.output_tokens': usage?.output ?? 0,
    });
    return said;
  });
}

/** Also from a provider that does not heed the signal, or fails in a way of its own. */
async function answerOf(
  provider: Provider,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelReply | ModelError> {
  try {
    return (await orCut(signal, provider.call(request, signal))) ?? stopped();
  } catch (error) {
    if (signal.aborted) return stopped(error);
    if (error instanceof ModelError) return error;
    return new ModelError('down', 'it failed in a way we do not know', {
      mayRetry: false,
      usage: null,
      cause: error,
    });
  }
}

function stopped(cause?: unknown): ModelError {
  return new ModelError('stopped', 'it was cut off', { mayRetry: false, usage: null, cause });
}

function verdictOf(error: ModelError, deadline: Deadline): Verdict {
  if (error.failure !== 'stopped') return 'failed';
  return deadline.isOver ? 'timed-out' : 'stopped';
}

/** Before a second request where the other side names no time: 1 s and up to a tenth more (contracts 5.3). */
const PAUSE_MS = 1000;
const JITTER_MS = 100;

function afterFailure(model: string, error: ModelError, deadline: Deadline): Called<never> {
  if (error.failure === 'stopped') return over(deadline, `${model} did not answer in time`);
  const pauseMs = error.retryAfterMs ?? PAUSE_MS + Math.random() * JITTER_MS;
  return {
    ok: false,
    why: `${model} did not answer: ${error.message}`,
    againInMs: error.mayRetry ? pauseMs : null,
    mayElsewhere: true,
  };
}

/** The time is over, or who asked does not want it any more. */
function over(deadline: Deadline, why: string): Called<never> {
  return deadline.isOver
    ? { ok: false, why, againInMs: null, mayElsewhere: true }
    : { ok: false, why: 'it was stopped', againInMs: null, mayElsewhere: false };
}

function elsewhere(why: string): Called<never> {
  return { ok: false, why, againInMs: null, mayElsewhere: true };
}

const RATES = 'as much was asked as LLM_REQUESTS_PER_MINUTE and LLM_TOKENS_PER_MINUTE allow';

function leftAlone({ model }: ModelChoice): string {
  return `${model} is left alone for a minute after failures`;
}

/** What a cache did not save: it counts against the rates. */
function fresh(usage: Usage | null): number {
  return usage ? usage.input + usage.cacheWrite5m + usage.cacheWrite1h + usage.output : 0;
}
