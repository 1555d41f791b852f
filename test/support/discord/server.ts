import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Trouble } from '#test/support/fake-platform.ts';

import { readBody } from './call.ts';
import type { Cdn } from './cdn.ts';
import { Problems, refusal, Refusal } from './errors.ts';
import type { Measured } from './measured.ts';
import type { Rates } from './rates.ts';
import { bucketOf, match, type Answer, type Call, type Route } from './route.ts';
import type { Spec } from './spec.ts';
import type { Troubles } from './trouble.ts';

export interface ServerDeps {
  readonly token: string;
  readonly now: () => Date;
  readonly cdn: Cdn;
  readonly rates: Rates;
  readonly spec: Spec | null;
  readonly troubles: Troubles;
  readonly measured: Measured;
  readonly routes: readonly Route[];
}

const PREFIX = '/api/v10';

/** Discord's HTTP interface: it lets in, limits, checks, and answers as Discord does. */
export function makeServer(deps: ServerDeps): Server {
  return createServer((request, response) => {
    serve(deps, request, response).catch((error: unknown) => {
      deps.measured.broke(error);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
}

async function serve(deps: ServerDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://discord');
  response.setHeader('date', deps.now().toUTCString());
  if (url.pathname.startsWith('/attachments/')) return sendFile(deps, url, response);
  if (deps.troubles.isDown) {
    return send(response, { status: 503, body: { message: '503: Service Unavailable', code: 0 } });
  }
  const { body, files, broken } = await readOrRefuse(request);
  const found = match(deps.routes, request.method ?? '', url.pathname.slice(PREFIX.length));
  const isThere = url.pathname.startsWith(`${PREFIX}/`) && found !== null && found !== 'method';
  const method = isThere ? `${found.route.method} ${found.route.path}` : `${request.method} ${url.pathname}`;
  const record = deps.measured.called(method, files.length === 0 ? body : { ...(body as object), files });
  const trouble = deps.troubles.take(method);
  if (trouble && 'delayMs' in trouble) await sleep(trouble.delayMs);
  const headers: Record<string, string> = {};
  let answer: Answer;
  try {
    if (broken) throw broken;
    if (!isThere) {
      throw new Refusal(
        found === 'method' ? 405 : 404,
        0,
        found === 'method' ? '405: Method Not Allowed' : '404: Not Found',
      );
    }
    const call = { params: found.params, query: url.searchParams, body, files };
    enter(deps, request, found.route);
    answer =
      troubled(trouble) ?? limited(deps, found.route, call, headers) ?? (await run(deps, found.route, call));
    answers(deps, found.route, answer);
  } catch (error) {
    answer = refused(deps, method, error);
  }
  record.status = answer.status;
  if (trouble && 'lost' in trouble) response.destroy();
  else send(response, answer, headers);
}

async function readOrRefuse(request: IncomingMessage) {
  try {
    return { ...(await readBody(request)), broken: null };
  } catch (error) {
    return { body: undefined, files: [], broken: error };
  }
}

/** Who calls must say so, and what program it is. */
function enter({ token, troubles }: ServerDeps, { headers }: IncomingMessage, { auth, path }: Route): void {
  if (!/^DiscordBot \(\S+, \S+\)/.test(headers['user-agent'] ?? '')) throw refusal(40333);
  if (auth !== 'bot') return;
  if (headers.authorization !== `Bot ${token}` || troubles.isRevoked) {
    throw new Refusal(401, 0, '401: Unauthorized');
  }
  if (troubles.isOut && path.startsWith('/guilds/')) throw refusal(10004);
  if (troubles.isOut && /^\/channels\/|\/guilds\//.test(path)) throw refusal(50001);
}

/** The answer that a test has ordered. */
function troubled(trouble: Trouble | undefined): Answer | null {
  if (!trouble || 'delayMs' in trouble || 'lost' in trouble) return null;
  if ('error' in trouble) {
    const { status, message } = refusal(Number(trouble.error));
    return { status, body: { message, code: Number(trouble.error) } };
  }
  const { status, retryAfterS } = trouble;
  if (status !== 429) return { status, body: { message: `${status}: ordered by the test`, code: 0 } };
  return tooMany(retryAfterS ?? 1, false);
}

function tooMany(retryAfterS: number, global: boolean): Answer {
  return { status: 429, body: { message: 'You are being rate limited.', retry_after: retryAfterS, global } };
}

function limited(deps: ServerDeps, route: Route, call: Call, headers: Record<string, string>): Answer | null {
  const verdict = deps.rates.take(bucketOf(route, call), route.beside?.(call) ?? [], route.auth === 'bot');
  Object.assign(headers, verdict.headers);
  const { refused: limit } = verdict;
  if (!limit) return null;
  deps.measured.exceeded(limit.why);
  headers['x-ratelimit-scope'] = limit.scope;
  if (limit.global) headers['x-ratelimit-global'] = 'true';
  return tooMany(limit.retryAfterS, limit.global);
}

async function run({ spec }: ServerDeps, route: Route, call: Call): Promise<Answer> {
  const problems = new Problems();
  for (const [name, value] of Object.entries(call.params)) {
    if (name.endsWith('_id') && !/^\d{1,20}$/.test(value)) {
      problems.add(name, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
    }
  }
  const wrong = spec?.request(route.method, route.path, call.body, call.query) ?? [];
  for (const it of wrong) problems.add('_specification', 'INVALID', it);
  problems.check();
  return await route.run(call);
}

/** The stand-in is held to the same description as those who call it. */
function answers({ spec }: ServerDeps, { method, path }: Route, { status, body }: Answer): void {
  if (body === undefined || status >= 400) return;
  const wrong = spec?.response(method, path, status, JSON.parse(JSON.stringify(body))) ?? [];
  if (wrong.length > 0) throw new Error(`Discord would not answer ${method} ${path} so: ${wrong.join('; ')}`);
}

function refused({ measured }: ServerDeps, method: string, error: unknown): Answer {
  if (!(error instanceof Refusal)) {
    measured.broke(error);
    return { status: 500, body: { message: '500: Internal Server Error', code: 0 } };
  }
  const { status, code, message, errors } = error;
  const details = errors ? ` ${JSON.stringify(errors)}` : '';
  measured.refuse(`${method}: ${code} ${message}${details}`);
  return { status, body: { message, code, ...(errors ? { errors } : null) } };
}

function send(
  response: ServerResponse,
  { status, body }: Answer,
  headers: Record<string, string> = {},
): void {
  const retryAfter = status === 429 ? (body as { retry_after: number }).retry_after : null;
  if (retryAfter !== null) headers['retry-after'] = String(Math.ceil(retryAfter));
  if (body === undefined) response.writeHead(status, headers).end();
  else {
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

function sendFile({ cdn, measured }: ServerDeps, url: URL, response: ServerResponse): void {
  const file = cdn.fetch(url);
  if (typeof file !== 'number') {
    response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
    return;
  }
  measured.refuse(`the address of a file is wrong or out of date: ${url.pathname}`);
  response.writeHead(file).end('This content is no longer available.');
}
