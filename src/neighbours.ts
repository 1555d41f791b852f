import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { listenNotify } from './db/bell.ts';
import type { OpenDb } from './db/open.ts';
import { redisWire } from './jobs/bell-redis.ts';
import { Bell, type Wire, type WireEar } from './jobs/bell.ts';
import { Lease } from './jobs/lease.ts';
import { beatKey, connectRedis, redisPrefix, type RedisLink } from './jobs/redis.ts';
import type { Log } from './log.ts';

/** Between looks for what others wrote, while they cannot tell us. */
const DEAF_LOOK_MS = 1000;

export interface Neighbours {
  /** This process; no other has the same. */
  readonly self: string;
  /** No other process can have this database open. */
  readonly alone: boolean;
  readonly bell: Bell;
  /** Null where none is set up. */
  readonly redis: { readonly link: RedisLink; readonly url: string; readonly prefix: string } | null;
  /** How often what others wrote is looked for: as usual, or more often while nobody tells. */
  readonly lookMs: (usual: number) => () => number;
  /** Does something in one process of all; begun with `start`. */
  readonly lease: (name: string, run: (signal: AbortSignal) => Promise<void>) => Lease;
  /** The leases that this process holds now. */
  readonly held: () => readonly string[];
  stop(): Promise<void>;
}

interface Meeting {
  readonly opened: OpenDb;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** Anything that is stored in this database and in no other. */
  readonly secret: string;
  readonly log: Log;
  /** For tests: nobody tells anybody. */
  readonly deaf: boolean;
}

function redisAt(url: string, prefix: string, log: Log) {
  return { url, prefix, link: connectRedis(url, { name: 'incident-manager', log, beat: beatKey(prefix) }) };
}

/** The other processes on the same database: how they are told of news, and what only one of them does at a time. */
export function meetNeighbours(meeting: Meeting): Neighbours {
  const { opened, redisUrl: url, secret, log } = meeting;
  const self = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const redis = url === undefined ? null : redisAt(url, redisPrefix(secret), log);
  const bell = new Bell(self, wireFor(meeting, redis), log);
  const alone = opened.kind === 'embedded';
  const leases: Lease[] = [];
  return {
    self,
    alone,
    bell,
    redis,
    lookMs: (usual) => () => (bell.isUp ? usual : Math.min(usual, DEAF_LOOK_MS)),
    lease(name, run) {
      const free = (it: string) => bell.ring('lease', it);
      const lease = new Lease({ db: opened.db, name, holder: self, alone, log, free, run });
      leases.push(lease);
      bell.on('lease', (freed) => {
        if (freed === name) lease.wake();
      });
      return lease;
    },
    held: () => leases.filter(({ isHeld }) => isHeld).map(({ name }) => name),
    async stop() {
      await bell.stop();
      redis?.link.close();
    },
  };
}

/** Redis where there is one, else PostgreSQL; the built-in database is open to this process alone. */
function wireFor(
  { opened: { db, kind }, databaseUrl, log, deaf }: Meeting,
  redis: Neighbours['redis'],
): ((ear: WireEar) => Wire) | null {
  if (kind === 'embedded' || databaseUrl === undefined) return null;
  if (deaf) return () => ({ send: async () => {}, close: async () => {} });
  if (redis) return (ear) => redisWire(redis, ear);
  return (ear) => listenNotify({ db, databaseUrl, log, ...ear });
}
