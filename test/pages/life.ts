import type { PostgresPool, PostgresPoolClient } from 'kysely';

import type { Clock } from '#src/jobs/clock.ts';

import type { Faults } from './faults.ts';
import type { Time } from './time.ts';

type Query = (
  text: string | { readonly name: string; readonly text: string },
  values: readonly unknown[],
) => Promise<unknown>;

/**
 * One life of the program, from a start to a kill. Everything that leaves the process goes
 * through it: each statement to the database and each order to a provider, at its beginning and
 * at its end. There the life may be over: then nothing of it goes on, as after a kill -9. What was
 * sent is sent, a transaction that was not committed is undone, and no error is thrown anywhere.
 */
export class Life {
  readonly clock: Clock;
  readonly pool: PostgresPool;
  isDead = false;
  onEnd: () => void = () => {};
  readonly #ended = Promise.withResolvers<void>();
  readonly #faults: Faults;
  readonly #under: PostgresPool;
  readonly #lent = new Set<{ letGo: () => void }>();

  constructor(under: PostgresPool, faults: Faults, time: Time) {
    this.#under = under;
    this.#faults = faults;
    this.pool = { options: {}, connect: () => this.#connect(), end: async () => {} };
    this.clock = {
      now: () => time.now(),
      at: (due, call) => time.at(due, () => (this.isDead ? undefined : call())),
    };
  }

  /**
   * Goes out of the process and comes back, unless the life ends on the way there or back. Time stands still
   * meanwhile, but for what takes time itself.
   */
  async outside<T>(call: () => Promise<T>, { takesTime = false } = {}): Promise<T> {
    await this.#passed();
    // Somebody else's boundary may have been its last since then: whoever is dead sends nothing.
    if (this.isDead) await never();
    if (!takesTime) this.#faults.began();
    try {
      return await call();
    } finally {
      if (!takesTime) this.#faults.ended();
      await this.#passed();
    }
  }

  die(): void {
    this.isDead = true;
    this.onEnd();
    this.#ended.resolve();
    for (const it of this.#lent) it.letGo();
  }

  /** Resolves when it is over. */
  async ended(): Promise<void> {
    await this.#ended.promise;
  }

  /** For ever, once it is over. */
  async #passed(): Promise<void> {
    if (!this.isDead) this.#faults.passed(this);
    if (this.isDead) await never();
  }

  async #connect(): Promise<PostgresPoolClient> {
    await this.#passed();
    this.#faults.throwIfAway();
    this.#faults.began();
    const client = await this.#under.connect();
    this.#faults.ended();
    let last: Promise<unknown> = Promise.resolve();
    let isBroken = false;
    let isOver = false;
    const letGo = () => {
      if (isOver) return;
      isOver = true;
      // What was sent before is carried out before the connection is gone.
      void last.then(() => client.release(isBroken || this.isDead));
    };
    const lent = { letGo };
    this.#lent.add(lent);
    if (this.isDead) letGo();
    await this.#passed();
    const send = client.query.bind(client) as unknown as Query;
    const query = async (text: string, values: readonly unknown[]) => {
      try {
        if (isBroken) throw this.#faults.gone();
        this.#faults.throwIfAway();
        return await this.outside(async () => {
          const answer = send(named(text), values);
          last = answer.catch(() => {});
          return await answer;
        }).then((answer) => {
          this.#faults.throwIfAway();
          return answer;
        });
      } catch (error) {
        isBroken ||= this.#faults.isGone(error);
        throw error;
      }
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: () => {
        this.#lent.delete(lent);
        letGo();
      },
    };
  }
}

async function never(): Promise<never> {
  return await new Promise<never>(() => {});
}

const names = new Map<string, string>();

/** Named, a statement is read and planned once and not each time, which makes a play a third quicker. */
function named(text: string): { readonly name: string; readonly text: string } {
  const name = names.get(text) ?? `play-${names.size}`;
  names.set(text, name);
  return { name, text };
}
