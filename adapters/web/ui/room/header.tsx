import type { RoomView } from '#adapters/web/protocol.ts';

import { showRoom } from '../actions/rooms.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { toggleSide } from '../keys.ts';
import { useIncidentOf } from '../side.tsx';
import { roomTitle } from '../state/rooms.ts';
import { peopleOf } from '../state/state.ts';
import { Icon } from '../widgets/icon.tsx';
import { Menu } from '../widgets/menu.tsx';
import { useNarrow } from '../widgets/narrow.ts';
import { SeverityBadge, StatusChip } from '../widgets/severity.tsx';
import { summaryOf } from '../words/plain.ts';

export function RoomHeader({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const { me } = useNames();
  const people = useKnown(peopleOf);
  const incident = useIncidentOf(room.id);
  const title = roomTitle(room, people, me);
  return (
    <header className="room-head">
      <RoomsButton />
      <div className="room-what">
        <div className="room-name">
          {incident && <SeverityBadge severity={incident.severity} />}
          <h1 title={title}>
            {room.kind === 'room' && !incident && <span aria-hidden="true">#</span>}
            {incident?.title ?? title}
          </h1>
          {incident && <StatusChip incident={incident} />}
        </div>
        {room.topic !== '' && (
          <p className="room-topic" title={room.topic}>
            {room.topic}
          </p>
        )}
      </div>
      <div className="room-tools">
        <Pins room={room.id} />
        {room.members.length > 0 && room.kind === 'room' && (
          <button
            type="button"
            className="button-icon"
            aria-label={`${room.members.length} people in this room`}
            title="People in this room"
            onClick={() => app.store.set({ dialog: { type: 'people', room: room.id } })}
          >
            <Icon name="people" />
            <span className="button-count">{room.members.length}</span>
          </button>
        )}
        {incident && <SideButton />}
      </div>
    </header>
  );
}

/** Opens the list of rooms where it is a drawer. */
export function RoomsButton() {
  const app = useApp();
  const elsewhere = useKnown(({ rooms }) => [...(rooms?.values() ?? [])].some((it) => it.mentions > 0));
  const narrow = useNarrow();
  if (narrow !== 'very') return null;
  return (
    <button
      type="button"
      className="button-icon"
      aria-label={elsewhere ? 'Rooms and people, with mentions of you' : 'Rooms and people'}
      onClick={() => app.store.set({ drawer: 'rooms' })}
    >
      <Icon name="menu" size={18} />
      {elsewhere && <span className="dot" />}
    </button>
  );
}

function SideButton() {
  const app = useApp();
  const narrow = useNarrow() !== 'no';
  const shown = useKnown((state) => (narrow ? state.drawer === 'side' : state.sideShown));
  return (
    <button
      type="button"
      className={narrow ? 'button button-small' : 'button-icon'}
      aria-pressed={shown}
      aria-label={narrow ? undefined : 'Incident beside the room'}
      title="Incident beside the room (Alt I)"
      onClick={() => toggleSide(app)}
    >
      {narrow ? 'Incident' : <Icon name="panel" />}
    </button>
  );
}

/** The pinned messages; picking one scrolls to it. */
function Pins({ room }: { readonly room: string }) {
  const app = useApp();
  const { of } = useNames();
  const pins = useKnown((state) => state.pins.get(room));
  if (!pins || pins.length === 0) return null;
  const items = pins.map((it) => ({ value: String(it.id), label: summaryOf(it, of) }));
  return (
    <Menu
      label={`Pinned messages: ${pins.length}`}
      title="Pinned messages"
      className="button-icon"
      items={items}
      onPick={(id) => showRoom(app, room, Number(id))}
    >
      <Icon name="pin" />
      <span className="button-count">{pins.length}</span>
    </Menu>
  );
}
