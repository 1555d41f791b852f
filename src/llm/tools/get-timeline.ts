import { z } from 'zod';

import { defineTool } from './tool.ts';

export const getTimeline = defineTool({
  name: 'get_timeline',
  description:
    'What people and this program did in the incident so far, oldest first: who declared and acknowledged it, what was noted, posted, escalated. Ask for it to learn what people already know or tried.',
  input: z.strictObject({
    contains: z
      .string()
      .max(100)
      .nullable()
      .describe('Only entries with this word in them, whatever the case; null for all'),
  }),
  run: async ({ contains }, { sight }) => {
    const word = contains?.toLowerCase() ?? '';
    return { findings: (await sight.timeline()).filter(({ text }) => text.toLowerCase().includes(word)) };
  },
});
