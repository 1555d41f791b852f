import type { Effort } from './task.ts';

/** One turn over the network. Knows nothing of tasks, budgets or incidents. */
export interface Provider {
  /** As it is written down with every call: `anthropic`, `openai`. */
  readonly name: string;
  /**
   * Asks once. An answer that cannot be used is an answer too: what it cost is in it.
   *
   * @throws ModelError where nothing was answered, or the signal cut it off
   */
  call(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}

export interface ModelRequest {
  readonly model: string;
  /** Our own words; the same bytes in every call of a task. */
  readonly system: string;
  readonly tools: readonly ModelTool[];
  /** Whether it may use them in this turn. */
  readonly mayUseTools: boolean;
  readonly turns: readonly ModelTurn[];
  /** The form of the answer, as strict JSON Schema; null: any text. Not together with the use of a tool. */
  readonly answer: JsonSchema | null;
  readonly effort: Effort;
  /** Thinking included. */
  readonly maxTokens: number;
}

export type JsonSchema = { readonly [key: string]: unknown };

export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
}

/** What was said. The turns of a talk alternate, and the first is ours. */
export type ModelTurn =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  /** As the provider gave it, to be sent back untouched. */
  | { readonly role: 'assistant'; readonly content: Opaque };

export type UserPart =
  /** `mark`: what stands up to here comes again, byte for byte, in calls soon after. */
  | { readonly type: 'text'; readonly text: string; readonly mark?: boolean }
  | {
      readonly type: 'result';
      readonly id: string;
      readonly text: string;
      readonly isError: boolean;
      readonly mark?: boolean;
    };

/** A provider's own form of an answer; nobody but that provider looks inside. */
export type Opaque = { readonly opaque: unknown };

/**
 * `done`: it said all it wanted; `tools`: it wants tools used; `cut`: the most of tokens was reached;
 * `refused`: it did not want to, or was not let; `unreadable`: what came is not an answer.
 */
export type Stop = 'done' | 'tools' | 'cut' | 'refused' | 'unreadable';

export interface ModelReply {
  /** That answered, as the provider names it. */
  readonly model: string;
  readonly stop: Stop;
  /** More about the stop, for the record; our words or a code, never the answer's text. */
  readonly note: string | null;
  /** All text blocks, joined. */
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
  /** To be sent back in a later turn. */
  readonly content: Opaque;
  /** Null where the provider did not say: then it is not known what it cost. */
  readonly usage: Usage | null;
  readonly requestId: string | null;
}

/** In tokens. What is cached counts only where it says so, and `thinking` is a part of `output`. */
export interface Usage {
  readonly input: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
  readonly thinking: number;
}

export const NO_USAGE: Usage = {
  input: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  output: 0,
  thinking: 0,
};

/**
 * Why nothing was answered. `busy`, `down` and `unreachable` pass by themselves; `stopped`: the signal
 * cut it off; `spent`, `key` and `model` stay until a person changes something; `request`: it was
 * asked in a wrong way, which is a fault of ours.
 */
export type Failure = 'busy' | 'down' | 'unreachable' | 'stopped' | 'spent' | 'key' | 'model' | 'request';

/** Nothing was answered. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly failure: Failure;
  /** Whether asking again soon may help. */
  readonly mayRetry: boolean;
  /** As the other side asked for; null where it did not. */
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  /** `NO_USAGE` where it is sure that nothing was billed; null where that is not known. */
  readonly usage: Usage | null;

  /** @param why as a clause, with no word of what was said in it: `the model is overloaded (529)` */
  constructor(
    failure: Failure,
    why: string,
    more: {
      readonly mayRetry: boolean;
      readonly retryAfterMs?: number | null;
      readonly requestId?: string | null;
      readonly usage: Usage | null;
      readonly cause?: unknown;
    },
  ) {
    super(why, { cause: more.cause });
    this.failure = failure;
    this.mayRetry = more.mayRetry;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.requestId = more.requestId ?? null;
    this.usage = more.usage;
  }
}
