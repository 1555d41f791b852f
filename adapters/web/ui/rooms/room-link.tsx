import type { RoomView } from '#adapters/web/protocol.ts';

import { showRoom } from '../actions/rooms.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import type { IncidentView } from '../net/rest.ts';
import { addressOf } from '../state/places.ts';
import { isOver, roomTitle } from '../state/rooms.ts';
import { peopleOf, roomShown } from '../state/state.ts';
import { Avatar, Presence } from '../widgets/avatar.tsx';
import { Icon } from '../widgets/icon.tsx';
import { SeverityBadge } from '../widgets/severity.tsx';
import { statusWords } from '../widgets/status-words.ts';

/** One room of the list: what it is, how its incident stands, and what is new in it. */
export function RoomLink({ room, incident }: { readonly room: RoomView; readonly incident?: IncidentView }) {
  const app = useApp();
  const names = useNames();
  const people = useKnown(peopleOf);
  const shown = useKnown((state) => roomShown(state) === room.id);
  const title = roomTitle(room, people, names.me);
  const classes = [
    'bar-item',
    room.unread > 0 && !shown ? 'bar-new' : '',
    incident && isOver(incident) ? 'bar-over' : '',
  ];
  return (
    <li>
      <a
        className={classes.join(' ')}
        href={addressOf({ type: 'room', room: room.id })}
        aria-current={shown ? 'page' : undefined}
        title={title}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          showRoom(app, room.id);
        }}
      >
        <Sign room={room} incident={incident} />
        <span className="bar-name">
          {incident ? incident.title : title}
          {incident && <small>{stateOf(incident, names.of)}</small>}
        </span>
        {!shown && <Count room={room} />}
      </a>
    </li>
  );
}

function Sign({ room, incident }: { readonly room: RoomView; readonly incident: IncidentView | undefined }) {
  const { me, of } = useNames();
  const online = useKnown((state) => state.online);
  if (incident) return <SeverityBadge severity={incident.severity} />;
  if (room.kind === 'room') {
    return (
      <span className="bar-sign">
        {room.archived || room.private ? <Icon name="lock" size={14} /> : <span aria-hidden="true">#</span>}
      </span>
    );
  }
  const other = room.members.find((it) => it !== me);
  if (other === undefined) return <Avatar person={null} size={22} />;
  return (
    <span className="bar-face">
      <Avatar person={{ id: other, name: of.get(other) ?? room.name }} size={22} />
      <Presence online={online.has(other)} />
    </span>
  );
}

function Count({ room }: { readonly room: RoomView }) {
  const calls = room.kind === 'direct' ? room.unread : room.mentions;
  if (room.unread === 0) return null;
  if (calls > 0) {
    return (
      <span className="badge badge-call">
        {calls > 99 ? '99+' : calls}
        <span className="unseen"> {room.kind === 'direct' ? 'new' : 'mention you'}</span>
      </span>
    );
  }
  return (
    <span className="badge">
      {room.unread > 99 ? '99+' : room.unread}
      <span className="unseen"> new</span>
    </span>
  );
}

/** `INC-42 · Acknowledged · Ana Ruiz`. */
function stateOf(incident: IncidentView, names: ReadonlyMap<string, string>): string {
  const who = incident.assigned_to
    ? (names.get(incident.assigned_to) ?? incident.assigned_to)
    : incident.assigned_team;
  return [`INC-${incident.number}`, statusWords(incident), who ?? ''].filter((it) => it !== '').join(' · ');
}
