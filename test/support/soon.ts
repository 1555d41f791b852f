import { setTimeout as sleep } from 'node:timers/promises';

/** How long something that follows by itself may take, on a machine that does other things too. No test is about speed. */
export const PATIENCE_MS = 60_000;

/** The first answer that is neither false nor nothing. `what` says in the error what did not come. */
export async function soon<T>(
  what: string,
  look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  { patienceMs = PATIENCE_MS, everyMs = 15 } = {},
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false && found !== null) return found;
    if (performance.now() > deadline) throw new Error(`In ${patienceMs} ms this did not come: ${what}`);
    await sleep(everyMs);
  }
}
