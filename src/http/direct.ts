import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { Door } from './door.ts';
import { eventRoutes } from './routes/events.ts';
import { serve, type Serve } from './serve.ts';

/**
 * A shorter way to the addresses where events come in, which are most of what is
 * asked of us: plain ones are recognised by their text, and what is served is the
 * very same. Whatever is not plain (a query, an escape, an unknown source) goes to
 * the app and its router.
 */
export function withDirectDoor(door: Door, app: RequestListener): RequestListener {
  const sources = new Set(door.deps.sources.map(({ name }) => name));
  const [events, ofSource, byAddress, byOldAddress] = PATHS.map((path) => serveAt(door, path));
  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> | undefined => {
    const { method, url = '' } = request;
    if (method !== 'POST') return undefined;
    if (url === '/api/v1/events') return events?.(request, response, {});
    const [source = '', key, more] = (
      /^\/(?:api\/v1\/(?:events|webhooks)|webhooks)\/([\w./-]+)$/.exec(url)?.[1] ?? ''
    ).split('/');
    if (!sources.has(source) || more !== undefined) return undefined;
    if (url.startsWith('/api/v1/events/')) {
      return key === undefined ? ofSource?.(request, response, { source }) : undefined;
    }
    if (key === undefined || key === '') return undefined;
    const serveHere = url.startsWith('/webhooks/') ? byAddress : byOldAddress;
    return serveHere?.(request, response, { source, key });
  };
  return (request, response) => {
    if (answer(request, response) === undefined) app(request, response);
  };
}

const PATHS = [
  '/api/v1/events',
  '/api/v1/events/{source}',
  '/webhooks/{source}/{key}',
  '/api/v1/webhooks/{source}/{key}',
];

function serveAt(door: Door, path: string): Serve {
  const route = eventRoutes.find(
    (it) => it.method === 'post' && [it.path, ...(it.also ?? [])].includes(path),
  );
  if (!route) throw new Error(`nothing is served at ${path}`);
  return serve(route, path, door);
}
