import type { Db } from './db/schema.ts';
import { whyUnwell } from './db/wellness.ts';
import { later, type Cancel, type Clock } from './jobs/clock.ts';
import type { Log } from './log.ts';
import type { Ping } from './notify/ping.ts';
import { PRIORITY } from './reactions/reaction.ts';

/** Who hears from us that we are well, and how often. */
export interface HeartbeatSettings {
  readonly url: string;
  readonly everyMs: number;
  /** Also http, and addresses of our own network. */
  readonly allowPrivate: boolean;
}

interface Sending {
  readonly heartbeat: HeartbeatSettings | undefined;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

/**
 * Lets somebody outside know, again and again, that the program does its work: that it can write,
 * that nothing waits that should have happened, and that no page is stuck. Otherwise it keeps
 * silent and the log says why; that silence is what they watch for. Answers how to leave off.
 */
export function sendHeartbeat({ heartbeat, db, clock, log }: Sending): () => void {
  if (!heartbeat) return () => {};
  const stopping = new AbortController();
  const ping = loaded(heartbeat);
  let cancel: Cancel = () => {};
  let isSilent = false;
  const once = async () => {
    const why = await whySilent(ping, db, clock, stopping.signal);
    if (stopping.signal.aborted) return;
    if (why !== null) log.warn({ why }, 'The heartbeat to outside was not sent');
    else if (isSilent) log.info({}, 'The heartbeat to outside is sent again');
    isSilent = why !== null;
    cancel = clock.at(later(clock, heartbeat.everyMs), () => void once());
  };
  void once();
  return () => {
    stopping.abort();
    cancel();
  };
}

/** Its library is loaded when it is first used, as those of the channels are. */
function loaded({ url, allowPrivate }: HeartbeatSettings): Ping {
  let made: Promise<Ping> | undefined;
  const load = async () => (await import('./notify/ping.ts')).makePing(url, allowPrivate);
  return async (signal) => {
    made ??= load();
    await (
      await made
    )(signal);
  };
}

/** Null: it was sent. Never the address, which is a secret. */
async function whySilent(ping: Ping, db: Db, clock: Clock, signal: AbortSignal): Promise<string | null> {
  try {
    const unwell = await whyUnwell(db, clock.now(), PRIORITY.paging);
    if (unwell.length > 0) return unwell.join(' ');
    await ping(signal);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
