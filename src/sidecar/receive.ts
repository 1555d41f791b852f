import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { EventBuffer, Parcel } from './buffer.ts';
import type { Forwarder } from './forward.ts';
import type { SidecarLog } from './log.ts';

export interface ReceiveDeps {
  readonly buffer: EventBuffer;
  readonly forwarder: Pick<Forwarder, 'wake' | 'trouble'>;
  readonly log: SidecarLog;
  readonly now: () => Date;
}

/** What the central program takes, too. */
const LARGEST = 1024 * 1024;
/** When there is no room, room comes with the next try to forward. */
const COME_BACK_S = 5;

interface Arrival {
  readonly parcel: Parcel;
  readonly eventId: string | null;
  readonly response: ServerResponse;
}

/**
 * Takes the same webhooks as the central program and answers 202 when they are
 * on this machine's disk. That is a promise to deliver, at least once and in
 * order; it is not the central program's word that it can read them.
 *
 * Whatever arrives in one turn of the event loop is kept by one commit.
 */
export function receiver(deps: ReceiveDeps): (request: IncomingMessage, response: ServerResponse) => void {
  let arrived: Arrival[] = [];
  const keep = () => {
    const those = arrived;
    arrived = [];
    keepAll(deps, those);
  };
  const take = async (target: string, request: IncomingMessage, response: ServerResponse) => {
    const body = await readAll(request);
    if (body === null) throw new Refusal(413, 'PAYLOAD_TOO_LARGE', 'A body has at most 1 MiB.');
    const packed = pack(target, request.headers, body);
    if (packed === null) throw new Refusal(400, 'VALIDATION_ERROR', 'The body is no JSON.');
    if (arrived.length === 0) setImmediate(keep);
    arrived.push({ ...packed, response });
  };
  return (request, response) => {
    const path = pathOf(request.url ?? '/');
    const target = request.method === 'POST' ? targetOf(path) : null;
    const isPage = request.headers['origin'] !== undefined || request.headers['sec-fetch-site'] !== undefined;
    if (isPage) refuse(response, new Refusal(403, 'AUTHORIZATION_ERROR', 'This is not for browsers.'));
    else if (target === null) look(deps, request.method ?? 'GET', path, response);
    else take(target, request, response).catch((error: unknown) => refuse(response, error));
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What is no refusal of ours is a sender that went away in the middle of its body. */
function refuse(
  response: ServerResponse,
  error: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!(error instanceof Refusal)) return void response.destroy();
  send(response, error.status, { error: error.code, message: error.message, details: {} }, headers);
}

function keepAll({ buffer, forwarder, log, now }: ReceiveDeps, those: readonly Arrival[]): void {
  let kept: boolean[];
  try {
    kept = buffer.put(
      those.map((it) => it.parcel),
      now().toISOString(),
    );
  } catch (error) {
    log.error('Events cannot be kept', { why: error instanceof Error ? error.message : String(error) });
    for (const { response } of those) comeBack(response, 'The disk of the sidecar takes nothing now.');
    return;
  }
  for (const [index, { response, eventId }] of those.entries()) {
    if (!kept[index]) comeBack(response, 'As many events wait as may.');
    else send(response, 202, receipt(eventId));
  }
  forwarder.wake();
}

function receipt(eventId: string | null): object {
  return {
    status: 'queued',
    event_id: eventId,
    incident_id: null,
    message: 'Kept on the disk of this machine, and on its way to the central program.',
  };
}

function comeBack(response: ServerResponse, message: string): void {
  const text = `${message} Come back in ${COME_BACK_S} s.`;
  refuse(response, new Refusal(503, 'SERVICE_UNAVAILABLE', text), { 'Retry-After': String(COME_BACK_S) });
}

const SOURCE = /^\/(?:api\/v1\/)?webhooks\/([\w.-]{1,100})(?:\/[^/]+)?$/;
const EVENTS = /^\/api\/v1\/events(?:\/[\w.-]{1,100})?$/;

/** The same address at the central program. A key in an address stays here: the sidecar has one of its own. */
function targetOf(path: string): string | null {
  const [, source] = SOURCE.exec(path) ?? [];
  if (source !== undefined) return `/api/v1/events/${source}`;
  return EVENTS.test(path) ? path : null;
}

const KEPT = new Set([
  'content-type',
  'content-encoding',
  'user-agent',
  'idempotency-key',
  'traceparent',
  'tracestate',
]);
const NOT_KEPT = /^x-(?:api-key|forwarded-|real-ip|request-id)/;

/**
 * Bytes and signatures as they came, and an id by which a repeat is known: the
 * event's own where it is one of ours, and a key of the request for all others.
 * Null: it is no JSON, so the central program could never read it.
 */
function pack(
  path: string,
  given: IncomingMessage['headers'],
  body: Buffer,
): Omit<Arrival, 'response'> | null {
  const headers = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      typeof value === 'string' && (KEPT.has(name) || (name.startsWith('x-') && !NOT_KEPT.test(name)))
        ? [[name, value]]
        : [],
    ),
  );
  const isReadable = given['content-encoding'] === undefined;
  const isJson = path === '/api/v1/events' || /json/.test(given['content-type'] ?? '');
  const read = isReadable && isJson ? parse(body) : undefined;
  if (read === null) return null;
  if (path === '/api/v1/events' && isEvent(read)) {
    const { event_id: own } = read;
    const eventId = typeof own === 'string' && own !== '' ? own : randomUUID();
    const bytes = own === eventId ? body : Buffer.from(JSON.stringify({ ...read, event_id: eventId }));
    const { 'idempotency-key': _, ...others } = headers;
    return { parcel: { path, headers: others, body: bytes }, eventId };
  }
  const key = keyOf(path, headers['idempotency-key'], body);
  return { parcel: { path, headers: { ...headers, 'idempotency-key': key }, body }, eventId: null };
}

/**
 * The central program hears of all applications by one key of ours, so that their own keys may be the same: a
 * repeat of one application stays one, and nothing else is taken for it.
 */
function keyOf(path: string, given: string | undefined, body: Buffer): string {
  if (given === undefined) return randomUUID();
  return createHash('sha256').update(`${path}\n${given}\n`).update(body).digest('hex');
}

/** Null: it is none. */
function parse(body: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function isEvent(value: object | null | undefined): value is { readonly event_id?: unknown } {
  return value !== null && value !== undefined && !Array.isArray(value);
}

/** Null: it is too large. */
async function readAll(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.byteLength;
    if (size <= LARGEST) parts.push(part);
  }
  return size > LARGEST ? null : Buffer.concat(parts);
}

/** What an operator, a probe or Prometheus looks at, and the one thing an operator can do. */
function look(
  { buffer, forwarder }: ReceiveDeps,
  method: string,
  path: string,
  response: ServerResponse,
): void {
  const { trouble } = forwarder;
  const answers: Record<string, () => object | string> = {
    'GET /health': () => ({
      status: trouble === null ? 'healthy' : 'degraded',
      trouble,
      ...buffer.figures(),
    }),
    'GET /ready': () => ({ ready: true, reason: null }),
    'GET /metrics': () => metricsOf(buffer, trouble !== null),
    'GET /refused': () => ({ refused: buffer.refused() }),
    'POST /refused/retry': () => {
      const again = buffer.tryRefusedAgain();
      forwarder.wake();
      return { again };
    },
  };
  const answer = answers[`${method} ${path}`];
  if (answer) return send(response, 200, answer());
  // Some senders look before they send.
  if (method === 'HEAD' && targetOf(path) !== null) return send(response, 200, '');
  refuse(response, new Refusal(404, 'NOT_FOUND', 'There is nothing at this address.'));
}

function metricsOf(buffer: EventBuffer, isInTrouble: boolean): string {
  const { waiting, bytes, refused } = buffer.figures();
  const figures = { waiting, waiting_bytes: bytes, refused, in_trouble: isInTrouble ? 1 : 0 };
  return Object.entries(figures)
    .map(([name, value]) => `# TYPE incident_sidecar_${name} gauge\nincident_sidecar_${name} ${value}\n`)
    .join('');
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '/';
}

function send(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}
