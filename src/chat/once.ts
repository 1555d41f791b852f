import { once as deliverOnce } from '#src/db/deliveries.ts';
import type { Db } from '#src/db/schema.ts';

import type { Outcome } from './platform.ts';

/** Does what somebody asked once per id; a repeat gets what came of it the first time. */
export type Once = (id: string, run: () => Promise<Outcome>) => Promise<Outcome>;

/**
 * Remembers outcomes in the database, so that a platform that repeats itself
 * after a restart is answered and not obeyed again. A repeat that comes while
 * the first is still running waits for it.
 */
export function onceIn(db: Db, now: () => Date): Once {
  const running = new Map<string, Promise<Outcome>>();
  return async (id, run) => {
    const first = running.get(id);
    if (first) return await first;
    const delivery = { key: `asked:${id}`, destination: 'inbox', incident: null, now };
    const outcome = deliverOnce(db, delivery, async () => asJson(await run())).then(fromJson);
    running.set(id, outcome);
    try {
      return await outcome;
    } finally {
      running.delete(id);
    }
  };
}

/** An outcome is plain data: it survives being written down. */
function asJson(outcome: Outcome): { readonly outcome: string } {
  return { outcome: JSON.stringify(outcome) };
}

function fromJson({ outcome }: { readonly outcome: string }): Outcome {
  return JSON.parse(outcome) as Outcome;
}
