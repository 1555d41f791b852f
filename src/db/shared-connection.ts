import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Client } from 'pg';

import { isBehindOthers, Turns } from './turns.ts';

interface Waiter {
  take(): void;
  refuse(error: Error): void;
}

/** Who has the connection now, how many statements of theirs run, and since when (monotonic ms) none does. */
interface Holder {
  running: number;
  idleSince: number;
}

/**
 * One connection behind the face of a pool. Whoever asks first is served first
 * (`turns.ts` says who goes behind), a transaction keeps the connection until
 * it ends, and everybody else waits: that is the isolation of a database with a
 * single session.
 *
 * A query through `db` inside a transaction's callback would wait for itself
 * for ever. Whoever has waited `patienceMs` for a holder that runs no
 * statement is therefore refused with a sentence that says so.
 */
export class SharedConnection {
  readonly #client: Client;
  readonly #patienceMs: number;
  readonly #waiting = new Turns<Waiter>();
  #holder: Holder | undefined;
  #lost: Error | undefined;

  constructor(client: Client, patienceMs: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  /** A pool that can be ended by itself: the connection stays. */
  newPool(): PostgresPool {
    let ended = false;
    return {
      options: {},
      connect: async () => {
        if (ended) throw new Error('This database handle is closed');
        const holder = await this.#take(isBehindOthers());
        return this.#lend(holder);
      },
      end: async () => {
        ended = true;
      },
    };
  }

  /** Waits until nobody has it, or waits for it, any more: one who waits behind may be served before others that asked sooner. */
  async drain(): Promise<void> {
    do {
      await this.#take(true);
      await this.#giveBack();
    } while (this.#holder);
  }

  /** From now on every query fails with this. */
  lose(error: Error): void {
    this.#lost = error;
    for (const it of this.#waiting.removeAll()) it.refuse(error);
  }

  #lend(holder: Holder): PostgresPoolClient {
    let released = false;
    const query = async (text: string, values: readonly unknown[]) => {
      if (released) throw new Error('This connection was given back');
      holder.running += 1;
      try {
        return await this.#client.query(text, values as unknown[]);
      } finally {
        holder.running -= 1;
        holder.idleSince = performance.now();
      }
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: () => {
        if (released) return;
        released = true;
        void this.#giveBack();
      },
    };
  }

  async #take(isBehind: boolean): Promise<Holder> {
    if (this.#lost) throw this.#lost;
    if (this.#holder) await this.#wait(isBehind);
    const holder: Holder = { running: 0, idleSince: performance.now() };
    this.#holder = holder;
    return holder;
  }

  #wait(isBehind: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout;
    const waiter: Waiter = {
      take: () => {
        clearTimeout(timer);
        resolve();
      },
      refuse: (error) => {
        clearTimeout(timer);
        reject(error);
      },
    };
    const lookAgain = (ms: number) => {
      timer = setTimeout(() => {
        const left = this.#patienceLeft();
        if (left > 0) lookAgain(left);
        else this.#refuse(waiter);
      }, ms);
    };
    lookAgain(this.#patienceMs);
    this.#waiting.add(waiter, isBehind);
    return promise;
  }

  #patienceLeft(): number {
    const holder = this.#holder;
    if (!holder || holder.running > 0) return this.#patienceMs;
    return this.#patienceMs - (performance.now() - holder.idleSince);
  }

  #refuse(waiter: Waiter): void {
    this.#waiting.remove(waiter);
    waiter.refuse(
      new Error(
        `Waited for a transaction that has run no statement for ${this.#patienceMs} ms. ` +
          'A query inside a transaction must use the transaction it was given, not the database.',
      ),
    );
  }

  /** What was left open is rolled back before the next one gets the connection. */
  async #giveBack(): Promise<void> {
    if (this.#client.getTransactionStatus() !== 'I' && !this.#lost) {
      await this.#client.query('rollback').catch(() => undefined);
    }
    const next = this.#waiting.take();
    if (next) next.take();
    else this.#holder = undefined;
  }
}
