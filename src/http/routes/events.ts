import { z } from 'zod';

import type { Alert } from '#src/alerts/alert.ts';
import { CreateEvent } from '#src/alerts/event.ts';
import { readMarked } from '#src/alerts/said-before.ts';
import type { AlertSource } from '#src/alerts/source.ts';
import { findAlertEvent } from '#src/db/alert-events.ts';
import { findIncident } from '#src/db/incidents.ts';
import type { Received } from '#src/engine/ingest.ts';
import { UserError } from '#src/errors.ts';
import { maySee } from '#src/incident/privacy.ts';

import type { HttpDeps } from '../deps.ts';
import { readSent } from '../json.ts';
import { route, type Call, type Result, type Trying } from '../route.ts';
import { EventAnswer, EventShape, showEvent, showIngested } from '../shapes/event.ts';
import { viewerOf } from '../visible.ts';

const answers = {
  status: 202,
  description: 'Recorded, committed and on its way. A repeat answers the same with `duplicate`.',
  body: EventAnswer,
} as const;

const Source = z.string().max(100).meta({
  description:
    'Which system sends it: alertmanager, grafana, sentinel, shield, or another one that is known.',
});

const anyPayload = z
  .unknown()
  .meta({ override: { description: "The system's own webhook, as it sends it." } });

export const eventRoutes = [
  route({
    name: 'createEvent',
    method: 'post',
    path: '/api/v1/events',
    tag: 'Events',
    summary: 'Send one event',
    access: 'events:write',
    limit: 'events',
    body: CreateEvent.meta({ id: 'CreateEventRequest' }),
    raw: true,
    answers,
    run: (call) => take(call, 'generic'),
  }),
  route({
    name: 'createEventOfSource',
    method: 'post',
    path: '/api/v1/events/{source}',
    tag: 'Events',
    summary: 'Send what a monitoring system sends',
    description:
      'Where a secret is set for the source its signature is required. Answers 2xx for a repeat, because senders take anything else for a failure.',
    access: 'events:write',
    limit: 'events',
    params: z.object({ source: Source }),
    body: anyPayload,
    raw: true,
    answers,
    run: (call) => take(call, call.params.source),
  }),
  route({
    name: 'createEventByAddress',
    method: 'post',
    path: '/webhooks/{source}/{key}',
    also: ['/api/v1/webhooks/{source}/{key}'],
    tag: 'Events',
    summary: 'Send what a monitoring system sends, with the key in the address',
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
    name: 'getEvent',
    method: 'get',
    path: '/api/v1/events/{event_id}',
    tag: 'Events',
    summary: 'Show an event as it was taken in',
    access: 'incidents:read',
    params: z.object({ event_id: z.string().max(100) }),
    answers: { status: 200, description: 'The event.', body: EventShape },
    refuses: [404],
    run: async ({ deps, who, params }) => {
      const isId = z.uuid().safeParse(params.event_id).success;
      const row = isId ? await findAlertEvent(deps.db, params.event_id) : null;
      if (!row) throw new UserError('not_found', 'There is no event with this id.');
      const found = row.incident === null ? null : await findIncident(deps.db, row.incident);
      if (found && !maySee(found, viewerOf(who))) {
        throw new UserError('not_found', 'There is no event with this id.');
      }
      return { body: showEvent(row, found) };
    },
  }),
];

/** Resolves when what it answers is committed. */
async function take(
  { deps, raw, headers, once }: Pick<Call, 'deps' | 'raw' | 'headers' | 'once'>,
  name: string,
): Promise<Result<z.input<typeof EventAnswer>>> {
  const source = findSource(deps.sources, name);
  verify(source, deps, raw, headers);
  const { payload, text } = readSent(raw);
  const marked = readMarked(source, payload);
  const read =
    once === null ? marked : marked.map((it, index) => ({ ...it, alert: named(it.alert, index, once) }));
  const size = raw.length / read.length;
  const received = read.map((it): Received => {
    const isAsItCame = it.payload === payload && text !== undefined;
    return isAsItCame ? { ...it, size, text } : { ...it, size };
  });
  const ingested = await deps.intake.submit(received);
  return { body: showIngested(ingested, deps.settings.publicUrl) };
}

/** A message without an id of its own has that of its request, so that another attempt at that finds it done. */
function named(alert: Alert, index: number, once: Trying): Alert {
  if (alert.eventId !== null) return alert;
  return { ...alert, eventId: `once-${once.id}-${index}` };
}

/** Throws `not_found` that lists what there is. */
export function findSource(sources: readonly AlertSource[], name: string): AlertSource {
  const source = sources.find((it) => it.name === name.toLowerCase());
  if (source) return source;
  const known = sources.map((it) => it.name).join(', ');
  throw new UserError(
    'not_found',
    `There is no alert source ${JSON.stringify(name.slice(0, 40))}; there are ${known}.`,
  );
}

function verify(source: AlertSource, deps: HttpDeps, raw: Buffer, headers: Call['headers']): void {
  const { sourceSecrets } = deps.settings;
  const secret = Object.hasOwn(sourceSecrets, source.name) ? sourceSecrets[source.name] : undefined;
  if (secret === undefined || !source.verify) return;
  const single = Object.entries(headers).filter((it): it is [string, string] => typeof it[1] === 'string');
  source.verify(raw, Object.fromEntries(single), secret);
}
