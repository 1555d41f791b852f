/**
 * What everybody may use to say what they do, so that one trace shows the way
 * from a webhook to the page that was handed over. Where traces are not
 * switched on all of it does nothing: one comparison each.
 *
 * Names and attributes are words of ours, numbers, and names of things that
 * are set up here. Never what strangers wrote, never a secret, never the text of a statement.
 */

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  /** `server`: somebody asks us; `client`: we ask somebody; `consumer`: it was left for us to do. */
  readonly kind?: 'server' | 'client' | 'consumer';
  readonly attributes?: Attributes;
  /**
   * What it follows from, as `carried` wrote it; null: from nothing that we know, so it begins a trace. Left
   * out: it is a part of what is under way here, and is not told where nothing is.
   */
  readonly from?: string | null | undefined;
  /** What it does the work of as well, as `carried` wrote it. */
  readonly links?: readonly string[];
}

export interface Span {
  /** What to write down for whatever follows from it; null: nothing follows by that. */
  readonly id: string | null;
  set(attributes: Attributes): void;
  /** It did not go well, though nothing was thrown. */
  fail(why: string): void;
  /** It did the work of this one too. */
  link(id: string | null): void;
}

/** A span that is ended by hand. `error`: why it did not go well. */
export interface OpenSpan extends Span {
  end(error?: unknown): void;
}

export interface Tracing {
  traced<T>(name: string, options: SpanOptions, run: (span: Span) => Promise<T>): Promise<T>;
  begin(name: string, options: SpanOptions): OpenSpan;
  carried(dueAt?: Date): string | null;
  ids(): Ids | null;
  apart<T>(run: () => T): T;
}

interface Ids {
  readonly trace_id: string;
  readonly span_id: string;
}

/** One for the process, as its logs and its metrics are. */
let tracing: Tracing | null = null;

/** Switches traces on, or off with null. For `src/main.ts`. */
export function useTracing(it: Tracing | null): void {
  tracing = it;
}

/** Runs this as a span; it ends when the promise does. */
export function traced<T>(name: string, options: SpanOptions, run: (span: Span) => Promise<T>): Promise<T> {
  return tracing === null ? run(NO_SPAN) : tracing.traced(name, options, run);
}

/** A span that the caller ends; what runs meanwhile is not made a part of it. */
export function beginSpan(name: string, options: SpanOptions): OpenSpan {
  return tracing === null ? NO_SPAN : tracing.begin(name, options);
}

/**
 * What is under way here, to be stored with whatever follows from it; null: nothing that is known. What
 * follows by then only, `dueAt`, more than a minute from now, is a trace of its own that points here.
 */
export function carried(dueAt?: Date): string | null {
  return tracing === null ? null : tracing.carried(dueAt);
}

/** What ties a line of the log to the trace; null outside of one. */
export function traceIds(): Ids | null {
  return tracing === null ? null : tracing.ids();
}

/** Runs this as no part of what is under way here: what goes on for longer than whoever began it. */
export function apart<T>(run: () => T): T {
  return tracing === null ? run() : tracing.apart(run);
}

/** Says nothing to nobody. */
export const NO_SPAN: OpenSpan = { id: null, set: () => {}, fail: () => {}, link: () => {}, end: () => {} };
