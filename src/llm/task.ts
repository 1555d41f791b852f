import type { z } from 'zod';

/** What a model is told of: any JSON. Every string in it is taken for the words of a stranger. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data };

/** How much a task needs; settings say which model stands behind each. */
export const SIZES = ['small', 'middle', 'large'] as const;
export type Size = (typeof SIZES)[number];

export const EFFORTS = ['low', 'medium', 'high'] as const;
export type Effort = (typeof EFFORTS)[number];

/**
 * One thing that a model is asked for, and what is answered without one. The door asks; a
 * task knows neither a vendor, nor the database, nor what becomes of its answer.
 */
export interface Task<I, O> {
  /** In kebab-case; settings choose a model for it by this name. */
  readonly name: string;
  /** Raised with every change of what stands below: answers of another version are not taken from the cache. */
  readonly version: number;
  readonly size: Size;
  readonly effort: Effort;
  /** Milliseconds for all of it: waiting its turn, retries and the one repair. */
  readonly deadlineMs: number;
  /** The most that is answered, thinking included. */
  readonly maxTokens: number;
  /** Whether the same input within the hour has the same answer. */
  readonly isCached: boolean;
  /** Instructions: our own words alone, and the same bytes in every call. */
  readonly system: string;
  /** What it is told, by names that `system` speaks of. The door cleans it, takes secrets out of it and encodes it. */
  data(input: I): Data;
  /** The form of an answer; what can be named is a closed choice of what was sent. */
  answer(input: I): z.ZodType<O>;
  /** What is wrong with an answer of the right form, as a sentence for the model; null where nothing is. */
  fault?(answer: O, input: I): string | null;
  /** The answer by rules. Never throws, and has the form of `answer`. */
  fallback(input: I): O;
  /** Inputs as they come, for the test that all tasks share. */
  readonly samples: readonly I[];
}

/** Checks that what it answers and what it falls back to are the same; returns its input. */
export function defineTask<I, O>(task: Task<I, O>): Task<I, O> {
  return task;
}

/** Something a model may ask for while it looks into an incident. It only reads. */
export interface ToolSpec {
  readonly name: string;
  /** What it answers and when it is of use, in our words. */
  readonly description: string;
  readonly input: z.ZodType;
}

/** A task of several turns, in which the model may use tools. */
export interface Inquiry {
  readonly name: string;
  readonly version: number;
  readonly size: Size;
  readonly effort: Effort;
  /** The most of one turn. */
  readonly maxTokens: number;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
}
