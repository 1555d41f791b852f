import { z } from 'zod';

import { SCOPES } from '#src/access/who.ts';
import { listAccess, logAccess } from '#src/db/access-log.ts';
import type { StoredKey } from '#src/db/keys.ts';
import { ROLES } from '#src/incident/person.ts';

import { route } from '../route.ts';
import { ActorShape, Handle, iso, line, time } from '../shapes/common.ts';

const KeyShape = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    role: z.enum(ROLES),
    person: z.string().nullable(),
    created_at: time,
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' });

const NewKey = KeyShape.extend({
  key: z
    .string()
    .meta({ description: 'The key itself. It is shown this once and cannot be found out later.' }),
}).meta({ id: 'NewApiKey' });

const KeyRef = z.object({ id: z.string().max(100) });

const keyRoutes = [
  route({
    name: 'listKeys',
    method: 'get',
    path: '/api/v1/api-keys',
    tag: 'Access',
    summary: 'List the keys, without their secrets',
    access: 'admin',
    answers: { status: 200, description: 'Newest first.', body: z.object({ keys: z.array(KeyShape) }) },
    run: async ({ deps }) => ({ body: { keys: (await deps.keys.list()).map(showKey) } }),
  }),
  route({
    name: 'createKey',
    method: 'post',
    path: '/api/v1/api-keys',
    tag: 'Access',
    summary: 'Make a key',
    access: 'admin',
    secret: true,
    body: z.strictObject({
      name: line(100).meta({ description: 'What it is for; the timeline shows it.' }),
      scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
      role: z
        .enum(ROLES)
        .optional()
        .meta({ description: 'What follows from the scopes where it is left out.' }),
      person: Handle.optional().meta({ description: 'Whose key it is: what it does, they did.' }),
    }),
    answers: { status: 201, description: 'The key, once.', body: NewKey },
    refuses: [404],
    run: async ({ deps, who, body }) => {
      const { key, stored } = await deps.keys.create(body);
      const { id, name, scopes, role, personId } = stored;
      const details = { id, name, scopes, role, person: personId };
      await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'key.created', details });
      return { body: { ...showKey(stored), key } };
    },
  }),
  route({
    name: 'revokeKey',
    method: 'delete',
    path: '/api/v1/api-keys/{id}',
    tag: 'Access',
    summary: 'Revoke a key; from the next request on it is refused',
    access: 'admin',
    params: KeyRef,
    answers: { status: 204, description: 'It is revoked.', body: z.null() },
    refuses: [404],
    run: async ({ deps, who, params: { id } }) => {
      await deps.keys.revoke(id);
      await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'key.revoked', details: { id } });
      return { body: null };
    },
  }),
];

export const accessRoutes = [
  ...keyRoutes,
  route({
    name: 'createSignInLink',
    method: 'post',
    path: '/api/v1/sign-in-links',
    tag: 'Access',
    summary: 'Make a link by which a person signs in',
    access: 'admin',
    secret: true,
    body: z.strictObject({ person: Handle }),
    answers: {
      status: 201,
      description: 'The link. It works once, for a day. Hand it to nobody else.',
      body: z.object({ url: z.url(), person: z.string(), expires_at: time }),
    },
    refuses: [404, 409],
    run: async ({ deps, who, body }) => {
      const { token, person, expiresAt } = await deps.sessions.createLink(body.person);
      const details = { person: person.id };
      await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'link.created', details });
      const url = `${deps.settings.publicUrl}/sign-in/${token}`;
      return { body: { url, person: person.id, expires_at: expiresAt.toISOString() } };
    },
  }),
  route({
    name: 'listAccess',
    method: 'get',
    path: '/api/v1/access-log',
    tag: 'Access',
    summary: 'Who gave access to whom',
    access: 'admin',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    }),
    answers: {
      status: 200,
      description: 'Newest first.',
      body: z.object({
        entries: z.array(
          z.object({
            id: z.int(),
            at: time,
            actor: ActorShape,
            action: z.string(),
            details: z.record(z.string(), z.unknown()),
          }),
        ),
      }),
    },
    run: async ({ deps, query }) => {
      const entries = await listAccess(deps.db, query);
      return { body: { entries: entries.map((it) => ({ ...it, at: it.at.toISOString() })) } };
    },
  }),
];

function showKey(it: StoredKey): z.input<typeof KeyShape> {
  return {
    id: it.id,
    name: it.name,
    scopes: [...it.scopes],
    role: it.role,
    person: it.personId,
    created_at: it.createdAt.toISOString(),
    last_used_at: iso(it.lastUsedAt),
    revoked_at: iso(it.revokedAt),
  };
}
