import { z } from 'zod';

import { listIncidents, type IncidentFilter } from '#src/db/incident-list.ts';
import { COUNTED, placeIn, wordFor } from '#src/db/incident-pages.ts';
import { findIncident } from '#src/db/incidents.ts';
import { incidentOfRoom } from '#src/db/rooms.ts';
import { declare } from '#src/engine/declare.ts';
import { patch, type Patch } from '#src/engine/patch.ts';
import { UserError } from '#src/errors.ts';
import { CATEGORIES, ENVIRONMENTS, SEVERITIES, STATUSES, type Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { HttpDeps } from '../deps.ts';
import { route, type Call } from '../route.ts';
import { Handle, Instant, line, lines, pagination, Pagination, SeverityWord } from '../shapes/common.ts';
import { IncidentShape, showIncident, showIncidents } from '../shapes/incident.ts';
import { incidentFor, mayBeOld, viewerOf } from '../visible.ts';

export const IncidentRef = z.object({
  id: z.string().max(100).meta({ description: 'INC-42, 42, or the long id.', example: 'INC-42' }),
});

/** What a step or a change answers: the incident as it now is. */
export const theIncident = { status: 200, description: 'The incident.', body: IncidentShape } as const;

const Tags = z
  .record(line(100), line(500))
  .refine((tags) => Object.keys(tags).length <= 50, 'at most 50 tags')
  .meta({ override: { type: 'object', additionalProperties: { type: 'string' } } });

const Resource = z.object({
  type: line(100),
  id: line(300),
  name: line(300),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

const NewIncident = z
  .strictObject({
    title: line(255),
    severity: SeverityWord,
    category: z.enum(CATEGORIES),
    description: lines(10_000),
    impact: lines(10_000).optional(),
    environment: z.enum(ENVIRONMENTS).optional(),
    resource: Resource.optional(),
    tags: Tags.optional(),
    private: z
      .boolean()
      .default(false)
      .meta({ description: 'Only admins see it, whoever opens or works on it, and who is invited.' }),
  })
  .meta({ id: 'NewIncident' });

const PatchIncident = z
  .strictObject({
    title: line(255).optional(),
    description: lines(10_000).optional(),
    impact: lines(10_000).optional(),
    category: z.enum(CATEGORIES).optional(),
    environment: z.enum(ENVIRONMENTS).optional(),
    severity: SeverityWord.optional(),
    status: z
      .enum(STATUSES)
      .optional()
      .meta({ description: 'Exactly one legal step away from what it is; otherwise 409.' }),
    assigned_to: Handle.nullable().optional(),
    assigned_team: Handle.nullable().optional(),
    tags: Tags.optional().meta({ description: 'The tags it shall have; others are removed.' }),
  })
  .refine((it) => Object.keys(it).length > 0, 'say what to change')
  .meta({ id: 'IncidentPatch' });

/** One word, several of them, or words joined by commas; `known` are those there are. */
function anyOf<T extends z.ZodType>(word: T, known: readonly string[]) {
  const split = (value: string | string[]) =>
    [value].flat().flatMap((it) =>
      it
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
  return z
    .union([z.string(), z.array(z.string())])
    .transform(split)
    .pipe(z.array(word as unknown as z.ZodType<z.output<T>, string>).max(20))
    .meta({
      override: ({ jsonSchema }) => {
        delete jsonSchema.anyOf;
        Object.assign(jsonSchema, { type: 'array', items: { type: 'string', enum: known } });
      },
    })
    .optional();
}

const List = z.object({
  severity: anyOf(SeverityWord, SEVERITIES),
  status: anyOf(z.enum(STATUSES), STATUSES),
  category: anyOf(z.enum(CATEGORIES), CATEGORIES),
  environment: z.enum(ENVIRONMENTS).optional(),
  start_date: Instant.optional().meta({ description: 'Opened at or after.' }),
  end_date: Instant.optional().meta({ description: 'Opened before.' }),
  search: z
    .string()
    .trim()
    .max(500)
    .optional()
    .meta({ description: 'Words in title, description or impact.' }),
  assigned_to: Handle.optional(),
  open: z
    .stringbool()
    .optional()
    .meta({ description: 'true: neither resolved nor closed; false: the others.' }),
  room: z
    .string()
    .max(300)
    .regex(/^[^:]+:.+$/, 'write it as platform:id')
    .optional()
    .meta({ description: 'The incident of this chat room, as platform:id.' }),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(300).optional().meta({
    description:
      'next_cursor of the page before, with the same filters and order: as quick on the last page as on the first, and nothing is left out or said twice while incidents come and change. Instead of page.',
  }),
  sort: z.enum(['created_at', 'updated_at', 'severity', 'status']).default('created_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
});

export const incidentRoutes = [
  route({
    name: 'listIncidents',
    method: 'get',
    path: '/api/v1/incidents',
    tag: 'Incidents',
    summary: 'List incidents',
    access: 'incidents:read',
    query: List,
    answers: {
      status: 200,
      description: 'One page of them.',
      body: z.object({ incidents: z.array(IncidentShape), pagination: Pagination }),
    },
    run: async ({ deps, who, query }) => {
      const filter = { ...(await filterOf(deps, query)), viewer: viewerOf(who) };
      return await mayBeOld({ deps, who }, query.search ? 'all' : 'programs', async (db) => {
        const { incidents, next, ...count } = await listIncidents(db, filter);
        return {
          body: {
            incidents: await showIncidents(db, incidents, deps.now()),
            pagination: pagination(
              { page: query.page, size: query.page_size },
              { ...count, next: next && wordFor(next) },
            ),
          },
        };
      });
    },
  }),
  route({
    name: 'createIncident',
    method: 'post',
    path: '/api/v1/incidents',
    tag: 'Incidents',
    summary: 'Open an incident',
    access: 'incidents:write',
    body: NewIncident,
    answers: { status: 201, description: 'It is open; its room follows by itself.', body: IncidentShape },
    run: async ({ deps, ctx, body, once }) => {
      const { private: isPrivate, ...said } = body;
      const before = once?.done ?? null;
      const incident =
        before === null
          ? await declare(ctx, { ...said, isPrivate }, async (tx, { id }) => await once?.finish(tx, id))
          : await findIncident(deps.db, before);
      return {
        body: await showIncident(deps.db, incident, deps.now()),
        headers: { Location: `/api/v1/incidents/${incident.id}` },
      };
    },
  }),
  route({
    name: 'getIncident',
    method: 'get',
    path: '/api/v1/incidents/{id}',
    tag: 'Incidents',
    summary: 'Show an incident',
    access: 'incidents:read',
    params: IncidentRef,
    answers: theIncident,
    refuses: [404],
    run: async ({ deps, who, params }) => ({
      body: await showIncident(deps.db, await incidentFor({ deps, who }, params.id), deps.now()),
    }),
  }),
  route({
    name: 'changeIncident',
    method: 'patch',
    path: '/api/v1/incidents/{id}',
    tag: 'Incidents',
    summary: 'Change an incident; all of it or nothing',
    access: 'incidents:write',
    params: IncidentRef,
    body: PatchIncident,
    answers: theIncident,
    refuses: [404, 409],
    run: async (call) => {
      const { assigned_to: assignee, assigned_team: team, ...fields } = call.body;
      const wish = withoutUndefined({ ...fields, assignee, team }) as Patch;
      return await shown(call, (number) => patch(call.ctx, number, wish));
    },
  }),
];

/** Runs a verb on the incident in the address and shows what it is then. */
export async function shown(
  { deps, params, who }: Pick<Call<{ id: string }>, 'deps' | 'params' | 'who'>,
  verb: (number: number) => Promise<Incident>,
) {
  const { number } = await incidentFor({ deps, who }, params.id);
  return { body: await showIncident(deps.db, await verb(number), deps.now()) };
}

async function filterOf(deps: HttpDeps, query: z.output<typeof List>): Promise<IncidentFilter> {
  return {
    severities: query.severity,
    statuses: query.status,
    categories: query.category,
    environment: query.environment,
    from: query.start_date,
    to: query.end_date,
    search: query.search || undefined,
    assignee: query.assigned_to as PersonId | undefined,
    open: query.open,
    numbers: query.room === undefined ? undefined : await numbersIn(deps, query.room),
    sort: query.sort,
    order: query.order,
    limit: query.page_size,
    ...whereOf(query),
  };
}

/** By number as far as incidents are counted; further only from one page to the next. */
function whereOf({ page, page_size: size, cursor, sort, order }: z.output<typeof List>) {
  if (cursor !== undefined) return { offset: 0, after: placeIn(cursor, sort, order) };
  const offset = (page - 1) * size;
  if (offset < COUNTED) return { offset };
  throw new UserError(
    'bad_arguments',
    `Pages have numbers up to the ${COUNTED}th incident; go on with cursor, which is next_cursor of the page before.`,
    { fields: [{ field: 'page', message: 'is too far; use cursor' }] },
  );
}

async function numbersIn(deps: HttpDeps, room: string): Promise<number[]> {
  const at = room.indexOf(':');
  const number = await incidentOfRoom(deps.db, { platform: room.slice(0, at), id: room.slice(at + 1) });
  return number === null ? [] : [number];
}

/** What was not said is left out, so that it stays as it is. */
function withoutUndefined(it: object): object {
  return Object.fromEntries(Object.entries(it).filter(([, value]) => value !== undefined));
}
