import type { Dimension, Field, Filter, Moment, Subject, TimeRange } from './spec.ts';

/** What a piece of a question means. Every piece must mean something, or the question is not answered. */
export type Sense =
  /** It changes nothing: `the`, `please`. */
  | { readonly is: 'nothing' }
  | { readonly is: 'comma' }
  | { readonly is: 'and' }
  | { readonly is: 'or' }
  | { readonly is: 'not' }
  /** `P1 or worse`. */
  | { readonly is: 'or-worse' }
  | { readonly is: 'at-least' }
  | { readonly is: 'subject'; readonly subject: Subject }
  | { readonly is: 'how-many' }
  | { readonly is: 'list' }
  | { readonly is: 'which' }
  | { readonly is: 'who' }
  | { readonly is: 'how-long' }
  | { readonly is: 'mine' }
  | { readonly is: 'now' }
  | { readonly is: 'noise' }
  | { readonly is: 'night' }
  | { readonly is: 'on-call' }
  | { readonly is: 'statistic'; readonly statistic: 'mean' | 'p50' | 'p95' }
  | {
      readonly is: 'span';
      readonly of: 'detect' | 'acknowledge' | 'resolve';
      readonly statistic: 'mean' | null;
    }
  | { readonly is: 'share' }
  | { readonly is: 'in-time'; readonly of: 'acknowledgment' | 'resolution'; readonly share?: true }
  | { readonly is: 'moment'; readonly moment: Moment }
  | { readonly is: 'open' }
  | { readonly is: 'filter'; readonly filter: Filter }
  /** `daily` says `each` too. */
  | { readonly is: 'dimension'; readonly dimension: Dimension; readonly each?: true }
  | { readonly is: 'each' }
  | { readonly is: 'order'; readonly direction: 'asc' | 'desc' }
  | {
      readonly is: 'rank';
      readonly by: 'duration' | 'time' | 'severity';
      readonly direction: 'asc' | 'desc';
    }
  | { readonly is: 'number'; readonly number: number }
  | { readonly is: 'time'; readonly time: TimeRange }
  /** What exists and is called so; several where a name is of several things. `or` is what the words mean beside that. */
  | { readonly is: 'named'; readonly filters: readonly Filter[]; readonly or: Sense | null }
  /** What follows is one of these: `assigned to`, `opened by`. */
  | { readonly is: 'leads-to'; readonly fields: readonly Field[] }
  /** Whoever does a thing is not kept as such. */
  | { readonly is: 'doer' }
  /** Whoever does something follows: `did DiskFull open`. */
  | { readonly is: 'did' }
  /** A word that leads to words of the text: `about "pool"`. */
  | { readonly is: 'about' };

/** A sense, and the words that it was read from. */
export interface Piece {
  readonly sense: Sense;
  readonly text: string;
}
