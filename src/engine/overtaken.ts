import { isMonthMade } from '#src/db/lost.ts';
import { UserError } from '#src/errors.ts';

/**
 * Thrown inside a transaction that found out, when it held its locks, that
 * another one had changed what it read before it had them. It has to begin again.
 */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Whoever was overtaken once meets the change as committed; only a rush of them takes more than two attempts. */
const ATTEMPTS = 5;

/** Runs a transaction again while it is overtaken. Throws `busy` when that does not end. */
export async function untilNotOvertaken<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Overtaken) && !isMonthMade(error)) throw error;
    }
  }
  throw new UserError('busy', 'Others are changing the same thing. Try again in a second.');
}
