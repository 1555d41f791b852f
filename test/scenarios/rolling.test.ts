import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { openDatabase } from '#src/db/open.ts';
import { startCluster, type Cluster } from '#test/support/cluster.ts';
import { findPostgres } from '#test/support/postgres.ts';
import { KEY } from '#test/support/program.ts';
import { hasRedis } from '#test/support/redis.ts';

/** Asks of clients, side by side, and how long each rests between two. */
const CLIENTS = 6;
const REST_MS = 15;
/** Who is told no time to come back at waits this long before the second try. */
const AGAIN_MS = 1000;
const PATIENCE_MS = 10_000;

const hasPostgres = findPostgres() !== undefined;

describe.skipIf(!hasPostgres)('several processes under load', () => {
  test('are replaced one by one, and their database is restarted, and nobody who asks once more notices', async () => {
    const cluster = await startCluster({ roles: ['', ''], redis: hasRedis() });
    try {
      await cluster.heal();
      const clients = new Clients(cluster);
      clients.start();
      await sleep(500);
      for (const node of cluster.nodes) {
        expect(await node.stop()).toBe(0);
        node.start();
        await node.ready();
        // As whoever replaces processes does: nobody's second try meets the next one.
        await sleep(2 * AGAIN_MS);
      }
      const replaced = clients.asked;
      await cluster.database.down('fast');
      await cluster.database.up();
      await sleep(2000);
      await clients.stop();

      expect(clients.noticed).toEqual([]);
      expect(replaced).toBeGreaterThan(50);
      expect(clients.asked).toBeGreaterThan(replaced);
      expect(await lost(cluster, clients.accepted)).toEqual([]);
      expect(cluster.nodes.flatMap((it) => it.crashes)).toEqual([]);
    } finally {
      await cluster.stop();
    }
  });
});

/** They send alerts and read, each of whichever node; what does not go they try once more, at another one. */
class Clients {
  readonly noticed: string[] = [];
  readonly accepted: string[] = [];
  asked = 0;
  readonly #cluster: Cluster;
  readonly #running: Promise<void>[] = [];
  #turn = 0;
  #isOver = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  start(): void {
    for (let index = 0; index < CLIENTS; index += 1) this.#running.push(this.#run(index));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #run(index: number): Promise<void> {
    for (let count = 0; !this.#isOver; count += 1) {
      await (count % 3 === 2 ? this.#reads() : this.#sends(`service-${index}`));
      await sleep(REST_MS);
    }
  }

  async #sends(service: string): Promise<void> {
    const id = randomUUID();
    const body = {
      event_id: id,
      source: 'rolling',
      timestamp: new Date().toISOString(),
      event_type: 'alert',
      category: 'performance',
      title: `${service} is slow`,
      description: '',
      severity: 'P3',
      status: 'firing',
      resource: { type: 'service', id: service, name: service },
      tags: {},
    };
    const status = await this.#twice('/api/v1/events', { method: 'POST', body: JSON.stringify(body) });
    if (status === 202) this.accepted.push(id);
  }

  async #reads(): Promise<void> {
    await this.#twice('/api/v1/incidents?limit=5', { method: 'GET' });
  }

  async #twice(path: string, init: RequestInit): Promise<number> {
    this.asked += 1;
    this.#turn += 1;
    const at = this.#turn;
    const first = await this.#once(at, path, init);
    if (first.status > 0 && first.status < 500) return first.status;
    await sleep(first.waitMs);
    const second = await this.#once(at + 1, path, init);
    if (second.status === 0 || second.status >= 500) {
      this.noticed.push(`${path}: ${first.said}, and after ${first.waitMs} ms ${second.said}`);
    }
    return second.status;
  }

  /** Nodes take turns, as behind a balancer that does not know which of them is going; the second try is at another. */
  async #once(turn: number, path: string, init: RequestInit): Promise<Answered> {
    const { nodes } = this.#cluster;
    const { url } = nodes[turn % nodes.length] as (typeof nodes)[number];
    try {
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { 'content-type': 'application/json', 'x-api-key': KEY },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const said = `${response.status} ${await response.text()}`.slice(0, 200);
      const after = Number(response.headers.get('retry-after') ?? Number.NaN);
      return { status: response.status, said, waitMs: Number.isNaN(after) ? AGAIN_MS : after * 1000 };
    } catch (error) {
      return { status: 0, said: String(error), waitMs: AGAIN_MS };
    }
  }
}

interface Answered {
  /** 0: there was no answer. */
  readonly status: number;
  readonly said: string;
  readonly waitMs: number;
}

async function lost({ databaseUrl }: Cluster, accepted: readonly string[]): Promise<readonly string[]> {
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
  const rows = await db.selectFrom('alertEvents').select('externalId').execute();
  await close();
  const there = new Set(rows.map((it) => it.externalId));
  return accepted.filter((it) => !there.has(it));
}
