import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import type { DbLog } from './log.ts';
import { isDatabaseAway } from './lost.ts';
import { openDatabase, type OpenDb } from './open.ts';
import type { Db } from './schema.ts';

/** Where lists, searches and counts are read, which may be a moment old. */
export interface Reads {
  /** Runs it on the replica, or on the primary where the replica is away, behind, or lacks what `who` changed. Only reads. */
  read<T>(who: string, run: (db: Db) => Promise<T>): Promise<T>;
  /** `who` just changed something, and wants to see it from now on. */
  wrote(who: string): void;
  stop(): Promise<void>;
}

export interface Following {
  readonly primary: Db;
  readonly databaseUrl: string;
  readonly log: DbLog;
  /** How old what is read may be; 2 s unless said otherwise. */
  readonly staleMs?: number;
  /** How often the two are compared; 250 ms unless said otherwise. */
  readonly everyMs?: number;
}

const STALE_MS = 2000;
const EVERY_MS = 250;
/** A replica that is not there is tried again after this. */
const AGAIN_MS = 5000;
/** Who changed something longer ago reads wherever everybody does: by then it is there, or the replica is not used. */
const WRITERS = 10_000;

/** Without a replica all is read from the primary. */
export function readsOf({
  databaseUrl,
  ...options
}: Omit<Following, 'databaseUrl'> & { readonly databaseUrl: string | undefined }): Reads {
  if (databaseUrl !== undefined) return followReplica({ ...options, databaseUrl });
  return { read: async (_, run) => await run(options.primary), wrote: () => {}, stop: async () => {} };
}

/**
 * Follows a streaming replica. How old it is does not depend on anybody's clock: the place in the primary's log is
 * noted now and then, and the replica is as old as the last of those places that it has reached. One that follows
 * nobody, because it was promoted or is another database, is not used.
 */
export function followReplica(options: Following): Reads {
  const { primary, databaseUrl, log, staleMs = STALE_MS, everyMs = EVERY_MS } = options;
  const stopping = new AbortController();
  const writers = new Writers();
  let replica: OpenDb | null = null;
  let marks: Mark[] = [];
  /** When what the replica holds was current (monotonic ms); null: it is not known, or the replica is away. */
  let currentAt: number | null = null;

  const look = async () => {
    replica ??= await openDatabase({ dataDir: '', databaseUrl, replica: true, waitMs: 0, log });
    const at = performance.now();
    marks = [...marks, { at, place: await placeOfPrimary(primary) }].slice(-KEPT);
    const reached = await placeOfReplica(replica.db);
    currentAt = reached === null ? null : (marks.findLast((it) => it.place <= reached)?.at ?? null);
  };
  const follow = async () => {
    let wasThere: boolean | undefined;
    while (!stopping.signal.aborted) {
      const why = await look().then(
        () => null,
        (error: unknown) => error,
      );
      if (why !== null) currentAt = null;
      const isThere = isFresh();
      if (isThere !== wasThere) tell(log, isThere, why);
      wasThere = isThere;
      await sleep(why === null ? everyMs : AGAIN_MS, undefined, {
        signal: stopping.signal,
        ref: false,
      }).catch(() => {});
    }
  };
  const isFresh = () => currentAt !== null && performance.now() - currentAt <= staleMs;
  const following = follow();

  return {
    async read(who, run) {
      const isThere = currentAt !== null && currentAt >= writers.lastOf(who);
      if (replica === null || !isFresh() || !isThere) return await run(primary);
      try {
        return await run(replica.db);
      } catch (error) {
        // Also where the replica cancels what stands in the way of following.
        if (!isDatabaseAway(error)) throw error;
        currentAt = null;
        return await run(primary);
      }
    },
    wrote: (who) => writers.add(who),
    async stop() {
      stopping.abort();
      await following;
      await replica?.close();
    },
  };
}

/** When each of those who wrote last did (monotonic ms). */
class Writers {
  readonly #at = new Map<string, number>();

  add(who: string): void {
    this.#at.delete(who);
    this.#at.set(who, performance.now());
    const [oldest] = this.#at.keys();
    if (this.#at.size > WRITERS && oldest !== undefined) this.#at.delete(oldest);
  }

  lastOf(who: string): number {
    return this.#at.get(who) ?? -Infinity;
  }
}

interface Mark {
  readonly at: number;
  readonly place: bigint;
}

/** Longer ago than these nobody wants to read. */
const KEPT = 64;

async function placeOfPrimary(db: Db): Promise<bigint> {
  const { rows } = await sql<{ place: string }>`select pg_current_wal_lsn()::text as place`.execute(db);
  return toPlace(rows[0]?.place ?? '0/0');
}

/** Null where it follows nobody. */
async function placeOfReplica(db: Db): Promise<bigint | null> {
  const { rows } = await sql<{ place: string | null }>`
    select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as place`.execute(db);
  const place = rows[0]?.place ?? null;
  return place === null ? null : toPlace(place);
}

/** `16/B374D848`: two numbers in hexadecimal. */
function toPlace(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

function tell(log: DbLog, isThere: boolean, why: unknown): void {
  if (isThere) {
    log.info({}, 'Lists and searches are read from the replica');
    return;
  }
  log.warn({ err: why ?? undefined }, AWAY);
}

const AWAY = 'The replica is away or too far behind: all is read from the primary';
