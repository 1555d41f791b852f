import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';

import type { SearchView } from '#adapters/web/protocol.ts';

import { showRoom, writeTo } from '../actions/rooms.ts';
import type { App } from '../app.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { Time } from '../parts/time.tsx';
import { Avatar } from '../widgets/avatar.tsx';
import { Dialog } from '../widgets/dialog.tsx';
import { Icon } from '../widgets/icon.tsx';
import { summaryOf } from '../words/plain.ts';
import { placesLike, type Found } from './places-like.ts';

/** Finds rooms and people as one types, and messages on the server. */
export function Search({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const { found, state } = useFound(query);
  const chosen = Math.min(active, found.length - 1);

  function keyed(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && found.length > 0) setActive((chosen + by + found.length) % found.length);
    const at = found[chosen];
    if (event.key === 'Enter' && at) go(app, at);
    if (by !== undefined || event.key === 'Enter') event.preventDefault();
  }

  return (
    <Dialog title="Search" hideTitle className="dialog-search" onClose={onClose}>
      <div className="search-line">
        <Icon name="search" size={18} />
        <input
          type="text"
          role="combobox"
          data-first
          autoComplete="off"
          aria-label="Search rooms, people and messages"
          aria-expanded={found.length > 0}
          aria-controls={found.length > 0 ? list : undefined}
          aria-activedescendant={chosen >= 0 ? `${list}-${chosen}` : undefined}
          placeholder="Search rooms, people and messages"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={keyed}
        />
        <kbd>Esc</kbd>
      </div>
      <FoundList id={list} found={found} chosen={chosen} onPick={(it) => go(app, it)} />
      <p className="search-state" role="status">
        {state}
      </p>
    </Dialog>
  );
}

function FoundList(props: {
  readonly id: string;
  readonly found: readonly Found[];
  readonly chosen: number;
  readonly onPick: (found: Found) => void;
}) {
  const { id, found, chosen, onPick } = props;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  if (found.length === 0) return null;
  return (
    <ul ref={list} id={id} className="search-list" role="listbox" aria-label="Found">
      {found.map((it, index) => (
        <li
          key={`${it.type} ${it.id}`}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onClick={() => onPick(it)}
        >
          <Row found={it} />
        </li>
      ))}
    </ul>
  );
}

function Row({ found }: { readonly found: Found }) {
  const { of } = useNames();
  if (found.type === 'person') {
    return (
      <>
        <Avatar person={{ id: found.id, name: found.title }} size={22} />
        <span className="search-title">{found.title}</span>
        <small>Person</small>
      </>
    );
  }
  if (found.type === 'room') {
    return (
      <>
        <span className="bar-sign" aria-hidden="true">
          #
        </span>
        <span className="search-title">{found.title}</span>
        <small>{found.hint}</small>
      </>
    );
  }
  return (
    <>
      <span className="bar-sign">
        <Icon name="thread" size={14} />
      </span>
      <span className="search-title">{summaryOf(found.message, of, 140)}</span>
      <small>
        {found.message.roomName} · <Time at={found.message.postedAt} style="clock" />
      </small>
    </>
  );
}

/** What is like the words, and what there is to say about the search itself. */
function useFound(query: string): { readonly found: readonly Found[]; readonly state: string } {
  const app = useApp();
  const { me } = useNames();
  const rooms = useKnown((state) => state.rooms);
  const incidents = useKnown((state) => state.incidents);
  const session = useKnown((state) => state.session);
  const [result, setResult] = useState<Result>(NOTHING);
  const words = query.trim();
  useEffect(() => {
    if (words.length < 2) return undefined;
    const control = new AbortController();
    const timer = setTimeout(() => {
      app.api.get<SearchView>(`/web/search?${new URLSearchParams({ q: words })}`, control.signal).then(
        (view) => setResult({ query: words, view }),
        // Rooms and people are found without the server; messages then are not.
        () => control.signal.aborted || setResult({ query: words, view: null }),
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [app, words]);
  const found = useMemo(() => {
    const people = session.type === 'in' ? session.view.people : [];
    const places = placesLike(words, [...(rooms?.values() ?? [])], people, [...incidents.values()], me);
    // Whoever presses Enter at once must not be led to what they searched for before.
    const messages = result.query === words ? (result.view?.messages ?? []) : [];
    return [
      ...places,
      ...messages.map((message) => ({ type: 'message', id: String(message.id), message }) as const),
    ];
  }, [words, rooms, session, incidents, me, result]);
  if (words.length >= 2 && result.query !== words) return { found, state: 'Searching…' };
  if (result.query === words && result.view === null) {
    return { found, state: 'Messages cannot be searched right now.' };
  }
  return { found, state: found.length === 0 ? 'Nothing found.' : '' };
}

/** What the server found; null where it could not be asked. */
interface Result {
  readonly query: string;
  readonly view: SearchView | null;
}

const NOTHING: Result = { query: '', view: { messages: [] } };

function go(app: App, found: Found): void {
  app.store.set({ dialog: null });
  if (found.type === 'person') void writeTo(app, found.id);
  else if (found.type === 'room') showRoom(app, found.id);
  else showRoom(app, found.message.room, found.message.threadOf ?? found.message.id);
}
