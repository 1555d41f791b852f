/** A piece of a typed line: a word, a quoted text, or a name that leads to a value. */
export interface Token {
  /** As it was typed; a quoted text without its quotes. */
  readonly text: string;
  /** Where it stands in the line, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** `impact` of `--impact`, `--impact=x`, `impact=x` and `impact:x`, in lower case. */
  readonly name: string | null;
  /** Written with dashes in front, so surely meant as a name. */
  readonly dashed: boolean;
  /** The `x` of `--impact=x`, without quotes; null where the value is the next token. */
  readonly value: string | null;
}

/**
 * Splits a line at white space. A quote counts where a word begins and where
 * its partner ends one, so `don't` and `it's 5" long` are words. Telephones turn
 * quotes curly and two dashes into a long one; both are read as they were
 * meant. Takes time in proportion to the line's length, whatever is in it.
 */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  const unclosed = new Set<string>();
  let position = 0;
  while (position < line.length) {
    const gap = matchAt(/\s+/y, line, position);
    if (gap) {
      position += gap[0].length;
      continue;
    }
    const token = quotedAt(line, position, unclosed) ?? wordAt(line, position, unclosed);
    tokens.push(token);
    position = token.end;
  }
  return tokens;
}

/** What closes each quote. */
const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”“',
  '„': '“”',
  "'": "'",
  '‘': '’',
  '«': '»',
};

/** The quoted text that opens at `open`, or null when nothing closes it. */
function quotedAt(line: string, open: number, unclosed: Set<string>): Token | null {
  const quote = line[open] ?? '';
  const closers = CLOSERS[quote];
  if (!closers || unclosed.has(quote)) return null;
  for (let index = open + 1; index < line.length; index += 1) {
    const char = line[index] ?? '';
    if (char === '\\' && closers.includes(line[index + 1] ?? ' ')) {
      index += 1;
    } else if (closers.includes(char) && isGap(line[index + 1])) {
      const text = line.slice(open + 1, index).replaceAll(`\\${quote}`, quote);
      return { text, start: open, end: index + 1, quoted: true, name: null, dashed: false, value: null };
    }
  }
  // What closes none here closes none further on: the rest is not searched again.
  unclosed.add(quote);
  return null;
}

const DASHED = /(?:--|[—–])([a-z][a-z-]*)(?:([=:])|(?=\s|$))/iy;
const NAMED = /([a-z][a-z-]*)[=:](?=\S)/iy;

function wordAt(line: string, start: number, unclosed: Set<string>): Token {
  const dashed = matchAt(DASHED, line, start);
  const named = dashed ?? matchAt(NAMED, line, start);
  const from = start + (named?.[0].length ?? 0);
  const quoted = named && quotedAt(line, from, unclosed);
  const end = quoted?.end ?? from + (matchAt(/\S+/y, line, from)?.[0].length ?? 0);
  const hasValue = named !== null && (dashed === null || dashed[2] !== undefined);
  return {
    text: line.slice(start, end),
    start,
    end,
    quoted: false,
    name: named?.[1]?.toLowerCase() ?? null,
    dashed: dashed !== null,
    value: hasValue ? (quoted?.text ?? line.slice(from, end)) : null,
  };
}

function isGap(char: string | undefined): boolean {
  return char === undefined || /\s/.test(char);
}

function matchAt(sticky: RegExp, line: string, position: number): RegExpExecArray | null {
  sticky.lastIndex = position;
  return sticky.exec(line);
}
