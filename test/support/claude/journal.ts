import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

import { isObject, type JsonObject } from './refusal.ts';

/** A request as it came, and what became of it. */
export interface Received {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Byte for byte. */
  readonly text: string;
  /** Null where it is no JSON object. */
  readonly body: JsonObject | null;
  readonly requestId: string;
  /** By the double's clock. */
  readonly at: Date;
  /** The kind of fault that it met; null for none. */
  readonly fault: string | null;
  /** Null as long as nothing is answered. */
  readonly status: number | null;
  /** Why the double refused it, as the API would; null where it did not. */
  readonly refusal: string | null;
  /** The client went away before all was said. */
  readonly isCutOff: boolean;
}

export type Entry = { -readonly [K in keyof Received]: Received[K] };

/** Begins an entry, which notices by itself that the client goes away. */
export function entryOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  given: { readonly text: string; readonly requestId: string; readonly at: Date },
): Entry {
  const entry: Entry = {
    method: incoming.method ?? '',
    path: (incoming.url ?? '').split('?')[0] ?? '',
    headers: incoming.headers,
    ...given,
    body: objectIn(given.text),
    fault: null,
    status: null,
    refusal: null,
    isCutOff: false,
  };
  response.once('close', () => {
    if (!response.writableFinished && entry.fault !== 'reset' && entry.fault !== 'cut') entry.isCutOff = true;
  });
  return entry;
}

function objectIn(text: string): JsonObject | null {
  try {
    const read = JSON.parse(text) as unknown;
    return isObject(read) ? read : null;
  } catch {
    return null;
  }
}
