import { z } from 'zod';

import type { Edge, Finding } from './sight.ts';
import { defineTool } from './tool.ts';

export const getDependencies = defineTool({
  name: 'get_dependencies',
  description:
    'Which services call which, near those of the incident, as the catalogue of services says. A fault is usually in the deepest service that is unwell, and travels to those that call it. Every hop of a propagation has to be one of these edges.',
  input: z.strictObject({
    service: z
      .string()
      .max(200)
      .nullable()
      .describe('Only what calls this service and what it calls; null for all that is near'),
  }),
  run: async ({ service }, { sight }) => {
    const wanted = service?.toLowerCase() ?? null;
    const edges = (await sight.dependencies()).filter(
      ({ from, to }) => wanted === null || from.toLowerCase() === wanted || to.toLowerCase() === wanted,
    );
    const none = { note: 'The catalogue of services knows of no dependency here.' };
    return { findings: edges.map(asFinding), ...(edges.length === 0 ? none : {}) };
  },
});

/** An edge can be cited as any other finding. */
function asFinding({ from, to }: Edge): Finding {
  return { id: `edge:${from}>${to}`, at: null, about: from, text: `${from} calls ${to}` };
}
