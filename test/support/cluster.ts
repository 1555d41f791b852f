import { setTimeout as sleep } from 'node:timers/promises';

import { ClusterNode } from './cluster-node.ts';
import { startWire, type Wire } from './cluster-wire.ts';
import { freePort } from './free-port.ts';
import { findPostgres, startPostgres, type PostgresServer } from './postgres.ts';
import { startRedis, type RedisServer } from './redis.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

export interface ClusterOptions {
  /** What each process is for (`http,chat,worker,scheduler`); an empty text: everything. */
  readonly roles: readonly string[];
  /** With a Redis of its own, or on PostgreSQL alone. */
  readonly redis?: boolean;
  /** PostgreSQL as careful as in earnest, and on a disk. */
  readonly durable?: boolean;
  /** Whether the ways to the database and to Redis can be broken. Not where it is measured: they cost something. */
  readonly wires?: boolean;
  /** Settings that all have. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Several processes of the real program on one private PostgreSQL, and each part can be broken by itself. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly database: PostgresServer;
  /** The database itself, by no wire: for whoever looks on. */
  readonly databaseUrl: string;
  readonly redis: RedisServer | null;
  /** One of those that can be asked at the moment, or of all where none can. */
  anyNode(random?: () => number): ClusterNode;
  /** Everything is mended and runs; resolves when all are ready. */
  heal(): Promise<void>;
  /** Stops each as an operator does, and the servers; answers the exit codes. */
  stop(): Promise<readonly (number | null)[]>;
}

/** Nothing runs yet but the servers: nodes are started by `heal`, or one by one. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const programs = findPostgres();
  if (!programs) throw new Error('PostgreSQL is not installed; several processes need one to share.');
  const database = startPostgres(programs, { durable: options.durable ?? false });
  const folder = makeTemporaryFolder();
  const redis = options.redis === true ? await startRedis() : null;
  const databaseUrl = database.urlOf('postgres');
  const nodes = await makeNodes(options, { databaseUrl, redis, folder });
  // Whatever ends this process leaves nothing behind.
  const abandon = () => {
    for (const it of nodes) it.killNow();
    database.stop();
    removeFolder(folder);
  };
  process.once('exit', abandon);
  return {
    nodes,
    database,
    databaseUrl,
    redis,
    anyNode(random = Math.random) {
      const up = nodes.filter((it) => it.state === 'up');
      const among = up.length > 0 ? up : nodes;
      return among[Math.floor(random() * among.length)] as ClusterNode;
    },
    async heal() {
      for (const it of nodes) {
        it.wires.database?.mend();
        it.wires.redis?.mend();
        it.thaw();
        if (it.state === 'off') it.start();
      }
      await Promise.all(nodes.map((it) => it.ready()));
    },
    async stop() {
      const codes = await Promise.all(nodes.map((it) => it.stop()));
      for (const { wires } of nodes) await Promise.all([wires.database?.stop(), wires.redis?.stop()]);
      await redis?.stop();
      process.removeListener('exit', abandon);
      database.stop();
      removeFolder(folder);
      return codes;
    },
  };
}

interface Around {
  readonly databaseUrl: string;
  readonly redis: RedisServer | null;
  readonly folder: string;
}

async function makeNodes(options: ClusterOptions, around: Around): Promise<ClusterNode[]> {
  const ports: number[] = [];
  while (ports.length < options.roles.length) ports.push(await freePort());
  const publicUrl = `http://127.0.0.1:${ports[0]}`;
  return await Promise.all(
    options.roles.map(async (roles, index) => {
      const wires = options.wires === false ? NO_WIRES : await wiresTo(around);
      const redisPort = wires.redis?.port ?? around.redis?.port;
      return new ClusterNode({
        name: `node ${index + 1}`,
        port: ports[index] ?? 0,
        wires,
        env: {
          PUBLIC_URL: publicUrl,
          DATA_DIR: around.folder,
          DATABASE_URL: wires.database ? throughWire(around.databaseUrl, wires.database) : around.databaseUrl,
          ...(redisPort === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
          ...(roles === '' ? {} : { ROLES: roles }),
          ...options.env,
        },
      });
    }),
  );
}

const NO_WIRES: ClusterNode['wires'] = { database: null, redis: null };

async function wiresTo({
  databaseUrl,
  redis,
}: Around): Promise<{ readonly database: Wire; readonly redis: Wire | null }> {
  const { searchParams, port } = new URL(databaseUrl);
  const path = `${searchParams.get('host')}/.s.PGSQL.${port || 5432}`;
  return {
    database: await startWire({ path }),
    redis: redis === null ? null : await startWire({ port: redis.port }),
  };
}

function throughWire(databaseUrl: string, { port }: Wire): string {
  const url = new URL(databaseUrl);
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = `${port}`;
  return url.href;
}

/** Waits until this holds, looking often. False: it did not in that time. */
export async function until(holds: () => Promise<boolean> | boolean, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
