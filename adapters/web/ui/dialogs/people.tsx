import { writeTo } from '../actions/rooms.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { Avatar, Presence } from '../widgets/avatar.tsx';
import { Dialog } from '../widgets/dialog.tsx';

const NONE: readonly string[] = [];

/** Who is in a room; picking somebody opens the conversation with them. */
export function RoomPeople({ room, onClose }: { readonly room: string; readonly onClose: () => void }) {
  const app = useApp();
  const { me, of } = useNames();
  const members = useKnown(({ rooms }) => rooms?.get(room)?.members ?? NONE);
  const online = useKnown((state) => state.online);
  const name = (id: string) => of.get(id) ?? id;
  return (
    <Dialog title="People in this room" className="dialog-small" onClose={onClose}>
      <ul className="people">
        {members
          .toSorted((a, b) => name(a).localeCompare(name(b)))
          .map((id) => (
            <li key={id}>
              <button
                type="button"
                className="bar-item"
                disabled={id === me}
                onClick={() => void writeTo(app, id)}
              >
                <span className="bar-face">
                  <Avatar person={{ id, name: name(id) }} size={26} />
                  <Presence online={online.has(id)} />
                </span>
                <span className="bar-name">
                  {name(id)}
                  {id === me && ' (you)'}
                </span>
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  );
}
