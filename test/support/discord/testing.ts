import { test as base } from 'vitest';

import { startFakeDiscord, type DiscordOptions } from './fake.ts';
import { call, type Answered } from './raw-bot.ts';

/**
 * Gives a test a Discord of its own, and fails it where the stand-in itself was
 * wrong. Limits pass quickly; tests of limits begin one with `make`.
 */
export const test = base
  .extend('make', async ({ task }, { onCleanup }) => {
    const all: Awaited<ReturnType<typeof startFakeDiscord>>[] = [];
    onCleanup(async () => {
      await Promise.all(all.map((it) => it.stop()));
      const broken = all.flatMap((it) => it.broken);
      if (broken.length > 0) throw new Error([task.name, ...broken].join('\n'));
    });
    return async (options: DiscordOptions = {}) => {
      const fake = await startFakeDiscord(options);
      all.push(fake);
      return fake;
    };
  })
  .extend('fake', async ({ make }) => await make({ pace: 1_000_000 }))
  .extend('bot', ({ fake }) => {
    const run =
      (method: string) =>
      async (path: string, body?: unknown): Promise<Answered> =>
        await call(fake, method, path, body);
    return {
      get: run('GET'),
      post: run('POST'),
      put: run('PUT'),
      patch: run('PATCH'),
      delete: run('DELETE'),
    };
  });
