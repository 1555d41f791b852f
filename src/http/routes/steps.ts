import { z } from 'zod';

import { findIncident } from '#src/db/incidents.ts';
import { act } from '#src/engine/act.ts';
import { assign, note } from '#src/engine/change.ts';
import { link, unlink } from '#src/engine/link.ts';
import { merge } from '#src/engine/merge.ts';
import type { Incident } from '#src/incident/incident.ts';
import { isLegal, MAX_LEVEL, type Action, type ActionInput } from '#src/incident/lifecycle.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';

import { route, type Call, type Route } from '../route.ts';
import { Handle, line, lines, someLines } from '../shapes/common.ts';
import { IncidentShape, showIncident, type Step } from '../shapes/incident.ts';
import { CommentShape } from '../shapes/timeline.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef, shown, theIncident } from './incidents.ts';

/**
 * What can be done to an incident. Each address takes exactly one step along
 * the lifecycle; one that is not legal now is 409 and names those that are.
 */

const Notes = lines(4000).optional();
const Reason = lines(1000).optional();

const acknowledge = step('acknowledge', 'Acknowledge it', z.strictObject({ notes: Notes }), ({ notes }) => ({
  notes,
}));
const start = step('start', 'Start to work on it', z.strictObject({ notes: Notes }), ({ notes }) => ({
  notes,
}));
const reopen = step('reopen', 'Reopen it', z.strictObject({ reason: Reason }), ({ reason }) => ({ reason }));
const deescalate = step('deescalate', 'De-escalate it', z.strictObject({ reason: Reason }), ({ reason }) => ({
  reason,
}));

const resolve = step(
  'resolve',
  'Resolve it',
  z.strictObject({
    root_cause: lines(4000).optional(),
    resolution_notes: someLines(4000),
    playbook_used: line(300).optional(),
  }),
  (said) => ({
    rootCause: said.root_cause,
    notes: said.resolution_notes,
    playbookUsed: said.playbook_used,
  }),
);

const close = step(
  'close',
  'Close it',
  z.strictObject({
    post_mortem_url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
    notes: Notes,
  }),
  (said) => ({ postMortemUrl: said.post_mortem_url, notes: said.notes }),
);

const escalate = step(
  'escalate',
  'Escalate it; an escalated one goes to the next level',
  z.strictObject({
    reason: Reason,
    escalate_to: line(200).optional().meta({ description: 'Whom, in your words.' }),
    level: z.int().min(2).max(MAX_LEVEL).optional(),
  }),
  (said) => ({ reason: said.reason, target: said.escalate_to, level: said.level }),
  (incident) => (isLegal(incident.status, 'raise') ? 'raise' : 'escalate'),
);

function step<B extends z.ZodObject>(
  name: Step,
  summary: string,
  body: B,
  said: (body: z.output<B>) => ActionInput,
  action: (incident: Incident) => Action = () => name,
): Route {
  return route({
    name: `${name}Incident`,
    method: 'post',
    path: `/api/v1/incidents/{id}/${name}`,
    tag: 'Incidents',
    summary,
    access: 'incidents:write',
    params: IncidentRef,
    body,
    answers: theIncident,
    refuses: [404, 409],
    run: async ({ deps, ctx, who, params, body: given }) => {
      const before = await incidentFor({ deps, who }, params.id);
      const after = await act(ctx, before.number, action(before), said(given));
      return { body: await showIncident(deps.db, after, deps.now()) };
    },
  });
}

const assignRoute = route({
  name: 'assignIncident',
  method: 'post',
  path: '/api/v1/incidents/{id}/assign',
  tag: 'Incidents',
  summary: 'Give it to a person, a team or both; null takes the name off',
  access: 'incidents:write',
  params: IncidentRef,
  body: z
    .strictObject({
      assigned_to: Handle.nullable().optional(),
      assigned_team: Handle.nullable().optional(),
    })
    .refine((it) => Object.keys(it).length > 0, 'say assigned_to, assigned_team or both'),
  answers: theIncident,
  refuses: [404],
  run: async (call) =>
    await shown(call, (number) =>
      assign(call.ctx, number, {
        person: call.body.assigned_to as PersonId | null | undefined,
        team: call.body.assigned_team as TeamId | null | undefined,
      }),
    ),
});

const Other = z.string().max(100).meta({ description: 'INC-42, 42, or the long id.' });

const mergeRoute = route({
  name: 'mergeIncident',
  method: 'post',
  path: '/api/v1/incidents/{id}/merge',
  tag: 'Incidents',
  summary: 'Make it a duplicate of another one and close it',
  access: 'incidents:write',
  params: IncidentRef,
  body: z.strictObject({ into: Other, reason: Reason }),
  answers: { status: 200, description: 'The incident that stays.', body: IncidentShape },
  refuses: [404, 409],
  run: async (call) => {
    const into = await incidentFor(call, call.body.into);
    return await shown(call, (number) => merge(call.ctx, number, into.number, call.body.reason || null));
  },
});

const linkRoute = route({
  name: 'linkIncident',
  method: 'post',
  path: '/api/v1/incidents/{id}/link',
  tag: 'Incidents',
  summary: 'Say that two incidents have to do with each other, or that they do not',
  access: 'incidents:write',
  params: IncidentRef,
  body: z.strictObject({ to: Other, unlink: z.boolean().default(false) }),
  answers: theIncident,
  refuses: [404],
  run: async (call) => {
    const to = await incidentFor(call, call.body.to);
    return await shown(call, async (number) => {
      await (call.body.unlink ? unlink : link)(call.ctx, number, to.number);
      return await findIncident(call.deps.db, number);
    });
  },
});

const commentRoute = route({
  name: 'addComment',
  method: 'post',
  path: '/api/v1/incidents/{id}/comments',
  tag: 'Incidents',
  summary: 'Add a comment to its timeline',
  access: 'incidents:write',
  params: IncidentRef,
  body: z.strictObject({ content: someLines(10_000) }),
  answers: { status: 201, description: 'The comment.', body: CommentShape },
  refuses: [404],
  run: async (call) => ({ body: await addComment(call, call.body.content) }),
});

async function addComment(
  { deps, ctx, who, params }: Pick<Call<{ id: string }>, 'deps' | 'ctx' | 'params' | 'who'>,
  content: string,
): Promise<z.input<typeof CommentShape>> {
  const { number, id } = await incidentFor({ deps, who }, params.id);
  const { incident, comment } = await note(ctx, number, content);
  const { type, id: actor, name } = ctx.actor;
  return {
    id: comment,
    incident_id: id,
    content,
    author: { type, id: actor, name },
    created_at: incident.updatedAt.toISOString(),
    updated_at: null,
  };
}

export const stepRoutes = [
  acknowledge,
  start,
  escalate,
  deescalate,
  resolve,
  close,
  reopen,
  assignRoute,
  mergeRoute,
  linkRoute,
  commentRoute,
];
