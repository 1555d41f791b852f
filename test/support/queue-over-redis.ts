import { randomUUID } from 'node:crypto';

import { BullMqQueue, type BullQueueOptions } from '#src/jobs/bullmq.ts';
import { realClock, type Clock } from '#src/jobs/clock.ts';
import { beatKey, connectRedis } from '#src/jobs/redis.ts';

import { redisPath } from './redis-path.ts';
import { startRedis, type RedisServer } from './redis.ts';

/** Queues of several processes, as they see each other: over one database and one Redis. */
export interface QueuesOverRedis {
  readonly redis: RedisServer;
  readonly prefix: string;
  /** What was said in the logs of all. */
  readonly said: string[];
  open(options: Opening): {
    readonly queue: BullMqQueue;
    /** It loses its way to Redis for ever. */
    readonly cut: () => void;
  };
  /** Stops those that were not cut, and all that they have open. */
  stop(): Promise<void>;
}

type Opening = Pick<BullQueueOptions, 'db' | 'random' | 'leaseMs' | 'lookMs'> & { readonly clock?: Clock };

const shared: { redis?: Promise<RedisServer> } = {};

/** One Redis for all tests of a process that do it no harm; it ends with the process. */
export async function sharedRedis(): Promise<RedisServer> {
  return await (shared.redis ??= startRedis());
}

export function queuesOver(redis: RedisServer): QueuesOverRedis {
  const prefix = `{test-${randomUUID()}}`;
  const said: string[] = [];
  const say = (_: object, text: string) => void said.push(text);
  const log = { warn: say, error: say };
  const ends: (() => Promise<void>)[] = [];
  return {
    redis,
    prefix,
    said,
    open(options) {
      const path = redisPath(redis.port);
      const link = connectRedis(path.url, { name: 'test', log, beat: beatKey(prefix) });
      const queue = new BullMqQueue({ clock: realClock, log, url: path.url, link, prefix, ...options });
      let isCut = false;
      ends.push(async () => {
        if (!isCut) await queue.stop({ graceMs: 0 });
        link.close();
        path.cut();
      });
      const cut = () => {
        isCut = true;
        path.cut();
      };
      return { queue, cut };
    },
    stop: async () => void (await Promise.all(ends.map((end) => end()))),
  };
}
