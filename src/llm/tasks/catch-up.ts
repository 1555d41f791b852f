import { z } from 'zod';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, faultOfPoints, linesAsPoints, Point, RULES, type Told } from './told.ts';

interface CatchUpInput {
  readonly told: Told;
  /** The id of the last line that the reader has seen; 0: none. */
  readonly seen: number;
}

const CatchUp = z.object({
  headline: z.string().min(1).max(200).describe('The one thing that they must know now.'),
  points: z.array(Point).max(6).describe('What changed, oldest first.'),
});
export type CatchUp = z.output<typeof CatchUp>;

/** What changed since somebody last looked. */
export const catchUpTask = defineTask<CatchUpInput, CatchUp>({
  name: 'catch-up',
  version: 1,
  size: 'middle',
  effort: 'low',
  deadlineMs: 12_000,
  maxTokens: 3000,
  isCached: true,
  system: `${RULES}
Somebody comes back to the incident. They know the lines of the timeline up to the id \`seen\`. Say what changed after
it, and nothing that they know; name for each point the ids of the lines that it rests on, all above \`seen\`.`,
  data: ({ told, seen }) => ({ seen, ...dataOf(told) }),
  answer: () => CatchUp,
  fault: ({ points }, input) => faultOfPoints(points, freshIn(input)),
  fallback: (input) => ({
    headline: input.told.state.slice(0, 200),
    points: linesAsPoints(freshIn(input), 6),
  }),
  samples: [
    { told: EXAMPLE, seen: 12 },
    { told: EXAMPLE, seen: 0 },
    { told: EXAMPLE, seen: 99 },
  ],
});

function freshIn({ told, seen }: CatchUpInput): Told['timeline'] {
  return told.timeline.filter(({ id }) => id > seen);
}
