import { useMemo, useRef } from 'react';

import { useKnown } from './context.ts';
import { IncidentPanel } from './incident/panel.tsx';
import { Thread } from './room/thread.tsx';
import { incidentsByRoom } from './state/rooms.ts';
import { useDrawerFocus } from './widgets/drawer.ts';
import { useNarrow } from './widgets/narrow.ts';

/** Beside the room: the thread that is open, else the room's incident. On narrow screens a drawer over the room. */
export function Side({ room }: { readonly room: string }) {
  const thread = useKnown((state) => state.thread);
  const shown = useKnown((state) => state.sideShown);
  const drawer = useKnown((state) => state.drawer === 'side');
  const incident = useIncidentOf(room);
  const narrow = useNarrow() !== 'no';
  const element = useRef<HTMLElement>(null);
  const open = narrow ? drawer : shown || thread !== null;

  useDrawerFocus(element, narrow && drawer);

  if (thread === null && !incident) return null;
  return (
    <aside
      ref={element}
      className={narrow ? 'side side-drawer' : 'side'}
      hidden={!open}
      aria-label={thread === null ? 'Incident' : 'Thread'}
    >
      {thread !== null && <Thread key={thread} room={room} root={thread} />}
      {thread === null && incident && <IncidentPanel key={incident.number} incident={incident} room={room} />}
    </aside>
  );
}

/** The incident a room is for; undefined for every other room. */
export function useIncidentOf(room: string) {
  const incidents = useKnown((state) => state.incidents);
  return useMemo(() => incidentsByRoom(incidents.values()).get(room), [incidents, room]);
}
