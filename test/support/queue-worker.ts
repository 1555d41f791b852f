import { openDatabase } from '#src/db/open.ts';
import { BullMqQueue } from '#src/jobs/bullmq.ts';
import { realClock } from '#src/jobs/clock.ts';
import { connectRedis } from '#src/jobs/redis.ts';

/**
 * A process of its own that takes jobs and never finishes one, to be killed at that. Says the id of each that it
 * began, one a line. Arguments: the database's address, that of Redis, the prefix, milliseconds of a lease.
 */
const [databaseUrl = '', url = '', prefix = '', leaseMs = ''] = process.argv.slice(2);

const { db } = await openDatabase({ dataDir: '', databaseUrl });
const say = (details: object, text: string) =>
  void process.stderr.write(`${text} ${JSON.stringify(details)}\n`);
const log = { warn: say, error: say };
const link = connectRedis(url, { name: 'test-worker', log });
const queue = new BullMqQueue({
  db,
  clock: realClock,
  log,
  url,
  link,
  prefix,
  leaseMs: Number(leaseMs),
  lookMs: Number(leaseMs) / 6,
});
await queue.process(
  async ({ id }) => {
    process.stdout.write(`${id}\n`);
    await new Promise(() => {});
  },
  { concurrency: 4 },
);
