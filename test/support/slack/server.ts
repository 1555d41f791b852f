import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Trouble } from '#test/support/fake-platform.ts';

import { Args } from './args.ts';
import { readBody } from './body.ts';
import type { Core } from './core.ts';
import type { Json } from './json.ts';
import type { Call, Method } from './method.ts';
import { METHODS } from './methods.ts';
import { invalidArguments, Refusal, STATE_WORDS } from './refusal.ts';
import type { Reply } from './reply.ts';
import { otherRoute } from './routes.ts';
import { brokenSpec } from './spec.ts';

/** Slack's own web server, on this machine. Resolves when it listens. */
export async function listen(core: Core): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    void answer(core, request, response).catch((error: unknown) => {
      core.measured.refused.push(`the fake broke: ${error instanceof Error ? error.stack : String(error)}`);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(core: Core, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://slack');
  const body = await readBody(request);
  const api = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1];
  const name = api ?? nameOf(url.pathname);
  const record = { method: name, at: core.world.now().getTime(), status: 0, body: body.shown };
  core.measured.calls.push(record);
  if (core.troubles.isDown) {
    record.status = 503;
    response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Service Unavailable</html>');
    return;
  }
  const trouble = core.troubles.take(name);
  if (trouble && 'delayMs' in trouble) await sleep(trouble.delayMs);
  const given = trouble && planned(trouble);
  const reply =
    given ??
    (api === undefined ? await otherRoute(core, request, url, body) : await call(core, api, request, body));
  record.status = reply.status;
  if (trouble && 'lost' in trouble) {
    request.socket.destroy();
    return;
  }
  const isBytes = reply.body instanceof Uint8Array || typeof reply.body === 'string';
  const type = isBytes ? 'text/plain' : 'application/json; charset=utf-8';
  response
    .writeHead(reply.status, { 'content-type': type, ...reply.headers })
    .end(isBytes ? reply.body : JSON.stringify(reply.body));
}

/** What the addresses beside the Web API are called in `measured.calls` and by `trouble.next`. */
function nameOf(pathname: string): string {
  const [, first = ''] = pathname.split('/');
  return (
    { commands: 'response_url', actions: 'response_url', upload: 'upload', 'files-pri': 'download' }[first] ??
    pathname
  );
}

function planned(trouble: Trouble): Reply | null {
  if ('error' in trouble) return { status: 200, body: { ok: false, error: trouble.error } };
  if (!('status' in trouble)) return null;
  if (trouble.status === 429) return tooMany(trouble.retryAfterS ?? 1);
  return { status: trouble.status, body: 'something went wrong' };
}

function tooMany(seconds: number): Reply {
  return {
    status: 429,
    headers: { 'retry-after': String(seconds) },
    body: { ok: false, error: 'ratelimited' },
  };
}

async function call(
  core: Core,
  name: string,
  request: IncomingMessage,
  body: Awaited<ReturnType<typeof readBody>>,
): Promise<Reply> {
  const scopes = core.settings.scopes.join(',');
  const headers = { 'x-oauth-scopes': scopes, 'cache-control': 'private, no-store' };
  try {
    const method = METHODS[name];
    if (!method) throw new Refusal('unknown_method', { req_method: name });
    if (body.problem !== null) throw new Refusal(body.problem);
    const token = request.headers.authorization?.replace(/^Bearer ?/, '') ?? body.fields.get('token') ?? '';
    checkToken(core, method, token);
    const given: Call = { core, args: new Args(body.fields) };
    const seconds = core.rates.take(name, method.tier, given.args.text('channel'));
    if (seconds !== null) {
      core.measured.tooMany.push(`${name} ${given.args.text('channel')}`.trim());
      return { ...tooMany(seconds), headers: { ...headers, 'retry-after': String(seconds) } };
    }
    checkArguments(core, name, method, given.args);
    checkScopes(core, method, given);
    return { status: 200, headers, body: { ok: true, ...(await method.run(given)) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!STATE_WORDS.has(error.word)) {
      core.measured.refused.push(`${name}: ${error.word} ${JSON.stringify(error.details)}`);
    }
    return { status: 200, headers, body: { ok: false, error: error.word, ...error.details } };
  }
}

function checkToken({ tokens }: Core, method: Method, token: string): void {
  if (token === '') throw new Refusal('not_authed');
  if (token !== tokens.bot && token !== tokens.app) throw new Refusal('invalid_auth');
  if (token === tokens.bot && tokens.revoked) throw new Refusal('token_revoked');
  const kind = token === tokens.bot ? 'bot' : 'app';
  if (method.token !== 'any' && method.token !== kind) throw new Refusal('not_allowed_token_type');
}

function checkArguments({ measured }: Core, name: string, method: Method, args: Args): void {
  const words = method.args.split(' ').filter((it) => it !== '');
  const missing = words
    .filter((it) => it.endsWith('!'))
    .map((it) => it.slice(0, -1))
    .filter((it) => !args.has(it));
  if (missing.length > 0) throw invalidArguments(...missing.map((it) => `missing required field: ${it}`));
  // The library sends `team_id` with everything, for the few methods that want it.
  const known = new Set(['token', 'team_id', ...words.map((it) => it.replace('!', ''))]);
  // Slack passes over what it does not know, so it is a mistake that nobody would see.
  for (const it of args.values.keys()) {
    if (!known.has(it)) measured.refused.push(`${name}: there is no argument ${it}`);
  }
  for (const it of brokenSpec(name, args.values)) measured.refused.push(`${name}: ${it}`);
}

function checkScopes({ settings }: Core, method: Method, given: Call): void {
  const missing = method.scopes(given).filter((anyOf) => !anyOf.some((it) => settings.scopes.includes(it)));
  if (missing.length === 0) return;
  const needed = missing.map((anyOf) => anyOf[0]).join(',');
  throw new Refusal('missing_scope', { needed, provided: settings.scopes.join(',') } satisfies Json);
}
