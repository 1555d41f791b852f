import type { AlertInput, AlertState } from '../alert.ts';
import { type Fields, get } from '../fields.ts';
import type { Scale } from '../normalise.ts';

/**
 * One row for each vendor format that names alone do not read rightly: numbers
 * for states, a status that is not the alert's, priorities that begin at 1.
 * Everything left out is read as in any other payload.
 */
export interface Shape {
  readonly vendor: string;
  /** Where the format is described. */
  readonly docs: string;
  /** Whether a payload has this form; by fields that no other sender combines. */
  when(body: Fields): boolean;
  /** Null: the general reading decides. */
  readonly state?: (body: Fields) => AlertState | null;
  readonly scale?: Scale;
  readonly fields?: (body: Fields) => Partial<AlertInput>;
}

/** True when every one of these dotted paths is there, null or not. */
export function has(body: Fields, ...paths: readonly string[]): boolean {
  return paths.every((path) => get(body, path) !== undefined);
}

/** A table of a vendor's own words or numbers, asked without regard to case. */
export function table(
  states: Readonly<Partial<Record<AlertState, string>>>,
): (word: unknown) => AlertState | null {
  const words = new Map(
    Object.entries(states).flatMap(([state, all]) =>
      all.split('|').map((word) => [word, state as AlertState] as const),
    ),
  );
  return (word) =>
    typeof word === 'string' || typeof word === 'number'
      ? (words.get(String(word).trim().toLowerCase()) ?? null)
      : null;
}
