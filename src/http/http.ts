import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import express, { type Express, type NextFunction, type Request, type Response } from 'express';

import { UserError } from '#src/errors.ts';

import { mountBackup } from './backup.ts';
import { serveWeb } from './bridge.ts';
import type { HttpDeps } from './deps.ts';
import { withDirectDoor } from './direct.ts';
import { Door, handler, requestId } from './door.ts';
import { mountPage } from './page.ts';
import { Realtime } from './realtime.ts';
import type { Route } from './route.ts';
import { findSource } from './routes/events.ts';
import { routes } from './routes/index.ts';
import { probeRoutes } from './routes/operations.ts';
import { send } from './send.ts';
import { serve } from './serve.ts';
import { tracedMount } from './traced.ts';

export interface Http {
  readonly app: Express;
  /** Makes a server answer through this app, its web socket included, with sane time limits. */
  attach(server: Server): void;
  /**
   * Stops gracefully: /ready says 503 from now on, no connection is taken any
   * more, requests in flight are answered, pages are told to come back. Resolves
   * when all is answered, or after `graceMs`, and then what is left is cut off.
   */
  stop(graceMs: number): Promise<void>;
}

/** A sender that needs longer for its headers or its body holds a connection for nothing. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 60_000;
/** Longer than the minute after which load balancers drop an idle connection themselves. */
const KEEP_ALIVE_MS = 65_000;
/** A page has nothing to finish: one that does not hang up by then is asleep. */
const PAGES_GRACE_MS = 2000;

export function createHttp(deps: HttpDeps): Http {
  const servers: Server[] = [];
  const realtime = new Realtime(deps);
  let stopping = false;
  const door = new Door(deps, {
    get stopping() {
      return stopping;
    },
    online: () => new Set(deps.web.online()),
  });
  const app = makeApp(door);
  const listener = deps.settings.onlyProbes ? app : withDirectDoor(door, app);
  return {
    app,
    attach(server) {
      server.headersTimeout = HEADERS_MS;
      server.requestTimeout = REQUEST_MS;
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      if (!server.listeners('request').includes(app)) server.on('request', listener);
      if (!deps.settings.onlyProbes) realtime.attach(server);
      servers.push(server);
    },
    async stop(graceMs) {
      stopping = true;
      realtime.stop();
      const end = setTimeout(() => realtime.cutOff(), Math.min(graceMs, PAGES_GRACE_MS));
      await Promise.all(servers.map((server) => stopServer(server, graceMs)));
      clearTimeout(end);
    },
  };
}

function makeApp(door: Door): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  if (door.deps.settings.onlyProbes) mountRoutes(app, door, probeRoutes);
  else mountAll(app, door);
  app.use((request: Request, response: Response) => {
    unmatched(door, request, response, new UserError('not_found', 'There is nothing at this address.'));
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    unmatched(door, request, response, error);
  });
  return app;
}

function mountAll(app: Express, door: Door): void {
  for (const mount of door.deps.mounts) {
    const counted = door.deps.metrics.forRoute('any', mount.path);
    app.all(mount.path, (request, response) => {
      const start = performance.now();
      response.once('close', () => counted(response.statusCode, (performance.now() - start) / 1000));
      tracedMount(mount, request, response).catch((error: unknown) =>
        unmatched(door, request, response, error),
      );
    });
  }
  mountProbes(app, door);
  mountRoutes(app, door, routes);
  mountBackup(app, door);
  const web = serveWeb(door);
  app.all('/web/*rest', (request, response, next) => {
    if (request.path === '/web/live') next();
    else void web(request, response);
  });
  mountPage(app, door);
}

function mountRoutes(app: Express, door: Door, those: readonly Route[]): void {
  const byPath = new Map<string, Route[]>();
  for (const route of those) {
    for (const path of [route.path, ...(route.also ?? [])]) {
      const handle = serve(route, path, door);
      app[route.method](toExpress(path), (request, response) => {
        void handle(request, response, request.params as Record<string, string>);
      });
      const shape = path.replaceAll(/\{\w+\}/g, '{it}');
      byPath.set(shape, [...(byPath.get(shape) ?? []), route]);
    }
  }
  for (const [shape, same] of byPath) refuseOtherMethods(app, door, shape, same);
}

/** Some senders look before they send: a HEAD that finds the address says that it is well. */
function mountProbes(app: Express, door: Door): void {
  const well = (response: ServerResponse) => send(response, { status: 200, body: null });
  app.head('/api/v1/events', (_, response) => well(response));
  app.head('/api/v1/events/:source', (request, response, next) => {
    if (door.deps.sources.some((it) => it.name === request.params.source)) well(response);
    else next();
  });
  for (const path of ['/webhooks/:source/:key', '/api/v1/webhooks/:source/:key'] as const) {
    const look = async (request: Request, response: Response) => {
      const { source, key } = request.params;
      if (!(await door.deps.keys.find(String(key)))) {
        throw new UserError('not_signed_in', 'This key is wrong or was revoked.');
      }
      findSource(door.deps.sources, String(source));
      well(response);
    };
    app.head(path, handler(door, path, look));
  }
}

function refuseOtherMethods(app: Express, door: Door, shape: string, those: readonly Route[]): void {
  const methods = [...new Set(those.map((it) => it.method.toUpperCase()))];
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  const counted = door.deps.metrics.forRoute('other', shape);
  app.all(toExpress(shape), (request, response) => {
    const isQuestion = request.method === 'OPTIONS';
    const status = isQuestion ? 204 : 405;
    const message = `${request.method} is not for this address; it takes ${methods.join(', ')}.`;
    const timestamp = door.deps.now().toISOString();
    const body = isQuestion ? null : { error: 'METHOD_NOT_ALLOWED', message, details: {}, timestamp };
    send(response, { status, body, headers: { Allow: allow } });
    counted(status, 0);
  });
}

function unmatched(door: Door, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  requestId(request, response, door.deps.newId);
  const answer = door.refuse(error, { method: 'any', route: 'unmatched' });
  door.deps.metrics.forRoute('any', 'unmatched')(answer.status, 0);
  send(response, answer);
}

function toExpress(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

async function stopServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const end = setTimeout(() => server.closeAllConnections(), graceMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(end);
}
