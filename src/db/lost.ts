/**
 * The database hung up, does not answer, is starting or stopping: PostgreSQL's class 08 and its
 * shutdown codes, and what the network says. What was asked for may have been done all the same.
 * A violation of the protocol (08P01) is none: that comes of what was asked, and would each time.
 */
export function isConnectionLost(thrown: unknown): boolean {
  if (thrown instanceof AggregateError) return thrown.errors.some(isConnectionLost);
  if (!(thrown instanceof Error)) return false;
  if ('code' in thrown && typeof thrown.code === 'string') return CODES.test(thrown.code);
  return WORDS.test(thrown.message);
}

const CODES = /^(?:08(?!P01)|57P0)|^E(?:CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN|NOTFOUND)$/;

/** What the driver says without a code. */
const WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|driver has already been destroyed)/;
