import { z } from 'zod';

import { defineTool } from './tool.ts';

export const getAlerts = defineTool({
  name: 'get_alerts',
  description:
    'The alerts of the incident, in the order in which they first fired, with their service, severity and labels. The first ones are often nearest to the cause.',
  input: z.strictObject({
    service: z.string().max(200).nullable().describe('Only alerts of this service; null for all'),
  }),
  run: async ({ service }, { sight }) => {
    const wanted = service?.toLowerCase() ?? null;
    const all = await sight.alerts();
    return {
      findings: wanted === null ? all : all.filter(({ about }) => about?.toLowerCase() === wanted),
    };
  },
});
