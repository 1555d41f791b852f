import { describe, expect, it } from 'vitest';

import { patiently } from '#adapters/slack/patiently.ts';
import { ProviderError } from '#src/errors.ts';

function failing(options: ConstructorParameters<typeof ProviderError>[2]) {
  const tries = { count: 0 };
  const run = async (): Promise<never> => {
    tries.count += 1;
    throw new ProviderError('slack', 'not now', options);
  };
  return { tries, run };
}

describe('an answer that Slack does not take', () => {
  it('is tried again, and no more once the program is to stop', async () => {
    const stopping = new AbortController();
    const { tries, run } = failing({ retry: true, retryAfterMs: 30_000 });
    const begun = performance.now();
    const trying = patiently({ stopping: stopping.signal }, run);
    setTimeout(() => stopping.abort(), 20);
    await expect(trying).rejects.toThrow('not now');
    expect(tries.count).toBe(1);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('is tried again when Slack says how soon', async () => {
    const { tries, run } = failing({ retry: true, retryAfterMs: 1 });
    await expect(patiently({ stopping: new AbortController().signal }, run)).rejects.toThrow('not now');
    expect(tries.count).toBe(6);
  });

  it('is not tried again where that helps nothing, or while the program stops', async () => {
    const refused = failing({ retry: false });
    await expect(patiently({ stopping: new AbortController().signal }, refused.run)).rejects.toThrow(
      'not now',
    );
    expect(refused.tries.count).toBe(1);
    const late = failing({ retry: true, retryAfterMs: 1 });
    await expect(patiently({ stopping: AbortSignal.abort() }, late.run)).rejects.toThrow('not now');
    expect(late.tries.count).toBe(1);
  });
});
