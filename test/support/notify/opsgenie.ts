import { createHash } from 'node:crypto';

import { jsonOf, Refused, startFakeServer, type FakeServer, type Reply } from './fake-server.ts';
import type { Seen } from './seen.ts';

export const API_KEY = '00000000-0000-4000-8000-000000000001';

export interface OpsgenieAlert extends Seen {
  readonly alias: string;
  readonly state: 'open' | 'acknowledged' | 'closed';
  readonly priority: string;
  /** How often it came. */
  readonly count: number;
}

export interface FakeOpsgenie extends FakeServer {
  alerts(): OpsgenieAlert[];
}

/** The Alert API: requests are taken with 202 and worked on, alerts known by alias while they are open. */
export async function startOpsgenie(): Promise<FakeOpsgenie> {
  const alerts: OpsgenieAlert[] = [];
  const server = await startFakeServer((request) => {
    if (request.headers.authorization !== `GenieKey ${API_KEY}`) {
      throw new Refused(401, { message: 'Could not authenticate', took: 0.001, requestId: 'none' });
    }
    const body = jsonOf(request);
    const { pathname, searchParams } = new URL(request.path, 'http://opsgenie');
    const open = (alias: string) => alerts.findIndex((it) => it.alias === alias && it.state !== 'closed');
    if (request.method !== 'POST') throw new Refused(405, { message: 'Method Not Allowed' });
    if (pathname === '/v2/alerts') {
      const alert = created(body);
      const known = open(alert.alias);
      const before = alerts[known];
      if (before) alerts[known] = { ...before, count: before.count + 1 };
      else alerts.push(alert);
      return taken(alerts.length);
    }
    const [, alias = '', action = ''] = /^\/v2\/alerts\/([^/]+)\/(acknowledge|close)$/.exec(pathname) ?? [];
    if (action === '' || searchParams.get('identifierType') !== 'alias') {
      throw new Refused(404, { message: 'Not found' });
    }
    const known = open(decodeURIComponent(alias));
    const before = alerts[known];
    if (before) alerts[known] = { ...before, state: action === 'close' ? 'closed' : 'acknowledged' };
    return taken(alerts.length);
  });
  return { ...server, alerts: () => [...alerts] };
}

function created(body: Readonly<Record<string, unknown>>): OpsgenieAlert {
  const { message, alias, description, responders, priority, details } = body;
  if (typeof message !== 'string' || message.trim() === '') unprocessable('Message can not be empty.');
  if (message.length > 130) unprocessable('Message can not be longer than 130 characters.');
  if (String(alias).length > 512) unprocessable('Alias can not be longer than 512 characters.');
  if (String(description).length > 15_000) unprocessable('Description can not be longer than 15000.');
  if (!/^P[1-5]$/.test(String(priority))) unprocessable('Priority is not one of P1 to P5.');
  const [responder] = responders as { type: string; name?: string; username?: string }[];
  const name = responder?.type === 'user' ? responder.username : responder?.name;
  if (!responder || !name) unprocessable('Responders should have a name, a username or an id.');
  const pairs = Object.entries((details ?? {}) as Record<string, unknown>);
  if (pairs.some(([, value]) => typeof value !== 'string')) unprocessable('Details should be text.');
  const { url } = (details ?? {}) as { url?: string };
  return {
    to: `${responder?.type}:${name}`,
    title: message,
    text: `${message}\n${String(description)}`,
    links: url === undefined ? {} : { url },
    alias: String(alias),
    state: 'open',
    priority: String(priority),
    count: 1,
  };
}

function taken(number: number): Reply {
  const requestId = createHash('md5').update(String(number)).digest('hex');
  return { status: 202, body: { result: 'Request will be processed', took: 0.1, requestId } };
}

function unprocessable(message: string): never {
  throw new Refused(422, { message, took: 0.001, requestId: 'none' });
}
