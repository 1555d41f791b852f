import { isDeepStrictEqual } from 'node:util';

import type { Change } from './change.ts';

/**
 * What is known of a change after it was told of again. A deploy that began and ended is one change; words may come
 * in any order and twice, so the earliest beginning and the latest end count, and an end is not undone.
 */
export function followed(before: Change, after: Change): Change {
  const isNewer = rank(after) >= rank(before);
  const [late, early] = isNewer ? [after, before] : [before, after];
  const ends = [before.endedAt, after.endedAt].filter((it) => it !== null);
  return {
    ...late,
    service: late.service ?? early.service,
    environment: late.environment ?? early.environment,
    author: late.author ?? early.author,
    url: late.url ?? early.url,
    size: late.size ?? early.size,
    details: { ...early.details, ...late.details },
    startedAt: earliest(before.startedAt, after.startedAt),
    endedAt: ends.length === 0 ? null : ends.reduce(latest),
  };
}

/**
 * Whether it adds nothing to what is known but the time at which it was told: senders that say no time are taken to mean
 * now, and what they send again days later did not go on until then.
 */
export function isRepeat(before: Change, after: Change): boolean {
  const { startedAt, endedAt } = before;
  const isMoment = after.endedAt?.getTime() === after.startedAt.getTime();
  if (!isMoment || endedAt === null || after.status !== before.status) return false;
  return isDeepStrictEqual(followed(before, { ...after, startedAt, endedAt }), before);
}

/** What is over says more than what goes on; of two that are over the one that ended later. */
function rank({ endedAt, startedAt, status }: Change): number {
  return status === 'started'
    ? startedAt.getTime()
    : Number.MAX_SAFE_INTEGER / 2 + (endedAt ?? startedAt).getTime();
}

function earliest(a: Date, b: Date): Date {
  return a <= b ? a : b;
}

function latest(a: Date, b: Date): Date {
  return a >= b ? a : b;
}
