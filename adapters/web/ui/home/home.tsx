import { useEffect, useMemo } from 'react';

import { declare, loadSetup } from '../actions/home.ts';
import { useApp, useKnown } from '../context.ts';
import { RoomsButton } from '../room/header.tsx';
import { isOver } from '../state/rooms.ts';
import { FirstAlert } from './first-alert.tsx';
import { OpenIncidents } from './open-incidents.tsx';

/** The first page: a newcomer is taken by the hand; later it shows what is open. */
export function Home() {
  const app = useApp();
  const setup = useKnown((state) => state.setup);
  const incidents = useKnown((state) => state.incidents);
  const known = useKnown(({ rooms, incidentsTold }) => rooms !== null && incidentsTold);
  const open = useMemo(() => [...incidents.values()].filter((it) => !isOver(it)), [incidents]);
  const newcomer = known && incidents.size === 0;
  useEffect(() => void loadSetup(app), [app]);
  return (
    <div className="home">
      <header className="home-bar">
        <RoomsButton />
      </header>
      <div className="home-page">
        <header className="home-head">
          <h1>{newcomer ? 'Welcome' : 'Incidents'}</h1>
          <p className="home-lead">
            {newcomer
              ? 'When something breaks, an alert comes in here, a room opens for it, and your team works in that room until it is fixed.'
              : lead(known ? open.length : null)}
          </p>
          <button type="button" className="button button-primary" onClick={() => void declare(app)}>
            Declare an incident
          </button>
        </header>
        {!newcomer && <OpenIncidents incidents={open} />}
        {setup && <FirstAlert setup={setup} newcomer={newcomer} />}
      </div>
    </div>
  );
}

/** Null: they have not come. */
function lead(open: number | null): string {
  if (open === null) return 'Loading…';
  if (open === 0) return 'Nothing is open right now.';
  return open === 1 ? 'One incident is open.' : `${open} incidents are open.`;
}
