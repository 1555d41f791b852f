import { z } from 'zod';

import { defineTool } from './tool.ts';

export const getChanges = defineTool({
  name: 'get_changes',
  description:
    'Deploys, changes of configuration and flags that were switched before and during the incident, the most suspicious first. A change shortly before the first alert, on the service or on what it depends on, is the commonest cause.',
  input: z.strictObject({
    service: z.string().max(200).nullable().describe('Only changes to this service; null for all'),
  }),
  run: async ({ service }, { sight }) => {
    const wanted = service?.toLowerCase() ?? null;
    const all = await sight.changes();
    return {
      findings: wanted === null ? all : all.filter(({ about }) => about?.toLowerCase() === wanted),
      ...(all.length === 0 ? { note: 'No change is known in this time; one may still have been made.' } : {}),
    };
  },
});
