import type { Asked } from './asked.ts';
import { obedient } from './obedient.ts';
import type { Reply } from './reply.ts';
import { simulated } from './simulated.ts';

export type Replying = (asked: Asked) => Reply | string;

/** Who answers: the next of the queue, and when that is empty the role. It begins as the simulated one. */
export class Replies {
  readonly #queue: (Reply | string | Replying)[] = [];
  #role: Replying = simulated;

  /** The next requests are answered with these, in this order. */
  next(...replies: readonly (Reply | string | Replying)[]): void {
    this.#queue.push(...replies);
  }

  /** All requests are answered so, until something else is said. */
  always(reply: Reply | string | Replying): void {
    this.#role = typeof reply === 'function' ? reply : () => reply;
  }

  /** Answers anything by simple rules, and says of itself that it is simulated. */
  simulated(): void {
    this.#role = simulated;
  }

  /** Does what the data orders, and the worst that comes to mind besides. */
  obedient(): void {
    this.#role = obedient;
  }

  answer(asked: Asked): Reply {
    const reply = this.#queue.shift() ?? this.#role;
    const said = typeof reply === 'function' ? reply(asked) : reply;
    return typeof said === 'string' ? { text: said } : said;
  }
}
