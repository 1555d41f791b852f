import type { TimelineEntry } from '../net/rest.ts';

/** What one of the page's questions was answered; its questions are numbered from 1 as they are asked. */
export interface KnownTimeline {
  readonly question: number;
  readonly entries: readonly TimelineEntry[];
}

/** By incident number, with one more answer. Answers may overtake each other: the one asked for later stays. */
export function withTimeline(
  known: ReadonlyMap<number, KnownTimeline>,
  incident: number,
  answer: KnownTimeline,
): ReadonlyMap<number, KnownTimeline> {
  const before = known.get(incident);
  return before && before.question > answer.question ? known : new Map(known).set(incident, answer);
}
