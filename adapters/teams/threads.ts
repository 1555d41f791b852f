import type { Message } from '#src/chat/message.ts';
import type { WantedRoom } from '#src/chat/platform.ts';
import { cleanLine } from '#src/chat/text.ts';

import type { Named } from './channels.ts';
import type { Core } from './core.ts';
import { LIMITS_OF_THREADS } from './limits.ts';
import { posted, type Place } from './places.ts';
import { render } from './render.ts';
import { beginThread } from './sending.ts';

/**
 * A room that is a thread of the configured channel: its first post is the room's
 * head, and says its name, its topic, and whether it is closed.
 */
export async function openThread(core: Core, wanted: WantedRoom, name: string): Promise<Named> {
  const { channelId, tenantId, teamId } = core.settings;
  const head = await render(headOf(placeFor(wanted, name, 'thread')), core.pens);
  const id = await beginThread(core, channelId, head, 'message');
  const { conversation, activity } = posted({ platform: '', id });
  const query = new URLSearchParams({
    tenantId,
    ...(teamId === undefined ? {} : { groupId: teamId }),
    parentMessageId: activity,
  });
  const url = `https://teams.microsoft.com/l/message/${encodeURIComponent(channelId)}/${activity}?${query.toString()}`;
  return { id: conversation, name, url };
}

/** Draws a thread's head as the room now is. */
export async function showHead({ api, places, pens }: Core, room: string): Promise<void> {
  const activity = room.split(';messageid=')[1] ?? '';
  const body = async () => {
    const place = await places.find(room);
    return { ...(await render(headOf(place), pens)), id: activity };
  };
  const params = { conversation: room, activity };
  await api.call('edit', { params, body, merge: `head ${room}`, urgency: 'rest', gone: 'room' });
}

export function placeFor({ title, topic, isPrivate }: WantedRoom, name: string, kind: Place['kind']): Place {
  const line = topicLine(topic === '' ? title : topic);
  return { kind, name, title: cleanLine(title, 250), topic: line, isPrivate, isArchived: false, invited: [] };
}

export function topicLine(topic: string): string {
  return cleanLine(topic, LIMITS_OF_THREADS.topic);
}

const CLOSED = 'Archived: what is written here is not carried on any more.';

function headOf(place: Place | null): Message {
  const { name = '', topic = '', title = '', isArchived = true } = place ?? {};
  return {
    parts: [
      { type: 'heading', text: name },
      { type: 'text', text: topic },
      { type: 'context', text: title },
      ...(isArchived ? [{ type: 'context', text: CLOSED } as const] : []),
    ],
    summary: `${name}: ${topic}`,
    tone: isArchived ? 'quiet' : 'info',
  };
}
