import { z } from 'zod';

import { catalogueOf } from '#src/cause/catalogue.ts';
import { listServices } from '#src/db/catalogue.ts';

import { route } from '../route.ts';

const ServiceShape = z
  .object({
    id: z.string(),
    name: z.string(),
    aliases: z.array(z.string()),
    team: z.string().nullable(),
    tier: z.int().nullable().meta({ description: '1 is the most important, 4 the least.' }),
    runbook: z.string().nullable(),
    depends_on: z.array(z.string()).meta({ description: 'What it calls or stands on, directly.' }),
    used_by: z.array(z.string()).meta({ description: 'What calls it or stands on it, directly.' }),
  })
  .meta({ id: 'Service' });

export const serviceRoutes = [
  route({
    name: 'listServices',
    method: 'get',
    path: '/api/v1/services',
    tag: 'Operations',
    summary: 'List the catalogue of services',
    description: 'They are set up with the file of `/api/v1/config`, in its section `services`.',
    access: 'incidents:read',
    answers: { status: 200, description: 'By id.', body: z.object({ services: z.array(ServiceShape) }) },
    run: async ({ deps }) => {
      const catalogue = catalogueOf(await listServices(deps.db));
      const services = catalogue.services.map(({ id, name, aliases, team, tier, runbook, dependsOn }) => ({
        id,
        name,
        aliases: [...aliases],
        team,
        tier,
        runbook,
        depends_on: [...dependsOn],
        used_by: catalogue
          .dependents(id)
          .filter((it) => it.distance === 1)
          .map((it) => it.id),
      }));
      return { body: { services } };
    },
  }),
];
