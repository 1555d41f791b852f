import { setTimeout as sleep } from 'node:timers/promises';

import { RUN_ROLES } from './config-run.ts';
import type { Settings } from './config.ts';
import { listenNotify } from './db/bell.ts';
import type { OpenDb } from './db/open.ts';
import { connectRedis } from './jobs/redis.ts';

interface RunFinding {
  readonly about: string;
  readonly ok: boolean;
  readonly says: string;
}

const PATIENCE_MS = 4000;
const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/;

/** Looks at how the program is divided over processes, and whether they can tell each other of news. */
export async function examineRun(opened: OpenDb, settings: Settings): Promise<RunFinding[]> {
  if (opened.kind === 'embedded') {
    return [{ about: 'processes', ok: true, says: 'one, since the built-in database belongs to one' }];
  }
  return [roles(settings), await redis(settings), await news(opened, settings)].flat();
}

/** Every process writes links, and the one that serves them may be another. */
function roles({ roles: own, publicUrl }: Settings): RunFinding {
  const others = RUN_ROLES.filter((it) => !own.has(it));
  const about = 'processes';
  if (others.length === 0) return { about, ok: true, says: 'this one does everything; so may others' };
  const says = `this one does ${[...own].join(', ')}; some other must do ${others.join(', ')}`;
  if (!LOOPBACK.test(publicUrl)) return { about, ok: true, says };
  return {
    about,
    ok: false,
    says: `${says}. Set PUBLIC_URL, the same for all: links from here lead to ${publicUrl}.`,
  };
}

async function redis({ redisUrl }: Settings): Promise<RunFinding[]> {
  if (redisUrl === undefined) return [];
  const link = connectRedis(redisUrl, { name: 'incident-manager-doctor' });
  const isThere = await link.reached(PATIENCE_MS);
  link.close();
  const says = isThere
    ? 'answers'
    : 'does not answer; check REDIS_URL. The program works without it, with limits that each process counts alone.';
  return [{ about: 'Redis', ok: isThere, says }];
}

/** Without a Redis they tell each other over PostgreSQL itself, if nothing stands between. */
async function news({ db }: OpenDb, { databaseUrl, redisUrl }: Settings): Promise<RunFinding[]> {
  if (databaseUrl === undefined || redisUrl !== undefined) return [];
  const up = Promise.withResolvers<true>();
  const said: string[] = [];
  const log = { info: () => {}, warn: (_: object, text: string) => void said.push(text) };
  const changed = (isUp: boolean) => (isUp ? up.resolve(true) : undefined);
  const wire = listenNotify({ db, databaseUrl, log, heard: () => {}, changed });
  const isUp = await Promise.race([up.promise, sleep(PATIENCE_MS, false)]);
  await wire.close();
  const says = isUp ? 'by PostgreSQL itself, at once' : (said[0] ?? 'they look for it every second');
  return [{ about: 'news of other processes', ok: true, says }];
}
