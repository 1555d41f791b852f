import { getHeapStatistics } from 'node:v8';

import { LRUCache } from 'lru-cache';

import type { Alert } from './alert.ts';
import { isExact } from './apart.ts';
import type { Fields } from './fields.ts';
import { marksOf, type Marks } from './marks.ts';
import { readAlerts, type AlertSource } from './source.ts';

/** An alert as it was read, what it is known by, and what was sent of it. */
export interface Marked extends Known {
  /** The body; of a body with several alerts a part, so that it is not kept with each. */
  readonly payload: unknown;
  /** What the payload has of its own beside others of the same marks; see `Apart.sent`. */
  readonly own?: Fields;
}

interface Known {
  readonly alert: Alert;
  readonly marks: Marks;
}

interface Before extends Known {
  readonly isExact: boolean;
}

/** Beyond this a message is a text, and comes but once. */
const LONGEST = 4000;
/** Bytes for each character of words: with what was read in them (1.9 and 2.3 kB of 500 characters, measured). */
const BYTES = 5;
/** Of the memory that JavaScript may have, so that a node of 4 GiB remembers some 60,000 alerts and a small one less. */
const SHARE = 1 / 16;

/** By source and words. Senders say the same again and again, so most of what comes in was read before. */
const known = new LRUCache<string, Before>({
  maxSize: Math.round(getHeapStatistics().heap_size_limit * SHARE),
  maxEntrySize: LONGEST * BYTES,
  sizeCalculation: (_, words) => words.length * BYTES,
});

/**
 * Payload to alerts, as `readAlerts` does, with what each is known by. Where a source can take its messages apart
 * (`apart`), words that came before are not read again; alerts of the same words share what was made of them, their
 * `marks` as well, which no others do. Throws what `readAlerts` throws.
 */
export function readMarked(source: AlertSource, body: unknown): Marked[] {
  const said = source.apart?.(body) ?? [];
  const names = said.map(({ words }) => `${source.name} ${words}`);
  const before = names.map((it) => known.get(it));
  const isKnown = said.length > 0 && before.every((it) => it !== undefined);
  const read = isKnown
    ? before.map(({ alert }, index) => ({ ...alert, ...said[index]?.own }))
    : readAlerts(source, body);
  if (read.length !== names.length) {
    return read.map((alert, index) => ({ alert, marks: marksOf(alert), payload: partOf(body, index, read) }));
  }
  return read.map((alert, index) => {
    const it = before[index] ?? firstSaid(alert, names[index] ?? '');
    const { payload = body, sent } = said[index] ?? {};
    const marked = { alert, marks: it.marks, payload };
    return sent && it.isExact ? { ...marked, own: sent } : marked;
  });
}

function firstSaid(alert: Alert, words: string): Before {
  const it = { alert, marks: marksOf(alert), isExact: isExact(words) };
  known.set(words, it);
  return it;
}

/** A body with a thousand alerts is kept once, beside the first of them. */
function partOf(body: unknown, index: number, alerts: readonly unknown[]): unknown {
  if (index === 0) return body;
  return { part: index + 1, of: alerts.length, see: 'the first event of this body' };
}
