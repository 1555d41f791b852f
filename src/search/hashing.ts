import type { Embedder } from './embedder.ts';
import { wordsOf } from './words.ts';

export const DIMENSIONS = 384;
/** Raised with every change of what is hashed, so that old vectors are made anew. */
export const HASHING = 'hashing-1';

/**
 * Vectors without a model and without a download: each word and each piece of 3 to 5
 * characters of a word is a feature, hashed to one of 384 places. So a misspelt word is
 * near the right one. It knows no meanings beyond the few synonyms of `words.ts`. About 30 us a text.
 */
export function hashingEmbedder(): Embedder {
  return {
    model: HASHING,
    dimensions: DIMENSIONS,
    isLocal: true,
    embed: async (texts) => texts.map(hashed),
  };
}

/** Of length 1, or all zeros where there is no word in it. */
export function hashed(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  const words = counted(wordsOf(text));
  for (const [word, times] of words) {
    // What is said three times does not count threefold.
    const weight = 1 + Math.log(times);
    add(vector, `w ${word}`, weight);
    const pieces = piecesOf(word);
    // All pieces of a word together count as much as the word.
    for (const piece of pieces) add(vector, `p ${piece}`, weight / Math.sqrt(pieces.length));
  }
  // A word of one character and its only piece may cancel each other out, and is not nothing.
  if (vector.every((it) => it === 0)) for (const word of words.keys()) add(vector, `w ${word}`, 1);
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((it) => it / length);
}

function piecesOf(word: string): string[] {
  const marked = `^${word}$`;
  return [3, 4, 5].flatMap((size) =>
    Array.from({ length: Math.max(0, marked.length - size + 1) }, (_, at) => marked.slice(at, at + size)),
  );
}

/** The sign is hashed too, so that features that meet at one place cancel out as often as they add up. */
function add(vector: number[], feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const place = (hash >>> 1) % DIMENSIONS;
  vector[place] = (vector[place] ?? 0) + ((hash & 1) === 0 ? weight : -weight);
}

/** FNV-1a of 32 bits over UTF-16 units, with a last mix so that its low bits are as good as its high ones. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function counted(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
