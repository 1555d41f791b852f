import type { IncomingMessage, ServerResponse } from 'node:http';

import { demand } from '#src/access/who.ts';
import { UserError } from '#src/errors.ts';

import { readBody } from './body.ts';
import { requestId, type Door } from './door.ts';
import { identify } from './identify.ts';
import { personOf } from './routes/page.ts';
import { send } from './send.ts';

/** Passed on; the rest is about the connection, or about who asks, and that is settled here. */
const PASSED_ON = ['accept', 'accept-language', 'content-type'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SAFE = ['GET', 'HEAD'];

/** Hands what comes below /web to the built-in chat, as a Request, and sends its Response. */
export function serveWeb(door: Door): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { metrics, newId } = door.deps;
  const counted = metrics.forRoute('any', '/web');
  return async (request, response) => {
    const start = performance.now();
    const id = requestId(request, response, newId);
    try {
      await pass(door, request, response);
    } catch (error) {
      send(response, door.refuse(error, { method: 'any', route: '/web', id }));
    }
    counted(response.statusCode, (performance.now() - start) / 1000);
  };
}

async function pass(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  if (!METHODS.includes(method)) throw new UserError('not_found', `There is nothing to ${method} here.`);
  const isSafe = SAFE.includes(method);
  const who = await identify(request, door.deps, { unsafe: !isSafe });
  demand(who, 'incidents:read');
  const address = URL.parse(`http://server${url}`);
  if (!address) throw new UserError('bad_arguments', 'The address cannot be read.');
  const raw = isSafe ? null : await readBody(request);
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
  response.writeHead(answer.status, {
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    ...Object.fromEntries(answer.headers),
    ...(answer.status === 204 ? null : { 'Content-Length': bytes.length }),
  });
  response.end(bytes);
}
