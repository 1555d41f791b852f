import { LEXICON } from './lexicon.ts';
import type { Name, Vocabulary } from './names.ts';
import { timeAt, WORDS_OF_TIME } from './phrases-of-time.ts';
import type { Piece, Sense } from './senses.ts';
import type { Filter } from './spec.ts';
import { isSlip } from './typo.ts';

/** A question in pieces that all mean something, or the first words that mean nothing here. */
export type Pieces =
  | {
      readonly ok: true;
      readonly pieces: readonly Piece[];
      /** `incidnets was read as incidents`. */
      readonly slips: readonly string[];
    }
  | { readonly ok: false; readonly unknown: string };

/** The longest question that is read, in words. */
const WORDS_MAX = 60;

/**
 * Words, numbers, days (2026-03-01) and signs in lower case. Dashes, underscores and dots inside of a name
 * part it, as in the names it is compared with; an `'s` is a word.
 */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"');
  const found = plain.match(/\d{4}-\d{2}-\d{2}(?!\d)|'s\b|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];
  return found.filter((it, index) => !(isJoint(it) && isInside(found, index)));
}

/** What parts a name and is no sign of its own. */
function isJoint(word: string): boolean {
  return /^[-_.@#]$/.test(word);
}

function isInside(words: readonly string[], index: number): boolean {
  return /^[\p{L}\p{N}]/u.test(words[index + 1] ?? '') || index === words.length - 1;
}

/**
 * Reads a question from left to right, the longest phrase first. Names that exist are taken as they are
 * written, words of the vocabulary also with a slip of the finger.
 */
export function piecesOf(question: string, vocabulary: Vocabulary): Pieces {
  const typed = wordsOf(question);
  if (typed.length > WORDS_MAX) return { ok: false, unknown: 'so many words' };
  const names = namesByWords(vocabulary.names);
  const { words, slips } = mended(typed, names);
  const pieces: Piece[] = [];
  for (let at = 0; at < words.length;) {
    const found = pieceAt(words, at, names) ?? aboutAt(words, at, pieces);
    if (!found) return { ok: false, unknown: words[at] ?? '' };
    const { sense, length } = found;
    pieces.push({ sense, text: words.slice(at, at + length).join(' ') });
    at += length;
  }
  const said = pieces.map((piece, index) => (isOpening(pieces, index) ? { ...piece, sense: OPENED } : piece));
  const kept = said.filter(({ sense }) => sense.is !== 'nothing' && sense.is !== 'did');
  return { ok: true, pieces: kept, slips };
}

const OPENED: Sense = { is: 'moment', moment: 'opened' };

/** `open` is what something did in `did DiskFull open` and `did each rule open`. */
function isOpening(pieces: readonly Piece[], index: number): boolean {
  if (pieces[index]?.sense.is !== 'open' || pieces[index]?.text !== 'open') return false;
  const before = pieces.slice(0, index).map(({ sense }) => sense.is);
  const last = before.pop();
  if (last === 'named') return before.at(-1) === 'did';
  return last === 'dimension' && before.at(-1) === 'each' && before.at(-2) === 'did';
}

interface Found {
  readonly sense: Sense;
  /** In words. */
  readonly length: number;
}

const PHRASE_MAX = 6;

function pieceAt(words: readonly string[], at: number, names: NamesByWords): Found | null {
  const time = timeAt(words, at);
  const phrase = phraseAt(words, at);
  const name = nameAt(words, at, names);
  const number = /^\d{1,3}$/.test(words[at] ?? '')
    ? ({ sense: { is: 'number', number: Number(words[at]) }, length: 1 } as const)
    : null;
  const word = [time, phrase, number].filter((it) => it !== null).toSorted((a, b) => b.length - a.length)[0];
  if (!name || (word && word.length > name.length)) return word ?? null;
  const or = word && word.length === name.length ? word.sense : null;
  return { sense: { is: 'named', filters: name.filters, or }, length: name.length };
}

function phraseAt(words: readonly string[], at: number): Found | null {
  for (let length = Math.min(PHRASE_MAX, words.length - at); length > 0; length -= 1) {
    const sense = LEXICON.get(words.slice(at, at + length).join(' '));
    if (sense) return { sense, length };
  }
  return null;
}

/**
 * Words that are none of ours and in no name become the one that was meant, where only one can be. What is a
 * word of ours stays, wherever it stands: `last` is never `least`.
 */
function mended(
  typed: readonly string[],
  names: NamesByWords,
): { readonly words: readonly string[]; readonly slips: readonly string[] } {
  const named = new Set([...names.keys()].flatMap((it) => it.split(' ')));
  const slips: string[] = [];
  const words = typed.map((word) => {
    if (KNOWN.has(word) || named.has(word)) return word;
    const slipsOf = WORDS.filter((it) => isSlip(word, it));
    const [meant, ...others] = slipsOf.toSorted((a, b) => offBy(word, a) - offBy(word, b));
    if (meant === undefined || !others.every((it) => isSameSense(it, meant))) return word;
    slips.push(`\`${word}\` was read as \`${meant}\``);
    return meant;
  });
  return { words, slips };
}

/** All that stands in a phrase of ours. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[...LEXICON.keys()].flatMap((it) => it.split(' ')),
  ...WORDS_OF_TIME,
]);
const WORDS = [...KNOWN].filter((it) => /^[a-z]{4,}$/.test(it));

function offBy(typed: string, word: string): number {
  return Math.abs(typed.length - word.length);
}

/** One word and its plural, or two words for one thing. */
function isSameSense(one: string, other: string): boolean {
  if (one === `${other}s` || other === `${one}s`) return true;
  const [a, b] = [LEXICON.get(one), LEXICON.get(other)];
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** `about pool exhaustion`: the rest, up to a time or the end, is looked for in the text. Only where something leads to it. */
function aboutAt(words: readonly string[], at: number, before: readonly Piece[]): Found | null {
  const last = before.findLast(({ sense }) => sense.is !== 'nothing')?.sense;
  if (last?.is !== 'about') return null;
  let end = at;
  while (end < words.length && /^[\p{L}\p{N}]+$/u.test(words[end] ?? '') && !endsAbout(words, end)) end += 1;
  if (end === at) return null;
  const filter: Filter = { field: 'text', op: 'has_words', values: [words.slice(at, end).join(' ')] };
  return { sense: { is: 'filter', filter }, length: end - at };
}

function endsAbout(words: readonly string[], at: number): boolean {
  return timeAt(words, at) !== null || phraseAt(words, at) !== null;
}

type NamesByWords = ReadonlyMap<string, readonly Name[]>;

function namesByWords(names: readonly Name[]): NamesByWords {
  const found = new Map<string, Name[]>();
  for (const name of names) {
    for (const called of new Set([name.value, ...name.called].map((it) => wordsOf(it).join(' ')))) {
      if (called !== '') found.set(called, [...(found.get(called) ?? []), name]);
    }
  }
  return found;
}

/** A name in as many words as fit; a word of the vocabulary in it stays a word where it is no longer. */
function nameAt(words: readonly string[], at: number, names: NamesByWords) {
  for (let length = Math.min(8, words.length - at); length > 0; length -= 1) {
    const found = names.get(words.slice(at, at + length).join(' '));
    if (!found) continue;
    const filters = found.map(({ field, value }): Filter => ({ field, op: 'is', values: [value] }));
    const unique = [...new Map(filters.map((it) => [JSON.stringify(it), it])).values()];
    return { filters: unique, length };
  }
  return null;
}
