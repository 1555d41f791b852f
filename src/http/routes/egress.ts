import { z } from 'zod';

import { findEgress, listEgress } from '#src/db/egress.ts';

import { route } from '../route.ts';
import { DepartureShape, showDeparture } from '../shapes/egress.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const Page = z.object({
  before: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'The id of the last one already seen.' }),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});

const Entry = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const egressRoutes = [
  route({
    name: 'listEgress',
    method: 'get',
    path: '/api/v1/incidents/{id}/egress',
    tag: 'Incidents',
    summary: 'What left for a model about an incident, newest first',
    access: 'incidents:write',
    params: IncidentRef,
    query: Page,
    answers: { status: 200, description: 'At most 100 of them.', body: z.array(DepartureShape) },
    refuses: [404],
    run: async ({ deps, who, params, query: { before, limit } }) => {
      const { number: incident } = await incidentFor({ deps, who }, params.id);
      return { body: (await listEgress(deps.db, { incident, before, limit })).map(showDeparture) };
    },
  }),
  route({
    name: 'getEgress',
    method: 'get',
    path: '/api/v1/incidents/{id}/egress/{entry}',
    tag: 'Incidents',
    summary: 'What was sent, as it was sent',
    access: 'incidents:write',
    params: IncidentRef.extend({ entry: Entry }),
    answers: {
      status: 200,
      description: 'With the text, of which the first 10,000 characters are kept.',
      body: DepartureShape.extend({ text: z.string() }).meta({ id: 'DepartureWithText' }),
    },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      const row = await findEgress(deps.db, number, params.entry);
      return { body: { ...showDeparture(row), text: row.text } };
    },
  }),
  route({
    name: 'listOtherEgress',
    method: 'get',
    path: '/api/v1/egress',
    tag: 'Access',
    summary: 'What left for a model about no incident, or about many, newest first',
    access: 'admin',
    query: Page,
    answers: { status: 200, description: 'At most 100 of them.', body: z.array(DepartureShape) },
    run: async ({ deps, query: { before, limit } }) => ({
      body: (await listEgress(deps.db, { incident: null, before, limit })).map(showDeparture),
    }),
  }),
];
