import { z } from 'zod';

import { defineTask } from '../task.ts';
import { dataOf, EXAMPLE, RULES, type Told } from './told.ts';

/** The sections of a post-mortem that are prose; what can be computed is not asked for. */
export const SECTIONS = ['summary', 'impact', 'cause', 'well', 'badly', 'lucky'] as const;
export type Section = (typeof SECTIONS)[number];

const Prose = z.object({
  text: z.string().max(2000).describe('The section; empty where the data says nothing of it.'),
  of: z.array(z.int()).max(20).describe('The ids of the lines it rests on.'),
});

const Action = z.object({
  text: z
    .string()
    .min(1)
    .max(300)
    .describe('One thing to do so that it does not happen again, or hurts less.'),
  kind: z.enum(['prevent', 'detect', 'mitigate', 'document']),
  of: z.array(z.int()).max(10).describe('The ids of the lines that speak for it.'),
});

const PostMortem = z.object({
  sections: z.object({
    summary: Prose,
    impact: Prose,
    cause: Prose,
    well: Prose,
    badly: Prose,
    lucky: Prose,
  }),
  actions: z.array(Action).max(8),
});
export type PostMortem = z.output<typeof PostMortem>;

const NOTHING = { text: '', of: [] };

/** A draft of the post-mortem, section by section. What was measured, and the timeline, are put around it by code. */
export const postMortemTask = defineTask<Told, PostMortem>({
  name: 'post-mortem',
  version: 1,
  size: 'middle',
  effort: 'high',
  deadlineMs: 120_000,
  maxTokens: 12_000,
  isCached: true,
  system: `${RULES}
The incident is over. Draft its post-mortem without blame: people are named by what they did for it, never for a mistake.
Sections: summary (what happened, in one paragraph), impact (whom it hurt and how), cause (only what the timeline or the
root cause says), well (what went well), badly (what made it longer or worse), lucky (where luck helped). A section of
which the data says nothing stays empty. Then the actions that follow from it. Each with the ids of the lines of the
timeline that it rests on.`,
  data: dataOf,
  answer: () => PostMortem,
  fault: ({ sections, actions }, { timeline }) => {
    const known = new Set(timeline.map(({ id }) => id));
    const ids = [...Object.values(sections), ...actions].flatMap(({ of }) => of);
    const wrong = ids.find((id) => !known.has(id));
    return wrong === undefined
      ? null
      : `There is no line with the id ${wrong}. Name only ids of lines that you were given.`;
  },
  fallback: ({ state, impact, rootCause, resolution, timeline }) => ({
    sections: {
      summary: { text: `${state} ${resolution}`.trim().slice(0, 2000), of: idsOf(timeline) },
      impact: { text: impact.slice(0, 2000), of: [] },
      cause: { text: rootCause.slice(0, 2000), of: [] },
      well: NOTHING,
      badly: NOTHING,
      lucky: NOTHING,
    },
    actions: [],
  }),
  samples: [
    { ...EXAMPLE, status: 'RESOLVED', rootCause: 'the deploy emptied the cache', resolution: 'rolled back' },
  ],
});

function idsOf(timeline: Told['timeline']): number[] {
  return [timeline.at(0), timeline.at(-1)].flatMap((it) => it?.id ?? []);
}
