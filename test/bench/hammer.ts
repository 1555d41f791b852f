import { Agent, request } from 'node:http';

import { eventBody, SERVICES } from './event-body.ts';
import { percentiles } from './load.ts';

/**
 * A sender in a process of its own, so that what it costs is not charged to anybody: so many connections, each
 * of which sends its next alert when the last one was answered, to each of the nodes in turn.
 */
export interface Order {
  readonly urls: readonly string[];
  readonly key: string;
  readonly run: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all; null: as many as are answered. */
  readonly perSecond: number | null;
}

export interface Report {
  readonly sent: number;
  readonly accepted: number;
  readonly refused: number;
  readonly perSecond: number;
  /** By node. */
  readonly byNode: readonly number[];
  readonly ms: Readonly<Record<'p50' | 'p95' | 'p99' | 'max', number>>;
}

const ALERTS_PER_SERVICE = 20;

process.once('message', (order: Order) => {
  void hammer(order).then((report) => process.send?.(report, () => process.exit(0)));
});

async function hammer(order: Order): Promise<Report> {
  const agents = order.urls.map(() => new Agent({ keepAlive: true, maxSockets: order.connections }));
  const latencies: number[] = [];
  const byNode = order.urls.map(() => 0);
  let sent = 0;
  let accepted = 0;
  const start = performance.now();
  const end = start + order.seconds * 1000;
  const one = async () => {
    while (performance.now() < end) {
      const index = sent;
      sent += 1;
      if (order.perSecond !== null) await until(start + (index / order.perSecond) * 1000);
      const at = index % order.urls.length;
      const begun = performance.now();
      const status = await post(order, agents[at], at, index).catch(() => 0);
      latencies.push(performance.now() - begun);
      if (status !== 202) continue;
      accepted += 1;
      byNode[at] = (byNode[at] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: order.connections }, one));
  const seconds = (performance.now() - start) / 1000;
  for (const it of agents) it.destroy();
  const perSecond = Math.round(accepted / seconds);
  return { sent, accepted, refused: sent - accepted, perSecond, byNode, ms: percentiles(latencies) };
}

async function until(at: number): Promise<void> {
  const left = at - performance.now();
  if (left > 0) await new Promise((resolve) => void setTimeout(resolve, left));
}

async function post(order: Order, agent: Agent | undefined, at: number, index: number): Promise<number> {
  const body = bodyOf(order.run, index);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const outgoing = request(
    `${order.urls[at]}/api/v1/events`,
    {
      method: 'POST',
      ...(agent ? { agent } : {}),
      headers: {
        'x-api-key': order.key,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    },
    (incoming) => {
      incoming.resume();
      incoming.once('end', () => resolve(incoming.statusCode ?? 0));
    },
  );
  outgoing.once('error', reject);
  outgoing.end(body);
  return await promise;
}

/** A thousand different alerts of fifty services, each event with an id of its own: most are repeats, all are stored. */
function bodyOf(run: string, index: number): string {
  const alert = index % (SERVICES * ALERTS_PER_SERVICE);
  const service = `${run}-service-${alert % SERVICES}`;
  return eventBody({ id: `${run}-${index}`, service, alert, ms: 2000 + (index % 700) });
}
