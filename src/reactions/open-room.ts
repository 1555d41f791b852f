import type { ChatReaction } from './on-platform.ts';
import { inRoom } from './rooms.ts';

/** An incident gets a room on every platform, with its card pinned in it. */
export const openRoom: ChatReaction = {
  name: 'open-room',
  whole: true,
  on: ['incident.declared'],
  run: async (here) => await inRoom(here, async () => {}),
};
