import { ProviderError } from '#src/errors.ts';

import { later, type Clock } from './clock.ts';
import type { Job, RunningJob } from './queue.ts';
import { GivenBack, LeftAlone, textOf, verdict } from './verdict.ts';

export type Outcome =
  | { readonly end: 'done' }
  | { readonly end: 'again'; readonly inMs: number; readonly counts: boolean; readonly error: string | null }
  | { readonly end: 'dead'; readonly error: string };

/** A job that kills its process is not run for ever: so often may it be begun and nothing be heard of it. */
const MOST_BEGUN = 50;

/** How long an aborted handler may take to notice before it is left to itself. */
const NOTICE_MS = 5000;

/** An attempt that is under way. */
export interface Attempt {
  readonly outcome: Promise<Outcome>;
  /** Aborts it because it is not ours to finish: unless it does so all the same, the job waits for somebody else. */
  giveBack(): void;
}

/** Runs a job once, under a deadline, and decides what comes of it. Never rejects. */
export function attempt(
  job: Job & { readonly attempt: number; readonly begun: number },
  handler: (job: RunningJob) => Promise<void>,
  { clock, deadlineMs, random }: { clock: Clock; deadlineMs: number; random: () => number },
): Attempt {
  const abort = new AbortController();
  const stopped = Promise.withResolvers<Outcome>();
  const late = Promise.withResolvers<never>();
  const tooLong = new ProviderError(job.kind, `took longer than ${deadlineMs} ms`, { retry: true });
  let isGivenBack = false;

  const timers = [
    clock.at(later(clock, deadlineMs), () => abort.abort(tooLong)),
    clock.at(later(clock, deadlineMs + NOTICE_MS), () => late.reject(tooLong)),
  ];
  const run = async (): Promise<Outcome> => {
    try {
      if (job.begun > MOST_BEGUN) return WITHOUT_A_WORD;
      const { begun: _, ...running } = job;
      await Promise.race([handler({ ...running, signal: abort.signal }), late.promise]);
      return { end: 'done' };
    } catch (error) {
      if (isGivenBack) return GIVEN_BACK;
      const isLate = abort.signal.reason === tooLong && !(error instanceof LeftAlone);
      return judge(isLate ? tooLong : error, job.attempt, random);
    } finally {
      for (const cancel of timers) cancel();
    }
  };
  return {
    outcome: Promise.race([run(), stopped.promise]),
    giveBack: () => {
      isGivenBack = true;
      abort.abort(new GivenBack('the job is given back'));
      timers.push(clock.at(later(clock, NOTICE_MS), () => stopped.resolve(GIVEN_BACK)));
    },
  };
}

const WITHOUT_A_WORD: Outcome = { end: 'dead', error: `its process died ${MOST_BEGUN} times while it ran` };

const GIVEN_BACK: Outcome = { end: 'again', inMs: 0, counts: false, error: null };

function judge(error: unknown, number: number, random: () => number): Outcome {
  return { ...verdict(error, number, random), error: textOf(error) };
}
