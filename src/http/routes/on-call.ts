import { z } from 'zod';

import { receiptsOf } from '#src/db/pages.ts';
import { bookOf } from '#src/engine/book.ts';
import { reachability } from '#src/engine/reach.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';

import { feedUrl } from '../feeds.ts';
import { route, type Call } from '../route.ts';
import { Handle } from '../shapes/common.ts';
import { OnCallShape, ShiftShape, showOnCall, showShift } from '../shapes/on-call.ts';
import { ReceiptShape, showReceipt } from '../shapes/receipt.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const DAY_MS = 86_400_000;
const At = z.iso.datetime({ offset: true }).transform((it) => new Date(it));
export const ScheduleRef = z.object({ id: z.string().max(200) });

export const onCallRoutes = [
  route({
    name: 'whoIsOnCall',
    method: 'get',
    path: '/api/v1/on-call',
    tag: 'People',
    summary: 'Who is on call, for every schedule',
    access: 'incidents:read',
    query: z.object({ at: At.optional().meta({ description: 'Now where it is left out.' }) }),
    answers: { status: 200, description: 'By schedule.', body: z.array(OnCallShape) },
    run: async ({ ctx, deps, query }) => {
      const at = query.at ?? deps.now();
      const { schedules } = await bookOf(ctx, deps.db);
      const whyUnreachable = await reachability(ctx);
      return { body: [...schedules.values()].map((it) => showOnCall(it, at, whyUnreachable)) };
    },
  }),
  route({
    name: 'listShifts',
    method: 'get',
    path: '/api/v1/schedules/{id}/shifts',
    tag: 'People',
    summary: 'Who will be on call when',
    access: 'incidents:read',
    params: ScheduleRef,
    query: z.object({
      from: At.optional().meta({ description: 'Now where it is left out.' }),
      to: At.optional().meta({ description: '90 days later where it is left out; at most 800.' }),
    }),
    answers: {
      status: 200,
      description: 'In order and without a hole; where nobody is on call the list of people is empty.',
      body: z.array(ShiftShape),
    },
    refuses: [404],
    run: async ({ ctx, deps, params, query }) => {
      const from = query.from ?? deps.now();
      const to = query.to ?? new Date(from.getTime() + 90 * DAY_MS);
      return { body: shiftsBetween(await scheduleOf({ ctx, deps }, params.id), from, to).map(showShift) };
    },
  }),
  route({
    name: 'getShiftFeed',
    method: 'get',
    path: '/api/v1/schedules/{id}/feed',
    tag: 'People',
    summary: 'Get the secret address of a calendar of the shifts',
    description:
      'Whoever has the address sees the shifts: subscribe to it in a calendar, and show it to nobody.',
    access: 'incidents:read',
    params: ScheduleRef,
    query: z.object({ person: Handle.optional().meta({ description: 'Of one person only.' }) }),
    answers: { status: 200, description: 'The address.', body: z.object({ url: z.url() }) },
    refuses: [404],
    run: async ({ ctx, deps, params, query }) => {
      const { schedule } = await scheduleOf({ ctx, deps }, params.id);
      const { secret, settings } = deps;
      const asked = { schedule: schedule.id, person: (query.person as PersonId | undefined) ?? null };
      return { body: { url: feedUrl(secret, settings.publicUrl, asked) } };
    },
  }),
  route({
    name: 'listPages',
    method: 'get',
    path: '/api/v1/incidents/{id}/pages',
    tag: 'Incidents',
    summary: 'Who was paged, how, why, and what came of it; the latest first',
    access: 'incidents:read',
    params: IncidentRef,
    answers: { status: 200, description: 'At most 500 of them.', body: z.array(ReceiptShape) },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      return {
        body: (await receiptsOf(deps.db, { incident: number, limit: 500 })).map((it) => showReceipt(it)),
      };
    },
  }),
];

/** Throws `not_found` that says which there are. */
export async function scheduleOf(
  { ctx, deps }: Pick<Call, 'ctx' | 'deps'>,
  id: string,
): Promise<CompiledSchedule> {
  const { schedules } = await bookOf(ctx, deps.db);
  const found = schedules.get(id);
  if (found) return found;
  const known = [...schedules.keys()].slice(0, 20).join(', ') || 'none yet';
  throw new UserError('not_found', `There is no schedule ${id}; there are: ${known}.`);
}
