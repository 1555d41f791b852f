import type { MessageView, Push, RoomView } from '#adapters/web/protocol.ts';

import { counted } from './counted.ts';
import { withPushed } from './log.ts';
import { meOf, withEntry, type State } from './state.ts';

/** How long somebody is said to be typing, in milliseconds. */
const TYPING_FOR = 5000;

/** What a push changes of what the page knows. Told twice it changes nothing the second time. */
export function pushed(state: State, push: Push, now: number): Partial<State> {
  switch (push.type) {
    case 'hello':
      return { link: 'live', online: new Set(push.online) };
    case 'presence':
      return { online: new Set(push.online) };
    case 'room':
      return { rooms: withRoom(state.rooms, push.room) };
    case 'message':
      return { ...withMessage(state, push.message), rooms: withCount(state, push.message) };
    case 'typing':
      return { typing: [...others(state, push), { ...push, until: now + TYPING_FOR }] };
    case 'incident':
    case 'pong':
      return {};
  }
}

/** A message as the server has it now, in every place where it is shown. */
export function withMessage(state: State, message: MessageView): Partial<State> {
  const log = state.logs.get(message.room);
  const root = message.threadOf ?? message.id;
  const thread = state.threads.get(root);
  return {
    logs: log ? withEntry(state.logs, message.room, withPushed(log, message)) : state.logs,
    threads: thread ? withEntry(state.threads, root, withPushed(thread, message)) : state.threads,
    pins: withPin(state.pins, message),
    typing: state.typing.filter(({ room, person }) => room !== message.room || person !== message.author?.id),
  };
}

function withCount(state: State, message: MessageView): State['rooms'] {
  const room = state.rooms?.get(message.room);
  const me = meOf(state);
  return room && me ? withRoom(state.rooms, counted(room, message, me.id)) : state.rooms;
}

export function withRoom(rooms: State['rooms'], room: RoomView): State['rooms'] {
  return withEntry(rooms ?? new Map<string, RoomView>(), room.id, room);
}

function withPin(pins: State['pins'], message: MessageView): State['pins'] {
  const known = pins.get(message.room);
  if (!known) return pins;
  const rest = known.filter(({ id }) => id !== message.id);
  const wasPinned = rest.length < known.length;
  if (!message.pinned || message.deleted) return wasPinned ? withEntry(pins, message.room, rest) : pins;
  return withEntry(
    pins,
    message.room,
    [...rest, message].toSorted((a, b) => a.id - b.id),
  );
}

function others({ typing }: State, { room, person }: { readonly room: string; readonly person: string }) {
  return typing.filter((it) => it.room !== room || it.person !== person);
}
