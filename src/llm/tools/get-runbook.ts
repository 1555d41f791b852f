import { z } from 'zod';

import { ProviderError } from '#src/errors.ts';

import { get } from './http/get.ts';
import type { Outside } from './http/outside.ts';
import type { Finding, Runbook } from './sight.ts';
import { defineTool } from './tool.ts';

/** Characters of one piece of a runbook, so that each can be cited by itself. */
const PIECE = 550;
const MOST_PIECES = 20;

export const getRunbook = defineTool({
  name: 'get_runbook',
  description:
    'The runbook of a service near the incident: its text, piece by piece, where it may be read, else its address alone. Commands may only be named where a runbook has them.',
  input: z.strictObject({ service: z.string().min(1).max(200).describe('The service, as in the catalogue') }),
  run: async ({ service }, { sight, outside, signal }) => {
    const found = (await sight.runbooks()).find((it) => it.service.toLowerCase() === service.toLowerCase());
    if (!found) return { findings: [], note: 'The catalogue has no runbook of that service.' };
    if (!mayRead(found.url, outside)) {
      return { findings: [linkOf(found)], note: 'Its text may not be read from here.' };
    }
    try {
      const { origin, pathname, searchParams } = new URL(found.url);
      const query = Object.fromEntries(searchParams);
      const source = {
        name: 'The runbook',
        url: origin,
        headers: { accept: 'text/plain, text/markdown, text/html' },
      };
      return { findings: [linkOf(found), ...piecesOf(found, await get(source, pathname, query, signal))] };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { findings: [linkOf(found)], note: `${error.message}.` };
    }
  },
});

/** Only what the operator named, to the letter: an address in the catalogue leads nowhere else. */
function mayRead(url: string, { runbookHosts }: Outside): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === '';
  return isPlain && runbookHosts.includes(host.toLowerCase());
}

function linkOf({ id, service, url }: Runbook): Finding {
  return { id, at: null, about: service, text: `The runbook of ${service} is at ${url}` };
}

function piecesOf(
  { id, service }: Runbook,
  { type, text }: { readonly type: string; readonly text: string },
): Finding[] {
  const words = type.includes('html') ? withoutTags(text) : text;
  const whole = words.replaceAll(/\s+/g, ' ').trim();
  const count = Math.min(MOST_PIECES, Math.ceil(whole.length / PIECE));
  return Array.from({ length: count }, (_, at) => ({
    id: `${id}#${at + 1}`,
    at: null,
    about: service,
    text: whole.slice(at * PIECE, (at + 1) * PIECE),
  }));
}

/** The words of a page. What is left is text for a model, and is drawn nowhere as markup. */
function withoutTags(html: string): string {
  return html
    .replaceAll(/<(script|style)\b[^]*?<\/\1\s*>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&nbsp;/g, ' ')
    .replaceAll(/&lt;/g, '<')
    .replaceAll(/&gt;/g, '>')
    .replaceAll(/&amp;/g, '&');
}
