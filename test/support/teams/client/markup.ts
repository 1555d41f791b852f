/** What a person reads of a marked-up text, and where it leads. */
export interface Read {
  readonly text: string;
  readonly links: readonly string[];
}

const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};
const BARE_URL = /\b(?:https?:\/\/|www\.)[^\s<>"]*[^\s<>".,;:!?')\]*_~]/gi;

/** Literal text: nothing is interpreted, except that an app makes links of bare addresses. */
export function readPlain(text: string): Read {
  return { text, links: bareLinks(text) };
}

export function bareLinks(text: string): readonly string[] {
  return [...text.matchAll(BARE_URL)].map(([it]) => (it.startsWith('www.') ? `http://${it}` : it));
}

/** `{{DATE(...)}}` and `{{TIME(...)}}` of Adaptive Cards, drawn for a reader in UTC. */
export function withTimes(text: string): string {
  const time = String.raw`\(\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d))\s*(?:,\s*(?:SHORT|LONG|COMPACT)\s*)?\)`;
  return text
    .replaceAll(new RegExp(String.raw`\{\{DATE${time}\}\}`, 'g'), (_, at: string) =>
      new Date(at).toISOString().slice(0, 10),
    )
    .replaceAll(
      new RegExp(String.raw`\{\{TIME${time}\}\}`, 'g'),
      (_, at: string) => `${new Date(at).toISOString().slice(11, 16)} UTC`,
    );
}

/**
 * Markdown as Teams reads it in cards and messages. Where Microsoft says that
 * something is not supported but apps differ (code, headings, quotations,
 * crossed-out words), it is read as markup: who sends it is on the safe side
 * only if it is escaped.
 */
export function readMarkdown(source: string): Read {
  const links: string[] = [];
  const blocks = source
    .replaceAll('\r', '\n')
    .split(/\n[ \t]*\n+/)
    .map((it) => readBlock(it, links))
    .filter((it) => it !== '');
  return { text: blocks.join('\n'), links };
}

/** One paragraph: single line breaks are no more than spaces, unless lists begin there. */
function readBlock(source: string, links: string[]): string {
  const lines: string[] = [];
  for (const raw of source.split('\n')) {
    const line = raw.replace(/^ {0,3}/, '').replace(/^(?:#{1,6}[ \t]+|>[ \t]?)/, '');
    const [, bullet, number, rest] = /^(?:([-*+])|(\d{1,9}[.)]))[ \t]+(.*)$/.exec(line) ?? [];
    if (/^(?:[-*_][ \t]*){3,}$/.test(line)) lines.push('');
    else if (rest !== undefined) lines.push(`${bullet === undefined ? number : '-'} ${rest}`);
    else if (lines.length === 0 || line.trim() === '') lines.push(line);
    else lines.push(`${lines.pop()} ${line}`);
  }
  return lines.map((it) => readInline(it.trim(), links)).join('\n');
}

/** Stands for a character that was escaped, so that nothing takes it for markup. */
const SHIELD = 0xe000;

function readInline(source: string, links: string[]): string {
  let text = source.replaceAll(/\\(.)/g, (whole, it: string) =>
    PUNCTUATION.test(it) ? shielded(it) : whole,
  );
  text = text.replaceAll(/(`+)([^`]+)\1/g, (_, __, code: string) => shieldAll(code));
  text = text.replaceAll(
    /!?\[([^\]]*)\]\(\s*<?([^\s)<>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    (_, label: string, url: string) => {
      links.push(unshielded(url));
      return label;
    },
  );
  text = text.replaceAll(/<((?:https?|mailto):[^\s<>]+)>/gi, (_, url: string) => {
    links.push(unshielded(url));
    return shieldAll(url);
  });
  links.push(...bareLinks(text).map(unshielded));
  text = text.replaceAll(/&(#\d{1,7}|#x[\da-f]{1,6}|\w+);/gi, (whole, name: string) => entity(name) ?? whole);
  for (const mark of ['***', '**', '__', '~~', '*', '_']) text = withoutMark(text, mark);
  return unshielded(text);
}

/** Emphasis: the mark stands directly at words, and an underscore not inside one. */
function withoutMark(text: string, mark: string): string {
  const it = mark.replaceAll(/[*~]/g, String.raw`\$&`);
  const [before, after] = mark.startsWith('_') ? [String.raw`(?<![\w])`, String.raw`(?![\w])`] : ['', ''];
  const pattern = new RegExp(`${before}${it}(?=\\S)(.+?)(?<=\\S)${it}${after}`, 'g');
  return text.replaceAll(pattern, '$1');
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return shieldAll(ENTITIES[name.toLowerCase()] ?? '') || undefined;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10_ff_ff ? shieldAll(String.fromCodePoint(code)) : undefined;
}

function shielded(it: string): string {
  return String.fromCodePoint(SHIELD + (it.codePointAt(0) ?? 0));
}

/** Text that is drawn as it is, within text that is read as Markdown. */
export function shieldAll(text: string): string {
  return text.replaceAll(new RegExp(PUNCTUATION, 'g'), shielded);
}

function unshielded(text: string): string {
  return text.replaceAll(/[\u{e000}-\u{e07f}]/gu, (it) =>
    String.fromCodePoint((it.codePointAt(0) ?? SHIELD) - SHIELD),
  );
}

/** Elements that Teams draws in messages of the format `xml`, and in Markdown too; others it leaves out. */
export function readHtml(source: string): Read {
  const links: string[] = [];
  const text = source
    .replaceAll(/<(script|style)\b[^]*?<\/\1\s*>/gi, '')
    .replaceAll(/<br\s*\/?>|<\/(?:p|div|li|h[1-6]|pre|blockquote|ul|ol|tr)\s*>/gi, '\n')
    .replaceAll(/<li\b[^>]*>/gi, '- ')
    .replaceAll(/<a\b[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>/gi, (_, one?: string, two?: string) => {
      links.push(decoded(one ?? two ?? ''));
      return '';
    })
    .replaceAll(/<\/?[a-z][^>]*>/gi, '');
  const read = decoded(text).replace(/\n+$/, '');
  return { text: read, links: [...links, ...bareLinks(read)] };
}

function decoded(text: string): string {
  return text.replaceAll(/&(#\d{1,7}|#x[\da-f]{1,6}|\w+);/gi, (whole, name: string) => {
    const it = entity(name);
    return it === undefined ? whole : unshielded(it);
  });
}
