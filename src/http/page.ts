import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';

import express, { type Express, type NextFunction, type Request, type Response } from 'express';

import { demand } from '#src/access/who.ts';
import { roomsOf } from '#src/db/rooms.ts';
import { UserError } from '#src/errors.ts';

import { handler, type Door } from './door.ts';
import { identify } from './identify.ts';
import { PAGE_HEADERS, send, sendPage } from './send.ts';
import { escapeHtml, page, sendSignInHelp, showSignIn, signIn } from './sign-in.ts';
import { incidentFor } from './visible.ts';

/** Where the page itself shows something; it has its own router for what lies below. */
const PAGE_PATHS = ['/', '/rooms', '/rooms/*rest', '/me', '/on-call', '/on-call/*rest'];

/** The built page, its files, and the addresses that lead to it. All of it for people who are known. */
export function mountPage(app: Express, door: Door): void {
  const { deps } = door;
  const folder = resolve(deps.settings.uiFolder);
  const seen = deps.metrics.forRoute('GET', 'page');

  const signInPath = '/sign-in/:token';
  const show = async (request: Request, response: Response) =>
    await showSignIn(deps, response, String(request.params['token']));
  const enter = async (request: Request, response: Response) =>
    await signIn(deps, request, response, String(request.params['token']));
  app.get(signInPath, handler(door, signInPath, show));
  app.post(signInPath, handler(door, signInPath, enter));

  const known = (request: Request, response: Response, next: NextFunction) => {
    const start = performance.now();
    response.once('finish', () => seen(response.statusCode, (performance.now() - start) / 1000));
    void admit(door, request, response, next);
  };
  const room = async (request: Request, response: Response) => await toRoom(door, request, response);
  const index = async (_: Request, response: Response) => await sendIndex(folder, response);
  app.get('/incidents/:ref', known, handler(door, 'page', room));
  app.get(PAGE_PATHS, known, handler(door, 'page', index));
  app.use(
    '/assets',
    known,
    express.static(join(folder, 'assets'), { ...FILES, immutable: true, maxAge: '1y' }),
  );
  // Only names of files: every other address is nobody's, and answered as that.
  app.get(/^\/[\w-]+\.[\w.]+$/, known, express.static(folder, FILES));
}

const FILES = {
  index: false,
  redirect: false,
  setHeaders: (response: ServerResponse) => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  },
} as const;

/** Goes on with those who are known, and answers everybody else. */
async function admit(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  next: NextFunction,
): Promise<void> {
  try {
    demand(await identify(request, door.deps, { unsafe: false }), 'incidents:read');
  } catch (error) {
    const isStranger = error instanceof UserError && error.code === 'not_signed_in';
    if (isStranger && request.headers.accept?.includes('text/html')) sendSignInHelp(response);
    else send(response, door.refuse(error, { method: 'GET', route: 'page' }));
    return;
  }
  next();
}

async function sendIndex(folder: string, response: ServerResponse): Promise<void> {
  try {
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    sendPage(response, 200, html, { 'Cache-Control': 'no-cache' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const help = '<p>The page is not built yet. Run <code>npm run build</code> and load this again.</p>';
    sendPage(response, 503, page('Not built yet', help));
  }
}

/** An incident's address for people: its room, wherever that is. */
async function toRoom(door: Door, request: Request, response: ServerResponse): Promise<void> {
  const { deps } = door;
  try {
    const who = await identify(request, deps, { unsafe: false });
    const { number } = await incidentFor({ deps, who }, String(request.params['ref']));
    const rooms = await roomsOf(deps.db, number);
    const room = rooms.find((it) => it.platform === 'web') ?? rooms[0];
    response.writeHead(302, { Location: room?.url ?? '/', 'Cache-Control': 'no-store' }).end();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    sendPage(response, 404, page('Not found', `<p>${escapeHtml(error.message)}</p>`));
  }
}
