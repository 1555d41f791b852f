import { createHash } from 'node:crypto';

import { shortName } from '#src/incident/incident.ts';
import { clean, cleanLine, shorten } from '#src/incident/text.ts';

import type { Notice } from './channel.ts';

/** What the headline is when nothing of what was given can be shown. */
const NO_WORDS = 'Incident Manager';

/** `[P1] INC-42 checkout is down`: cleaned, one line, of at most `max` UTF-16 units. */
export function headline(notice: Notice, max: number): string {
  const before = label(notice);
  return `${before}${lineOf(notice.subject, max - before.length)}`.trim() || NO_WORDS;
}

/** One line of words from outside, cleaned, at most `max` UTF-16 units; without what is no character at all in XML. */
export function lineOf(text: string, max: number): string {
  return cleanLine(text.replaceAll(/[\uFFFE\uFFFF]/g, ''), max);
}

/** `[P1] INC-42 `, with the space; nothing where there is no incident. */
export function label({ incident }: Notice): string {
  return incident ? `[${incident.severity}] ${shortName(incident.number)} ` : '';
}

/** What stands under the headline, cleaned; at most `max` UTF-16 units altogether, line breaks counted. */
export function bodyLines(notice: Notice, max: number): string[] {
  const lines = notice.lines.map((it) => lineOf(it, max)).filter((it) => it !== '');
  const { incident } = notice;
  const state = incident && notice.kind !== 'bundle' ? [stateOf(incident)] : [];
  const all = shorten([...lines, ...state].join('\n'), max);
  return all === '' ? [] : all.split('\n');
}

function stateOf({ status, service }: NonNullable<Notice['incident']>): string {
  const state = `Status: ${status.toLowerCase().replace('_', ' ')}`;
  return service === null ? state : lineOf(`${state}, service: ${service}`, 200);
}

/** What opens in a browser and nothing else; null for anything that does not. */
export function link(url: string | null | undefined): string | null {
  if (!url || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

/** Text as text in HTML and XML, between tags and in quoted attributes; control characters, which XML does not have, go. */
export function escapeMarkup(text: string): string {
  return clean(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A name for something that providers let contain little and be of little length: `length` letters and digits. */
export function nameFor(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** Cuts to `max` bytes of UTF-8, never through a character, ending in an ellipsis when something was cut. */
export function shortenBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return text;
  const kept = Buffer.from(text).subarray(0, max - Buffer.byteLength('…'));
  return `${new TextDecoder().decode(kept, { stream: true })}…`;
}
