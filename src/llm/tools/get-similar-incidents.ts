import { z } from 'zod';

import { defineTool } from './tool.ts';

export const getSimilarIncidents = defineTool({
  name: 'get_similar_incidents',
  description:
    'Incidents of the past that look like this one and were closed by people, the most similar first, with what people said the cause was. The same may have happened again; it need not.',
  input: z.strictObject({}),
  run: async (_, { sight }) => ({ findings: await sight.similar() }),
});
