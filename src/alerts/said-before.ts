import { LRUCache } from 'lru-cache';

import type { Alert } from './alert.ts';
import { marksOf, type Marks } from './marks.ts';
import { readAlerts, type AlertSource } from './source.ts';

/** An alert as it was read, and what it is known by. */
export interface Marked {
  readonly alert: Alert;
  readonly marks: Marks;
}

/** Beyond this a message is a text, and comes but once. */
const LONGEST = 4000;
/** Characters of all that is remembered; what it was read as takes a few times as much. */
const CHARACTERS = 4_000_000;

/** By source and words. Senders say the same again and again, so most of what comes in was read before. */
const known = new LRUCache<string, Marked>({
  maxSize: CHARACTERS,
  maxEntrySize: LONGEST,
  sizeCalculation: (_, words) => words.length,
});

/**
 * Payload to alerts, as `readAlerts` does, with what each is known by. Where a source can take its messages apart
 * (`apart`), words that came before are not read again; alerts of the same words share what was made of them, their
 * `marks` as well. Throws what `readAlerts` throws.
 */
export function readMarked(source: AlertSource, body: unknown): Marked[] {
  const said = source.apart?.(body) ?? null;
  const names = said?.map(({ words }) => `${source.name} ${words}`) ?? [];
  const before = names.map((it) => known.get(it));
  if (said && before.every((it) => it !== undefined)) {
    return before.map(({ alert, marks }, index) => {
      const { eventId, metrics, at } = said[index]?.own ?? alert;
      return { alert: { ...alert, eventId, metrics, at }, marks };
    });
  }
  const read = readAlerts(source, body).map((alert) => ({ alert, marks: marksOf(alert) }));
  if (read.length === names.length) {
    for (const [index, it] of read.entries()) known.set(names[index] ?? '', it);
  }
  return read;
}
