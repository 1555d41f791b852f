import { fetch, type Dispatcher } from 'undici';

import { ProviderError } from '#src/errors.ts';
import { cleanLine } from '#src/incident/text.ts';

import type { ChannelName } from './channel.ts';
import { meaningOf, retryAfterMs, type Meaning } from './statuses.ts';

/** Contracts 4.7. */
export const TIMEOUT_MS = 10_000;
/** Of an answer; nothing that is read of one is longer. */
const MOST_BYTES = 65_536;
const MOST_SAID = 300;

export interface Request {
  readonly provider: ChannelName;
  /** POST where there is a body, GET where there is none. */
  readonly url: string | URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal: AbortSignal;
  /** Milliseconds; 10 s where it is not given. */
  readonly timeoutMs?: number;
  /** What the provider means by some statuses. */
  readonly statuses?: Readonly<Record<number, Meaning>>;
  /** Reads what the provider says of a refusal. */
  readonly explain?: (body: unknown) => Explained;
  readonly dispatcher?: Dispatcher;
}

/** What a provider says of a refusal, and what it means where the status does not say it. */
export interface Explained {
  readonly said?: string | undefined;
  readonly meaning?: Meaning | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/**
 * Makes one call and reads the answer: as JSON where it is JSON, else null.
 *
 * @throws ProviderError by the table of statuses, or with `retry` where nothing was
 *   answered; `signal.reason` when the caller cut it off
 */
export async function call(request: Request): Promise<unknown> {
  const answer = await answered(request);
  const body = parsed(answer.text);
  const { said, meaning = meaningOf(answer.status, request.statuses) } =
    answer.status < 300 ? {} : (request.explain?.(body) ?? {});
  if (meaning === 'sent') return body;
  const wait = retryAfterMs(answer.headers);
  const words = said === undefined ? '' : `, ${cleanLine(said, MOST_SAID)}`;
  throw new ProviderError(request.provider, `status ${answer.status}${words}`, {
    retry: meaning === 'retry',
    ...(meaning === 'retry' && wait !== undefined ? { retryAfterMs: wait } : {}),
    ...(meaning === 'gone' ? { gone: 'person' as const } : {}),
  });
}

/**
 * What the provider calls what it took.
 *
 * @throws ProviderError where it is not said: something on the way answered instead
 *   of the provider, as a proxy does, and nobody has it
 */
export function idIn(provider: ChannelName, body: unknown, field: string): string {
  const id = (body as Readonly<Record<string, unknown>> | null)?.[field];
  if (typeof id === 'string' && id !== '') return id;
  throw new ProviderError(provider, 'an answer that is not of the provider', { retry: true });
}

async function answered(request: Request): Promise<Answer> {
  const { signal, timeoutMs = TIMEOUT_MS } = request;
  signal.throwIfAborted();
  const tooLong = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: request.headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, tooLong]),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.dispatcher ? { dispatcher: request.dispatcher } : {}),
    });
    return { status: response.status, headers: response.headers, text: await beginningOf(response.body) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (tooLong.aborted) throw unheard(request, `no answer within ${timeoutMs} ms`, error);
    throw whyUnheard(request, error);
  }
}

/** Somebody who answers without end is not listened to for ever. */
async function beginningOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function whyUnheard(request: Request, error: unknown): ProviderError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof ProviderError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return unheard(request, code === '' ? 'the connection broke' : `the connection broke (${code})`, error);
}

function unheard({ provider }: Request, what: string, cause: unknown): ProviderError {
  return new ProviderError(provider, what, { retry: true, cause });
}
