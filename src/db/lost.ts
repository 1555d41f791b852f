/** The database is away. Nothing was asked of it yet. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}

/**
 * The database hung up, does not answer, is starting or stopping, or only lets us read because
 * another one has taken its place: PostgreSQL's class 08, its shutdown codes and 25006, and what the
 * network says. What was asked for may have been done all the same. A violation of the protocol
 * (08P01) is none, as it comes of what was asked, unless PgBouncer says it, which says everything so.
 */
export function isConnectionLost(thrown: unknown): boolean {
  if (thrown instanceof AggregateError) return thrown.errors.some(isConnectionLost);
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof DatabaseAway) return true;
  if (!('code' in thrown) || typeof thrown.code !== 'string') return WORDS.test(thrown.message);
  if (thrown.code === '08P01') return BOUNCER.test(thrown.message);
  if (thrown.code === 'ENOENT') return isOfConnecting(thrown);
  return CODES.test(thrown.code);
}

/** The database is away, has no room, or took too long: the same request may well succeed in a second. */
export function isDatabaseAway(thrown: unknown): boolean {
  if (isConnectionLost(thrown)) return true;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return /^(?:53|55P03|58030|40001|40P01|57014)/.test(code);
}

/** A statement took longer than it may: one that always does is a mistake of ours. */
export function isTooSlow(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === '57014';
}

/** The month that an event belongs to was made meanwhile: the same again goes there. */
export function isMonthMade(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('table' in thrown)) return false;
  return thrown.code === '23514' && thrown.table === 'alert_events_rest';
}

const CODES =
  /^(?:08|57P0|25006|25P0[34])|^ERR_(?:STREAM_(?:DESTROYED|WRITE_AFTER_END|PREMATURE_CLOSE)|SOCKET_CLOSED)|^E(?:CONNREFUSED|CONNRESET|CONNABORTED|NETRESET|ADDRNOTAVAIL|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|HOSTDOWN|NETDOWN|AI_AGAIN|NOTFOUND)$/;

/** What the driver says without a code. */
const WORDS =
  /^(?:Connection terminated|Cannot use a pool after|Client (?:has encountered|was closed)|Postgres connection has been discarded|timeout exceeded when trying to connect|timeout expired|Query read timeout|driver has already been destroyed)/;

const BOUNCER =
  /pgbouncer|server (?:login|conn|closed|lifetime|idle|unexpectedly|did not)|_timeout|no more connections/i;

/** A server that is down takes its socket in the file system with it. */
function isOfConnecting(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}
