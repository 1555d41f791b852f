import type { Alert } from '#src/alerts/alert.ts';
import { crossKey, crossLookups, identity, sameAlert } from '#src/alerts/identity.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';

import { readRows, type Say } from './rows.ts';

interface Pair {
  readonly id: string;
  readonly duplicate: boolean;
  readonly subtype: string;
  readonly a: Side;
  readonly b: Side;
}

interface Side {
  readonly startsAt: number;
  readonly endsAt?: number;
}

/** An alert that fires again this long after it ended is a new one; the reopen window of an incident. */
const REOPEN_WINDOW_SECONDS = 900;

/**
 * Asks of each pair what the database would: has the second alert the first
 * one's fingerprint, or does it find the first by its cross key, and is the
 * first still firing or over for less than the reopen window.
 *
 * @param isSame answers for two alerts instead; null: nobody answered, and the pair is not counted
 */
export async function dedup(
  file: string,
  say: Say,
  isSame?: (first: Alert, second: Alert) => Promise<boolean | null>,
): Promise<Record<string, number>> {
  const pairs = await readRows<Pair>(file);
  const counts = { hit: 0, falseAlarm: 0, missed: 0 };
  let n = 0;
  for (const pair of pairs) {
    const guess = isSame ? await isSame(readOne(pair.a), readOne(pair.b)) : isDuplicate(pair);
    if (guess === null) continue;
    n += 1;
    if (guess && pair.duplicate) counts.hit += 1;
    if (guess && !pair.duplicate) counts.falseAlarm += 1;
    if (!guess && pair.duplicate) counts.missed += 1;
    const verdict = guess ? 'joined' : 'kept apart';
    if (guess !== pair.duplicate) say(`${pair.id} (${pair.subtype}): wrongly ${verdict}`);
  }
  const precision = ratio(counts.hit, counts.hit + counts.falseAlarm);
  const recall = ratio(counts.hit, counts.hit + counts.missed);
  return { n, precision, recall, f1: ratio(2 * precision * recall, precision + recall) };
}

function isDuplicate({ a, b }: Pair): boolean {
  const [first, second] = [readOne(a), readOne(b)];
  const over = a.endsAt !== undefined && b.startsAt - a.endsAt > REOPEN_WINDOW_SECONDS;
  return !over && (identity(first) === identity(second) || found(first, second));
}

/** The second arrives and looks for copies of itself among those that are stored. */
function found(stored: Alert, arriving: Alert): boolean {
  const key = crossKey(stored);
  return key !== null && crossLookups(arriving).includes(key) && sameAlert(stored, arriving);
}

/** The rows are alerts as a relay would post them: they go through the general source. */
function readOne(side: Side): Alert {
  const [alert] = readAlerts(any, side);
  if (!alert) throw new Error('a pair holds something that is no alert');
  return alert;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000;
}
