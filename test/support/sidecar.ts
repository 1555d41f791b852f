import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { KEY } from './program.ts';

export interface Sidecar {
  readonly url: string;
  readonly pid: number;
  log(): string;
  /** Posts an event, or what another system sends, and answers the status, the body and how long to wait. */
  post(at: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Posted>;
  look<T>(at: string): Promise<T>;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface Posted {
  readonly status: number;
  readonly body: { readonly event_id?: string | null; readonly message?: string };
  readonly retryAfter: string | null;
}

/** Starts the real sidecar as a process of its own. Throws what it said when it does not start. */
export async function startSidecar(env: Readonly<Record<string, string>>): Promise<Sidecar> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/sidecar/main.ts')], {
    env: { PATH: process.env['PATH'], PORT: '0', FORWARD_KEY: KEY, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
    const [, url] = /is ready: (\S+)/.exec(said) ?? [];
    if (url !== undefined) resolve(url);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.once('exit', () => reject(new Error(said)));
  const url = await promise;
  return {
    url,
    pid: child.pid ?? 0,
    log: () => said,
    post: async (at, body, headers = {}) => await post(url + at, body, headers),
    look: async <T>(at: string) => (await (await fetch(url + at)).json()) as T,
    stop: async () => await end(child, 'SIGTERM'),
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Posted> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const said = (await response.json()) as Posted['body'];
  return { status: response.status, body: said, retryAfter: response.headers.get('retry-after') };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
  return child.exitCode;
}

export interface Arrived {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a centre answers: by default that it has accepted the event. */
export type CentreAnswer = (arrived: Arrived, response: ServerResponse) => void;

export interface FakeCentre {
  readonly url: string;
  readonly arrived: readonly Arrived[];
  answer: CentreAnswer;
  /** What refuses connections until `open` is called again, on the same port. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export const accept: CentreAnswer = (_, response) => {
  response.writeHead(202, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'accepted', event_id: null }));
};

/** In the place of the central program: takes only what a key is with, and keeps what came, in order. */
export async function startCentre(wanted = 0): Promise<FakeCentre> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      const it = { path: request.url ?? '', headers: request.headers, body };
      arrived.push(it);
      if (request.headers['x-api-key'] === KEY) centre.answer(it, response);
      else response.writeHead(401).end('{}');
    });
  });
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(wanted);
  const centre: FakeCentre = {
    url: `http://127.0.0.1:${port}`,
    arrived,
    answer: accept,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    open: async () => void (await listen(port)),
  };
  return centre;
}
