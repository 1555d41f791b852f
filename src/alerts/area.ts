/**
 * The technology an alert is about, by the words in it. Not the same as an
 * incident's category: a database may be slow (performance) or gone (availability).
 */
import { AREAS, NAMES, PARTS, type Area } from './area-words.ts';

export type { Area } from './area-words.ts';

/** A word's area, and how much it says. */
interface Entry {
  readonly area: Area;
  readonly weight: number;
}

const NAME_WEIGHT = 4;
const PART_WEIGHT = 1;

const ENTRIES: ReadonlyMap<string, Entry> = new Map([
  ...entriesOf(PARTS, PART_WEIGHT),
  ...entriesOf(NAMES, NAME_WEIGHT),
]);

/** Words that begin a pair; most do not, and then there is nothing to look up. */
const OPENERS: ReadonlySet<string> = new Set(
  [...ENTRIES.keys()].flatMap((it) => (it.includes(' ') ? [it.slice(0, it.indexOf(' '))] : [])),
);

function entriesOf(words: Readonly<Partial<Record<Area, string>>>, weight: number): [string, Entry][] {
  return AREAS.flatMap((area) =>
    (words[area] ?? '')
      .split(',')
      .map((it) => it.trim())
      .filter((it) => it !== '')
      .map((it): [string, Entry] => [it, { area, weight }]),
  );
}

/** A text and how much a word in it counts. */
interface Said {
  readonly text: string;
  readonly weight: number;
}

/**
 * The area that most is said of, and the word that says most; null where no
 * word says anything. The first known word of a text counts for three: a rule is
 * named for what it watches. One pass over the text.
 */
export function areaOf(texts: readonly Said[]): { readonly area: Area; readonly word: string } | null {
  const scores = new Map<Area, number>();
  const words = new Map<Area, { word: string; weight: number }>();
  const seen = new Set<string>();
  for (const { text, weight } of texts) {
    let isFirst = true;
    for (const word of knownWords(text)) {
      const entry = ENTRIES.get(word);
      if (!entry) continue;
      const worth = (seen.has(word) ? 0.5 : 1) * entry.weight * weight * (isFirst ? 3 : 1);
      seen.add(word);
      isFirst = false;
      scores.set(entry.area, (scores.get(entry.area) ?? 0) + worth);
      if (worth > (words.get(entry.area)?.weight ?? 0)) words.set(entry.area, { word, weight: worth });
    }
  }
  let best: Area | null = null;
  for (const area of AREAS) {
    if ((scores.get(area) ?? 0) > (best === null ? 0 : (scores.get(best) ?? 0))) best = area;
  }
  return best === null ? null : { area: best, word: words.get(best)?.word ?? '' };
}

const WORD = /[a-z0-9]+/gi;
const HUMPS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;

/** The known words and pairs of a text in their order, the longer before the shorter. */
function knownWords(text: string): string[] {
  const found: string[] = [];
  let before = '';
  for (const [raw] of text.matchAll(WORD)) {
    const whole = raw.toLowerCase();
    const parts = ENTRIES.has(whole) || whole === raw ? [whole] : (raw.match(HUMPS) ?? []);
    for (const part of parts) {
      const word = part.toLowerCase();
      const known = knownForm(before, word);
      if (known !== null) {
        // The pair says more than its first half, which was taken for a word of its own.
        if (known.includes(' ') && found.at(-1) === before) found.pop();
        found.push(known);
      }
      before = word;
    }
  }
  return found;
}

function knownForm(before: string, word: string): string | null {
  if (OPENERS.has(before) && ENTRIES.has(`${before} ${word}`)) return `${before} ${word}`;
  if (before !== '' && word.length <= 3 && ENTRIES.has(`${before}${word}`)) return `${before}${word}`;
  if (ENTRIES.has(word)) return word;
  if (word.length > 4 && word.endsWith('s') && ENTRIES.has(word.slice(0, -1))) return word.slice(0, -1);
  return null;
}
