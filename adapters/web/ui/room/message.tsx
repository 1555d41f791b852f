import { memo } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { showThread } from '../actions/rooms.ts';
import { now } from '../clock.ts';
import { useApp } from '../context.ts';
import { Parts } from '../parts/parts.tsx';
import { Time } from '../parts/time.tsx';
import { clockTime, fullTime } from '../times.ts';
import { Avatar } from '../widgets/avatar.tsx';
import { Icon } from '../widgets/icon.tsx';
import { BOT } from '../words/plain.ts';
import { Written } from '../words/written.tsx';
import { Editor } from './editor.tsx';
import { Files } from './files.tsx';
import { Reactions } from './reactions.tsx';
import { Tools } from './tools.tsx';

export interface MessageProps {
  readonly message: MessageView;
  /** Follows close upon one of the same author. */
  readonly follows: boolean;
  /** Can be reached by Tab. */
  readonly stop: boolean;
  /** Under the pointer or the focus: its tools show. */
  readonly active: boolean;
  readonly editing: boolean;
}

export const Message = memo(function Message({ message, follows, stop, active, editing }: MessageProps) {
  const { id, author } = message;
  const classes = [
    'message',
    follows ? 'message-follows' : '',
    message.private ? 'message-private' : '',
    author === null ? 'message-bot' : '',
  ];
  return (
    <li data-id={id} className={classes.join(' ')} tabIndex={stop ? 0 : -1} dir="ltr">
      <div className="message-gutter">
        {follows ? <ShortTime at={message.postedAt} /> : <Avatar person={author} size={34} />}
      </div>
      <div className="message-main">
        {!follows && <Head message={message} />}
        {editing ? <Editor message={message} /> : <Body message={message} />}
        {!message.deleted && message.files.length > 0 && <Files message={message} />}
        {!message.deleted && message.reactions.length > 0 && <Reactions message={message} />}
        {message.replies > 0 && <ThreadLink message={message} />}
      </div>
      {active && !editing && !message.deleted && <Tools message={message} />}
    </li>
  );
});

function Head({ message }: { readonly message: MessageView }) {
  return (
    <div className="message-head">
      <strong className="message-author">{message.author?.name ?? BOT}</strong>
      <Time at={message.postedAt} style="clock" />
      {message.private && (
        <span className="tag tag-private">
          <Icon name="eye" size={12} />
          Only you see this
        </span>
      )}
      {message.pinned && (
        <span className="tag">
          <Icon name="pin" size={12} />
          Pinned
        </span>
      )}
    </div>
  );
}

function Body({ message }: { readonly message: MessageView }) {
  if (message.deleted) return <p className="message-deleted">This message was deleted.</p>;
  if (message.body.type === 'message') return <Parts of={message} said={message.body.message} />;
  return (
    <div className="message-words">
      <Written text={message.body.text} />
      {message.editedAt !== null && <span className="message-edited">(edited)</span>}
    </div>
  );
}

/** The time of a message that has no head of its own; it shows when it is needed. */
function ShortTime({ at }: { readonly at: string }) {
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={fullTime(time)}>
      {clockTime(time, now()).slice(-5)}
    </time>
  );
}

function ThreadLink({ message }: { readonly message: MessageView }) {
  const app = useApp();
  return (
    <button type="button" className="thread-link" onClick={() => void showThread(app, message.id)}>
      <Icon name="thread" size={14} />
      {message.replies === 1 ? '1 reply' : `${message.replies} replies`}
    </button>
  );
}
