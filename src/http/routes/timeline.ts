import { z } from 'zod';

import { eventsOf, verifyChain } from '#src/db/events.ts';
import type { LoggedEvent } from '#src/incident/events.ts';

import { route } from '../route.ts';
import { CommentShape, showComment, showTimelineEvent, TimelineEventShape } from '../shapes/timeline.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const Page = z.object({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'The id of the last one already seen.' }),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});

export const timelineRoutes = [
  route({
    name: 'getTimeline',
    method: 'get',
    path: '/api/v1/incidents/{id}/timeline',
    tag: 'Incidents',
    summary: 'What happened, oldest first',
    access: 'incidents:read',
    params: IncidentRef,
    query: Page,
    answers: { status: 200, description: 'At most 1,000 of them.', body: z.array(TimelineEventShape) },
    refuses: [404],
    run: async ({ deps, who, params, query: { after, limit } }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      const options = after === undefined ? { limit } : { after, limit };
      return { body: (await eventsOf(deps.db, number, options)).map(showTimelineEvent) };
    },
  }),
  route({
    name: 'listComments',
    method: 'get',
    path: '/api/v1/incidents/{id}/comments',
    tag: 'Incidents',
    summary: 'What people noted, oldest first',
    access: 'incidents:read',
    params: IncidentRef,
    answers: { status: 200, description: 'All of them.', body: z.array(CommentShape) },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const { number, id } = await incidentFor({ deps, who }, params.id);
      const notes = await eventsOf(deps.db, number, { types: ['incident.noted'] });
      return { body: notes.map((it) => showComment(it as LoggedEvent<'incident.noted'>, id)) };
    },
  }),
  route({
    name: 'verifyIncident',
    method: 'get',
    path: '/api/v1/incidents/{id}/verify',
    tag: 'Incidents',
    summary: 'Check that nobody changed its log afterwards',
    access: 'incidents:read',
    params: IncidentRef,
    answers: {
      status: 200,
      description: 'Whether the chain of hashes over its events still fits.',
      body: z.object({
        incident_id: z.string(),
        events: z.int(),
        intact: z.boolean(),
        broken_at: z
          .int()
          .nullable()
          .meta({ description: 'The first event, counted from 1, that is not as it was written.' }),
      }),
    },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const { number, id } = await incidentFor({ deps, who }, params.id);
      const { events, brokenAt } = await verifyChain(deps.db, number);
      return { body: { incident_id: id, events, intact: brokenAt === null, broken_at: brokenAt } };
    },
  }),
];
