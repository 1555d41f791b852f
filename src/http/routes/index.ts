import { z } from 'zod';

import { describeRoutes } from '../openapi.ts';
import { route, type Route } from '../route.ts';
import { accessRoutes } from './access.ts';
import { changeRoutes } from './changes.ts';
import { commandRoutes } from './commands.ts';
import { egressRoutes } from './egress.ts';
import { eventRoutes } from './events.ts';
import { heartbeatRoutes } from './heartbeats.ts';
import { incidentRoutes } from './incidents.ts';
import { meRoutes } from './me.ts';
import { modelRoutes } from './models.ts';
import { onCallRoutes } from './on-call.ts';
import { operationRoutes } from './operations.ts';
import { pageRoutes } from './page.ts';
import { peopleRoutes } from './people.ts';
import { policyRoutes } from './policies.ts';
import { postMortemRoutes } from './post-mortem.ts';
import { questionRoutes } from './questions.ts';
import { scheduleRoutes } from './schedules.ts';
import { serviceRoutes } from './services.ts';
import { setupRoutes } from './setup.ts';
import { similarRoutes } from './similar.ts';
import { stepRoutes } from './steps.ts';
import { timelineRoutes } from './timeline.ts';

const documentRoute = route({
  name: 'getDocument',
  method: 'get',
  path: '/api/v1/openapi.json',
  tag: 'Operations',
  summary: 'This document',
  access: 'none',
  answers: { status: 200, description: 'OpenAPI 3.1.', body: z.record(z.string(), z.unknown()) },
  run: async () => ({ body: { ...openapiDocument() } }),
});

/** Every address of the API. What is asked most often comes first, because Express looks from the top. */
export const routes: readonly Route[] = [
  ...eventRoutes,
  ...heartbeatRoutes,
  ...changeRoutes,
  ...incidentRoutes,
  ...stepRoutes,
  ...timelineRoutes,
  ...postMortemRoutes,
  ...egressRoutes,
  ...similarRoutes,
  ...commandRoutes,
  ...questionRoutes,
  ...pageRoutes,
  ...peopleRoutes,
  ...meRoutes,
  ...setupRoutes,
  ...serviceRoutes,
  ...onCallRoutes,
  ...scheduleRoutes,
  ...policyRoutes,
  ...accessRoutes,
  ...modelRoutes,
  ...operationRoutes,
  documentRoute,
];

let document: object | undefined;

/** The OpenAPI document of everything above; made once. */
export function openapiDocument(): object {
  document ??= describeRoutes(routes);
  return document;
}
