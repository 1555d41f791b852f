import { setTimeout as sleep } from 'node:timers/promises';

import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';

import type { DbLog } from './log.ts';
import { DatabaseAway, isConnectionLost } from './lost.ts';

export interface Patience {
  /**
   * How long whoever wants a connection is held while the database is away, before being refused. It has then
   * been away for at most twice as long: after that nobody is held any more.
   */
  readonly holdMs: number;
  /** How many may be held at once; more are refused at once. */
  readonly held: number;
  /** A statement without an answer for so long makes us ask whether the server still answers anybody. */
  readonly suspectMs: number;
  /** No statement is waited for longer, unless it said `set local statement_timeout` itself. */
  readonly limitMs: number;
}

/** A restart of PostgreSQL takes about 3 s; 30 s is what the server gives a statement. */
export const PATIENCE: Patience = { holdMs: 5000, held: 5000, suspectMs: 5000, limitMs: 35_000 };

const WATCH_MS = 1000;
/** After that, what is still lent at the end is given up: a statement that is under way needs less. */
const END_MS = 5000;
const LOOK_MS = { first: 100, longest: 1000 };

interface Lent {
  readonly client: PoolClient;
  /** Statements that have no answer yet. */
  asked: number;
  /** Since when (monotonic ms) it has answered none of them; null: there are none. */
  since: number | null;
  /** It lifted the server's limit, and ours with it, until it is given back. */
  isLimitless: boolean;
  /** It may not be used again. */
  isSpoilt: boolean;
}

interface Away {
  /** When this was seen, in monotonic ms. */
  readonly since: number;
  readonly back: Promise<void>;
  reason: string;
}

/**
 * A pool that nobody waits at silently. While the database is away, whoever wants a connection is held
 * for a few seconds, since most often it is back by then, and nothing was asked of it yet that could be
 * done twice; one looks out for all of them. A statement whose answer does not come because
 * the network drops everything without a word is given up once a second connection finds nobody
 * either. A connection that turns out to lead to a server that only reads is thrown away.
 */
export class PatientPool implements PostgresPool {
  readonly options: object;
  readonly #pool: Pool;
  readonly #patience: Patience;
  readonly #log: DbLog | undefined;
  /** Throws when the server does not answer a connection of its own. */
  readonly #ask: () => Promise<void>;
  readonly #lent = new Set<Lent>();
  readonly #known = new Set<PoolClient>();
  readonly #watch: NodeJS.Timeout;
  #away: Away | undefined;
  #backAt = -Infinity;
  #held = 0;
  #isAsking = false;
  #isEnded = false;

  constructor(
    pool: Pool,
    { patience, log, ask }: { patience: Patience; log?: DbLog | undefined; ask: () => Promise<void> },
  ) {
    this.options = pool.options;
    this.#pool = pool;
    this.#patience = patience;
    this.#log = log;
    this.#ask = ask;
    pool.on('remove', (client) => this.#known.delete(client));
    this.#watch = setInterval(() => void this.#look(), WATCH_MS).unref();
  }

  async connect(): Promise<PostgresPoolClient> {
    const until = performance.now() + this.#patience.holdMs;
    for (;;) {
      if (this.#away) await this.#hold(this.#away, until);
      const began = performance.now();
      try {
        return this.#lend(await this.#pool.connect());
      } catch (error) {
        // All connections are in use: that says nothing of the server.
        const isFull = error instanceof Error && error.message.startsWith('timeout exceeded');
        if (isFull || !isConnectionLost(error)) throw error;
        // One that was begun before it came back says nothing new.
        if (began > this.#backAt) this.#lookOut(error);
      }
    }
  }

  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearInterval(this.#watch);
    // Where nobody answers, neither a statement nor a goodbye ends by itself.
    const late = setTimeout(() => {
      for (const client of this.#known) streamOf(client).destroy();
    }, END_MS);
    try {
      await this.#pool.end();
    } finally {
      clearTimeout(late);
    }
  }

  #lend(client: PoolClient): PostgresPoolClient {
    const lent: Lent = { client, asked: 0, since: null, isLimitless: false, isSpoilt: false };
    this.#lent.add(lent);
    this.#known.add(client);
    const query = async (text: string, values: unknown[]) => {
      lent.asked += 1;
      lent.since ??= performance.now();
      if (text.startsWith('set local statement_timeout')) lent.isLimitless = true;
      try {
        return await client.query(text, values);
      } catch (error) {
        lent.isSpoilt ||= isConnectionLost(error);
        throw error;
      } finally {
        lent.asked -= 1;
        lent.since = lent.asked === 0 ? null : performance.now();
      }
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => {
        this.#lent.delete(lent);
        client.release(destroy === true || lent.isSpoilt);
      },
    };
  }

  /** Until it is back. Throws when it is not in time, or too many wait already. */
  async #hold(away: Away, until: number): Promise<void> {
    const left = Math.min(until, away.since + 2 * this.#patience.holdMs) - performance.now();
    if (left <= 0 || this.#held >= this.#patience.held || this.#isEnded) throw new DatabaseAway(away.reason);
    this.#held += 1;
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(timer.resolve, left);
    await Promise.race([away.back, timer.promise]);
    clearTimeout(timeout);
    this.#held -= 1;
  }

  /** One for all, until somebody answers; it says so once, and once more when that has passed. */
  #lookOut(error: unknown): void {
    const reason = reasonOf(error);
    if (this.#away) {
      this.#away.reason = reason;
      return;
    }
    const began = performance.now();
    this.#log?.warn({ reason }, 'The database is away; requests are held for a moment');
    const look = async () => {
      for (let pause = LOOK_MS.first; !this.#isEnded; pause = Math.min(pause * 1.5, LOOK_MS.longest)) {
        await sleep(pause, undefined, { ref: false });
        const answer = await this.#answer();
        if (answer === null || !isConnectionLost(answer)) break;
        if (this.#away) this.#away.reason = reasonOf(answer);
      }
      this.#away = undefined;
      this.#backAt = performance.now();
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      if (!this.#isEnded) this.#log?.info({ seconds }, 'The database is there again');
    };
    this.#away = { since: began, back: look(), reason };
  }

  /** Null: the server answers. Otherwise why not. */
  async #answer(): Promise<unknown> {
    try {
      await this.#ask();
      return null;
    } catch (error) {
      return error;
    }
  }

  /** Whoever has waited too long for an answer may be waiting for one that nobody can send. */
  async #look(): Promise<void> {
    const { suspectMs, limitMs } = this.#patience;
    this.#giveUp(limitMs, (it) => !it.isLimitless);
    if (this.#isAsking || this.#waitingFor(suspectMs).length === 0) return;
    this.#isAsking = true;
    const answer = await this.#answer();
    this.#isAsking = false;
    if (answer === null || !isConnectionLost(answer)) return;
    this.#lookOut(answer);
    this.#giveUp(suspectMs, () => true);
  }

  #waitingFor(ms: number): Lent[] {
    const before = performance.now() - ms;
    return [...this.#lent].filter((it) => it.since !== null && it.since < before);
  }

  #giveUp(ms: number, which: (lent: Lent) => boolean): void {
    const stuck = this.#waitingFor(ms).filter(which);
    if (stuck.length === 0) return;
    this.#log?.warn(
      { connections: stuck.length, ms },
      'The database did not answer; connections are given up',
    );
    // An end in order would wait for an answer too. What runs on it fails as with any lost connection.
    for (const it of stuck) streamOf(it.client).destroy();
  }
}

/** The driver keeps its socket here. */
function streamOf(client: PoolClient): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
}

/** A failed connection to a name with several addresses comes as several errors in one. */
export function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}
