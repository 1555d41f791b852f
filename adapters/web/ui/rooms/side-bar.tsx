import { useMemo, useRef } from 'react';

import { declare } from '../actions/home.ts';
import { showPlace, writeTo } from '../actions/rooms.ts';
import { useApp, useKnown } from '../context.ts';
import { addressOf } from '../state/places.ts';
import { sections } from '../state/rooms.ts';
import { meOf, peopleOf } from '../state/state.ts';
import { Avatar, Mark, Presence } from '../widgets/avatar.tsx';
import { useDrawerFocus } from '../widgets/drawer.ts';
import { Icon } from '../widgets/icon.tsx';
import { useNarrow } from '../widgets/narrow.ts';
import { Places } from './places.tsx';
import { RoomLink } from './room-link.tsx';
import { You } from './you.tsx';

/** Rooms, conversations and people; on a phone a drawer. */
export function SideBar({ inert }: { readonly inert: boolean }) {
  const narrow = useNarrow() === 'very';
  const open = useKnown((state) => state.drawer === 'rooms');
  const element = useRef<HTMLElement>(null);
  useDrawerFocus(element, narrow && open);
  return (
    <nav
      ref={element}
      className={narrow ? 'bar bar-drawer' : 'bar'}
      aria-label="Rooms and people"
      hidden={narrow && !open}
      inert={inert}
    >
      <Top />
      <div className="bar-lists">
        <Lists />
        <People />
      </div>
      <You />
    </nav>
  );
}

function Top() {
  const app = useApp();
  const home = useKnown(({ place }) => place.type === 'home');
  return (
    <div className="bar-top">
      <a
        className="brand"
        href={addressOf({ type: 'home' })}
        aria-current={home ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault();
          showPlace(app, { type: 'home' });
        }}
      >
        <span className="brand-mark">
          <Mark size={18} />
        </span>
        Incident Manager
      </a>
      <button
        type="button"
        className="bar-search"
        onClick={() => app.store.set({ dialog: { type: 'search' } })}
      >
        <Icon name="search" />
        <span>Search</span>
        <kbd>{SHORTCUT}</kbd>
      </button>
      <button type="button" className="button button-plain bar-declare" onClick={() => void declare(app)}>
        <Icon name="plus" />
        Declare an incident
      </button>
      <Places />
    </div>
  );
}

const SHORTCUT = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';

function Lists() {
  const rooms = useKnown((state) => state.rooms);
  const incidents = useKnown((state) => state.incidents);
  const told = useKnown((state) => state.incidentsTold);
  const { open, over, plain, direct, archived } = useMemo(
    () => sections(rooms?.values() ?? [], incidents.values()),
    [rooms, incidents],
  );
  return (
    <>
      <Section title="Open incidents" empty={rooms && told ? 'None. All quiet.' : 'Loading…'}>
        {open.map(({ room, incident }) => (
          <RoomLink key={room.id} room={room} incident={incident} />
        ))}
      </Section>
      {over.length > 0 && (
        <Section title="Resolved">
          {over.map(({ room, incident }) => (
            <RoomLink key={room.id} room={room} incident={incident} />
          ))}
        </Section>
      )}
      <Section title="Rooms">
        {plain.map((room) => (
          <RoomLink key={room.id} room={room} />
        ))}
      </Section>
      {direct.length > 0 && (
        <Section title="Direct messages">
          {direct.map((room) => (
            <RoomLink key={room.id} room={room} />
          ))}
        </Section>
      )}
      {archived.length > 0 && (
        <details className="bar-archived">
          <summary>Archived ({archived.length})</summary>
          <ul>
            {archived.map((room) => (
              <RoomLink key={room.id} room={room} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Section(props: {
  readonly title: string;
  readonly empty?: string;
  readonly tool?: React.ReactNode;
  readonly children: readonly React.ReactNode[];
}) {
  return (
    <section className="bar-section">
      <div className="bar-section-head">
        <h2>{props.title}</h2>
        {props.tool}
      </div>
      {props.children.length > 0 ? (
        <ul>{props.children}</ul>
      ) : (
        <p className="bar-empty">{props.empty ?? 'None yet.'}</p>
      )}
    </section>
  );
}

function People() {
  const app = useApp();
  const people = useKnown(peopleOf);
  const online = useKnown((state) => state.online);
  const me = useKnown((state) => meOf(state)?.id);
  const admin = useKnown((state) => meOf(state)?.role === 'admin');
  const others = useMemo(
    () =>
      people
        .filter(({ id }) => id !== me)
        .toSorted(
          (a, b) => Number(online.has(b.id)) - Number(online.has(a.id)) || a.name.localeCompare(b.name),
        ),
    [people, online, me],
  );
  return (
    <Section title="People" tool={admin && <InviteButton />}>
      {others.map((person) => (
        <li key={person.id}>
          <button type="button" className="bar-item" onClick={() => void writeTo(app, person.id)}>
            <span className="bar-face">
              <Avatar person={person} size={22} />
              <Presence online={online.has(person.id)} />
            </span>
            <span className="bar-name">{person.name}</span>
          </button>
        </li>
      ))}
    </Section>
  );
}

function InviteButton() {
  const app = useApp();
  return (
    <button
      type="button"
      className="button-icon"
      aria-label="Add people"
      title="Add people"
      onClick={() => app.store.set({ dialog: { type: 'invite' } })}
    >
      <Icon name="plus" size={14} />
    </button>
  );
}
