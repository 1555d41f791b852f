import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './limits.ts';
import type { Method, Service } from './methods.ts';
import type { Tokens } from './tokens.ts';

/** Larger files are not fetched, in bytes. */
const DOWNLOAD_BYTES = 25_000_000;

/** So long a lane rests after a 429 that names no time, in milliseconds. */
const REST_MS = 1000;

interface Wanted {
  /** Whose token it takes; null for an address that takes none of ours. */
  readonly service: Service | null;
  readonly url: string;
  readonly init: RequestInit;
  readonly deadlineMs: number;
}

/** @throws ProviderError when nobody answers; a token that is refused is asked for anew, once */
export async function signedFetch(tokens: Tokens, wanted: Wanted): Promise<Response> {
  const first = await once(tokens, wanted);
  if (first.status !== 401 || wanted.service === null) return first;
  await first.body?.cancel();
  tokens.forget(wanted.service);
  return await once(tokens, wanted);
}

async function once(tokens: Tokens, { service, url, init, deadlineMs }: Wanted): Promise<Response> {
  const token = service === null ? null : await tokens.of(service);
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  try {
    // A redirection could carry the token elsewhere, or us to where we must not go.
    return await fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(deadlineMs) });
  } catch (cause) {
    throw new ProviderError(PLATFORM, `${new URL(url).host} cannot be reached`, { retry: true, cause });
  }
}

/** A refusal of the service, with the status and the word it came with. */
export class Refused extends ProviderError {
  readonly status: number;
  readonly code: string;

  constructor(
    message: string,
    {
      status,
      code,
      ...how
    }: ConstructorParameters<typeof ProviderError>[2] & { readonly status: number; readonly code: string },
  ) {
    super(PLATFORM, message, how);
    this.status = status;
    this.code = code;
  }
}

interface ErrorBody {
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** What an answer that is no success means for whoever called. */
export async function refusal(
  response: Response,
  { gone, needs }: Pick<Method, 'gone' | 'needs'>,
  name: string,
): Promise<Refused> {
  const { error } = ((await response.json().catch(() => null)) ?? {}) as ErrorBody;
  const { status } = response;
  const needed = needs?.rsc ?? needs?.app;
  const hint = status === 403 && needed !== undefined ? ` It needs the permission ${needed}.` : '';
  const why = `${name} was refused with ${status} ${error?.code ?? ''}: ${error?.message ?? ''}${hint}`;
  const wait = waitOf(response);
  return new Refused(why.slice(0, 500), {
    status,
    code: error?.code ?? '',
    retry: mayPass(status),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(status === 404 && gone ? { gone } : {}),
  });
}

/** Statuses after which the same call may succeed: "Rate limiting for bots" names 412, 429, 502 and 504. */
function mayPass(status: number): boolean {
  return status === 401 || status === 408 || status === 412 || status === 429 || status >= 500;
}

/** How long the service wants to be left alone, in milliseconds. */
function waitOf({ status, headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.max(seconds * 1000, 1);
  return status === 429 ? REST_MS : undefined;
}

/** @throws ProviderError for a file that is too large, or comes in part only */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > DOWNLOAD_BYTES) {
        throw new ProviderError(PLATFORM, 'the file is too large', { retry: false });
      }
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    throw new ProviderError(PLATFORM, 'the file came in part only', { retry: true, cause });
  }
  return Buffer.concat(chunks);
}
