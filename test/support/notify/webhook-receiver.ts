import { createHmac, timingSafeEqual } from 'node:crypto';

import { jsonOf, Refused, startFakeServer, type FakeServer, type Received } from './fake-server.ts';
import type { Seen } from './seen.ts';

export interface Delivery extends Seen {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface FakeReceiver extends FakeServer {
  readonly hook: string;
  /** What was told to whoever entered the address. */
  trusts(secret: string): void;
  /** What was taken for genuine, oldest first; what has an id that came before is left out. */
  deliveries(): Delivery[];
}

const TOLERANCE_S = 300;

/** Somebody's own server, which checks as Standard Webhooks says. */
export async function startReceiver(now: () => Date): Promise<FakeReceiver> {
  const deliveries = new Map<string, Delivery>();
  let secret = '';
  const server = await startFakeServer((request) => {
    if (request.method !== 'POST' || request.path !== '/hook') throw new Refused(404, 'not found');
    const id = verified(request, secret, now());
    const body = jsonOf(request);
    if (!deliveries.has(id)) deliveries.set(id, deliveryOf(id, body, server.url));
    return { status: 204 };
  });
  return {
    ...server,
    hook: `${server.url}/hook`,
    trusts: (told) => void (secret = told),
    deliveries: () => [...deliveries.values()],
  };
}

function verified({ headers, body }: Received, secret: string, now: Date): string {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name]),
  );
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_S) throw new Refused(401, 'too old');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const right = createHmac('sha256', key)
    .update(`${id}.${timestamp}.${body.toString('utf8')}`)
    .digest();
  const isRight = (signatures ?? '').split(' ').some((it) => {
    const given = Buffer.from(it.replace(/^v1,/, ''), 'base64');
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!isRight) throw new Refused(401, 'not signed by whom I trust');
  return id ?? '';
}

function deliveryOf(id: string, body: Readonly<Record<string, unknown>>, url: string): Delivery {
  const { subject, lines, incident, acknowledge_url: acknowledge } = body;
  const { url: page } = (incident ?? {}) as { url?: string };
  return {
    to: `${url}/hook`,
    title: String(subject),
    text: [subject, ...(lines as string[])].join('\n'),
    links: {
      ...(page === undefined ? {} : { incident: page }),
      ...(typeof acknowledge === 'string' ? { acknowledge } : {}),
    },
    id,
    body,
  };
}
