import { z } from 'zod';

import { logAccess } from '#src/db/access-log.ts';
import { dropDeadJob } from '#src/db/jobs.ts';
import { UserError } from '#src/errors.ts';

import { lookAtHealth } from '../health.ts';
import { route } from '../route.ts';
import { iso, time } from '../shapes/common.ts';

const UpDown = z.enum(['up', 'down']);

const HealthShape = z
  .object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    stopping: z.boolean(),
    timestamp: time,
    version: z.string(),
    uptime: z.number().meta({ description: 'Seconds.' }),
    components: z.object({ database: UpDown, cache: UpDown, message_queue: UpDown }),
    roles: z.array(z.string()).meta({ description: 'What this process does.' }),
    leases: z.array(z.string()).meta({ description: 'What this process does alone of all, now.' }),
  })
  .meta({ id: 'Health' });

/** How the program is: answered by every process. */
export const probeRoutes = [
  route({
    name: 'getHealth',
    method: 'get',
    path: '/api/v1/health',
    also: ['/health'],
    tag: 'Operations',
    summary: 'How it is, in all its parts',
    access: 'none',
    answers: { status: 200, description: 'Also when it is not well: read `status`.', body: HealthShape },
    run: async ({ deps, state }) => ({ body: await lookAtHealth(deps, state) }),
  }),
  route({
    name: 'getReadiness',
    method: 'get',
    path: '/api/v1/ready',
    also: ['/ready'],
    tag: 'Operations',
    summary: 'Whether it takes requests',
    description:
      '503 while it stops, and while the database cannot be reached. Without another part some things do not work, which is said and is no reason to send nothing.',
    access: 'none',
    answers: {
      status: 200,
      description: 'It does.',
      body: z.object({
        ready: z.boolean(),
        reason: z.string().nullable(),
        degraded: z.array(z.string()).meta({ description: 'Parts that do not answer.' }),
      }),
    },
    refuses: [503],
    run: async ({ deps, state }) => {
      const { stopping, components } = await lookAtHealth(deps, state);
      const reason = stopping ? 'stopping' : components.database === 'down' ? 'the database is away' : null;
      const down = Object.entries(components).filter(([, it]) => it === 'down');
      const degraded = down.map(([name]) => name);
      return { body: { ready: reason === null, reason, degraded }, status: reason === null ? 200 : 503 };
    },
  }),
  route({
    name: 'getMetrics',
    method: 'get',
    path: '/api/v1/metrics',
    also: ['/metrics'],
    tag: 'Operations',
    summary: 'Figures for Prometheus',
    access: 'none',
    answers: { status: 200, description: "Prometheus' text format.", body: z.string() },
    run: async ({ deps }) => {
      const { type, text } = await deps.metrics.text();
      return { body: text, headers: { 'Content-Type': type } };
    },
  }),
];

const JobShape = z
  .object({
    id: z.string(),
    kind: z.string(),
    attempts: z.int(),
    last_error: z.string().nullable(),
    created_at: time,
    dead_at: time.nullable(),
  })
  .meta({ id: 'DeadJob' });

export const operationRoutes = [
  ...probeRoutes,
  route({
    name: 'listDeadJobs',
    method: 'get',
    path: '/api/v1/jobs/dead',
    tag: 'Operations',
    summary: 'List the work that was given up',
    access: 'admin',
    answers: { status: 200, description: 'The latest 100.', body: z.object({ jobs: z.array(JobShape) }) },
    run: async ({ deps }) => {
      const jobs = await deps.jobs.list();
      return {
        body: {
          jobs: jobs.map((it) => ({
            id: it.id,
            kind: it.kind,
            attempts: it.attempts,
            last_error: it.lastError,
            created_at: it.createdAt.toISOString(),
            dead_at: iso(it.deadAt),
          })),
        },
      };
    },
  }),
  route({
    name: 'retryDeadJob',
    method: 'post',
    path: '/api/v1/jobs/dead/{id}/retry',
    tag: 'Operations',
    summary: 'Try one of them again',
    access: 'admin',
    params: z.object({ id: z.string().max(500) }),
    answers: { status: 202, description: 'It is queued.', body: z.object({ id: z.string() }) },
    refuses: [404],
    run: async ({ deps, who, params: { id } }) => {
      if (!(await deps.jobs.retry(id))) throw new UserError('not_found', 'There is no such dead job.');
      await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'job.retried', details: { id } });
      return { body: { id } };
    },
  }),
  route({
    name: 'dropDeadJob',
    method: 'delete',
    path: '/api/v1/jobs/dead/{id}',
    tag: 'Operations',
    summary: 'Put one of them away for good',
    access: 'admin',
    params: z.object({ id: z.string().max(500) }),
    answers: { status: 204, description: 'It is gone, and no longer counted.', body: z.null() },
    refuses: [404],
    run: async ({ deps, who, params: { id } }) => {
      await deps.db.transaction().execute(async (tx) => {
        if (!(await dropDeadJob(tx, id))) throw new UserError('not_found', 'There is no such dead job.');
        await logAccess(tx, { at: deps.now(), actor: who.actor, action: 'job.dropped', details: { id } });
      });
      return { body: null };
    },
  }),
];
