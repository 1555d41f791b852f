import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, onTestFinished, test } from 'vitest';

import { beatKey, connectRedis } from '#src/jobs/redis.ts';
import { comesTrue } from '#test/support/reacting.ts';
import { hasRedis, startRedis } from '#test/support/redis.ts';

describe.runIf(hasRedis())('a connection to Redis', () => {
  test.for([
    [
      'has too few copies',
      'NOREPLICAS',
      'CONFIG SET min-replicas-to-write 1',
      'CONFIG SET min-replicas-to-write 0',
    ],
    ['has no room', 'OOM', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
    ['does not let us', 'NOPERM', 'ACL SETUSER default -set', 'ACL SETUSER default +set'],
  ] as const)(
    'is kept where Redis refuses writes, and it is said why: it %s',
    async ([, why, refuse, take]) => {
      const { redis, link, said, closed } = await connected();
      await redis.say(refuse);
      await comesTrue(() => expect(link.isUp()).toBe(false));
      expect(said).toEqual([`Redis refuses writes; work goes on without it (${why})`]);
      // Longer than a silent one would be kept.
      await sleep(4000);
      expect(closed()).toBe(0);
      expect(link.isUp()).toBe(false);
      await redis.say(take);
      await comesTrue(() => expect(link.isUp()).toBe(true));
      expect(said.slice(1)).toEqual(['Redis takes writes again']);
    },
  );

  test('is made anew after ten seconds of refusals, since the name may lead elsewhere by now', async () => {
    const { redis, link, said, closed } = await connected();
    await redis.say('CONFIG SET min-replicas-to-write 1');
    await comesTrue(() => expect(closed()).toBe(1));
    expect(link.isUp()).toBe(false);
    expect(said).toEqual(['Redis refuses writes; work goes on without it (NOREPLICAS)']);
  });

  test('is made anew where Redis is not the first any more, and that is no silence', async () => {
    const { redis, link, said, closed } = await connected();
    await redis.say('REPLICAOF 127.0.0.1 1');
    await expect(link.redis.set('any', 'thing')).rejects.toThrow('READONLY');
    expect(link.isUp()).toBe(false);
    await sleep(2500);
    expect(said).toEqual(['Redis refuses writes; work goes on without it (READONLY)']);
    // Over and over, but not without a pause.
    expect(closed()).toBeGreaterThan(1);
    expect(closed()).toBeLessThan(4);
    await redis.say('REPLICAOF NO ONE');
    await comesTrue(() => expect(link.isUp()).toBe(true));
    expect(said.slice(1)).toEqual(['Redis takes writes again']);
  });

  test('is made anew together with all its copies: none waits for another', async () => {
    const { redis, link } = await connected();
    const copies = Array.from({ length: 4 }, () => link.redis.duplicate());
    await Promise.all(copies.map((it) => once(it, 'ready')));
    let left = 0;
    for (const it of copies) it.once('close', () => (left += 1));
    await redis.say('REPLICAOF 127.0.0.1 1');
    for (const it of copies) await expect(it.set('any', 'thing')).rejects.toThrow('READONLY');
    await comesTrue(() => expect(left).toBe(4));
  });

  test('is made anew where Redis says nothing, and each trouble is told as it is', async () => {
    const { redis, link, said, closed } = await connected();
    redis.freeze();
    await comesTrue(() => expect(link.isUp()).toBe(false));
    expect(said).toEqual(['Redis does not answer; work goes on without it']);
    await comesTrue(() => expect(closed()).toBeGreaterThan(0));
    await redis.restart();
    await redis.say('CONFIG SET maxmemory 1');
    await comesTrue(() => expect(said.slice(1).join()).toMatch(/refuses writes.*\(OOM\)$/));
    await redis.say('CONFIG SET maxmemory 0');
    await comesTrue(() => expect(link.isUp()).toBe(true));
    expect(said.at(-1)).toBe('Redis takes writes again');
  });
});

/** To a Redis of its own, which takes what is written. */
async function connected() {
  const redis = await startRedis();
  const said: string[] = [];
  const warn = ({ err }: { err?: Error }, text: string) =>
    void said.push(err && 'command' in err ? `${text} (${err.message.split(' ')[0]})` : text);
  const link = connectRedis(redis.url, { name: 'test', beat: beatKey('test'), log: { warn } });
  onTestFinished(async () => {
    link.close();
    await redis.stop();
  });
  expect(await link.reached(20_000)).toBe(true);
  let closed = 0;
  link.redis.on('close', () => (closed += 1));
  return { redis, link, said, closed: () => closed };
}
