import { useMemo } from 'react';

import { start } from './actions/session.ts';
import { useApp, useKnown, NamesContext } from './context.ts';
import { Dialogs } from './dialogs/dialogs.tsx';
import { Gate } from './home/gate.tsx';
import { Home } from './home/home.tsx';
import { useKeys } from './keys.ts';
import { Me } from './me/me.tsx';
import { OnCall } from './oncall/on-call.tsx';
import { Room } from './room/room.tsx';
import { SideBar } from './rooms/side-bar.tsx';
import { Side } from './side.tsx';
import { meOf, peopleOf } from './state/state.ts';
import { useTitle } from './title.ts';
import { Connection } from './widgets/connection.tsx';
import { useNarrow } from './widgets/narrow.ts';
import { Notice } from './widgets/notice.tsx';

/** Everything there is to see. */
export function Page() {
  const app = useApp();
  const session = useKnown((state) => state.session);
  const me = useKnown((state) => meOf(state)?.id ?? '');
  const people = useKnown(peopleOf);
  const names = useMemo(() => ({ me, of: new Map(people.map(({ id, name }) => [id, name])) }), [me, people]);
  if (session.type !== 'in') return <Gate session={session} again={() => void start(app)} />;
  return (
    <NamesContext value={names}>
      <Workspace />
    </NamesContext>
  );
}

function Workspace() {
  const place = useKnown((state) => state.place);
  const drawer = useKnown((state) => state.drawer);
  const spoken = useKnown((state) => state.spoken);
  const narrow = useNarrow();
  useKeys();
  useTitle();
  const covered = drawer !== null && narrow !== 'no' && (drawer === 'rooms' ? narrow === 'very' : true);
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to the room
      </a>
      <Connection />
      <div className="columns">
        <SideBar inert={covered && drawer !== 'rooms'} />
        <main id="main" className="main" tabIndex={-1} inert={covered}>
          {place.type === 'home' && <Home />}
          {place.type === 'me' && <Me />}
          {place.type === 'on-call' && <OnCall path={place.path} />}
          {place.type === 'room' && <Room key={place.room} room={place.room} />}
        </main>
        {place.type === 'room' && <Side room={place.room} />}
        {covered && <Shade />}
      </div>
      <p className="unseen" role="status" aria-live="polite">
        {spoken}
      </p>
      <Notice />
      <Dialogs />
    </div>
  );
}

/** What lies over the room while a drawer is open; a touch closes the drawer. */
function Shade() {
  const app = useApp();
  return <div className="shade" aria-hidden="true" onClick={() => app.store.set({ drawer: null })} />;
}
