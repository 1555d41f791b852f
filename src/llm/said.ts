import { shorten } from '#src/incident/text.ts';

import { visible } from './clean.ts';
import type { Data } from './task.ts';

/** What of the words of a model is not ours to change or to doubt. */
export interface Trusted {
  /** Addresses that stay as they are: those that were told, as the value of a field that holds an address. */
  readonly urls: ReadonlySet<string>;
  /** Hosts of which every address stays: our own, and what the settings allow. In small letters. */
  readonly hosts: ReadonlySet<string>;
  /** Texts that were to be chosen from: names and ids, which code compares. */
  readonly choices: ReadonlySet<string>;
}

/**
 * What a model wrote, as plain words for people. No mention is left in it, no picture and no piece of
 * code, and no address but trusted ones: also where it repeats what a stranger wrote, since then it is the bot who
 * says it. Renderers escape it all the same. At most `max` UTF-16 units; the same again changes nothing.
 */
export function said(text: string, trusted: Pick<Trusted, 'urls' | 'hosts'>, max = MAX): string {
  let words = shorten(visible(text), max);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const plainer = plain(words, trusted);
    if (plainer === words) return words;
    words = plainer;
  }
  // Made so that something always comes to light behind what is taken away.
  return plain(words.replaceAll(/[<>@`[\]]|:\/\//g, ' '), trusted);
}

const MAX = 4000;
const MAX_ROUNDS = 6;

/** All texts of an answer, but for choices. */
export function saidIn(value: unknown, trusted: Trusted): unknown {
  if (typeof value === 'string') return trusted.choices.has(value) ? value : said(value, trusted);
  if (Array.isArray(value)) return value.map((it) => saidIn(it, trusted));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, saidIn(it, trusted)]));
}

/** Addresses in fields that are there for one, such as `runbook_url`: whoever wrote the alert's rule or the catalogue put them there. */
export function urlsIn(data: Data, name = ''): readonly string[] {
  if (typeof data === 'string') return isAddressField(name) && /^https?:\/\/\S+$/i.test(data) ? [data] : [];
  if (typeof data !== 'object' || data === null) return [];
  if (Array.isArray(data)) return data.flatMap((it: Data) => urlsIn(it, name));
  return Object.entries(data).flatMap(([key, it]) => urlsIn(it, key));
}

function isAddressField(name: string): boolean {
  return /(?:url|link|href|runbook|dashboard|playbook)$/i.test(name);
}

function plain(text: string, trusted: Pick<Trusted, 'urls' | 'hosts'>): string {
  return withoutMentions(withoutLinks(withoutMarkup(text), trusted))
    .replaceAll(/[^\S\n]{2,}/g, ' ')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const TAGS =
  'a|abbr|applet|area|at|audio|b|base|body|br|button|canvas|center|code|dd|details|div|dl|dt|em|embed|font|form|frame|frameset|h[1-6]|head|hr|html|i|iframe|img|input|ins|label|li|link|map|marquee|math|meta|object|ol|option|p|param|picture|pre|s|script|select|source|span|strike|strong|style|summary|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|video';
const HTML = new RegExp(String.raw`</?(?:${TAGS})(?:[\s/][^<>]{0,2000})?(?:>|$)`, 'gi');

function withoutMarkup(text: string): string {
  return (
    text
      .replaceAll(/```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)/g, ` ${LEFT_OUT} `)
      .replaceAll(HTML, '')
      // A picture is its words; a link its words and, in brackets, its address.
      .replaceAll(/!\[([^\][\n]{0,300})\](?:\([^()\n]{0,2000}\)|\[[^\][\n]{0,100}\])?/g, '$1')
      .replaceAll(/\[([^\][\n]{0,300})\]\(\s{0,9}<?([^()\s<>]{0,2000})>?[^()\n]{0,300}\)/g, '$1 ($2)')
      .replaceAll(/<(https?:\/\/[^\s<>|]{1,2000})\|([^<>\n]{0,300})>/gi, '$2 ($1)')
      // Platforms write people, rooms, times and commands of their own between such brackets.
      .replaceAll(/<(?:[!@#&]|\/[\w-]|a?:|t:|id:)[^<>\n]{0,300}>/gi, '')
      .replaceAll(/`|\*\*|<(?=[!@#&])|-->/g, '')
      .replaceAll('](', '] (')
      .replaceAll('![', '[')
      .replaceAll(/^[^\S\n]*(?:#{1,6}|>{1,3}|-#)[^\S\n]+/gm, '')
  );
}

const LEFT_OUT = '(code was left out)';
const NO_LINK = '(a link was left out)';

function withoutLinks(text: string, trusted: Pick<Trusted, 'urls' | 'hosts'>): string {
  return text
    .replaceAll(/\(?(?:\b[a-z][a-z0-9+.-]{1,20})?:?\/\/[^\s<>"|)\]}]*\)?/gi, (it) => {
      const [, before = '', url = '', after = ''] = /^(\(?)(.*?)([.,;:!?]*\)?)$/s.exec(it) ?? [];
      if (isTrusted(url, trusted)) return it;
      // What has neither a scheme nor a host is a comment of code, or a path.
      if (/^\/\/(?![\w-]{1,63}\.)/.test(url)) return `${before}${url.replace(/^\/+/, '/')}${after}`;
      return `${before === '(' ? '' : before}${NO_LINK}${before === '(' ? after.replace(')', '') : after}`;
    })
    .replaceAll(/\bwww\.[^\s<>"|)\]}]{1,2000}/gi, (it) =>
      isTrusted(`https://${it}`, trusted) ? it : NO_LINK,
    )
    .replaceAll(/\b(?:(?:javascript|vbscript):(?=\S)|data:[a-z]{2,20}\/)[^\s<>"|]{0,2000}/gi, NO_LINK);
}

function isTrusted(url: string, { urls, hosts }: Pick<Trusted, 'urls' | 'hosts'>): boolean {
  if (urls.has(url)) return true;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return false;
  const { host, username, password } = new URL(url);
  return hosts.has(host) && username === '' && password === '';
}

/** In front of a word an @ is none any more, in whatever width it is written; an address of mail keeps its own. Nor is `/incident` a command of ours. */
function withoutMentions(text: string): string {
  return text
    .replaceAll(/(?<![\p{L}\p{N}._%+-])[@＠﹫](?=[@＠﹫]{0,9}[\p{L}\p{N}_&!<])/gu, '')
    .replaceAll(/[@＠﹫](?=(?:everyone|channel|here|all)\b(?!\.\p{L}))/giu, ' ')
    .replaceAll(/(?<![\p{L}\p{N}/.])[/／](?=incident\b)/giu, '');
}
