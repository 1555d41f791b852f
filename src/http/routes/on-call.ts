import { z } from 'zod';

import { receiptsOf, type Receipt } from '#src/db/pages.ts';
import { bookOf } from '#src/engine/book.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { onCallAt, type Duty } from '#src/oncall/on-call.ts';
import { nextHandoff, shiftsBetween } from '#src/oncall/preview.ts';

import { feedUrl } from '../feeds.ts';
import { route, type Call } from '../route.ts';
import { Handle, time } from '../shapes/common.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

const DAY_MS = 86_400_000;
const At = z.iso.datetime({ offset: true }).transform((it) => new Date(it));
const ScheduleRef = z.object({ id: z.string().max(200) });

const DutyShape = z
  .object({
    person: z.string(),
    from: time,
    until: time,
    why: z.enum(['layer', 'override']),
    /** The layer, or whom it replaces. */
    instead_of: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Duty' });

const OnCallShape = z.object({
  schedule: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  timezone: z.string(),
  on_call: z.array(DutyShape),
  shadows: z.array(DutyShape),
  next_handoff: z.object({ at: time, leaving: z.array(z.string()), coming: z.array(z.string()) }).nullable(),
});

const ReceiptShape = z
  .object({
    id: z.string(),
    recipient: z.object({ kind: z.string(), id: z.string() }),
    level: z.int(),
    urgency: z.enum(['high', 'low']),
    reason: z.string(),
    requested_at: time,
    answered_by: z.string().nullable(),
    answered_at: time.nullable(),
    messages: z.array(
      z.object({
        channel: z.string(),
        state: z.enum(['waiting', 'sent', 'failed', 'refused', 'cancelled']),
        why: z.string(),
        due_at: time.nullable(),
        sent_at: time.nullable(),
        delivered_at: time.nullable(),
        provider_id: z.string().nullable(),
        attempts: z.int(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PageReceipt' });

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
      return { body: [...schedules.values()].map((it) => show(it, at)) };
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
      body: z.array(
        z.object({ from: time, until: time, on_call: z.array(DutyShape), shadows: z.array(DutyShape) }),
      ),
    },
    refuses: [404],
    run: async ({ ctx, deps, params, query }) => {
      const from = query.from ?? deps.now();
      const to = query.to ?? new Date(from.getTime() + 90 * DAY_MS);
      const spans = shiftsBetween(await scheduleOf({ ctx, deps }, params.id), from, to);
      return {
        body: spans.map((it) => ({
          from: it.from.toISOString(),
          until: it.until.toISOString(),
          on_call: it.people.map(showDuty),
          shadows: it.shadows.map(showDuty),
        })),
      };
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
      return { body: (await receiptsOf(deps.db, { incident: number, limit: 500 })).map(showReceipt) };
    },
  }),
];

async function scheduleOf({ ctx, deps }: Pick<Call, 'ctx' | 'deps'>, id: string): Promise<CompiledSchedule> {
  const { schedules } = await bookOf(ctx, deps.db);
  const found = schedules.get(id);
  if (found) return found;
  const known = [...schedules.keys()].slice(0, 20).join(', ') || 'none yet';
  throw new UserError('not_found', `There is no schedule ${id}; there are: ${known}.`);
}

function show(compiled: CompiledSchedule, at: Date): z.input<typeof OnCallShape> {
  const { id, name, team, timezone } = compiled.schedule;
  const { people, shadows } = onCallAt(compiled, at);
  const next = nextHandoff(compiled, at);
  return {
    schedule: id,
    name,
    team,
    timezone,
    on_call: people.map(showDuty),
    shadows: shadows.map(showDuty),
    next_handoff: next && { at: next.at.toISOString(), leaving: [...next.leaving], coming: [...next.coming] },
  };
}

function showDuty({ person, from, until, why }: Duty): z.input<typeof DutyShape> {
  return {
    person,
    from: from.toISOString(),
    until: until.toISOString(),
    why: why.kind,
    instead_of: why.kind === 'override' ? why.instead : null,
    reason: why.kind === 'override' ? why.reason : null,
  };
}

/** Addresses are left out: they are their owners'. */
function showReceipt({ page, notifications }: Receipt): z.input<typeof ReceiptShape> {
  const { recipientKind: kind, recipient } = page;
  return {
    id: page.id,
    // What follows the first slash of another system's name may be a key to it.
    recipient: { kind, id: kind === 'person' ? recipient : (recipient.split('/')[0] ?? '') },
    level: page.level,
    urgency: page.urgency,
    reason: page.reason,
    requested_at: page.requestedAt.toISOString(),
    answered_by: page.answeredBy,
    answered_at: page.answeredAt?.toISOString() ?? null,
    messages: notifications.map((it) => ({
      channel: it.channel,
      state: it.state,
      why: it.why,
      due_at: it.dueAt?.toISOString() ?? null,
      sent_at: it.sentAt?.toISOString() ?? null,
      delivered_at: it.deliveredAt?.toISOString() ?? null,
      provider_id: it.providerId,
      attempts: it.attempts,
      detail: it.detail,
    })),
  };
}
