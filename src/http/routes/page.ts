import { z } from 'zod';

import type { Who } from '#src/access/who.ts';
import { logAccess } from '#src/db/access-log.ts';
import { listPeople, listTeams } from '#src/db/people.ts';
import { UserError } from '#src/errors.ts';
import { ROLES, type Person } from '#src/incident/person.ts';

import type { HttpDeps } from '../deps.ts';
import { cookieOf, SESSION_COOKIE } from '../identify.ts';
import { route } from '../route.ts';
import { freshSample } from '../sample.ts';
import { Handle } from '../shapes/common.ts';
import { EventAnswer, showIngested } from '../shapes/event.ts';
import { clearedCookie } from '../sign-in.ts';
import { findSource } from './events.ts';

/** The page's own addresses that are not the chat's: who am I, and the first five minutes. */

const PersonView = z
  .object({ id: z.string(), name: z.string(), role: z.enum(ROLES), online: z.boolean() })
  .meta({ id: 'PersonView' });

const MeView = z.object({
  me: PersonView,
  actAs: z.boolean().meta({ description: 'Local mode: the visitor may act as anybody.' }),
  people: z.array(PersonView),
  teams: z.array(z.object({ id: z.string(), name: z.string() })),
});

const SetupView = z.object({
  key: z.string().nullable().meta({ description: 'Local mode only: a key that works on this machine.' }),
  curl: z.string().nullable().meta({ description: 'A line that sends an event, to copy.' }),
  sources: z.array(z.object({ name: z.string(), title: z.string(), docs: z.string(), address: z.url() })),
});

export const pageRoutes = [
  route({
    name: 'getMe',
    method: 'get',
    path: '/web/me',
    tag: 'Page',
    summary: 'Who I am, and who else is here',
    access: 'incidents:read',
    answers: { status: 200, description: 'Active people only.', body: MeView },
    run: async ({ deps, who, state }) => {
      const online = new Set([...state.online(), personOf(who).id]);
      const view = ({ id, name, role }: Person) => ({ id, name, role, online: online.has(id) });
      const people = (await listPeople(deps.db)).filter((it) => it.active);
      const teams = (await listTeams(deps.db)).map(({ id, name }) => ({ id, name }));
      return {
        body: { me: view(personOf(who)), actAs: who.via === 'local', people: people.map(view), teams },
      };
    },
  }),
  route({
    name: 'actAs',
    method: 'post',
    path: '/web/act-as',
    tag: 'Page',
    summary: 'Check whom to act as; the page then sends it as X-Act-As',
    access: 'incidents:read',
    body: z.strictObject({ person: Handle }),
    answers: { status: 200, description: 'That person.', body: PersonView },
    refuses: [403],
    run: async ({ deps, who, state, body }) => {
      if (who.via !== 'local') throw new UserError('not_allowed', 'Acting as others is for local mode only.');
      const { id, name, role } = personOf(await deps.sessions.local(body.person));
      return { body: { id, name, role, online: state.online().has(id) } };
    },
  }),
  route({
    name: 'signOut',
    method: 'post',
    path: '/web/sign-out',
    tag: 'Page',
    summary: 'End this session',
    access: 'incidents:read',
    answers: { status: 204, description: 'It is over.', body: z.null() },
    run: async ({ deps, who, headers }) => {
      const session = cookieOf(headers.cookie, SESSION_COOKIE);
      if (session !== undefined && who.via === 'session') {
        await deps.sessions.end(session);
        await logAccess(deps.db, { at: deps.now(), actor: who.actor, action: 'session.ended', details: {} });
      }
      return { body: null, headers: { 'Set-Cookie': clearedCookie(deps.settings.publicUrl) } };
    },
  }),
  route({
    name: 'getSetup',
    method: 'get',
    path: '/web/setup',
    tag: 'Page',
    summary: 'How to send the first alert',
    access: 'incidents:read',
    answers: { status: 200, description: 'What the empty page shows.', body: SetupView },
    run: async ({ deps, who }) => {
      const key = who.via === 'local' && who.role !== 'viewer' ? await deps.keys.localKey() : null;
      const { publicUrl } = deps.settings;
      const sources = deps.sources.map(({ name, title, docs }) => ({
        name,
        title,
        docs,
        address: `${publicUrl}/api/v1/events${name === 'generic' ? '' : `/${name}`}`,
      }));
      return { body: { key, curl: key && curlLine(deps, key), sources } };
    },
  }),
  route({
    name: 'sendSample',
    method: 'post',
    path: '/web/setup/sample',
    tag: 'Page',
    summary: "Send a source's sample, as if it had come just now",
    access: 'events:write',
    body: z.strictObject({ source: z.string().max(100) }),
    answers: { status: 202, description: 'A fresh incident opens.', body: EventAnswer },
    refuses: [404],
    run: async ({ deps, body }) => {
      const received = freshSample(findSource(deps.sources, body.source), deps.newId());
      const ingested = await deps.intake.submit(received);
      return { body: showIngested(ingested, deps.settings.publicUrl) };
    },
  }),
];

/** Throws `not_allowed` for a key that is nobody's: the page is for people. */
export function personOf({ person }: Who): Person {
  if (person) return person;
  throw new UserError('not_allowed', 'The page is for people; programs use /api/v1.');
}

function curlLine({ settings, now }: HttpDeps, key: string): string {
  const event = {
    source: 'my-first-check',
    timestamp: now().toISOString(),
    event_type: 'alert',
    category: 'availability',
    title: 'Checkout answers with errors',
    description: 'Sent by hand, to see what happens.',
    severity: 'high',
    resource: { type: 'service', id: 'checkout', name: 'checkout' },
  };
  return [
    `curl -X POST ${settings.publicUrl}/api/v1/events`,
    `-H 'X-API-Key: ${key}'`,
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(event)}'`,
  ].join(' ');
}
