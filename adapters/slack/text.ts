import type { RichTextElement } from '@slack/types';

import type { Inline, Text } from '#src/chat/message.ts';
import { plain } from '#src/chat/message.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { emojiOf } from './emoji.ts';
import { BLOCKS } from './limits.ts';

/**
 * Slack draws three kinds of text. `rich_text` takes words as they are: nothing
 * in them is markup, an address or an emoji, so all that comes from outside is
 * drawn with it. `plain_text` knows no markup, but the three characters must be
 * escaped. `mrkdwn` knows markup and has no way to escape it, so only words
 * that hold nothing like it are drawn with it.
 */

/** For `plain_text`, `mrkdwn`, topics and the text of notifications. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One cleaned and escaped line of at most `max` UTF-16 units, escapes counted. */
export function escapedLine(text: string, max: number): string {
  const line = cleanLine(text, max);
  let length = line.length;
  let escaped = escape(line);
  while (escaped.length > max) {
    length -= Math.max(1, Math.ceil((escaped.length - max) / 5));
    escaped = escape(shorten(line, Math.max(1, length)));
  }
  return escaped;
}

/** A topic has no form in which names of emoji are words: a mark without width keeps them apart. */
export function topicLine(text: string, max: number): string {
  return escapedLine(cleanLine(text, max).replaceAll(/:(?=[a-z0-9_+'-]+:)/g, ':\u200B'), max);
}

/** Nothing here is markup, an emoji or a mention, whatever stands beside it. */
const TAME = /^[\p{L}\p{M}\p{N}\p{Extended_Pictographic} ,.;()/+=%#'"’·–—…?!-]*$/u;

export function isTame(text: Text): boolean {
  if (typeof text === 'string') return TAME.test(text);
  return text.every((inline, index) => {
    if (typeof inline === 'string') return TAME.test(inline);
    if (inline.type === 'person') return isUserId(inline.id);
    if (inline.type === 'time') return true;
    if (!TAME.test(inline.text)) return false;
    if (inline.type === 'link') return !inline.url.includes('|');
    return inline.text.trim() === inline.text && standsAlone(text, index);
  });
}

/** Emphasis is seen as such only between spaces and punctuation. */
function standsAlone(text: readonly Inline[], index: number): boolean {
  const before = text[index - 1] ?? '';
  const after = text[index + 1] ?? '';
  return (
    typeof before === 'string' &&
    typeof after === 'string' &&
    /(?:^|\s)$/.test(before) &&
    /^(?:$|[\s.,;)!?])/.test(after)
  );
}

/** Only for text that is tame. */
export function mrkdwn(text: Text): string {
  if (typeof text === 'string') return escape(text);
  return text.map(mrkdwnInline).join('');
}

function mrkdwnInline(inline: Inline): string {
  if (typeof inline === 'string') return escape(inline);
  if (inline.type === 'person') return `<@${inline.id}>`;
  if (inline.type === 'time') {
    const { at, style } = inline;
    return `<!date^${seconds(at)}^${FORMATS[style]}|${plain([inline])}>`;
  }
  const escaped = escape(inline.text);
  if (escaped === '') return '';
  if (inline.type === 'bold') return `*${escaped}*`;
  if (inline.type === 'code') return `\`${escaped}\``;
  const address = addressOf(inline.url);
  return address === null ? escaped : `<${escape(address)}|${escaped}>`;
}

/** Any text, as it is. */
export function richText(text: Text): RichTextElement[] {
  const inlines = typeof text === 'string' ? [text] : text;
  return inlines.map(richInline).filter((it) => it !== null);
}

function richInline(inline: Inline): RichTextElement | null {
  if (typeof inline === 'string') return words(inline);
  if (inline.type === 'person') {
    return isUserId(inline.id)
      ? { type: 'user', user_id: inline.id }
      : words(`@${inline.name}`, { bold: true });
  }
  if (inline.type === 'time') {
    const { at, style } = inline;
    return { type: 'date', timestamp: seconds(at), format: FORMATS[style], fallback: plain([inline]) };
  }
  if (inline.text === '') return null;
  if (inline.type !== 'link') return words(inline.text, { [inline.type]: true });
  const url = addressOf(inline.url);
  return url === null ? words(inline.text) : { type: 'link', url, text: inline.text };
}

function words(text: string, style?: { bold?: boolean; code?: boolean }): RichTextElement | null {
  if (text === '') return null;
  return style ? { type: 'text', text, style } : { type: 'text', text };
}

/** Slack puts the reader's own time in place of what stands in braces. */
const FORMATS = { clock: '{time}', date: '{date_short_pretty} at {time}', relative: '{ago}' } as const;

function seconds(at: string): number {
  return Math.floor(new Date(at).getTime() / 1000);
}

/** Only the web and mail are links: nobody is made to run a script. Null for anything else. */
export function addressOf(url: string): string | null {
  const address = clean(url);
  if (!/^(?:https?:\/\/|mailto:)/i.test(address) || !URL.canParse(address)) return null;
  const { href } = new URL(address);
  return href.length <= BLOCKS.url ? href : null;
}

export function isUserId(id: string): boolean {
  return /^[UW][A-Z0-9]{1,30}$/.test(id);
}

/**
 * What a person wrote, as they meant it: Slack sends it escaped, with links,
 * mentions and emoji in its own markup. A mention stays a mention, `<@ID>`.
 * `emoji` are the characters of the names that are emoji in it, and not words.
 */
export function spoken(text: string, emoji: ReadonlyMap<string, string> = new Map()): string {
  const meant = text.replaceAll(/<([^<>]*)>/g, (_, inner: string) => meantBy(inner));
  const whole = unescape(meant).replaceAll(NAMED, (all, name: string) => emoji.get(name) ?? all);
  return clean(whole);
}

/** What is typed after a command comes without a word on what in it is an emoji: those that stand alone are. */
export function typed(text: string): string {
  const alone = /(?<=^|\s):([a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?):(?=$|[\s.,;!?])/g;
  return spoken(text).replaceAll(alone, (all, name: string) => emojiOf(name) ?? all);
}

const NAMED = /:([a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?):/g;

function meantBy(inner: string): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : inner.slice(bar + 1);
  const kind = target.charAt(0);
  // The brackets of a mention are put back escaped, and unescaped with the rest.
  if (kind === '@') return `&lt;@${target.slice(1)}&gt;`;
  if (kind === '#') return `#${label === '' ? target.slice(1) : label}`;
  if (kind === '!') return label === '' ? `@${target.slice(1)}` : label;
  if (label === '' || target.endsWith(label)) return label === '' ? target.replace(/^mailto:/, '') : label;
  return `${label} (${target})`;
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
