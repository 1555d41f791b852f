import { z } from 'zod';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, faultOfPoints, linesAsPoints, Point, RULES, type Told } from './told.ts';

const Summary = z.object({
  headline: z.string().min(1).max(200).describe('Where it stands, in one sentence.'),
  impact: z.string().max(300).nullable().describe('What it does to people; null where nobody has said.'),
  points: z.array(Point).max(6).describe('What happened, oldest first; only what matters to understand it.'),
});
export type Summary = z.output<typeof Summary>;

/** Where an incident stands, for somebody who opens its room. */
export const summaryTask = defineTask<Told, Summary>({
  name: 'summary',
  version: 1,
  size: 'middle',
  effort: 'medium',
  deadlineMs: 30_000,
  maxTokens: 4000,
  isCached: true,
  system: `${RULES}
Sum up the incident for an engineer who joins now and has a minute: where it stands, what it does to people, and what
happened until now, each point with the ids of the lines of the timeline that it rests on.`,
  data: dataOf,
  answer: () => Summary,
  fault: ({ points }, { timeline }) => faultOfPoints(points, timeline),
  fallback: ({ state, impact, timeline }) => ({
    headline: state.slice(0, 200),
    impact: impact === '' ? null : impact.slice(0, 300),
    points: linesAsPoints(timeline, 6),
  }),
  samples: [EXAMPLE, { ...EXAMPLE, timeline: [], impact: '' }],
});
