import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { eventBody, SERVICES } from './event-body.ts';
import { ID, type Order, type Report } from './sender.ts';

export type { Report } from './sender.ts';

/** Sends as ordered, from a process of its own, so that what it costs is charged to nobody who is measured. */
export async function send(url: string, order: Omit<Order, 'host' | 'port' | 'path'>): Promise<Report> {
  const { hostname, port, pathname } = new URL(url);
  const child = fork(path.join(import.meta.dirname, 'sender.ts'), { stdio: 'inherit' });
  child.send({ ...order, host: hostname, port: Number(port), path: pathname });
  const [report] = (await once(child, 'message')) as [Report];
  return report;
}

export interface Bare {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The server that does as little as a durable one can, on this database. */
export async function startBare(databaseUrl: string): Promise<Bare> {
  const child = fork(path.join(import.meta.dirname, 'bare.ts'), [databaseUrl], { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid ?? 0, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

/** Events of so many different alerts, as programs post them, one in each. */
export function eventBodies(distinct: number): string[] {
  return Array.from({ length: distinct }, (_, alert) =>
    eventBody({ id: `RUN-${ID}`, service: `service-${alert % SERVICES}`, alert, ms: 2000 + (alert % 700) }),
  );
}

/** The same alerts as Alertmanager takes them and as it sends them on, `many` in each. */
export function alertBodies(distinct: number, many: number, wrap: (alerts: object[]) => object): string[] {
  const startsAt = new Date().toISOString();
  return Array.from({ length: Math.ceil(distinct / many) }, (_, body) => {
    const alerts = Array.from({ length: many }, (__, index) => alertAt(body * many + index, startsAt));
    return JSON.stringify(wrap(alerts));
  });
}

function alertAt(alert: number, startsAt: string) {
  const service = `service-${alert % SERVICES}`;
  return {
    status: 'firing',
    labels: {
      alertname: 'EndpointLatency',
      service,
      endpoint: `/v1/things/${alert}`,
      severity: 'warning',
      environment: 'production',
    },
    annotations: {
      summary: `Latency of endpoint ${alert} is above its threshold`,
      description: 'The 95th percentile has been above 2 s for five minutes.',
      sequence: ID,
    },
    startsAt,
    generatorURL: 'http://prometheus.example.com/graph',
  };
}
