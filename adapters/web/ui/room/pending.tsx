import { useMemo } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { discard, retry } from '../actions/sending.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { hasArrived, type Outgoing } from '../state/outgoing.ts';
import { Avatar } from '../widgets/avatar.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Written } from '../words/written.tsx';

/** What the reader wrote and the server has not taken yet. */
export function Pending({
  room,
  threadOf,
  messages,
}: {
  readonly room: string;
  readonly threadOf: number | null;
  readonly messages: readonly MessageView[];
}) {
  const { me, of } = useNames();
  const outbox = useKnown((state) => state.outbox);
  const waiting = useMemo(
    () =>
      outbox.filter(
        (it) =>
          it.room === room &&
          it.threadOf === threadOf &&
          (it.state === 'failed' || !hasArrived(it, messages, me)),
      ),
    [outbox, room, threadOf, messages, me],
  );
  if (waiting.length === 0) return null;
  return (
    <ol className="rows" aria-label="Not sent yet">
      {waiting.map((outgoing) => (
        <li key={outgoing.id} className={`message message-pending message-${outgoing.state}`}>
          <div className="message-gutter">
            <Avatar person={{ id: me, name: of.get(me) ?? me }} size={34} />
          </div>
          <div className="message-main">
            <div className="message-words">
              <Written text={outgoing.text} />
            </div>
            <State outgoing={outgoing} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function State({ outgoing }: { readonly outgoing: Outgoing }) {
  const app = useApp();
  const down = useKnown(({ link }) => link === 'down');
  if (outgoing.state !== 'failed') {
    const waits = down || outgoing.state === 'waiting';
    return (
      <p className="pending-state">
        <Icon name="clock" size={13} />
        {waits ? 'Waiting for the connection' : 'Sending…'}
      </p>
    );
  }
  return (
    <div className="pending-state pending-failed" role="alert">
      <Icon name="alert" size={13} />
      <span>Not sent. {outgoing.error}</span>
      <button
        type="button"
        className="button button-plain button-small"
        onClick={() => retry(app, outgoing.id)}
      >
        Try again
      </button>
      <button
        type="button"
        className="button button-plain button-small"
        onClick={() => discard(app, outgoing.id)}
      >
        Discard
      </button>
    </div>
  );
}
