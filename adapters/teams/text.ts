import type { Inline, Text } from '#src/chat/message.ts';
import { cleanLine } from '#src/chat/text.ts';

import type { Element, MentionEntity, TextRun } from './card.ts';

type Look = Omit<TextRun, 'type' | 'text'>;

/**
 * A run of text is drawn as it is: it has no markup. Only the functions for dates
 * are read in it, so what looks like one is taken apart.
 */
export function runs(text: Text, look: Look = {}): TextRun[] {
  const inlines = typeof text === 'string' ? [text] : text;
  return inlines.flatMap((it) => runsOf(it, look)).filter((it) => it.text !== '');
}

function runsOf(inline: Inline, look: Look): TextRun[] {
  if (typeof inline === 'string') return literal(inline, look);
  switch (inline.type) {
    case 'bold':
      return literal(inline.text, { ...look, weight: 'Bolder' });
    case 'code':
      return literal(inline.text, { ...look, fontType: 'Monospace' });
    case 'link':
      return isWeb(inline.url)
        ? literal(inline.text, { ...look, selectAction: { type: 'Action.OpenUrl', url: inline.url } })
        : literal(inline.text, look);
    case 'person':
      return literal(`@${inline.name}`, look);
    case 'time':
      return [{ type: 'TextRun', text: timeMark(inline), ...look }];
  }
}

/** `{{DATE(...)}}` of somebody's text is data: split between its braces it is no function. */
function literal(text: string, look: Look): TextRun[] {
  return text.split(/(?<=\{)(?=\{)/).map((piece) => ({ type: 'TextRun', text: piece, ...look }));
}

/** The reader's own clock; Adaptive Cards know no relative times. */
function timeMark({ at, style }: Extract<Inline, { type: 'time' }>): string {
  const instant = `${at.slice(0, 19)}Z`;
  return style === 'clock' ? `{{TIME(${instant})}}` : `{{DATE(${instant}, SHORT)}} {{TIME(${instant})}}`;
}

export function isWeb(url: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(url) && URL.canParse(url);
}

export function namesSomebody(text: Text): boolean {
  return typeof text !== 'string' && text.some((it) => typeof it !== 'string' && it.type === 'person');
}

/**
 * Teams notifies people only from a TextBlock, which reads Markdown. Their names
 * are marked there and told beside the card; all other text is escaped.
 */
export class Mentions {
  readonly entities: MentionEntity[] = [];
  readonly #taken: string;

  /** `words`: all that is said in the message, in which no mark may stand by accident. */
  constructor(words: string) {
    this.#taken = words;
  }

  block(text: readonly Inline[], look: Pick<Look, 'size' | 'isSubtle'> = {}): Element {
    const markdown = text.map((it) => this.#marked(it)).join('');
    return { type: 'TextBlock', text: leadingEscaped(markdown), wrap: true, ...look };
  }

  #marked(inline: Inline): string {
    if (typeof inline === 'string') return escaped(inline);
    switch (inline.type) {
      case 'person':
        return this.#mark(inline.id, inline.name);
      case 'bold': {
        const [, before = '', words = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(inline.text) ?? [];
        return words === '' ? escaped(inline.text) : `${before}**${escaped(words)}**${after}`;
      }
      case 'code':
        return escaped(inline.text);
      case 'link':
        return isWeb(inline.url)
          ? `[${escaped(inline.text)}](${urlEscaped(inline.url)})`
          : escaped(inline.text);
      case 'time':
        return timeMark(inline);
    }
  }

  /** The same person has one mark; it is nothing that anybody else has written in this message. */
  #mark(id: string, name: string): string {
    const known = this.entities.find((it) => it.mentioned.id === id);
    if (known) return known.text;
    const shown =
      cleanLine(name, 75)
        .replaceAll(/[<>&\\`*_[\]{}]/g, ' ')
        .trim() || id;
    let called = shown;
    const isFree = () =>
      !this.#taken.includes(`<at>${called}</at>`) &&
      !this.entities.some((it) => it.text === `<at>${called}</at>`);
    for (let count = 2; !isFree(); count += 1) called = `${shown} (${count})`;
    const text = `<at>${called}</at>`;
    this.entities.push({ type: 'mention', text, mentioned: { id, name: called } });
    return text;
  }
}

/** Markdown that shows these words. Bare addresses stay words too. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>&~|#!$^]/g, String.raw`\$&`).replaceAll(/:(?=\/\/)/g, String.raw`\:`);
}

/** What means something at the beginning of a line only: lists, headings, rules. */
function leadingEscaped(markdown: string): string {
  return markdown
    .replaceAll(/^([ \t]*)([-+=])/gm, String.raw`$1\$2`)
    .replaceAll(/^([ \t]*\d+)([.)])/gm, String.raw`$1\$2`)
    .replaceAll(/^[ \t]+/gm, (blanks) => '\u00A0'.repeat(blanks.length));
}

function urlEscaped(url: string): string {
  return new URL(url).href.replaceAll(
    /[()\\<>*_~`]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Lines of a text of several pieces, each with what stands in it. */
export function linesOf(text: readonly Inline[]): Inline[][] {
  const lines: Inline[][] = [[]];
  for (const inline of text) {
    const pieces = typeof inline === 'string' ? inline.split('\n') : [inline];
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) lines.push([]);
      lines.at(-1)?.push(piece);
    }
  }
  return lines;
}

/** What a message of a person says, of the HTML in which Teams hands it over. */
export function textOfHtml(html: string): string {
  return html
    .replaceAll(/<(?:br|\/p|\/div|\/li)\s*\/?>/gi, '\n')
    .replaceAll(/<(?:script|style)\b.*?<\/(?:script|style)>/gis, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, name: string) => entity(name) ?? whole)
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()];
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}
