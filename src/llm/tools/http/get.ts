import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';

import { ProviderError } from '#src/errors.ts';
import { cleanLine } from '#src/incident/text.ts';

/** Something that is read over HTTP, as the operator set it up. */
export interface Source {
  /** As it is named where it fails. */
  readonly name: string;
  /** Without a slash at the end; a path may be in it. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The certificate (PEM) of a server that no public authority vouches for. */
  readonly ca?: string;
}

export interface Read {
  readonly type: string;
  readonly text: string;
}

/** Nobody who looks into an incident waits longer for one answer. */
const DEADLINE_MS = 15_000;
/** Bytes: what is longer is refused, as nothing of it can be trusted to be whole. */
const MOST_BYTES = 2_000_000;

/**
 * Reads one address of a source: GET and nothing else, no redirect followed, so that a
 * token goes nowhere but to the host that it was given for.
 *
 * @throws ProviderError that says whether it is worth while to ask again
 */
export async function get(
  { name, url, headers = {}, ca }: Source,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Read> {
  const search = new URLSearchParams(query).toString();
  const address = new URL(`${url}${path}${search === '' ? '' : `?${search}`}`);
  const within = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const options = { method: 'GET', headers: { accept: 'application/json', ...headers }, signal: within };
  try {
    const answer = await send(address, ca === undefined ? options : { ...options, ca });
    const text = await bodyOf(answer, name);
    const { statusCode: status = 0 } = answer;
    if (status !== 200) throw refusal(name, status, text);
    return { type: answer.headers['content-type'] ?? '', text };
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    if (signal.aborted) throw new ProviderError(name, 'was not waited for', { retry: false, cause: error });
    const late = `did not answer within ${DEADLINE_MS / 1000} s`;
    if (within.aborted) throw new ProviderError(name, late, { retry: true });
    throw new ProviderError(name, `could not be reached${codeOf(error)}`, { retry: true, cause: error });
  }
}

/** As `get`, of what answers JSON. */
export async function getJson(...asked: Parameters<typeof get>): Promise<unknown> {
  const [{ name }] = asked;
  const { text } = await get(...asked);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProviderError(name, 'answered with something that is not JSON', { retry: false, cause: error });
  }
}

async function send(
  address: URL,
  options: RequestOptions & { readonly ca?: string },
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = address.protocol === 'https:' ? requestTls : requestPlain;
    request(address, options, resolve).on('error', reject).end();
  });
}

async function bodyOf(answer: IncomingMessage, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) {
      answer.destroy();
      throw new ProviderError(name, 'answered with too much; ask for less', { retry: false });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What it says itself is of use where our question was wrong. */
function refusal(name: string, status: number, text: string): ProviderError {
  const said = status === 400 || status === 422 ? `: ${cleanLine(errorIn(text), 300)}` : '';
  return new ProviderError(name, `answered with ${status}${said}`, {
    retry: status === 429 || status >= 500,
  });
}

function errorIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { readonly error?: unknown; readonly message?: unknown };
    const said = error ?? message;
    return typeof said === 'string' ? said : '';
  } catch {
    return text;
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? ` (${code})` : '';
}
