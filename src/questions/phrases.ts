import type { Sense } from './senses.ts';
import type { Field, Filter, Op } from './spec.ts';

/** A phrase and what it means. Words are in lower case and apart by one space, as `tokens.ts` makes them. */
export type Entry = readonly [string, Sense];

/** Phrases with a bar between them, which all mean this. */
export function all(sense: Sense, phrases: string): Entry[] {
  return phrases.split('|').map((phrase): Entry => [phrase, sense]);
}

export function filter(
  field: Field,
  op: Op,
  values: readonly string[],
): { readonly is: 'filter'; readonly filter: Filter } {
  return { is: 'filter', filter: { field, op, values: [...values] } };
}
