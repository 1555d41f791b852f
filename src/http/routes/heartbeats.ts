import { timingSafeEqual } from 'node:crypto';

import { z } from 'zod';

import { listHeartbeats } from '#src/db/heartbeats.ts';
import type { HeartbeatRow } from '#src/db/schema-people.ts';
import { beat, heartbeatAt } from '#src/engine/heartbeat.ts';
import { UserError } from '#src/errors.ts';
import { stateOf } from '#src/incident/heartbeat.ts';
import { SYSTEM } from '#src/incident/person.ts';

import { route, type Call } from '../route.ts';
import { iso, time } from '../shapes/common.ts';

const HeartbeatShape = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['paused', 'new', 'well', 'late', 'missing']).meta({
      description: 'new: it was never heard, so nothing is missing. late: its grace runs.',
    }),
    every_seconds: z.number(),
    grace_seconds: z.number(),
    heard_at: time.nullable(),
    expected_at: time.nullable().meta({ description: 'When the next is expected; null: none is.' }),
    missing_at: time.nullable().meta({ description: 'When an incident opens unless it comes before.' }),
  })
  .meta({ id: 'Heartbeat' });

const heard = { status: 200, description: 'It was heard; when the next is expected.', body: HeartbeatShape };
const Id = z.string().max(100);

/** By its own address; a key that is another's is as none. */
const byAddress = {
  path: '/api/v1/heartbeats/{id}/{key}',
  tag: 'Events',
  access: 'none',
  params: z.object({ id: Id, key: z.string().max(200) }),
  answers: heard,
  refuses: [404],
  run: async (call: Call<{ id: string; key: string }>) => {
    const { id, key } = call.params;
    const row = await heartbeatAt(call.deps, id);
    if (!isSame(row.key, key)) throw new UserError('not_found', `There is no heartbeat \`${id}\`.`);
    return await take(call, id);
  },
} as const;

export const heartbeatRoutes = [
  route({
    name: 'listHeartbeats',
    method: 'get',
    path: '/api/v1/heartbeats',
    tag: 'Events',
    summary: 'List the heartbeats that are expected',
    access: 'incidents:read',
    answers: {
      status: 200,
      description: 'By id.',
      body: z.object({ heartbeats: z.array(HeartbeatShape) }),
    },
    run: async ({ deps }) => {
      const rows = await listHeartbeats(deps.db);
      return { body: { heartbeats: rows.map((it) => show(it, deps.now())) } };
    },
  }),
  route({
    name: 'beat',
    method: 'post',
    path: '/api/v1/heartbeats/{id}',
    tag: 'Events',
    summary: 'Say that something is alive',
    access: 'events:write',
    limit: 'events',
    params: z.object({ id: Id }),
    answers: heard,
    refuses: [404],
    run: async (call) => await take(call, call.params.id),
  }),
  route({
    ...byAddress,
    name: 'beatByAddress',
    method: 'post',
    summary: 'Say the same with the key in the address',
    description: 'For whatever can call an address, such as a line of cron. A body is not read.',
  }),
  route({
    ...byAddress,
    name: 'beatByGet',
    method: 'get',
    summary: 'Say the same by opening the address',
  }),
];

async function take({ deps, ctx }: Pick<Call, 'deps' | 'ctx'>, id: string) {
  return { body: show(await beat({ ...ctx, actor: SYSTEM }, id), deps.now()) };
}

function show(row: HeartbeatRow, now: Date): z.input<typeof HeartbeatShape> {
  const { id, name, everyMs, graceMs, heardAt, missingAt } = row;
  return {
    id,
    name,
    state: stateOf(row, now),
    every_seconds: everyMs / 1000,
    grace_seconds: graceMs / 1000,
    heard_at: iso(heardAt),
    expected_at: iso(missingAt && new Date(missingAt.getTime() - graceMs)),
    missing_at: iso(missingAt),
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
