import type { Json } from './json.ts';
import { inTurn } from './leases.ts';
import type { Db } from './schema.ts';

/** What is written down of something that is done once: that it was begun, and what came of it. */
interface Doing {
  readonly result?: Json;
}

/** Others wait no longer for a process that was killed at something. A job that it was at is taken up no sooner. */
const WAIT_MS = 10_000;

/**
 * One platform's drawer in the database. What its adapter keeps there, only the
 * adapter knows; it states what it needs in its own words, `src/chat/store.ts`. `self`: the name of this process,
 * where others have the same drawer open.
 */
export function platformStore(db: Db, platform: string, now: () => Date, self?: string) {
  const { find, keep, forget } = drawer(db, platform, now);
  const { alone, inOrder } = turnsOf(db, platform, self);
  const running = new Map<string, Promise<Json>>();

  async function doOnce(key: string, send: (isRepeat: boolean) => Promise<Json>): Promise<Json> {
    const isDone = async () => ((await find(key)) as Doing | undefined)?.result !== undefined;
    if (self === undefined || (await isDone())) return await begin(key, send);
    return await alone(key, async () => await begin(key, send), isDone);
  }

  /** Writes down that it begins before it does, so that who comes after a kill knows of it. */
  async function begin(key: string, send: (isRepeat: boolean) => Promise<Json>): Promise<Json> {
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
    forget: (key: string) => forget(`kept:${key}`),
    inTurn: inOrder,
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

function drawer(db: Db, platform: string, now: () => Date) {
  return {
    find: async (key: string): Promise<Json | undefined> => {
      const row = await db
        .selectFrom('platformState')
        .select('value')
        .where('platform', '=', platform)
        .where('key', '=', key)
        .executeTakeFirst();
      return (row?.value as { it: Json } | undefined)?.it;
    },
    keep: async (key: string, value: Json): Promise<void> => {
      const kept = { value: JSON.stringify({ it: value }), at: now() };
      await db
        .insertInto('platformState')
        .values({ platform, key, ...kept })
        .onConflict((conflict) => conflict.columns(['platform', 'key']).doUpdateSet(kept))
        .execute();
    },
    forget: async (key: string): Promise<void> => {
      await db.deleteFrom('platformState').where('platform', '=', platform).where('key', '=', key).execute();
    },
  };
}

/** One at a time under each name: in this process, and in all where there are others. */
function turnsOf(db: Db, platform: string, self: string | undefined) {
  const last = new Map<string, Promise<unknown>>();

  async function alone<T>(name: string, work: () => Promise<T>, isDone?: () => Promise<boolean>): Promise<T> {
    if (self === undefined) return await work();
    const turn = { name: `${platform}:${name}`, holder: self, ttlMs: WAIT_MS, ...(isDone ? { isDone } : {}) };
    return await inTurn(db, turn, work);
  }

  async function inOrder<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = last.get(key);
    const mine = (async () => {
      await before?.catch(() => {});
      return await alone(`turn:${key}`, work);
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  }

  return { alone, inOrder };
}
