import { z } from 'zod';

import type { Size, Task } from './task.ts';

/** Asks the model of a size for a word, to see whether it answers. It is told nothing. */
export function selfTest(size: Size): Task<null, { readonly word: string }> {
  return {
    name: 'self-test',
    version: 1,
    size,
    effort: 'low',
    deadlineMs: 20_000,
    maxTokens: 1000,
    isCached: false,
    system: 'This checks whether you can be reached. Answer with the word "ready".',
    data: () => ({}),
    answer: () => z.object({ word: z.string().max(50) }),
    fallback: () => ({ word: '' }),
    samples: [null],
  };
}
