/**
 * How texts are counted on the air (3GPP TS 23.038, 23.040): 160 characters of the
 * GSM alphabet, or 70 UTF-16 units where one character is not in it; in several
 * parts 153 and 67 each, since each part has a header.
 */
export interface Counted {
  readonly alphabet: 'gsm' | 'ucs2';
  readonly segments: number;
}

const GSM = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** These take two places. */
const GSM_TWICE = new Set('\f^{}\\[~]|€');

/** What stands for a character that would make the whole text one of 70 units a part. */
const PLAIN: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '…': '...',
  '•': '-',
  '·': '.',
  '×': 'x',
  '→': '->',
  '←': '<-',
  '≥': '>=',
  '≤': '<=',
  '`': "'",
  '´': "'",
  '\t': ' ',
  '\u00A0': ' ',
  '\u202F': ' ',
  '\u2009': ' ',
};

export function count(text: string): Counted {
  const characters = Array.from(text);
  const isGsm = characters.every((it) => GSM.has(it) || GSM_TWICE.has(it));
  if (!isGsm) return { alphabet: 'ucs2', segments: parts(characters.map(unitsOf), 70, 67) };
  const places = characters.map((it) => (GSM.has(it) ? 1 : 2));
  return { alphabet: 'gsm', segments: parts(places, 160, 153) };
}

/** Typographic characters as the plain ones that cost less; letters stay what they are. */
export function plainPunctuation(text: string): string {
  return Array.from(text, (it) => PLAIN[it] ?? it).join('');
}

/**
 * The text with as much of `words` between `before` and `after` as fits into so many
 * segments, cut between what people see as characters, with an ellipsis. `before` and
 * `after` are kept whole; they are ours, and plain.
 */
export function fit(before: string, words: string, after: string, mostSegments: number): string {
  const whole = before + words + after;
  if (count(whole).segments <= mostSegments) return whole;
  const seen = Array.from(new Intl.Segmenter('en').segment(words), ({ segment }) => segment);
  const cut = (kept: number) => `${before}${seen.slice(0, kept).join('').trimEnd()}...${after}`;
  let [fits, tooMany] = [0, seen.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (count(cut(middle)).segments <= mostSegments) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? before.trimEnd() + after : cut(fits);
}

function unitsOf(character: string): number {
  return character.length;
}

/** No character is divided between two parts: one that needs two places begins the next. */
function parts(sizes: readonly number[], alone: number, each: number): number {
  if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
  let [many, left] = [1, each];
  for (const size of sizes) {
    if (size > left) [many, left] = [many + 1, each];
    left -= size;
  }
  return many;
}
