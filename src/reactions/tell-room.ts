import { bold, clock, link, person, say, withTone, type Message, type Text } from '#src/chat/message.ts';
import { findIncident } from '#src/db/incidents.ts';
import { findPerson } from '#src/db/people.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import type { Reaction } from './reaction.ts';
import { eachRoom } from './rooms.ts';

/**
 * The few things worth a message of their own. Opening, acknowledging and
 * resolving are not among them but for one closing word: the card shows those,
 * and a room at three in the morning belongs to the people in it.
 */
export const tellRoom: Reaction<Deps> = {
  name: 'tell-room',
  on: [
    'incident.resolved',
    'incident.reopened',
    'incident.sla_breached',
    'incident.update_overdue',
    'incident.merged',
  ],
  async run({ incident: number, event }, deps) {
    if (!event) return;
    const incident = await findIncident(deps.db, number);
    const message = await wordsFor(event, incident, deps);
    if (!message) return;
    await eachRoom(number, deps, (platform, room) =>
      platform.post(room, message, { key: `tell-${number}-${event.seq}` }),
    );
  },
};

async function wordsFor(event: LoggedEvent, incident: Incident, deps: Deps): Promise<Message | null> {
  const name = shortName(incident.number);
  const args = { incident: String(incident.number) };
  switch (event.type) {
    case 'incident.resolved':
      // A duplicate is resolved on its way to being closed; its room hears that it was merged.
      if (incident.duplicateOf) return null;
      return withTone(
        say([bold(`${name} is resolved`), ` by ${event.by.name}.`, ...because(event.data)], {
          type: 'buttons',
          buttons: [
            { label: 'Close', command: 'close', args, style: 'primary' },
            { label: 'Reopen', command: 'reopen', args, style: 'plain' },
          ],
        }),
        'good',
      );
    case 'incident.reopened':
      return withTone(
        say([bold(`${name} is open again`), ` (${event.by.name}${reason(event.data.reason)}).`]),
        'warn',
      );
    case 'incident.sla_breached':
      return withTone(say(await breachWords(event, incident, deps)), 'alarm');
    case 'incident.update_overdue':
      return withTone(
        say(['The update promised for ', clock(new Date(event.data.promisedAt)), ' is due.'], {
          type: 'buttons',
          buttons: [{ label: 'Write it', command: 'update', args, style: 'primary' }],
        }),
        'warn',
      );
    case 'incident.merged':
      return say(await mergedWords(event, deps));
    default:
      return null;
  }
}

async function breachWords(
  event: LoggedEvent<'incident.sla_breached'>,
  incident: Incident,
  { db }: Deps,
): Promise<Text> {
  const { promise, deadline } = event.data;
  const what = promise === 'acknowledgment' ? 'Nobody has acknowledged' : 'Nobody has resolved';
  const holder = incident.assignee && (await findPerson(db, incident.assignee));
  return [
    `${what} ${shortName(incident.number)} by `,
    clock(new Date(deadline)),
    `, as promised for ${incident.severity}. It is now at level ${incident.escalationLevel}.`,
    ...(holder ? [' ', person(holder.id, holder.name)] : []),
  ];
}

async function mergedWords(event: LoggedEvent<'incident.merged'>, { db, settings }: Deps): Promise<Text> {
  const into = await findIncident(db, event.data.into);
  const url = `${settings.publicUrl}/incidents/${into.number}`;
  return ['This is a duplicate. Go on in ', link(`${shortName(into.number)} ${into.title}`, url), '.'];
}

function because({
  rootCause,
  notes,
}: {
  readonly rootCause: string | null;
  readonly notes: string | null;
}): Text[] & string[] {
  return [...(rootCause ? [` Cause: ${rootCause}.`] : []), ...(notes ? [` ${notes}`] : [])];
}

function reason(text: string | null): string {
  return text ? `: ${text}` : '';
}
