import type { MessageView } from '#adapters/web/protocol.ts';

import { react } from '../actions/messages.ts';
import { useApp, useNames } from '../context.ts';
import { BOT } from '../words/plain.ts';

/** Who reacts when the bot does; it stands for people of other chats. */
const BOT_ID = 'incident-manager';

/** Reactions people gave; pressing one joins in, or takes one's own back. */
export function Reactions({ message }: { readonly message: MessageView }) {
  const app = useApp();
  const { me, of } = useNames();
  return (
    <div className="reactions" role="group" aria-label="Reactions">
      {message.reactions.map(({ emoji, people }) => {
        const names = people
          .map((id) => (id === me ? 'you' : (of.get(id) ?? (id === BOT_ID ? BOT : id))))
          .join(', ');
        return (
          <button
            key={emoji}
            type="button"
            className="reaction"
            aria-pressed={people.includes(me)}
            aria-label={`${emoji} ${people.length}: ${names}`}
            title={names}
            onClick={() => void react(app, message, emoji)}
          >
            <span aria-hidden="true">{emoji}</span> {people.length}
          </button>
        );
      })}
    </div>
  );
}
