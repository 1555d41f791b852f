import { shownTime } from './time.ts';

/** What a person reads of a text, as Discord's apps show it. */
export interface Shown {
  readonly text: string;
  /** Addresses that can be followed. */
  readonly links: readonly string[];
}

export interface Names {
  user(id: string): string | null;
  role(id: string): string | null;
  channel(id: string): string | null;
  readonly now: Date;
}

interface Reading {
  readonly names: Names;
  readonly links: string[];
}

type Rule = (
  rest: string,
  before: string,
  reading: Reading,
) => { readonly text: string; readonly length: number } | null;

/** Reads Discord's markup: what it hides is not in the text, what is escaped is as it was meant. */
export function readMarkdown(source: string, names: Names): Shown {
  const reading: Reading = { names, links: [] };
  return { text: blocks(source, reading), links: reading.links };
}

/** Code blocks first, for nothing within them means anything; then line by line. */
function blocks(source: string, reading: Reading): string {
  const fence = /```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][^]*?)\n*```/gi;
  let text = '';
  let at = 0;
  for (const match of source.matchAll(fence)) {
    if (isEscaped(source, match.index)) continue;
    text += lines(source.slice(at, match.index), reading) + (match[2] ?? '');
    at = match.index + match[0].length;
  }
  return text + lines(source.slice(at), reading);
}

function isEscaped(source: string, index: number): boolean {
  const slashes = /\\*$/.exec(source.slice(0, index))?.[0].length ?? 0;
  return slashes % 2 === 1;
}

/** What begins a line: headings, quotes, small print and lists. The rest runs over line ends. */
function lines(source: string, reading: Reading): string {
  const marked = renumbered(source.split('\n').map(lineStart));
  let text = '';
  let run = '';
  for (const [index, { mark, rest, isBlock }] of marked.entries()) {
    const end = index === 0 ? '' : '\n';
    if (isBlock) {
      text += inline(run, '', reading) + end + mark + inline(rest, '', reading);
      run = '';
    } else run += end + rest;
  }
  return text + inline(run, '', reading);
}

/** Discord numbers a list itself, from its first number on. */
function renumbered(all: readonly Line[]): Line[] {
  let next: number | null = null;
  return all.map((it) => {
    const number = /^(\d+)\. $/.exec(it.mark)?.[1];
    if (number === undefined) {
      next = null;
      return it;
    }
    next = (next ?? Number(number) - 1) + 1;
    return { ...it, mark: `${next}. ` };
  });
}

interface Line {
  readonly mark: string;
  readonly rest: string;
  readonly isBlock: boolean;
}

function lineStart(line: string): Line {
  const heading = /^#{1,3}\s+((?!#+)[^\n]+?)#*\s*$/.exec(line);
  if (heading) return { mark: '', rest: heading[1] ?? '', isBlock: true };
  const small = /^-#\s+(.+)$/.exec(line);
  if (small) return { mark: '', rest: small[1] ?? '', isBlock: true };
  const quote = /^ *>(?:>>)? (.*)$/.exec(line);
  if (quote) {
    const inner = lineStart(quote[1] ?? '');
    return { ...inner, isBlock: true };
  }
  const item = /^( *)([*-]|\d+\.) +(.*)$/.exec(line);
  if (item) {
    const inner = lineStart(item[3] ?? '');
    const sign = item[2]?.endsWith('.') ? item[2] : '•';
    return { ...inner, mark: `${item[1]}${sign} ${inner.mark}`, isBlock: true };
  }
  return { mark: '', rest: line, isBlock: false };
}

/** Where something other than the sign itself may begin: any sign, and the first letter of an address. */
const MEANS = /[^0-9A-GI-Za-gi-z\s]/;

function inline(source: string, outer: string, reading: Reading): string {
  let text = '';
  let at = 0;
  while (at < source.length) {
    const hit = MEANS.test(source.charAt(at)) ? meaningAt(source, at, outer, reading) : null;
    const [sign = ''] = source.slice(at, at + 2);
    text += hit ? hit.text : sign;
    at += hit ? hit.length : sign.length;
  }
  return text;
}

/** The first rule that holds at a place; null where the sign is only itself. */
function meaningAt(source: string, at: number, outer: string, reading: Reading): ReturnType<Rule> {
  const [rest, before] = [source.slice(at), at === 0 ? outer : source.slice(Math.max(0, at - 1), at)];
  for (const rule of RULES) {
    const hit = rule(rest, before, reading);
    if (hit) return hit;
  }
  return null;
}

/** Shortcodes that Discord turns into an emoji wherever they stand; some that everybody knows. */
const SHORTCODES: Readonly<Record<string, string>> = {
  fire: '🔥',
  smile: '😄',
  joy: '😂',
  heart: '❤️',
  thumbsup: '👍',
  '+1': '👍',
  thumbsdown: '👎',
  '-1': '👎',
  tada: '🎉',
  warning: '⚠️',
  rotating_light: '🚨',
  white_check_mark: '✅',
  x: '❌',
  eyes: '👀',
  rocket: '🚀',
  bug: '🐛',
  skull: '💀',
  red_circle: '🔴',
  green_circle: '🟢',
};

const RULES: readonly Rule[] = [
  // A backslash takes the meaning of any sign that is no letter, digit or blank.
  (rest) => pattern(/^\\([^0-9A-Za-z\s])/u, rest, ([, sign]) => sign ?? ''),
  (rest) => pattern(/^(`+)([^]*?[^`])\1(?!`)/, rest, ([, , code]) => unpadded(code ?? '')),
  (rest, _, { links }) =>
    pattern(/^<([^: >]+:\/[^ >]+)>/, rest, ([, url]) => {
      if (/^(?:https?|discord):/i.test(url ?? '')) links.push(url ?? '');
      return url ?? '';
    }),
  (rest, _, { links }) =>
    pattern(/^<(?:mailto:)?([^\s<>:@]+@[^\s<>@]+\.[^\s<>@]+)>/, rest, ([, address]) => {
      links.push(`mailto:${address}`);
      return address ?? '';
    }),
  (rest, _, { links }) =>
    pattern(
      /^https?:\/\/[^\s<]+[^<.,:;"'\]\s]/i,
      rest,
      ([found]) => {
        const url = balanced(found);
        links.push(url);
        return url;
      },
      (found) => balanced(found).length,
    ),
  maskedLink,
  ...emphasis(),
  mention,
  (rest, _, { names }) =>
    pattern(/^<t:(-?\d{1,17})(?::([tTdDfFsSR]))?>/, rest, ([, seconds, style]) =>
      shownTime(Number(seconds), style ?? 'f', names.now),
    ),
  (rest) => pattern(/^<a?:(\w+):\d+>/, rest, ([, name]) => `:${name}:`),
  (rest) => pattern(/^<\/([^:>]+):\d+>/, rest, ([, name]) => `/${name}`),
  (rest) => {
    const name = /^:([^\s:]+):/.exec(rest)?.[1] ?? '';
    const emoji = Object.hasOwn(SHORTCODES, name) ? SHORTCODES[name] : undefined;
    return emoji === undefined ? null : { text: emoji, length: name.length + 2 };
  },
];

function pattern(
  of: RegExp,
  rest: string,
  read: (match: RegExpExecArray) => string,
  lengthOf: (found: string) => number = (found) => found.length,
): { text: string; length: number } | null {
  const match = of.exec(rest);
  return match ? { text: read(match), length: lengthOf(match[0]) } : null;
}

/** `[words](address)`: only for addresses of the web, and where the words are no address themselves. */
function maskedLink(rest: string, _: string, reading: Reading): ReturnType<Rule> {
  const end = closing(rest);
  if (end < 0) return null;
  const words = rest.slice(1, end);
  const tail = /^\(\s*<?((?:\\.|\([^\s()\\]*\)|[^\s()\\>])*)>?(?:\s+(?:'[^']*'|"[^"]*"))?\s*\)/.exec(
    rest.slice(end + 1),
  );
  const url = (tail?.[1] ?? '').replaceAll(/\\([^0-9A-Za-z\s])/g, '$1');
  if (!tail || words.trim() === '' || !/^(?:https?|discord):\/\/\S/i.test(url)) return null;
  const shown = inline(words, '', { ...reading, links: [] });
  if (/https?:\/\//i.test(shown)) return null;
  reading.links.push(url);
  return { text: shown, length: end + 1 + tail[0].length };
}

/** Where the bracket that a text begins with is closed; -1 where it is not, or there is none. */
function closing(text: string): number {
  if (!text.startsWith('[')) return -1;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (sign === '[') depth += 1;
    else if (sign === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function emphasis(): Rule[] {
  const marks = [
    /^\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/,
    /^__((?:\\[^]|[^\\])+?)__(?!_)/,
    /^~~((?:\\[^]|[^\\])+?)~~(?!_)/,
    /^\|\|((?:\\[^]|[^\\])+?)\|\|/,
    /^\*(?=\S)((?:\*\*|\\[^]|\s+(?:\\[^]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/,
  ];
  const rules = marks.map(
    (mark): Rule =>
      (rest, before, reading) =>
        pattern(mark, rest, ([, inner]) => inline(inner ?? '', before, reading)),
  );
  // An underscore within a word is one.
  const underscore: Rule = (rest, before, reading) => {
    if (/\w$/.test(before)) return null;
    return pattern(/^_((?:__|\\[^]|[^\\_])+?)_(?!\w)/, rest, ([, inner]) =>
      inline(inner ?? '', before, reading),
    );
  };
  return [...rules, underscore];
}

function mention(rest: string, _: string, { names }: Reading): { text: string; length: number } | null {
  const match = /^<(@!?|@&|#)(\d+)>/.exec(rest);
  if (!match) return null;
  const [whole, sign = '', id = ''] = match;
  const name = sign === '#' ? names.channel(id) : sign === '@&' ? names.role(id) : names.user(id);
  const unknown = sign === '#' ? '#unknown' : sign === '@&' ? '@unknown-role' : '@unknown-user';
  return { text: name === null ? unknown : `${sign === '#' ? '#' : '@'}${name}`, length: whole.length };
}

/** An address does not end with a bracket that was opened before it. */
function balanced(url: string): string {
  let end = url.length;
  while (url[end - 1] === ')' && count(url.slice(0, end), ')') > count(url.slice(0, end), '(')) end -= 1;
  return url.slice(0, end);
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** One blank on each side of code belongs to its marks where a backtick stands beside it. */
function unpadded(code: string): string {
  return /^ `|` $/.test(code) ? code.replace(/^ (?=`)/, '').replace(/(?<=`) $/, '') : code;
}
