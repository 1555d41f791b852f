/**
 * What people write, cut into pieces to draw. `raw` is what was written, so
 * the pieces' `raw` together are the text: nothing is lost and nothing added.
 */
export type Token =
  | { readonly type: 'text'; readonly raw: string }
  | { readonly type: 'link'; readonly raw: string; readonly url: string }
  | { readonly type: 'code'; readonly raw: string; readonly text: string }
  | { readonly type: 'block'; readonly raw: string; readonly text: string }
  | { readonly type: 'person'; readonly raw: string; readonly id: string }
  | { readonly type: 'incident'; readonly raw: string; readonly number: number };

// A fenced block, code, an address, @somebody, or INC-42. Each begins at something that cannot stand inside a word.
const PIECE =
  /```\n?(?<block>[^]+?)```|`(?<code>[^`\n]+)`|(?<url>https?:\/\/[^\s<>"'`]+)|(?<![\p{L}\p{N}@._-])@(?<person>[\p{L}\p{N}][\p{L}\p{N}._-]*)|(?<![\p{L}\p{N}-])INC-(?<number>[1-9]\d{0,8})(?![\p{L}\p{N}-])/giu;

/** `isPerson` says which ids are people's; any other `@word` is a word. */
export function tokens(text: string, isPerson: (id: string) => boolean): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const token = read(match, isPerson);
    if (!token) continue;
    if (match.index > end) found.push({ type: 'text', raw: text.slice(end, match.index) });
    found.push(token);
    end = match.index + token.raw.length;
  }
  if (end < text.length) found.push({ type: 'text', raw: text.slice(end) });
  return found;
}

function read(match: RegExpExecArray, isPerson: (id: string) => boolean): Token | null {
  const raw = match[0];
  const { block, code, url, person, number } = match.groups ?? {};
  if (block !== undefined) return { type: 'block', raw, text: block };
  if (code !== undefined) return { type: 'code', raw, text: code };
  if (url !== undefined) return link(url);
  if (number !== undefined) return { type: 'incident', raw, number: Number(number) };
  return person === undefined ? null : mention(person, isPerson);
}

/** Dots and brackets at the end belong to the sentence. */
function link(found: string): Token | null {
  const raw = found.replace(/[.,;:!?)\]}]+$/, '');
  const url = safeUrl(raw);
  return url === null ? null : { type: 'link', raw, url };
}

function mention(found: string, isPerson: (id: string) => boolean): Token | null {
  for (const id of [found, found.replace(/[._-]+$/, '')]) {
    if (isPerson(id)) return { type: 'person', raw: `@${id}`, id };
  }
  return null;
}

/** The address when it is one that may be opened: http or https, and nothing else. */
export function safeUrl(text: string): string | null {
  const url = URL.parse(text);
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : null;
}
