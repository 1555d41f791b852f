import type { PersonView, RoomView, SearchView } from '#adapters/web/protocol.ts';

import type { IncidentView } from '../net/rest.ts';
import { fold } from '../room/people-like.ts';
import { incidentsByRoom, roomTitle } from '../state/rooms.ts';
import { statusWords } from '../widgets/status-words.ts';

export type Found =
  | { readonly type: 'room'; readonly id: string; readonly title: string; readonly hint: string }
  | { readonly type: 'person'; readonly id: string; readonly title: string }
  | { readonly type: 'message'; readonly id: string; readonly message: SearchView['messages'][number] };

/** Rooms and people in whose names, titles and numbers all the words occur; without words the latest rooms. */
export function placesLike(
  query: string,
  rooms: readonly RoomView[],
  people: readonly PersonView[],
  incidents: readonly IncidentView[],
  me: string,
): Found[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((it) => it !== '');
  const has = (text: string) => words.every((word) => fold(text).includes(word));
  const incidentOf = incidentsByRoom(incidents);
  const foundRooms = rooms
    .toSorted((a, b) => Number(a.archived) - Number(b.archived) || b.lastAt.localeCompare(a.lastAt))
    .flatMap((room): Found[] => {
      const incident = incidentOf.get(room.id);
      const title = roomTitle(room, people, me);
      const known = incident ? `INC-${incident.number} ${incident.severity} ${incident.title}` : room.topic;
      if (!has(`${title} ${known}`)) return [];
      return [{ type: 'room', id: room.id, title: incident?.title ?? title, hint: hintOf(room, incident) }];
    });
  const foundPeople = people
    .filter(({ id, name }) => words.length > 0 && id !== me && has(`${name} ${id}`))
    .map(({ id, name }): Found => ({ type: 'person', id, title: name }));
  return [...foundRooms.slice(0, 7), ...foundPeople.slice(0, 5)];
}

function hintOf(room: RoomView, incident: IncidentView | undefined): string {
  if (incident) return `INC-${incident.number} · ${incident.severity} · ${statusWords(incident)}`;
  if (room.archived) return 'Archived';
  return room.kind === 'direct' ? 'Direct messages' : 'Room';
}
