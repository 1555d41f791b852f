import type { QuestionAnswer } from '#src/db/questions.ts';
import type { QuerySpec } from '#src/questions/spec.ts';

import type { Expected } from './expected.ts';

/** Whether an answer is the right one: every number, and every incident in its place. */
export function isRight({ rows, incidents }: QuestionAnswer, { limit }: QuerySpec, right: Expected): boolean {
  if ('incidents' in right) {
    return JSON.stringify(incidents.map(({ number }) => number)) === JSON.stringify(right.incidents);
  }
  if ('value' in right) {
    const [row, other] = rows;
    const value = row?.value ?? (right.value === 0 ? 0 : null);
    return other === undefined && (row?.keys.length ?? 0) === 0 && isSame(value, right.value);
  }
  const found = rows.filter(({ value }) => value !== null);
  const isWhole = found.length === Math.min(limit, right.groups.size);
  return isWhole && found.every(({ keys, value }) => isSame(value, right.groups.get(keys[0] ?? '') ?? null));
}

function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
}

export function shown({ rows, incidents }: QuestionAnswer): string {
  const groups = rows.map(({ keys, value }) => `${keys.join('/')}=${value}`).join(' ');
  return groups === '' ? incidents.map(({ number }) => number).join(' ') : groups;
}
