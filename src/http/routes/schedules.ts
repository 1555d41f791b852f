import { z } from 'zod';

import { tellDuty } from '#src/chat/duty-tell.ts';
import { bookOf } from '#src/engine/book.ts';
import { overrideSchedule, takeBackOverride } from '#src/engine/override.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Change } from '#src/oncall/schedule.ts';
import { applySchedule, planSchedule } from '#src/setup/one-schedule.ts';

import { route, type Call } from '../route.ts';
import { Handle, Instant, line } from '../shapes/common.ts';
import { OverrideShape, showOverride } from '../shapes/on-call.ts';
import { ScheduleInput, ScheduleRow, ScheduleShape, showRow, showSchedule } from '../shapes/schedule.ts';
import { ScheduleRef, scheduleOf } from './on-call.ts';
import { AppliedSetupShape, asker, Digest, SetupPlanShape, show } from './setup.ts';

const OverrideInput = z.strictObject({
  kind: z.enum(['cover', 'add', 'replace', 'remove']).default('cover').meta({
    description:
      '`cover`: this person and nobody else, or nobody at all; `add`: this person too; `replace`: this person instead of another; `remove`: this person is off.',
  }),
  person: Handle.nullable().default(null),
  instead_of: Handle.nullable().default(null).meta({ description: 'Of `replace`.' }),
  from: Instant.optional().meta({ description: 'Now where it is left out.' }),
  to: Instant,
  reason: line(200).nullable().default(null),
});

const people = z.array(z.string());

export const scheduleRoutes = [
  route({
    name: 'listSchedules',
    method: 'get',
    path: '/api/v1/schedules',
    tag: 'People',
    summary: 'List the on-call schedules',
    access: 'incidents:read',
    answers: { status: 200, description: 'By their ids.', body: z.array(ScheduleRow) },
    run: async ({ ctx, deps }) => {
      const { schedules } = await bookOf(ctx, deps.db);
      return { body: [...schedules.values()].map(showRow) };
    },
  }),
  route({
    name: 'getSchedule',
    method: 'get',
    path: '/api/v1/schedules/{id}',
    tag: 'People',
    summary: 'Read a schedule: its layers, overrides, gaps and quality',
    access: 'incidents:read',
    params: ScheduleRef,
    answers: { status: 200, description: 'The schedule.', body: ScheduleShape },
    refuses: [404],
    run: async ({ ctx, deps, params }) => ({
      body: showSchedule(await scheduleOf({ ctx, deps }, params.id), deps.now()),
    }),
  }),
  route({
    name: 'planSchedule',
    method: 'post',
    path: '/api/v1/schedules/{id}/plan',
    tag: 'People',
    summary: 'See what other layers of a schedule would change, without a change',
    description: 'The schedule need not be there yet. What is left out, and all other schedules, stay.',
    access: 'admin',
    params: ScheduleRef,
    body: ScheduleInput,
    answers: { status: 200, description: 'What would change.', body: SetupPlanShape },
    run: async ({ deps: { db, now }, who, params: { id }, body: entry }) => ({
      body: show(await planSchedule({ db, id, entry: filled(entry), by: asker(who), now: now() })),
    }),
  }),
  route({
    name: 'applySchedule',
    method: 'post',
    path: '/api/v1/schedules/{id}/apply',
    tag: 'People',
    summary: 'Give a schedule these layers, as the plan said',
    access: 'admin',
    params: ScheduleRef,
    body: ScheduleInput.extend({ digest: Digest }),
    answers: { status: 200, description: 'What was changed.', body: AppliedSetupShape },
    refuses: [409],
    run: async ({ deps, who, params: { id }, body: { digest, ...entry } }) => {
      const { db, now, newId } = deps;
      const asked = { db, id, entry: filled(entry), by: asker(who), now: now(), digest, newId };
      const applied = await applySchedule(asked);
      if (applied.isApplied) deps.committed();
      return { body: { ...show(applied), applied: applied.isApplied } };
    },
  }),
  route({
    name: 'addOverride',
    method: 'post',
    path: '/api/v1/schedules/{id}/overrides',
    tag: 'People',
    summary: 'Put somebody on call for a time, or take somebody off, whatever the layers say',
    access: 'incidents:write',
    params: ScheduleRef,
    body: OverrideInput,
    answers: {
      status: 201,
      description: 'The override, who would have been on call in that time, and who is.',
      body: z.object({ override: OverrideShape, before: people, after: people }),
    },
    refuses: [404, 409],
    run: async ({ ctx, deps, params, body }) => {
      const { schedule } = await scheduleOf({ ctx, deps }, params.id);
      const change = await changeOf({ ctx, deps }, body);
      const { to: end, reason, from: start = deps.now() } = body;
      const made = await overrideSchedule(
        ctx,
        { schedule: schedule.id, change, start, end, reason },
        tellDuty,
      );
      const override = { ...change, id: made.id, start, end, reason, createdBy: ctx.actor.id as PersonId };
      return {
        body: { override: showOverride(override), before: [...made.before], after: [...made.after] },
      };
    },
  }),
  route({
    name: 'removeOverride',
    method: 'delete',
    path: '/api/v1/schedules/{id}/overrides/{override}',
    tag: 'People',
    summary: 'Take an override back: the layers say again who is on call',
    access: 'incidents:write',
    params: ScheduleRef.extend({ override: z.string().max(100) }),
    answers: { status: 200, description: 'What it was.', body: OverrideShape },
    refuses: [404],
    run: async ({ ctx, deps, params: { id, override } }) => {
      const { schedule } = await scheduleOf({ ctx, deps }, id);
      if (!schedule.overrides.some((it) => it.id === override)) {
        throw new UserError(
          'not_found',
          `${schedule.name} has no override ${override.slice(0, 40)} any more.`,
        );
      }
      return { body: showOverride((await takeBackOverride(ctx, override, tellDuty)).override) };
    },
  }),
];

/** Throws where somebody is missing, or is not there. */
async function changeOf(
  { ctx, deps }: Pick<Call, 'ctx' | 'deps'>,
  { kind, person, instead_of: insteadOf }: z.output<typeof OverrideInput>,
): Promise<Change> {
  const known = (await bookOf(ctx, deps.db)).setup.people;
  const named = (id: string | null, field: string): PersonId => {
    const found = known.find((it) => it.id === id);
    if (found?.active) return found.id;
    const why = found
      ? `${found.name} is switched off`
      : id === null
        ? 'Nobody is named'
        : `There is no ${id}`;
    throw new UserError('bad_arguments', `${why}. Choose somebody.`, { field });
  };
  if (kind === 'cover') return { kind, people: person === null ? [] : [named(person, 'person')] };
  if (kind !== 'replace') return { kind, person: named(person, 'person') };
  return { kind, person: named(insteadOf, 'instead_of'), by: named(person, 'person') };
}

/** Without what was left out, so that it stays as it is. */
function filled(entry: z.output<typeof ScheduleInput>) {
  const { layers, ...rest } = entry;
  const known = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(known),
    layers: layers.map(({ id, ...it }) => ({ ...(id ? { id } : {}), ...it })),
  };
}
