import type { IncomingMessage, ServerResponse } from 'node:http';

import { demand } from '#src/access/who.ts';
import { UserError } from '#src/errors.ts';

import { BODY_MAX, readBody } from './body.ts';
import { requestId, type Door } from './door.ts';
import { identify } from './identify.ts';
import { personOf } from './routes/page.ts';
import { send } from './send.ts';
import { tellStatus, tracedRoute } from './traced.ts';

/** Passed on; the rest is about the connection, or about who asks, and that is settled here. */
const PASSED_ON = ['accept', 'accept-language', 'content-type'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SAFE = ['GET', 'HEAD'];
/** Where files are sent to, which may be larger than anything else; the chat says how large. */
const UPLOAD = /^\/web\/rooms\/[^/]+\/files$/;
const FILE_MAX = 9 * 1024 * 1024;

/** Hands what comes below /web to the built-in chat, as a Request, and sends its Response. */
export function serveWeb(door: Door): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { metrics, newId } = door.deps;
  const counted = metrics.forRoute('any', '/web');
  return async (request, response) => {
    const start = performance.now();
    const id = requestId(request, response, newId);
    await tracedRoute({ method: request.method ?? 'GET', route: '/web' })(request, async (span) => {
      try {
        await pass(door, request, response);
      } catch (error) {
        send(response, door.refuse(error, { method: 'any', route: '/web', id }));
      }
      tellStatus(span, response.statusCode);
    });
    counted(response.statusCode, (performance.now() - start) / 1000);
  };
}

async function pass(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  if (!METHODS.includes(method)) throw new UserError('not_found', `There is nothing to ${method} here.`);
  const isSafe = SAFE.includes(method);
  const address = URL.parse(`http://server${url}`);
  // A picture is asked for by the browser itself, which cannot say in a header whom the page acts as.
  const actAs = isSafe ? (address?.searchParams.get('as') ?? undefined) : undefined;
  const who = await identify(request, door.deps, { unsafe: !isSafe, actAs });
  demand(who, 'incidents:read');
  if (!address) throw new UserError('bad_arguments', 'The address cannot be read.');
  const isFile = UPLOAD.test(address.pathname);
  const raw = isSafe ? null : await readBody(request, isFile ? FILE_MAX : BODY_MAX);
  const passed = new Request(address, {
    method,
    headers: PASSED_ON.flatMap((name): [string, string][] => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
    body: raw && raw.length > 0 ? new Uint8Array(raw) : null,
  });
  const answer = await door.deps.web.handle(passed, personOf(who));
  if (!answer) throw new UserError('not_found', 'There is nothing at this address.');
  const bytes = Buffer.from(await answer.arrayBuffer());
  const headers = new Headers({
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  });
  for (const [name, value] of answer.headers) headers.set(name, value);
  if (answer.status !== 204) headers.set('Content-Length', String(bytes.length));
  response.writeHead(answer.status, Object.fromEntries(headers));
  response.end(bytes);
}
