import { useKnown } from '../context.ts';
import { Composer } from './composer.tsx';
import { RoomHeader } from './header.tsx';
import { Messages } from './messages.tsx';
import { TypingLine } from './typing-line.tsx';

/** A room: what it is about, what is said in it, and the place to write. */
export function Room({ room }: { readonly room: string }) {
  const view = useKnown(({ rooms }) => rooms?.get(room));
  const known = useKnown(({ rooms }) => rooms !== null);
  if (!view) {
    return (
      <div className="room-gone">
        <h1>{known ? 'This room is not here' : 'Loading…'}</h1>
        {known && <p>It may have been removed, or you are not in it. Pick another room from the list.</p>}
      </div>
    );
  }
  return (
    <div className="room">
      <RoomHeader room={view} />
      <Messages room={room} />
      <TypingLine room={room} />
      {view.archived && (
        <p className="room-archived">
          This room is archived. It can be read, and commands such as <code>/incident reopen</code> still
          work.
        </p>
      )}
      <Composer room={room} threadOf={null} />
    </div>
  );
}
