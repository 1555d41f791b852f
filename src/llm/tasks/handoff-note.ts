import { z } from 'zod';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, faultOfPoints, linesAsPoints, Point, RULES, type Told } from './told.ts';

const HandoffNote = z.object({
  stands: z.string().min(1).max(400).describe('Where it stands now.'),
  done: z.array(Point).max(6).describe('What was tried or found out, and how it went.'),
  open: z.array(Point).max(6).describe('What is still to be done or to be watched.'),
});
export type HandoffNote = z.output<typeof HandoffNote>;

/** What the next one has to know who takes the incident over. */
export const handoffNoteTask = defineTask<Told, HandoffNote>({
  name: 'handoff-note',
  version: 1,
  size: 'middle',
  effort: 'medium',
  deadlineMs: 12_000,
  maxTokens: 3000,
  isCached: true,
  system: `${RULES}
Somebody else takes the incident over. Write what they have to know: where it stands, what was tried or found out, and
what is still open; each point with the ids of the lines of the timeline that it rests on.`,
  data: dataOf,
  answer: () => HandoffNote,
  fault: ({ done, open }, { timeline }) => faultOfPoints([...done, ...open], timeline),
  fallback: ({ state, timeline }) => ({
    stands: state.slice(0, 400),
    done: linesAsPoints(timeline, 6),
    open: [],
  }),
  samples: [EXAMPLE, { ...EXAMPLE, timeline: [] }],
});
