import { ProviderError } from '#src/errors.ts';
import { traced } from '#src/telemetry/trace.ts';

import type { Breakers } from './breakers.ts';
import { GivenBack, LeftAlone } from './verdict.ts';

/**
 * What came of a call: `failed` speaks against the destination, `refused` does not, and `left_alone` was not even
 * made. What was given back to the queue says nothing.
 */
export type CallOutcome = 'ok' | 'failed' | 'refused' | 'left_alone';

export type CallObserver = (destination: string, outcome: CallOutcome, ms: number) => void;

/** Calls a destination through its breaker, as a part of the trace, and tells what came of it. Throws what the breaker throws. */
export async function reach<T>(
  { breakers, observe }: { readonly breakers: Breakers; readonly observe: CallObserver | undefined },
  destination: string,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const attributes = { destination };
  return await traced(`call ${destination}`, { kind: 'client', attributes }, async (span) => {
    let began: number | null = null;
    const tell = (outcome: CallOutcome) => {
      span.set({ outcome });
      observe?.(destination, outcome, began === null ? 0 : performance.now() - began);
    };
    try {
      const answer = await breakers.calling(
        destination,
        async (signalOfCall) => {
          began = performance.now();
          return await call(signalOfCall);
        },
        signal,
      );
      tell('ok');
      return answer;
    } catch (error) {
      if (began === null) tell('left_alone');
      else if (!(error instanceof GivenBack)) tell(isRefusal(error) ? 'refused' : 'failed');
      throw error;
    }
  });
}

/** It works, and does not want this, or not now. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ProviderError) || error instanceof LeftAlone) return false;
  return !error.retry || error.retryAfterMs !== undefined;
}
