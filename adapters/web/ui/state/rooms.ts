import type { PersonView, RoomView } from '#adapters/web/protocol.ts';

import { SEVERITIES, type IncidentView } from '../net/rest.ts';

export interface Sections {
  /** Rooms of incidents people still owe work, the worst first. */
  readonly open: readonly IncidentRoom[];
  /** Rooms of incidents that are over, the latest first. */
  readonly over: readonly IncidentRoom[];
  readonly plain: readonly RoomView[];
  readonly direct: readonly RoomView[];
  readonly archived: readonly RoomView[];
}

export interface IncidentRoom {
  readonly room: RoomView;
  readonly incident: IncidentView;
}

/** The rooms as the list on the left shows them; every room is in exactly one section. */
export function sections(rooms: Iterable<RoomView>, incidents: Iterable<IncidentView>): Sections {
  const incidentOf = incidentsByRoom(incidents);
  const open: IncidentRoom[] = [];
  const over: IncidentRoom[] = [];
  const plain: RoomView[] = [];
  const direct: RoomView[] = [];
  const archived: RoomView[] = [];
  for (const room of rooms) {
    const incident = incidentOf.get(room.id);
    if (room.archived) archived.push(room);
    else if (room.kind === 'direct') direct.push(room);
    else if (!incident) plain.push(room);
    else (isOver(incident) ? over : open).push({ room, incident });
  }
  return {
    open: open.toSorted(
      (a, b) => rank(a.incident) - rank(b.incident) || b.incident.number - a.incident.number,
    ),
    over: over.toSorted((a, b) => b.incident.number - a.incident.number),
    plain: plain.toSorted((a, b) => lobbyFirst(a) - lobbyFirst(b) || a.name.localeCompare(b.name)),
    direct: direct.toSorted(byLatest),
    archived: archived.toSorted(byLatest),
  };
}

/** The room in which everybody is. */
export function lobbyOf(rooms: Iterable<RoomView>): RoomView | null {
  for (const room of rooms) {
    if (room.kind === 'room' && room.name === LOBBY) return room;
  }
  return null;
}

export function incidentsByRoom(incidents: Iterable<IncidentView>): ReadonlyMap<string, IncidentView> {
  const byRoom = new Map<string, IncidentView>();
  for (const incident of incidents) {
    for (const { platform, id } of incident.rooms) {
      if (platform === 'web') byRoom.set(id, incident);
    }
  }
  return byRoom;
}

/** The room here of an incident, named `INC-42`, `42` or by its long id. */
export function roomOfIncident(incidents: Iterable<IncidentView>, name: string): string | undefined {
  for (const { id, number, rooms } of incidents) {
    const names = [id, `INC-${number}`, String(number)];
    if (names.includes(name.toUpperCase())) return rooms.find(({ platform }) => platform === 'web')?.id;
  }
  return undefined;
}

export function isOver({ status }: Pick<IncidentView, 'status'>): boolean {
  return status === 'RESOLVED' || status === 'CLOSED';
}

/** Lower is worse. */
export function rank({ severity }: Pick<IncidentView, 'severity'>): number {
  return SEVERITIES.indexOf(severity);
}

/** What a room is called: a conversation of two goes by the name of the other. */
export function roomTitle(room: RoomView, people: readonly PersonView[], me: string): string {
  if (room.kind === 'room') return room.name;
  const other = room.members.find((it) => it !== me);
  return people.find(({ id }) => id === other)?.name ?? room.name;
}

const LOBBY = 'incidents';

function lobbyFirst({ name }: RoomView): number {
  return name === LOBBY ? 0 : 1;
}

function byLatest(a: RoomView, b: RoomView): number {
  return b.lastAt.localeCompare(a.lastAt);
}
