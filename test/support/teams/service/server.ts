import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { FakePlatform, Trouble } from '#test/support/fake-platform.ts';

import { Refusal, refusalOf } from './refusal.ts';

export interface Call {
  /** The route's own name, such as `POST /v3/conversations/{id}/activities`. */
  readonly name: string;
  /** What stands in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body read as JSON; undefined if there is none or it is something else. */
  readonly body: unknown;
  readonly raw: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly verb: string;
  /** With its prefix; what stands in braces is a parameter. */
  readonly path: string;
  readonly service: 'connector' | 'graph' | 'login' | 'media';
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

export type Measured = {
  -readonly [K in keyof FakePlatform['measured']]: FakePlatform['measured'][K] extends readonly (infer T)[]
    ? T[]
    : never;
};

interface Options {
  readonly routes: readonly Route[];
  /** Refuses who may not call; says what the caller may not do often. */
  readonly admit: (call: Call, route: Route) => Promise<void>;
}

/** What a call meets here. */
interface Meeting {
  readonly route: Route | undefined;
  readonly trouble: Trouble | undefined;
  readonly isCutOff: () => boolean;
}

/** The name by which troubles and measurements know a route: without its prefix, all parameters alike. */
export function nameOf({ verb, path, service }: Route): string {
  const bare = path
    .replaceAll(/\{\w+\}/g, '{id}')
    .replace(/^\/(?:amer\/\{id\}|graph\/v1\.0|media)(?=\/)/, '');
  return service === 'login' && bare.endsWith('/token') ? 'POST /token' : `${verb} ${bare}`;
}

/** The web server of the fake: finds the route, makes the troubles that were asked for, measures. */
export class FakeServer {
  readonly measured: Measured = { calls: [], refused: [], tooMany: [], acknowledged: [] };
  isDown = false;
  readonly #options: Options;
  readonly #troubles = new Map<string, Trouble[]>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: Options) {
    this.#options = options;
  }

  /** Answers the address it listens at. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What was asked and not done yet is not done: what is done unheard is the trouble `lost`. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  /** @throws Error if there is no such method, so that a slip of the pen is no silent success */
  trouble(asked: string, troubles: readonly Trouble[]): void {
    const method = asked.replaceAll(/\{\w+\}/g, '{id}');
    const names = this.#options.routes.map(nameOf);
    if (!names.includes(method)) throw new Error(`no method ${method}; there are: ${names.join(', ')}`);
    this.#troubles.set(method, [...(this.#troubles.get(method) ?? []), ...troubles]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const raw = await read(request);
      const url = new URL(request.url ?? '/', 'http://fake');
      const verb = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
      const found = this.#find(verb, url.pathname);
      const name = found ? nameOf(found.route) : `${request.method} ${url.pathname}`;
      const call: Call = {
        name,
        params: found?.params ?? {},
        query: url.searchParams,
        headers: request.headers,
        body: parsed(raw),
        raw,
      };
      const trouble = this.#troubles.get(name)?.shift();
      const isCutOff = () => request.socket.destroyed;
      const reply = await this.#answer(call, { route: found?.route, trouble, isCutOff });
      this.measured.calls.push({
        method: name,
        at: performance.now(),
        status: reply.status,
        body: call.body,
      });
      if (trouble && 'lost' in trouble) request.socket.destroy();
      else send(response, reply);
    } catch (error) {
      // A caller that hangs up is no fault of this server; anything else a test should see.
      if (!request.socket.destroyed) this.measured.refused.push(`the fake itself failed: ${String(error)}`);
      request.socket.destroy();
    }
  }

  #find(verb: string, path: string): { route: Route; params: Record<string, string> } | null {
    for (const route of this.#options.routes) {
      const params = route.verb === verb ? matched(route.path, path) : null;
      if (params) return { route, params };
    }
    return null;
  }

  async #answer(call: Call, { route, trouble, isCutOff }: Meeting): Promise<Reply> {
    const service = route?.service ?? 'connector';
    try {
      if (this.isDown) {
        return errorReply(service, new Refusal(503, 'ServiceUnavailable', 'The service is down'));
      }
      if (trouble && 'delayMs' in trouble) await sleep(trouble.delayMs);
      if (trouble && 'status' in trouble) {
        const { status, retryAfterS } = trouble;
        return errorReply(
          service,
          new Refusal(status, `Http${status}`, `${status} was asked for`, retryAfterS),
        );
      }
      if (trouble && 'error' in trouble) return errorReply(service, refusalOf(trouble.error));
      if (!route) throw new Refusal(404, 'NotFound', 'There is no such method');
      await this.#options.admit(call, route);
      if (isCutOff()) throw new Error('cut off before it was done');
      return await route.handle(call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const where = error.status === 429 ? this.measured.tooMany : this.measured.refused;
      where.push(`${call.name}: ${error.status} ${error.code}: ${error.message}`);
      return errorReply(service, error);
    }
  }
}

/** An error as each of the services writes it. */
function errorReply(service: Route['service'], { status, code, message, retryAfterS }: Refusal): Reply {
  const headers: Record<string, string> =
    retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  if (service === 'login') {
    return { status, headers, body: { error: code, error_description: message, error_codes: [] } };
  }
  if (service === 'connector' || service === 'media') {
    return { status, headers, body: { error: { code, message } } };
  }
  const id = randomUUID();
  const innerError = { code, date: new Date().toISOString(), 'request-id': id, 'client-request-id': id };
  return {
    status,
    headers,
    body: { error: { code: code === 'NameAlreadyExists' ? 'BadRequest' : code, message, innerError } },
  };
}

function matched(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, piece] of wanted.entries()) {
    const there = given[index] ?? '';
    const [, name, after = ''] = /^\{(\w+)\}(:?)$/.exec(piece) ?? [];
    if (name === undefined && piece !== there) return null;
    if (name === undefined) continue;
    if (!there.endsWith(after) || there === after) return null;
    params[name] = decodeURIComponent(there.slice(0, there.length - after.length));
  }
  return params;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parsed(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, bytes, headers = {} }: Reply): void {
  if (bytes) {
    response.writeHead(status, { 'content-type': 'application/octet-stream', ...headers }).end(bytes);
    return;
  }
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}
