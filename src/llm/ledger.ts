import type { About, Budgets } from './door.ts';
import type { Usage } from './model.ts';

/**
 * What became of a request. `accepted` and `repaired` were used; `cut`, `refused` and `invalid` were paid
 * and not used; `failed`, `timed-out` and `stopped` (by who asked) were not answered; `cached`: nothing
 * was asked, an answer of before was used again.
 */
export const VERDICTS = [
  'accepted',
  'repaired',
  'cut',
  'refused',
  'invalid',
  'failed',
  'timed-out',
  'stopped',
  'cached',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A request that is about to be made. */
export interface CallBegun {
  readonly id: string;
  readonly at: Date;
  readonly task: string;
  readonly version: number;
  readonly provider: string;
  readonly model: string;
  readonly incident: number | null;
  readonly priority: About['priority'];
  /** SHA-256 of what is sent, in hex. */
  readonly inputHash: string;
  /** The most that it can cost, in USD. It is on the budgets until it is known what it did cost. */
  readonly reservedUsd: number;
}

export interface CallEnded {
  readonly verdict: Verdict;
  /** Why it was not used, as a clause; null where it was. */
  readonly why: string | null;
  /** Null where it is not known what was used: then what was reserved stays on the budgets. */
  readonly usage: Usage | null;
  /** Null where it is not known what it cost; never 0 in its place. */
  readonly usd: number | null;
  readonly latencyMs: number;
  readonly requestId: string | null;
}

export interface CachedAnswer {
  /** As the model wrote it, with placeholders in it. */
  readonly value: unknown;
  readonly model: string;
}

/** What is written down of calls, and what is read again. SQL is behind it (`src/db/model-calls.ts`). */
export interface Ledger {
  /**
   * Writes down a request before it is made, if the budgets allow what it can cost; all requests of all
   * processes are counted, one after the other. Null: it may be made.
   */
  reserve(call: CallBegun, budgets: Budgets): Promise<Exceeded | null>;
  /** What became of it. */
  settle(id: string, end: CallEnded): Promise<void>;
  /** An answer that still holds at that time. */
  find(key: string, now: Date): Promise<(CachedAnswer & { readonly until: Date }) | null>;
  keep(key: string, answer: CachedAnswer & { readonly at: Date; readonly until: Date }): Promise<void>;
  /** That an answer was used again. */
  reused(call: Omit<CallBegun, 'reservedUsd'>): Promise<void>;
}

export interface Exceeded {
  readonly budget: 'day' | 'tenant' | 'incident';
  /** It is the first call of that day, of that tenant on that day, or of that incident, that its budget stops. */
  readonly isFirst: boolean;
}
