import { useEffect } from 'react';

import { useKnown } from './context.ts';
import { roomTitle } from './state/rooms.ts';
import { meOf, peopleOf, roomShown } from './state/state.ts';

/** The browser's tab names the place, and how many messages call for the reader. */
export function useTitle(): void {
  const mentions = useKnown(({ rooms }) => {
    let sum = 0;
    for (const room of rooms?.values() ?? []) sum += room.kind === 'direct' ? room.unread : room.mentions;
    return sum;
  });
  const place = useKnown((state) => {
    if (state.place.type === 'me') return 'Me';
    if (state.place.type === 'on-call') return 'On call';
    const room = state.rooms?.get(roomShown(state) ?? '');
    return room ? roomTitle(room, peopleOf(state), meOf(state)?.id ?? '') : 'Home';
  });
  useEffect(() => {
    document.title = `${mentions > 0 ? `(${mentions}) ` : ''}${place} · Incident Manager`;
  }, [mentions, place]);
}
