import type { Json } from './json.ts';
import type { Db } from './schema.ts';

/** What is written down of something that is done once: that it was begun, and what came of it. */
interface Doing {
  readonly result?: Json;
}

/**
 * One platform's drawer in the database. What its adapter keeps there, only the
 * adapter knows; it states what it needs in its own words, `src/chat/store.ts`.
 */
export function platformStore(db: Db, platform: string, now: () => Date) {
  const running = new Map<string, Promise<Json>>();

  async function find(key: string): Promise<Json | undefined> {
    const row = await db
      .selectFrom('platformState')
      .select('value')
      .where('platform', '=', platform)
      .where('key', '=', key)
      .executeTakeFirst();
    return (row?.value as { it: Json } | undefined)?.it;
  }

  async function keep(key: string, value: Json): Promise<void> {
    const kept = { value: JSON.stringify({ it: value }), at: now() };
    await db
      .insertInto('platformState')
      .values({ platform, key, ...kept })
      .onConflict((conflict) => conflict.columns(['platform', 'key']).doUpdateSet(kept))
      .execute();
  }

  /** Writes down that it begins before it does, so that who comes after a kill knows of it. */
  async function doOnce(key: string, send: (isRepeat: boolean) => Promise<Json>): Promise<Json> {
    const before = (await find(key)) as Doing | undefined;
    if (before?.result !== undefined) return before.result;
    if (!before) await keep(key, {});
    const result = await send(before !== undefined);
    await keep(key, { result });
    return result;
  }

  return {
    find: async <T extends Json>(key: string) => ((await find(`kept:${key}`)) ?? null) as T | null,
    keep: (key: string, value: Json) => keep(`kept:${key}`, value),
    async forget(key: string): Promise<void> {
      await db
        .deleteFrom('platformState')
        .where('platform', '=', platform)
        .where('key', '=', `kept:${key}`)
        .execute();
    },
    async once<T extends Json>(key: string, send: (isRepeat: boolean) => Promise<T>): Promise<T> {
      const under = `once:${key}`;
      const first = running.get(under);
      if (first) return (await first) as T;
      const doing = doOnce(under, send);
      running.set(under, doing);
      try {
        return (await doing) as T;
      } finally {
        running.delete(under);
      }
    },
  };
}
