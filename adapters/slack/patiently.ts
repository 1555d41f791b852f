import { setTimeout as sleep } from 'node:timers/promises';

import { ProviderError } from '#src/errors.ts';

import type { Chat } from './chat.ts';

const TRIES = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** Tries what nobody else tries again, as long as that helps: six times within a minute or two, and no more once it is to stop. */
export async function patiently<T>({ stopping }: Pick<Chat, 'stopping'>, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const isPassing = error instanceof ProviderError && error.retry;
      if (!isPassing || attempt >= TRIES) throw error;
      const wait = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      await sleep(Math.min(wait, LONGEST_WAIT_MS), undefined, { signal: stopping }).catch(() => {});
      if (stopping.aborted) throw error;
    }
  }
}
