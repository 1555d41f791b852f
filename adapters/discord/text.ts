import { plain, type Inline, type Text } from '#src/chat/message.ts';
import { clean, shorten } from '#src/chat/text.ts';

/**
 * Words as Discord must be given them so that people read the same words, in a
 * line of its own or within one: nothing in them becomes a mention, a link, an
 * emoji or any other markup. `://` begins a link and `:name:` is an emoji.
 */
export function escaped(text: string): string {
  return atLineStart(inLine(clean(text)));
}

/** A text in at most `max` characters of markup; what is left out is shown by an ellipsis. */
export function drawn(text: Text, max: number): string {
  return fitted(text, max, draw);
}

/** The same in one line. */
export function drawnLine(text: Text, max: number): string {
  return fitted(text, max, (it) => draw(it).replaceAll(/\s*\n\s*/g, ' '));
}

/** A block in which nothing is markup, in at most `max` characters with its fences; empty where it does not fit at all. */
export function codeBlock(text: string, max: number): string {
  const fence = '```';
  const room = max - 2 * (fence.length + 1);
  if (room < 1) return '';
  // A space of no width keeps three backticks from ending the block.
  const inside = (it: string) => clean(it).replaceAll(/`(?=``)/g, '`\u200B');
  return `${fence}\n${fitted(text, room, (it) => inside(plain(it)))}\n${fence}`;
}

/** The people whom a text names, as Discord knows them. */
export function peopleIn(text: Text): string[] {
  if (typeof text === 'string') return [];
  return text.flatMap((it) =>
    typeof it !== 'string' && it.type === 'person' && isSnowflake(it.id) ? [it.id] : [],
  );
}

/** Whether it can be an id of Discord's. */
export function isSnowflake(id: string): boolean {
  return /^\d{5,20}$/.test(id);
}

const SPECIAL = /[\\*_~`|<@[\]]|:(?=\/\/|[^\s:]{1,64}:)/g;

function inLine(text: string): string {
  return text.replaceAll(SPECIAL, String.raw`\$&`);
}

/** Headings, lists, quotes and small print begin with these at the beginning of a line. */
function atLineStart(text: string): string {
  return text
    .replaceAll(/^([^\S\n]*)([-+>#])/gm, String.raw`$1\$2`)
    .replaceAll(/^([^\S\n]*\d+)\./gm, String.raw`$1\.`);
}

function draw(text: Text): string {
  if (typeof text === 'string') return escaped(text);
  let all = '';
  for (const it of joined(text)) {
    const piece = drawInline(it);
    // Two pieces that stand side by side must not read as one piece of other markup.
    const touching = /[*`]$/.test(all) && /^[*`]/.test(piece) && typeof it !== 'string';
    all += touching ? `\u200B${piece}` : piece;
  }
  return atLineStart(all);
}

/** Words that stand side by side as one: what they would mean together is seen only so. */
function joined(text: readonly Inline[]): Inline[] {
  const all: Inline[] = [];
  for (const it of text) {
    const last = all.at(-1);
    if (typeof it === 'string' && typeof last === 'string') all.splice(-1, 1, last + it);
    else all.push(it);
  }
  return all;
}

function drawInline(it: Inline): string {
  if (typeof it === 'string') return inLine(clean(it));
  switch (it.type) {
    case 'bold':
      return bold(it.text);
    case 'code':
      return code(it.text);
    case 'link':
      return link(it.text, it.url);
    case 'person':
      return isSnowflake(it.id) ? `<@${it.id}>` : bold(it.name);
    case 'time': {
      const seconds = Math.floor(Date.parse(it.at) / 1000);
      return Number.isFinite(seconds) ? `<t:${seconds}:${TIMES[it.style]}>` : inLine(clean(it.at));
    }
  }
}

/** As Discord calls its ways to show a time. */
const TIMES = { clock: 't', date: 'f', relative: 'R' } as const;

function bold(text: string): string {
  const words = clean(text);
  return words.trim() === '' ? words : `**${inLine(words)}**`;
}

/** Words with backticks in them cannot be drawn as code for certain; they are shown as words. */
function code(text: string): string {
  const words = oneLine(text);
  return words === '' || words.includes('`') ? inLine(words) : `\`${words}\``;
}

/** Longer addresses are not drawn as links. */
const URL_MAX = 1000;

/** Only addresses of the web can be followed. */
function link(text: string, url: string): string {
  const words = inLine(oneLine(text));
  const address = URL.canParse(url) ? new URL(url) : null;
  const isWeb = address?.protocol === 'https:' || address?.protocol === 'http:';
  if (!address || !isWeb || words === '' || address.href.length > URL_MAX) return words;
  // An address ends at the first bracket that was not opened in it.
  const href = isBalanced(address.href) ? address.href : address.href.replaceAll(/[()]/g, percent);
  return `[${words}](<${href}>)`;
}

function isBalanced(url: string): boolean {
  return !/[()]/.test(url.replaceAll(/\([^()]*\)/g, ''));
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16)}`;
}

function oneLine(text: string): string {
  return clean(text).replaceAll(/\s+/g, ' ');
}

/** The longest beginning of a text that is drawn in `max` characters, with an ellipsis where it is not all of it. */
function fitted(text: Text, max: number, drawAs: (text: Text) => string): string {
  const whole = drawAs(text);
  if (whole.length <= max) return whole;
  let fits = '';
  let low = 0;
  let high = Math.min(plain(text).length, max);
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const tried = drawAs(cut(text, middle));
    if (tried.length > max) high = middle - 1;
    else {
      fits = tried;
      low = middle + 1;
    }
  }
  return fits;
}

/** The first `max` characters, the last of them an ellipsis. */
function cut(text: Text, max: number): Text {
  if (max < 1) return '';
  if (typeof text === 'string') return cutWords(text, max);
  const pieces: Inline[] = [];
  let left = max;
  for (const it of text) {
    const length = plain([it]).length;
    if (length < left) {
      pieces.push(it);
      left -= length;
      continue;
    }
    if (typeof it === 'string') pieces.push(cutWords(it, left));
    else if (it.type === 'person' || it.type === 'time') pieces.push('…');
    else pieces.push({ ...it, text: cutWords(it.text, left) });
    break;
  }
  return pieces;
}

function cutWords(text: string, max: number): string {
  return shorten(`${text.slice(0, max)}…`, max);
}
