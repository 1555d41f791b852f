import { z } from 'zod';

import { similarAt } from '#src/chat/look-similar.ts';
import { SEVERITIES, shortName } from '#src/incident/incident.ts';

import { route } from '../route.ts';
import { time } from '../shapes/common.ts';
import { incidentFor, viewerOf } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const SimilarShape = z
  .object({
    incident: z.string().meta({ example: 'INC-31' }),
    number: z.int(),
    title: z.string(),
    severity: z.enum(SEVERITIES),
    service: z.string().nullable(),
    score: z.number().meta({ description: 'From 0 to 1: which is nearer, not how probable it is.' }),
    why: z.array(z.string()).meta({ description: 'Same alert rule, same service, similar words.' }),
    cause: z.string().nullable().meta({ description: 'As it was confirmed; null: nobody said.' }),
    fix: z.string().nullable().meta({ description: 'What helped then.' }),
    over_at: time,
    lasted_seconds: z.int(),
  })
  .meta({ id: 'SimilarIncident' });

export const similarRoutes = [
  route({
    name: 'getSimilar',
    method: 'get',
    path: '/api/v1/incidents/{id}/similar',
    tag: 'Incidents',
    summary: 'Past incidents like this one, nearest first',
    description: 'Only those that a person resolved or closed, and that the caller may see.',
    access: 'incidents:read',
    params: IncidentRef,
    query: z.object({ limit: z.coerce.number().int().min(1).max(20).default(5) }),
    answers: { status: 200, description: 'None where nothing is like it.', body: z.array(SimilarShape) },
    refuses: [404],
    run: async ({ deps, who, params, query: { limit } }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      const found = await similarAt(deps, { number }, { viewer: viewerOf(who), limit });
      return {
        body: found.map(
          ({ number: past, title, severity, service, cause, fix, overAt, lastedMs, score, why }) => ({
            incident: shortName(past),
            number: past,
            title,
            severity,
            service,
            cause,
            fix,
            score: Math.round(score * 1000) / 1000,
            why: [...why],
            over_at: overAt.toISOString(),
            lasted_seconds: Math.round(lastedMs / 1000),
          }),
        ),
      };
    },
  }),
];
