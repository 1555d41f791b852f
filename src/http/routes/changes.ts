import { z } from 'zod';

import { catalogueOf, namesOf } from '#src/cause/catalogue.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '#src/changes/change.ts';
import { readChanges, type ChangeSource } from '#src/changes/source.ts';
import { GenericChange } from '#src/changes/sources/generic.ts';
import { changeSources } from '#src/changes/sources/index.ts';
import { listServices } from '#src/db/catalogue.ts';
import { changesBetween, saveChanges } from '#src/db/changes.ts';
import { UserError } from '#src/errors.ts';
import { ENVIRONMENTS } from '#src/incident/incident.ts';

import { readPayload } from '../json.ts';
import { route, type Call, type Result } from '../route.ts';
import { Instant, iso, time } from '../shapes/common.ts';

const ChangeShape = z
  .object({
    id: z.string(),
    source: z.string(),
    kind: z.enum(CHANGE_KINDS),
    service: z.string().nullable(),
    environment: z.enum(ENVIRONMENTS).nullable(),
    title: z.string(),
    author: z.string().nullable(),
    url: z.string().nullable(),
    started_at: time,
    ended_at: time.nullable(),
    status: z.enum(CHANGE_STATUSES),
    size: z.int().nullable().meta({ description: 'How many files or commits it touched.' }),
    details: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Change' });

const ChangesShape = z.object({ changes: z.array(ChangeShape) });

const answers = {
  status: 202,
  description: 'The changes as they are now known; none where it tells of something that is no change.',
  body: ChangesShape,
} as const;

const Source = z
  .string()
  .max(100)
  .meta({ description: 'Which system sends it: argocd, generic, github, gitlab.' });
const anyPayload = z
  .unknown()
  .meta({ override: { description: "The system's own webhook, as it sends it." } });

/** In milliseconds: what is asked for where no time is. */
const DAY = 86_400_000;

export const changeRoutes = [
  route({
    name: 'createChange',
    method: 'post',
    path: '/api/v1/changes',
    tag: 'Events',
    summary: 'Tell of a change: a deploy, a flag, a setting',
    description:
      'One change, or several as `changes`. What is sent later with the same id is about the same change: its end, or nothing new.',
    access: 'events:write',
    limit: 'events',
    body: GenericChange.meta({ id: 'NewChange' }),
    raw: true,
    answers,
    run: (call) => take(call, 'generic'),
  }),
  route({
    name: 'createChangeOfSource',
    method: 'post',
    path: '/api/v1/changes/{source}',
    tag: 'Events',
    summary: 'Send what a deploying system sends',
    description:
      'Where a secret is set for the source its signature or token is required. Answers 2xx for a repeat, which changes nothing.',
    access: 'events:write',
    limit: 'events',
    params: z.object({ source: Source }),
    body: anyPayload,
    raw: true,
    answers,
    run: (call) => take(call, call.params.source),
  }),
  route({
    name: 'createChangeByAddress',
    method: 'post',
    path: '/webhooks/changes/{source}/{key}',
    also: ['/api/v1/webhooks/changes/{source}/{key}'],
    tag: 'Events',
    summary: 'Send what a deploying system sends, with the key in the address',
    description: 'For senders that cannot set headers. Give such a key the scope events:write and no other.',
    access: 'events:write',
    limit: 'events',
    params: z.object({ source: Source, key: z.string() }),
    body: anyPayload,
    raw: true,
    answers,
    run: (call) => take(call, call.params.source),
  }),
  route({
    name: 'listChanges',
    method: 'get',
    path: '/api/v1/changes',
    tag: 'Events',
    summary: 'List what changed',
    access: 'incidents:read',
    query: z.object({
      service: z.string().max(200).optional().meta({ description: 'By id, name or alias.' }),
      from: Instant.optional().meta({
        override: {
          type: 'string',
          format: 'date-time',
          description: 'A day before `until` where it is left out.',
        },
      }),
      until: Instant.optional().meta({
        override: { type: 'string', format: 'date-time', description: 'Now where it is left out.' },
      }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answers: {
      status: 200,
      description: 'Those that were under way in that time, the latest first.',
      body: ChangesShape,
    },
    run: async ({ deps, query }) => {
      const { service, until = deps.now(), limit } = query;
      const from = query.from ?? new Date(until.getTime() - DAY);
      const names =
        service === undefined ? {} : { services: namesOf(service, catalogueOf(await listServices(deps.db))) };
      const changes = await changesBetween(deps.db, { from, until, limit, ...names });
      return { body: { changes: changes.map(show) } };
    },
  }),
];

/** Resolves when what it answers is committed. */
async function take(
  { deps, raw, headers }: Pick<Call, 'deps' | 'raw' | 'headers'>,
  name: string,
): Promise<Result<z.input<typeof ChangesShape>>> {
  const source = sourceNamed(name);
  verify(source, deps.settings.sourceSecrets, raw, headers);
  const changes = readChanges(source, readPayload(raw), deps.now());
  const saved = await saveChanges(deps.db, changes, deps.now());
  return { body: { changes: saved.map(show) } };
}

/** Throws `not_found` that lists what there is. */
function sourceNamed(name: string): ChangeSource {
  const source = changeSources.find((it) => it.name === name.toLowerCase());
  if (source) return source;
  const known = changeSources.map((it) => it.name).join(', ');
  throw new UserError(
    'not_found',
    `There is no source of changes ${JSON.stringify(name.slice(0, 40))}; there are ${known}.`,
  );
}

function verify(
  source: ChangeSource,
  secrets: Readonly<Record<string, string>>,
  raw: Buffer,
  headers: Call['headers'],
): void {
  const secret = Object.hasOwn(secrets, source.name) ? secrets[source.name] : undefined;
  if (secret === undefined || !source.verify) return;
  const single = Object.entries(headers).filter((it): it is [string, string] => typeof it[1] === 'string');
  source.verify(raw, Object.fromEntries(single), secret);
}

function show({ startedAt, endedAt, ...it }: Change): z.input<typeof ChangeShape> {
  return { ...it, started_at: startedAt.toISOString(), ended_at: iso(endedAt), details: { ...it.details } };
}
