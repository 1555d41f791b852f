import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong with one request. */
export interface Trouble {
  /** Answers this instead of doing what was asked. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Does what was asked, and says so only then. */
  readonly delayMs?: number;
  /** Cuts the connection: before anything was done, or when all was done. */
  readonly drop?: 'before' | 'after';
  /** Answers without end. */
  readonly endless?: boolean;
}

export interface Received {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Thrown by a fake that refuses a request as the real one would. */
export class Refused extends Error {
  readonly reply: Reply;

  constructor(status: number, body: unknown) {
    super(`refused with ${status}: ${JSON.stringify(body)}`);
    this.reply = { status, body };
  }
}

/** A server that somebody else runs. It has the weather of the world, and the manners of whoever it stands for. */
export interface FakeServer {
  readonly url: string;
  /** Every request that came, also those that met trouble. */
  readonly requests: readonly Received[];
  /** The next request meets this; the one after it what is said after it. */
  readonly next: (trouble: Trouble) => void;
  readonly close: () => Promise<void>;
}

/** @param answer what it does; throws Refused */
export async function startFakeServer(answer: (request: Received) => Reply): Promise<FakeServer> {
  const requests: Received[] = [];
  const troubles: Trouble[] = [];
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = incoming;
    const request: Received = { method, path: url, headers, body: await bytesOf(incoming) };
    requests.push(request);
    const trouble = troubles.shift() ?? {};
    if (trouble.drop === 'before') return void incoming.socket.destroy();
    const reply = trouble.status === undefined ? answered(answer, request) : troubled(trouble);
    if (trouble.drop === 'after') return void incoming.socket.destroy();
    if (trouble.delayMs !== undefined) await sleep(trouble.delayMs);
    if (trouble.endless === true) return await writeWithoutEnd(response);
    write(response, reply);
  };
  const server = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    next: (trouble) => void troubles.push(trouble),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The fields of a form, as the server reads them; refuses what is no form. */
export function formOf({ headers, body }: Received): URLSearchParams {
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') {
    throw new Refused(415, { message: 'not a form' });
  }
  return new URLSearchParams(body.toString('utf8'));
}

/** A JSON object; refuses what is none. */
export function jsonOf({ headers, body }: Received): Readonly<Record<string, unknown>> {
  if (headers['content-type'] !== 'application/json') throw new Refused(415, { message: 'not JSON' });
  try {
    const read = JSON.parse(body.toString('utf8')) as unknown;
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) {
      return read as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw new Refused(400, { message: 'the body is not a JSON object' });
}

function answered(answer: (request: Received) => Reply, request: Received): Reply {
  try {
    return answer(request);
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    return { status: 599, body: { message: `the fake broke: ${String(error)}` } };
  }
}

function troubled({ status = 200, headers = {}, body }: Trouble): Reply {
  return { status, headers, ...(body === undefined ? {} : { body }) };
}

function write(response: ServerResponse, { status, headers = {}, body = '' }: Reply): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

async function writeWithoutEnd(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain' });
  while (!response.destroyed) {
    response.write('and so on '.repeat(1000));
    await sleep(1);
  }
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
