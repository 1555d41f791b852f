import { useMemo, useRef, useState, type KeyboardEvent, type SyntheticEvent } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { loadNewest } from '../actions/rooms.ts';
import { useNow } from '../clock.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { entriesOf, type Entry } from '../state/entries.ts';
import { dayName } from '../times.ts';
import { Icon } from '../widgets/icon.tsx';
import { onMessageKey } from './message-keys.ts';
import { Message } from './message.tsx';
import { Pending } from './pending.tsx';
import { useScrolling } from './scrolling.ts';

const NONE: readonly MessageView[] = [];

/** The room's messages. They are loaded in pages as the reader scrolls, and drawn by the browser only where they show. */
export function Messages({ room }: { readonly room: string }) {
  const app = useApp();
  const log = useKnown(({ logs }) => logs.get(room));
  const unreadFrom = useKnown((state) => state.unreadFrom);
  const scroller = useRef<HTMLDivElement>(null);
  const { atEnd, toEnd } = useScrolling(scroller, room);
  const flow = useMemo(() => (log?.messages ?? NONE).filter(({ threadOf }) => threadOf === null), [log]);
  const entries = useMemo(() => entriesOf(flow, unreadFrom), [flow, unreadFrom]);
  const newest = () => (log?.newer ? void loadNewest(app, room).then(toEnd) : toEnd());
  return (
    <div className="messages-frame">
      <div ref={scroller} className="messages">
        <div className="messages-content">
          {log?.older === false && <Beginning empty={flow.length === 0} />}
          {log?.older !== false && <p className="messages-more">Loading…</p>}
          <Rows entries={entries} label="Messages" />
          {!log?.newer && <Pending room={room} threadOf={null} messages={log?.messages ?? NONE} />}
        </div>
      </div>
      {(!atEnd || log?.newer) && (
        <button type="button" className="to-newest" onClick={newest}>
          <Icon name="arrowDown" size={14} />
          Newest messages
        </button>
      )}
    </div>
  );
}

/**
 * Messages one below the other. One of them can be reached by Tab; arrow keys
 * walk from there. Only the one under the pointer or the focus has its tools
 * drawn: thousands of them would make the page slow.
 */
export function Rows({ entries, label }: { readonly entries: readonly Entry[]; readonly label: string }) {
  const app = useApp();
  const { me } = useNames();
  const editing = useKnown((state) => state.editing);
  const [hovered, setHovered] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const ids = entries.flatMap((it) => (it.type === 'message' ? [it.message.id] : []));
  // The row that had the focus may have been let go of.
  const stop = focused !== null && ids.includes(focused) ? focused : ids.at(-1);

  function keyed(event: KeyboardEvent<HTMLOListElement>): void {
    const id = event.target instanceof HTMLLIElement ? idOf(event) : null;
    const found = entries.find((it) => it.type === 'message' && it.message.id === id);
    if (found?.type === 'message') onMessageKey(app, event, found.message, me);
  }

  return (
    <ol
      className="rows"
      aria-label={label}
      onPointerOver={(event) => setHovered(idOf(event))}
      onPointerLeave={() => setHovered(null)}
      onFocus={(event) => setFocused(idOf(event))}
      onKeyDown={keyed}
    >
      {entries.map((entry) =>
        entry.type === 'message' ? (
          <Message
            key={entry.key}
            message={entry.message}
            follows={entry.follows}
            stop={entry.message.id === stop}
            active={entry.message.id === hovered || entry.message.id === focused}
            editing={entry.message.id === editing}
          />
        ) : (
          <Divider key={entry.key} entry={entry} />
        ),
      )}
    </ol>
  );
}

function Divider({ entry }: { readonly entry: Exclude<Entry, { type: 'message' }> }) {
  const now = useNow(60_000);
  if (entry.type === 'unread') {
    return (
      <li className="divider divider-unread">
        <span>New</span>
      </li>
    );
  }
  return (
    <li className="divider">
      <span>{dayName(entry.at, now)}</span>
    </li>
  );
}

function Beginning({ empty }: { readonly empty: boolean }) {
  return (
    <p className="messages-begin">
      {empty ? 'Nothing has been said here yet.' : 'This is where the room begins.'} Type{' '}
      <code>/incident</code> to see what you can do.
    </p>
  );
}

function idOf({ target }: SyntheticEvent): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('li[data-id]') : null;
  return row ? Number(row.dataset.id) : null;
}
