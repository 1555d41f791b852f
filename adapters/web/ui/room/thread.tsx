import { useMemo } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { showThread } from '../actions/rooms.ts';
import { useApp, useKnown } from '../context.ts';
import { entriesOf } from '../state/entries.ts';
import { Icon } from '../widgets/icon.tsx';
import { Composer } from './composer.tsx';
import { Rows } from './messages.tsx';
import { Pending } from './pending.tsx';

const NONE: readonly MessageView[] = [];

/** A message and the replies below it. */
export function Thread({ room, root }: { readonly room: string; readonly root: number }) {
  const app = useApp();
  const log = useKnown(({ threads }) => threads.get(root));
  const above = useKnown(({ logs }) => logs.get(room)?.messages.find(({ id }) => id === root));
  const archived = useKnown(({ rooms }) => rooms?.get(room)?.archived === true);
  const entries = useMemo(() => {
    const replies = (log?.messages ?? NONE).filter(({ id }) => id !== root);
    const first = log?.messages.find(({ id }) => id === root) ?? above;
    return entriesOf(first ? [first, ...replies] : replies, null).filter(({ type }) => type === 'message');
  }, [log, above, root]);
  return (
    <section className="thread" aria-label="Thread">
      <header className="side-head">
        <h2>Thread</h2>
        <button
          type="button"
          className="button-icon"
          aria-label="Close the thread"
          onClick={() => void showThread(app, null)}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="thread-scroll">
        <Rows entries={entries} label="Thread" />
        {!log && <p className="thread-empty">Loading…</p>}
        {log && entries.length <= 1 && <p className="thread-empty">No replies yet.</p>}
        <Pending room={room} threadOf={root} messages={log?.messages ?? NONE} />
      </div>
      {!archived && <Composer room={room} threadOf={root} />}
    </section>
  );
}
