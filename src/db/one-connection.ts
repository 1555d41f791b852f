import type { PostgresPool, PostgresPoolClient, QueryExecutorProvider } from 'kysely';

import { isConnectionLost } from './lost.ts';

/** Takes single statements; there is no transaction to be had. */
export type Statements = QueryExecutorProvider;

/** After so long those who come get another connection, so that one does not outlive the server it leads to. */
const LENT_MS = 60_000;

interface Lent {
  readonly client: Promise<PostgresPoolClient>;
  readonly until: number;
  users: number;
  isSpoilt: boolean;
}

/**
 * One connection of a pool for all who ask while somebody has it. What they ask for goes out at once, one behind the
 * other, and no answer is waited for: the server begins with the next as soon as it has ended one. Each statement is
 * committed by itself, so whoever begins a transaction here has those of others in it.
 */
export class OneConnection implements PostgresPool {
  readonly options: object;
  readonly #pool: PostgresPool;
  #lent: Lent | undefined;

  constructor(pool: PostgresPool) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    const lent = this.#now();
    lent.users += 1;
    const client = await lent.client.catch((error: unknown) => {
      this.#leave(lent, true);
      throw error;
    });
    const query = async (text: string, values: unknown[]) =>
      await client.query<unknown>(text, values).catch((error: unknown) => {
        if (isConnectionLost(error)) this.#spoil(lent);
        throw error;
      });
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => this.#leave(lent, destroy === true),
    };
  }

  /** What it lends is the pool's, which ends by itself. */
  async end(): Promise<void> {}

  #now(): Lent {
    const now = performance.now();
    if (this.#lent && now < this.#lent.until) return this.#lent;
    this.#lent = { client: this.#pool.connect(), until: now + LENT_MS, users: 0, isSpoilt: false };
    return this.#lent;
  }

  /** Nobody else gets it. */
  #spoil(lent: Lent): void {
    lent.isSpoilt = true;
    if (this.#lent === lent) this.#lent = undefined;
  }

  #leave(lent: Lent, isSpoilt: boolean): void {
    if (isSpoilt) this.#spoil(lent);
    lent.users -= 1;
    if (lent.users > 0) return;
    if (this.#lent === lent) this.#lent = undefined;
    // Where there was none to be had, each who asked was told.
    lent.client.then(
      (client) => client.release(lent.isSpoilt),
      () => {},
    );
  }
}
