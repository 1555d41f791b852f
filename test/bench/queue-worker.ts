import { openDatabase } from '#src/db/open.ts';
import { BullMqQueue } from '#src/jobs/bullmq.ts';
import { realClock } from '#src/jobs/clock.ts';
import { EmbeddedQueue } from '#src/jobs/embedded.ts';
import { connectRedis } from '#src/jobs/redis.ts';

/**
 * A process that runs jobs which do nothing. It tells its parent when each began, several at once, and what it
 * took of the processor when it is told to stop. Arguments: the database's address, that of Redis or '', a prefix.
 */
const [databaseUrl = '', url = '', prefix = ''] = process.argv.slice(2);

const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
const log = { warn: () => {}, error: () => {} };
const common = { db, clock: realClock, log };
const queue =
  url === ''
    ? new EmbeddedQueue({ ...common, alone: false })
    : new BullMqQueue({ ...common, url, prefix, link: connectRedis(url, { name: 'bench' }) });
const began: [string, number][] = [];
const tell = setInterval(() => {
  if (began.length > 0) process.send?.({ began: began.splice(0) });
}, 20);
await queue.process(async ({ id }) => void began.push([id, performance.timeOrigin + performance.now()]), {
  concurrency: 20,
  classes: () => new Map([['alpha', 20]]),
});
process.on('message', (word) => {
  if (word === 'wake') queue.wake();
  if (word === 'stop') void stop();
});
process.send?.({ ready: true, cpu: process.cpuUsage() });

async function stop(): Promise<void> {
  const cpu = process.cpuUsage();
  clearInterval(tell);
  await queue.stop();
  process.send?.({ began, cpu });
  await close();
  process.exit(0);
}
