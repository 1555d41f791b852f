import { spawn, spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startWire } from '#test/support/cluster-wire.ts';
import { startProgram } from '#test/support/program.ts';
import { startRedis } from '#test/support/redis.ts';
import { soon } from '#test/support/soon.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import { inNamespace } from './namespace.ts';
import { own, Server } from './server.ts';
import { seconds, underLoad, type Outcome } from './stage.ts';

/** How long the database stays away where nothing else says so. */
const AWAY_MS = 2000;

/** By name: what happens, and what must be true then. */
export const faults: Readonly<
  Record<string, { readonly what: string; readonly run: () => Promise<Outcome> }>
> = {
  'postgres-restart': {
    what: 'PostgreSQL is restarted in order, and takes 2 s more',
    run: async () =>
      await withServer(async (server) => {
        server.stop('fast');
        await sleep(AWAY_MS);
        server.start();
      }),
  },
  'postgres-killed': {
    what: 'PostgreSQL is killed with all its processes, and started again',
    run: async () =>
      await withServer(async (server) => {
        server.kill();
        await sleep(AWAY_MS);
        await server.startAgain();
      }),
  },
  'failover-synchronous': {
    what: 'the first PostgreSQL dies, its synchronous standby is promoted',
    run: () => failover(true),
  },
  'failover-asynchronous': {
    what: 'the same where the standby is not waited for',
    run: () => failover(false),
  },
  'network-silent': {
    what: 'the network between program and PostgreSQL swallows every packet for 15 s',
    run: silence,
  },
  'postgres-disk-full': { what: "PostgreSQL's disk is full, then has room again", run: postgresDiskFull },
  'built-in-disk-full': {
    what: 'the disk of the built-in database is full, then has room again',
    run: builtInDiskFull,
  },
  'redis-gone': { what: 'Redis is killed, stays away for 10 s, and comes back empty', run: redisGone },
};

async function withServer(fault: (server: Server) => Promise<void>): Promise<Outcome> {
  const server = Server.begin();
  try {
    const look = () => ({ dataDir: '', databaseUrl: server.url });
    return await underLoad({ env: { DATABASE_URL: server.url }, look }, async () => await fault(server));
  } finally {
    server.remove();
  }
}

/** The name moves to the new server, as a proxy, a virtual address or DNS does it: before it is the first, as happens. */
async function failover(isSynchronous: boolean): Promise<Outcome> {
  const first = Server.begin();
  const second = first.standby();
  const target = { path: first.socket };
  const wire = await startWire(target);
  try {
    await soon('the standby follows', () => first.ask('select count(*) from pg_stat_replication') === '1');
    if (isSynchronous) {
      first.ask("alter system set synchronous_standby_names = '*'");
      first.ask('select pg_reload_conf()');
    }
    const env = { DATABASE_URL: `postgres://postgres@127.0.0.1:${wire.port}/postgres` };
    const look = () => ({ dataDir: '', databaseUrl: second.url });
    const outcome = await underLoad({ env, look }, async () => {
      first.kill();
      target.path = second.socket;
      wire.cut();
      wire.mend();
      await sleep(AWAY_MS);
      second.promote();
    });
    // What was answered and not sent on yet is the price of not waiting.
    return isSynchronous
      ? outcome
      : { ...outcome, wrong: outcome.wrong.filter((it) => !it.includes('are lost')) };
  } finally {
    await wire.stop();
    first.remove();
    second.remove();
  }
}

async function silence(): Promise<Outcome> {
  const space = inNamespace();
  const server = Server.begin({ address: space.database });
  try {
    const env = {
      DATABASE_URL: `postgres://postgres@${space.database}:5432/postgres`,
      HOST: space.inside,
      PUBLIC_URL: `http://${space.inside}:3000`,
      PORT: '3000',
    };
    const look = () => ({ dataDir: '', databaseUrl: server.url });
    return await underLoad(
      { env, look, start: async (given) => await startProgram(given, { through: space.enter }) },
      async ({ figures, load }) => {
        space.swallow();
        await sleep(15_000);
        const mended = performance.now();
        space.mend();
        await load.flows();
        figures['mendedS'] = seconds(performance.now() - mended);
      },
      { tells: true },
    );
  } finally {
    server.remove();
    space.remove();
  }
}

async function postgresDiskFull(): Promise<Outcome> {
  const disk = smallDisk(160);
  const server = Server.begin({ folder: disk.folder });
  try {
    const look = () => ({ dataDir: '', databaseUrl: server.url });
    return await underLoad(
      { env: { DATABASE_URL: server.url }, look },
      async ({ figures, program }) => {
        disk.fill();
        await sleep(8000);
        figures['readingWhileFull'] = (await program.call('GET', '/api/v1/incidents')).status;
        figures['serverEnded'] = !server.isRunning();
        disk.free();
        if (!server.isRunning()) await server.startAgain();
      },
      { tells: true },
    );
  } finally {
    server.remove();
    disk.remove();
  }
}

async function builtInDiskFull(): Promise<Outcome> {
  const disk = smallDisk(200);
  const env = { DATA_DIR: disk.folder };
  try {
    return await underLoad(
      { env, look: () => ({ dataDir: disk.folder }) },
      async ({ figures, program }) => {
        disk.fill();
        await sleep(8000);
        figures['readingWhileFull'] = (await program.call('GET', '/api/v1/incidents')).status;
        disk.free();
      },
      { tells: true },
    );
  } finally {
    disk.remove();
  }
}

async function redisGone(): Promise<Outcome> {
  const server = Server.begin();
  const redis = await startRedis();
  try {
    const look = () => ({ dataDir: '', databaseUrl: server.url });
    const env = { DATABASE_URL: server.url, REDIS_URL: redis.url };
    return await underLoad({ env, look }, async ({ program, figures, wrong }) => {
      await redis.kill();
      const roomOf = async (title: string) => {
        const began = performance.now();
        const { body } = await program.call('POST', '/api/v1/incidents', {
          title,
          severity: 'P1',
          category: 'availability',
          description: title,
        });
        const { id } = body as { id: string };
        await soon(
          'its room is opened',
          async () => {
            const log = JSON.stringify((await program.call('GET', `/api/v1/incidents/${id}/timeline`)).body);
            return log.includes('room');
          },
          { patienceMs: 30_000, everyMs: 250 },
        );
        return seconds(performance.now() - began);
      };
      const opened = await roomOf('Declared while Redis is away').catch((error: unknown) =>
        wrong.push(String(error)),
      );
      figures['roomWithoutRedisS'] = opened;
      const { body } = await program.call('GET', '/ready');
      figures['degraded'] = (body as { degraded: string[] }).degraded;
      await sleep(8000);
      await redis.restart();
      await sleep(3000);
      figures['roomAfterS'] = await roomOf('Declared when it is back').catch((error: unknown) =>
        wrong.push(String(error)),
      );
    });
  } finally {
    await redis.stop();
    server.remove();
  }
}

/** A disk in memory that can be filled to its last byte; needs root. */
function smallDisk(megabytes: number) {
  const folder = makeTemporaryFolder(tmpdir());
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'none', folder]);
  if (mounted.status !== 0) throw new Error(`A small disk cannot be made: ${mounted.stderr.toString()}`);
  own(folder);
  const filler = path.join(folder, 'filler');
  let filling: ReturnType<typeof setInterval> | undefined;
  const fill = () => {
    const { bavail, bsize } = statfsSync(folder);
    const left = bavail * bsize;
    if (left > 0) spawn('sh', ['-c', `head -c ${left} /dev/zero >> ${filler}`], { stdio: 'ignore' });
  };
  return {
    folder,
    /** What becomes free is taken too. */
    fill() {
      writeFileSync(filler, '');
      fill();
      filling = setInterval(fill, 100);
    },
    free() {
      clearInterval(filling);
      spawnSync('sleep', ['0.3']);
      rmSync(filler, { force: true });
    },
    remove() {
      clearInterval(filling);
      spawnSync('umount', ['-l', folder]);
      removeFolder(folder);
    },
  };
}
