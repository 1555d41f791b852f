import { isDelivered, once as deliverOnce } from '#src/db/deliveries.ts';
import { inTurn } from '#src/db/leases.ts';
import type { Db } from '#src/db/schema.ts';

import type { Outcome } from './platform.ts';

/** Does what somebody asked once per id; a repeat gets what came of it the first time. */
export type Once = (id: string, run: () => Promise<Outcome>) => Promise<Outcome>;

/** For so long a repeat at another process waits for the first, which may have died; then it is done anew. */
const WAIT_MS = 20_000;

/**
 * Remembers outcomes in the database, so that a platform that repeats itself
 * after a restart is answered and not obeyed again. A repeat that comes while
 * the first is still running waits for it; with `self`, the name of this process, also where another one runs it.
 */
export function onceIn(db: Db, now: () => Date, self?: string): Once {
  const running = new Map<string, Promise<Outcome>>();
  return async (id, run) => {
    const first = running.get(id);
    if (first) return await first;
    const delivery = { key: `asked:${id}`, destination: 'inbox', incident: null, now };
    const send = async () => await deliverOnce(db, delivery, async () => asJson(await run()));
    const outcome = (self === undefined ? send() : oneByOne(db, delivery.key, self, send)).then(fromJson);
    running.set(id, outcome);
    try {
      return await outcome;
    } finally {
      running.delete(id);
    }
  };
}

/** Whoever comes first sends; who comes meanwhile waits, and is answered the same. */
async function oneByOne<T>(db: Db, key: string, self: string, send: () => Promise<T>): Promise<T> {
  const isDone = async () => await isDelivered(db, key);
  return await inTurn(db, { name: key, holder: self, ttlMs: WAIT_MS, isDone }, send);
}

/** An outcome is plain data: it survives being written down. */
function asJson(outcome: Outcome): { readonly outcome: string } {
  return { outcome: JSON.stringify(outcome) };
}

function fromJson({ outcome }: { readonly outcome: string }): Outcome {
  return JSON.parse(outcome) as Outcome;
}
