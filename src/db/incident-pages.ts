import { sql, type RawBuilder } from 'kysely';

import { UserError } from '#src/errors.ts';
import { SEVERITIES, STATUSES } from '#src/incident/incident.ts';

import type { IncidentRow } from './schema.ts';

export type IncidentSort = 'created_at' | 'updated_at' | 'severity' | 'status';

/** So many are counted, and no further: a million takes longer than anybody waits for a number. */
export const COUNTED = 10_000;
/** Where words have to be looked for in each. */
export const COUNTED_BY_WORDS = 1000;

/** Where a page ended: the next one begins behind it, whatever came in or changed meanwhile. */
export interface Place {
  readonly sort: IncidentSort;
  readonly order: 'asc' | 'desc';
  readonly key: string | number;
  readonly number: number;
}

/** What a list is sorted by, word for word as the indexes have it (migration 0030). */
export function sortKey(sort: IncidentSort): RawBuilder<unknown> {
  if (sort === 'severity') return rank(URGENCY, 'severity');
  if (sort === 'status') return rank(STATUSES, 'status');
  return sql.ref(sort);
}

export function placeOf(row: IncidentRow, sort: IncidentSort, order: 'asc' | 'desc'): Place {
  const key = {
    created_at: () => row.createdAt.toISOString(),
    updated_at: () => row.updatedAt.toISOString(),
    severity: () => URGENCY.indexOf(row.severity) + 1,
    status: () => STATUSES.indexOf(row.status) + 1,
  }[sort]();
  return { sort, order, key, number: row.number };
}

export function behind({ sort, order, key, number }: Place): RawBuilder<boolean> {
  const type = sql.raw(typeof key === 'number' ? 'integer' : 'timestamptz');
  const side = sql.raw(order === 'asc' ? '>' : '<');
  return sql`(${sortKey(sort)}, number) ${side} (${key}::${type}, ${number}::bigint)`;
}

/** A place as one word that programs hand back. */
export function wordFor({ sort, order, key, number }: Place): string {
  return Buffer.from(JSON.stringify([sort, order, key, number])).toString('base64url');
}

/** Throws `bad_arguments` for what is no such word, or one of another list. */
export function placeIn(word: string, sort: IncidentSort, order: 'asc' | 'desc'): Place {
  const [ofSort, ofOrder, key, number] = partsOf(word);
  const isTime = sort === 'created_at' || sort === 'updated_at';
  const fits = isTime
    ? typeof key === 'string' && ISO.test(key) && Date.parse(key) >= 0
    : typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < 100;
  if (ofSort !== sort || ofOrder !== order || !fits || !Number.isSafeInteger(number)) {
    throw new UserError('bad_arguments', 'The cursor is not one of this list; begin again without it.', {
      fields: [{ field: 'cursor', message: 'is not one of this list' }],
    });
  }
  return { sort, order, key: key as string | number, number: number as number };
}

const ISO = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function partsOf(word: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(word, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

const URGENCY = SEVERITIES.toReversed();

function rank(words: readonly string[], column: string): RawBuilder<unknown> {
  return sql`array_position(array[${sql.join(words.map((it) => sql.lit(it)))}]::text[], ${sql.ref(column)})`;
}
