import type { ServerResponse } from 'node:http';

/** What is answered: an object as JSON, words as plain text, nothing as nothing. */
export interface Answer {
  readonly status: number;
  readonly body: object | string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** For answers that no browser should draw, keep or hand to another site. */
const API_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/**
 * For the page: nothing but what comes from here, and nobody may frame it.
 * 'self' covers the web socket too. Other sites get no referrer, because a sign-in
 * link is a secret; we do, because a browser that hides it hides the Origin of forms too.
 */
export const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** As the list that Node writes without looking at each again. */
const API_HEADER_LIST: readonly string[] = Object.entries(API_HEADERS).flat();

/**
 * Sends an answer of the API. As one string, because then Node puts head and
 * body into one packet. Does nothing when one was begun already or nobody is there.
 * `more`: headers that stand where the answer does not say otherwise.
 */
export function send(
  response: ServerResponse,
  { status, body, headers }: Answer,
  more?: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return;
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const length = status === 204 ? null : String(Buffer.byteLength(text));
  if (isPlain(headers) && response.getHeaderNames().length === 0) {
    const list = [...API_HEADER_LIST];
    for (const name in more) list.push(name, more[name] ?? '');
    if (body !== null) list.push('Content-Type', type);
    if (length !== null) list.push('Content-Length', length);
    response.writeHead(status, list);
  } else {
    response.writeHead(status, {
      ...API_HEADERS,
      ...(body === null ? null : { 'Content-Type': type }),
      ...(length === null ? null : { 'Content-Length': length }),
      ...more,
      ...headers,
    });
  }
  response.end(text);
}

function isPlain(headers: Answer['headers']): boolean {
  for (const _ in headers) return false;
  return true;
}

/** A small page of our own, with no script; text in it must be escaped already. */
export function sendPage(
  response: ServerResponse,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(html);
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'Cache-Control': 'no-store',
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}
