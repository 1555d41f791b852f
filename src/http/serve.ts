import type { IncomingMessage, ServerResponse } from 'node:http';

import type { z } from 'zod';

import { demand, type Who } from '#src/access/who.ts';
import { UserError } from '#src/errors.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { NO_SPAN, type Span } from '#src/telemetry/trace.ts';

import { readBody } from './body.ts';
import { idOf, type Door } from './door.ts';
import { identify } from './identify.ts';
import { readJson, washText } from './json.ts';
import type { Call, Result, Route } from './route.ts';
import { send, type Answer } from './send.ts';
import { tellStatus, tracedRoute } from './traced.ts';

export type Params = Readonly<Record<string, string>>;
export type Serve = (request: IncomingMessage, response: ServerResponse, params: Params) => Promise<void>;

/**
 * What happens to every request of a route, in this order: who is it, may they,
 * not too often, the body, the shapes, once only, run, answer, count.
 */
export function serve(route: Route, path: string, door: Door): Serve {
  const { log, metrics, newId } = door.deps;
  const method = route.method.toUpperCase();
  const counted = metrics.forRoute(method, path);
  const about = { method, route: path };

  const handle = async (request: IncomingMessage, response: ServerResponse, params: Params, span: Span) => {
    const start = performance.now();
    const id = idOf(request, newId);
    const headers: Record<string, string> = { 'X-Request-Id': id };
    let answer: Answer;
    try {
      answer = await answerTo(route, door, request, params, headers);
    } catch (error) {
      answer = door.refuse(error, { ...about, id });
    }
    // Otherwise a connection that is kept alive would keep a stopping server waiting.
    if (door.state.stopping) headers['Connection'] = 'close';
    send(response, answer, headers);
    const seconds = (performance.now() - start) / 1000;
    counted(answer.status, seconds);
    const level = levelFor(answer.status);
    if (log.isLevelEnabled(level)) log[level]({ ...about, id, status: answer.status, seconds }, 'answered');
    tellStatus(span, answer.status);
  };
  // Whoever only looks whether we are well would fill every page of traces.
  if (route.access === 'none') {
    return (request, response, params) => handle(request, response, params, NO_SPAN);
  }
  const told = tracedRoute(about);
  return (request, response, params) => told(request, (span) => handle(request, response, params, span));
}

/** Whoever is told to come again is counted by the door; a line each would be most of the work there is then. */
function levelFor(status: number): 'info' | 'debug' {
  return status >= 400 && status !== 429 && status !== 503 ? 'info' : 'debug';
}

async function answerTo(
  route: Route,
  door: Door,
  request: IncomingMessage,
  params: Params,
  headers: Record<string, string>,
): Promise<Answer> {
  const { deps } = door;
  const asking = { keyInPath: params['key'], unsafe: route.method !== 'get' };
  const found = route.access === 'none' ? NOBODY : identify(request, deps, asking);
  const who = found instanceof Promise ? await found : found;
  if (route.access !== 'none') demand(who, route.access);
  if (who !== NOBODY && who.via === 'key' && route.limit !== 'none') {
    const counting = door.count(route.limit ?? 'requests', who.owner, headers);
    if (counting) await counting;
  }

  const takesBody = route.method !== 'get';
  const raw = takesBody ? await readBody(request) : NOTHING;
  const checkedParams = route.params ? check(route.params, washAll(params), 'the address') : params;
  const query = route.query ? check(route.query, queryOf(request.url ?? ''), 'the query') : {};
  const body = route.body && !route.raw ? check(route.body, readJson(raw), 'the body') : {};
  const call: Call = {
    deps,
    who,
    ctx: { ...door.context, actor: who.actor, role: who.role },
    params: checkedParams,
    query,
    body,
    raw,
    headers: request.headers,
    state: door.state,
    once: null,
  };

  const key = request.headers['idempotency-key'];
  // Nobody has no keys of their own: anybody could fill the table, and take the keys of others.
  if (who === NOBODY || route.method !== 'post' || typeof key !== 'string') {
    return answered(route, call, await route.run(call));
  }
  const { method = '', url = '' } = request;
  const asked = { method, url, raw, owner: who.owner, key, secret: route.secret ?? false };
  const about = { method, route: route.path };
  return await door.once.run(asked, async (once) => {
    try {
      return answered(route, call, await route.run({ ...call, once }));
    } catch (error) {
      return door.refuse(error, about);
    }
  });
}

function answered(route: Route, call: Call, result: Result<unknown>): Answer {
  const { body, headers = {}, status = route.answers.status } = result;
  if (route.method !== 'get') call.deps.reads?.wrote(call.who.owner);
  return { status, body: body as Answer['body'], headers };
}

/** Throws `bad_arguments` that names the first field that is wrong and lists them all. */
function check<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const fields = read.error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.map(String).join('.').slice(0, 200),
    message: issue.message.slice(0, 300),
  }));
  const [first] = fields;
  const where = first?.field ? `${first.field} in ${what}` : what;
  throw new UserError('bad_arguments', `Cannot use ${where}: ${first?.message ?? 'unreadable'}.`, { fields });
}

/** One value a name, or several; `name[]` is `name`. */
function queryOf(url: string): Record<string, string | string[]> {
  const at = url.indexOf('?');
  const query: Record<string, string | string[]> = {};
  if (at < 0) return query;
  for (const [given, value] of new URLSearchParams(url.slice(at + 1))) {
    const name = given.replace(/\[\]$/, '');
    const text = washText(value);
    const before = Object.hasOwn(query, name) ? query[name] : undefined;
    if (before === undefined) Object.defineProperty(query, name, { value: text, ...PLAIN });
    else if (typeof before === 'string') query[name] = [before, text];
    else before.push(text);
  }
  return query;
}

/** Defined, not assigned: a name such as __proto__ is a name like any other. */
const PLAIN = { enumerable: true, writable: true, configurable: true };

function washAll(params: Params): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, washText(value)]));
}

const NOTHING = Buffer.alloc(0);

/** Asks for what everybody may see. */
const NOBODY: Who = {
  actor: SYSTEM,
  person: null,
  role: 'viewer',
  scopes: [],
  owner: 'nobody',
  via: 'key',
};
