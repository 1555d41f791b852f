import type { IncomingMessage } from 'node:http';

import { objectOf, parsed } from './json.ts';

export interface Body {
  /** What came as a form, or in the address. */
  readonly fields: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Slack's word for a body that it does not take. */
  readonly problem: string | null;
  /** For `measured.calls`: without the token, and with what is JSON read. */
  readonly shown: unknown;
}

export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const type = request.headers['content-type'] ?? '';
  const { fields, problem } = await fieldsOf(request, bytes, type);
  const shown = Object.fromEntries(
    [...fields].filter(([name]) => name !== 'token').map(([name, it]) => [name, shownAs(it)]),
  );
  return { fields, bytes, type, problem, shown };
}

function shownAs(value: string): unknown {
  return /^[[{]/.test(value) ? (parsed(value) ?? value) : value;
}

type Fields = Pick<Body, 'fields' | 'problem'>;

async function fieldsOf(request: IncomingMessage, bytes: Uint8Array, type: string): Promise<Fields> {
  const text = () => new TextDecoder().decode(bytes);
  const good = (entries: Iterable<[string, string]>): Fields => ({ fields: new Map(entries), problem: null });
  const bad = (problem: string): Fields => ({ fields: new Map(), problem });
  if (request.method === 'GET') {
    const { searchParams } = new URL(request.url ?? '/', 'http://slack');
    return searchParams.has('token') ? bad('not_authed') : good(searchParams);
  }
  if (bytes.length === 0) return good([]);
  if (type.startsWith('application/x-www-form-urlencoded')) return good(new URLSearchParams(text()));
  if (type.startsWith('application/json')) {
    const entries = Object.entries(objectOf(parsed(text())));
    return good(entries.map(([name, it]) => [name, typeof it === 'string' ? it : JSON.stringify(it)]));
  }
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': type } })
      .formData()
      .catch(() => null);
    if (!form) return bad('invalid_form_data');
    const entries: [string, string][] = [];
    for (const [name, it] of form) if (typeof it === 'string') entries.push([name, it]);
    return good(entries);
  }
  return type === '' ? bad('missing_post_type') : { fields: new Map(), problem: 'invalid_post_type' };
}
