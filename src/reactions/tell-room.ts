import { addressed } from '#src/chat/addressed.ts';
import { bold, clock, link, person, say, withTone, type Message, type Text } from '#src/chat/message.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { findPerson } from '#src/db/people.ts';
import { roomOn } from '#src/db/rooms.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import { describe } from '#src/incident/timeline.ts';

import { isGone, type ChatReaction, type Here } from './on-platform.ts';
import { pagingWords } from './paging-words.ts';
import { inRoom, refOf, type InRoom } from './rooms.ts';

/**
 * The few things worth a message of their own. Opening, acknowledging and
 * resolving are not among them but for one closing word: the card shows those,
 * and a room at three in the morning belongs to the people in it.
 */
export const tellRoom: ChatReaction = {
  name: 'tell-room',
  whole: false,
  on: [
    'incident.resolved',
    'incident.reopened',
    'incident.sla_breached',
    'incident.update_overdue',
    'incident.merged',
    'incident.duplicate_suggested',
    'incident.lesson_learned',
    'incident.paged',
    'incident.page_answered',
    'incident.page_failed',
    'incident.escalation_noted',
    'incident.muted',
    'incident.unmuted',
    'incident.alerts_unmuted',
  ],
  run: async (here, { event }) =>
    await inRoom(here, async (it) => {
      const message = event && (await wordsFor(event, it.incident, here));
      if (message) await tell(here, it, message, `tell-${here.number}-${event.seq}`);
    }),
};

/** Says something in the room, once for each key. In a room that was put away nobody is told anything. */
export async function tell(here: Here, { room }: InRoom, message: Message, key: string): Promise<void> {
  if (room.archivedAt) return;
  const post = async (it: Message) => await here.call((platform) => platform.post(refOf(room), it, { key }));
  try {
    await post(message);
  } catch (error) {
    if (!isGone(error, 'person')) throw error;
    await post(await addressed(message, here.platform.name, async () => null));
  }
}

async function wordsFor(event: LoggedEvent, incident: Incident, here: Here): Promise<Message | null> {
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
            {
              label: 'Close',
              command: 'close',
              args,
              style: 'primary',
              confirm: `Close ${name}? Nothing more is owed to it.`,
            },
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
      return withTone(say(await breachWords(event, incident, here)), 'alarm');
    case 'incident.update_overdue':
      // Where this could not be said in time it may have been written since.
      if (await isUpdated(event, here)) return null;
      return withTone(
        say(['The update promised for ', clock(new Date(event.data.promisedAt)), ' is due.'], {
          type: 'buttons',
          buttons: [{ label: 'Write it', command: 'update', args, style: 'primary' }],
        }),
        'warn',
      );
    case 'incident.merged':
      return say(await mergedWords(event, here));
    case 'incident.duplicate_suggested':
      return await suggestionWords(event, incident, here);
    case 'incident.lesson_learned':
    case 'incident.page_answered':
      return withTone(say(describe(event)), 'quiet');
    case 'incident.paged':
    case 'incident.page_failed':
    case 'incident.escalation_noted':
      return await pagingWords(event, here.deps.db);
    case 'incident.muted':
    case 'incident.unmuted':
      return withTone(say(describe(event)), 'quiet');
    case 'incident.alerts_unmuted':
      return withTone(say(describe(event)), 'warn');
    default:
      return null;
  }
}

async function isUpdated({ incident, seq }: LoggedEvent, { deps }: Here): Promise<boolean> {
  const since = await eventsOf(deps.db, incident, {
    after: seq,
    types: ['incident.update_posted'],
    limit: 1,
  });
  return since.length > 0;
}

async function breachWords(
  event: LoggedEvent<'incident.sla_breached'>,
  incident: Incident,
  { deps: { db } }: Here,
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

async function mergedWords(
  event: LoggedEvent<'incident.merged'>,
  { platform, deps: { db, settings } }: Here,
): Promise<Text> {
  const into = await findIncident(db, event.data.into);
  const room = await roomOn(db, into.number, platform.name);
  const url = room?.url ?? `${settings.publicUrl}/incidents/${into.number}`;
  return [
    'This is a duplicate. Go on in ',
    link(into.isPrivate ? shortName(into.number) : `${shortName(into.number)} ${into.title}`, url),
    '.',
  ];
}

/** Two rooms that work on one fault are worth a message; people say whether they do. */
async function suggestionWords(
  { data }: LoggedEvent<'incident.duplicate_suggested'>,
  incident: Incident,
  { deps: { db } }: Here,
): Promise<Message | null> {
  const other = await findIncident(db, data.of);
  // Where it could not be said in time people may have ended or merged it since.
  if (other.isPrivate || !isOpen(other) || !isOpen(incident)) return null;
  const { number } = incident;
  const name = shortName(data.of);
  const args = { incident: String(number) };
  return say(
    [
      `This looks ${data.isSame ? 'like a duplicate of' : 'related to'} `,
      bold(`${name} ${other.title}`),
      ` (${data.reason}).`,
    ],
    {
      type: 'buttons',
      buttons: [
        {
          label: `Merge into ${name}`,
          command: 'merge',
          args: { ...args, into: String(data.of) },
          style: data.isSame ? 'primary' : 'plain',
          confirm: `Close ${shortName(number)} as a duplicate of ${name}?`,
        },
        {
          label: 'Only link them',
          command: 'relate',
          args: { ...args, to: String(data.of) },
          style: 'plain',
        },
      ],
    },
  );
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
