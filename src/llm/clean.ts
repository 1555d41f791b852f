import { clean, shorten } from '#src/incident/text.ts';

import type { Data } from './task.ts';

/** How much of it a model is told. In UTF-16 units, but for `total`. */
export interface Limits {
  /** Of a string inside of `labels` or `tags`. */
  readonly label: number;
  /** Of any other string. */
  readonly text: number;
  /** Entries of one list or one object. */
  readonly entries: number;
  /** How deep lists and objects may stand in each other. */
  readonly depth: number;
  /** Bytes of all of it, encoded as JSON. */
  readonly total: number;
}

const LIMITS: Limits = { label: 300, text: 2000, entries: 100, depth: 8, total: 20_000 };

const MAX_KEY = 64;
/** Nothing smaller than these is told of anything. */
const LEAST_TEXT = 40;
const LEAST_ENTRIES = 3;

/**
 * Words of strangers, made fit to be told to a model: without characters that nobody sees
 * (control, bidirectional, zero-width, tags), with names of [A-Za-z0-9_.-], and not more of it
 * than `limits`. What is too much in all is shortened evenly: every text and every list a
 * bit, before any of them goes. Of a list the first are kept, and it says how many are not told.
 */
export function cleanData(data: Data, limits: Partial<Limits> = {}): Data {
  let most: Limits = { ...LIMITS, ...limits };
  let cleaned = cleanValue(data, most, 0, false);
  while (bytes(cleaned) > most.total) {
    if (most.text <= LEAST_TEXT && most.entries <= LEAST_ENTRIES && most.depth <= 1) {
      return shorten(JSON.stringify(cleaned), Math.floor(most.total / 4));
    }
    most = smaller(most);
    cleaned = cleanValue(data, most, 0, false);
  }
  return cleaned;
}

/** A text without the characters that nobody sees; line breaks and tabs stay. */
export function visible(text: string): string {
  return clean(text.replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, '\n')).replaceAll(UNSEEN, '');
}

/** What is drawn as nothing, be it to hide words from people or to hide them from filters; and private use, which means nothing to anybody else. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}]/gu;

function smaller({ label, text, entries, depth, total }: Limits): Limits {
  const isLow = text <= LEAST_TEXT && entries <= LEAST_ENTRIES;
  return {
    label: Math.max(Math.floor(label * 0.8), LEAST_TEXT),
    text: Math.max(Math.floor(text * 0.8), LEAST_TEXT),
    entries: Math.max(Math.floor(entries * 0.8), LEAST_ENTRIES),
    depth: isLow ? depth - 1 : depth,
    total,
  };
}

function bytes(data: Data): number {
  return Buffer.byteLength(JSON.stringify(data));
}

function cleanValue(value: Data, limits: Limits, depth: number, isLabel: boolean): Data {
  if (typeof value === 'string') return cleanText(value, isLabel ? limits.label : limits.text);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'boolean') return value;
  if (depth >= limits.depth) return '…';
  if (isList(value)) return cleanList(value, limits, depth, isLabel);
  return cleanObject(value, limits, depth, isLabel);
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}

function cleanList(list: readonly Data[], limits: Limits, depth: number, isLabel: boolean): Data {
  const [kept, more] = first(list, limits.entries);
  const cleaned = kept.map((it) => cleanValue(it, limits, depth + 1, isLabel));
  return more === 0 ? cleaned : [...cleaned, `… ${more} more`];
}

type Fields = Readonly<Record<string, Data>>;

function cleanObject(
  fields: Fields,
  limits: Limits,
  depth: number,
  isLabel: boolean,
): Readonly<Record<string, Data>> {
  const [kept, more] = first(Object.entries(fields), limits.entries);
  const cleaned = new Map<string, Data>();
  for (const [name, value] of kept) {
    const key = cleanKey(name);
    const isLabels = isLabel || key === 'labels' || key === 'tags';
    cleaned.set(unlike(key, cleaned), cleanValue(value, limits, depth + 1, isLabels));
  }
  if (more > 0) cleaned.set(unlike('more', cleaned), `… ${more} more`);
  return Object.fromEntries(cleaned);
}

/** One that says how many are left out takes the place of one. */
function first<T>(all: readonly T[], most: number): [readonly T[], number] {
  if (all.length <= most) return [all, 0];
  const kept = Math.max(most - 1, 0);
  return [all.slice(0, kept), all.length - kept];
}

/** What stands before an @ is left out: it would be somebody's address, which nobody recognises any more without its @. */
function cleanKey(name: string): string {
  const key = visible(name.slice(0, 4 * MAX_KEY))
    .replaceAll(/[^\s@]*@/g, '_')
    .replaceAll(/[^A-Za-z0-9_.-]/g, '_')
    .slice(0, MAX_KEY);
  return key === '' ? '_' : key;
}

function unlike(key: string, others: ReadonlyMap<string, unknown>): string {
  if (!others.has(key)) return key;
  let count = 2;
  while (others.has(`${key}_${count}`)) count += 1;
  return `${key}_${count}`;
}

/** Most of a long text would be cut off anyway, so that it is not even looked at. */
function cleanText(text: string, max: number): string {
  return cut(visible(text.slice(0, max * 8)), max);
}

/**
 * At most `max` units. It is cut between words where it can be: half a key would not
 * be recognised as one any more, and would be sent.
 */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.slice(0, max);
  const word = /[\s"',;|&<>(){}[\]](?=[^\s"',;|&<>(){}[\]]*$)/.exec(start.slice(-Math.floor(max / 2)));
  const end = word === null ? max - 1 : max - Math.floor(max / 2) + word.index;
  return `${start.slice(0, Math.min(end, max - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
