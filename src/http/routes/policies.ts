import { z } from 'zod';

import { bookOf } from '#src/engine/book.ts';
import { reachability } from '#src/engine/reach.ts';
import { simulatePaging, simulatePolicy } from '#src/engine/simulate.ts';

import { route } from '../route.ts';
import { Instant, line, SeverityWord } from '../shapes/common.ts';
import { PolicyShape, showPolicy, showSimulation, SimulationShape } from '../shapes/policy.ts';

const asked = {
  severity: SeverityWord.default('P1'),
  at: Instant.optional().meta({ description: 'Now where it is left out.' }),
};

export const policyRoutes = [
  route({
    name: 'listPolicies',
    method: 'get',
    path: '/api/v1/policies',
    tag: 'People',
    summary: 'List the escalation policies, level by level, with who that is now and what leads to them',
    access: 'incidents:read',
    answers: { status: 200, description: 'By their ids.', body: z.array(PolicyShape) },
    run: async ({ ctx, deps }) => {
      const book = await bookOf(ctx, deps.db);
      const eyes = { book, at: deps.now(), whyUnreachable: await reachability(ctx) };
      return { body: book.setup.policies.map((it) => showPolicy(it, eyes)) };
    },
  }),
  route({
    name: 'simulatePolicy',
    method: 'get',
    path: '/api/v1/policies/{id}/simulation',
    tag: 'People',
    summary: 'See who would be paged by a policy, minute by minute, if nobody answered',
    access: 'incidents:read',
    params: z.object({ id: z.string().max(200) }),
    query: z.object(asked),
    answers: { status: 200, description: 'Nobody is paged for it.', body: SimulationShape },
    refuses: [404],
    run: async ({ ctx, deps, params: { id: policy }, query: { severity, at = deps.now() } }) => ({
      body: showSimulation(await simulatePolicy(ctx, { policy, severity, at })),
    }),
  }),
  route({
    name: 'simulatePaging',
    method: 'get',
    path: '/api/v1/simulation',
    tag: 'People',
    summary: 'See who would be paged for a service, minute by minute, if nobody answered',
    access: 'incidents:read',
    query: z.object({ service: line(100), ...asked }),
    answers: { status: 200, description: 'Nobody is paged for it.', body: SimulationShape },
    run: async ({ ctx, deps, query: { service, severity, at = deps.now() } }) => ({
      body: showSimulation(await simulatePaging(ctx, { service, severity, at })),
    }),
  }),
];
