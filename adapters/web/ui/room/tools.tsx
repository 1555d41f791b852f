import type { MenuView, MessageView } from '#adapters/web/protocol.ts';

import { notice } from '../actions/attempt.ts';
import { giveOn, pin, react, remove } from '../actions/messages.ts';
import { showThread } from '../actions/rooms.ts';
import type { App } from '../app.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { addressOf } from '../state/places.ts';
import { copy } from '../widgets/copy.ts';
import { Icon } from '../widgets/icon.tsx';
import { Menu, type MenuItem } from '../widgets/menu.tsx';
import { textOf } from '../words/plain.ts';
import { isOwnWords } from './message-keys.ts';

const EMOJI: readonly MenuItem[] = [
  { value: '👍', label: '👍', hint: 'Yes' },
  { value: '👀', label: '👀', hint: 'Looking' },
  { value: '✅', label: '✅', hint: 'Done' },
  { value: '🙏', label: '🙏', hint: 'Thanks' },
  { value: '🎉', label: '🎉', hint: 'Hooray' },
  { value: '❤️', label: '❤️', hint: 'Love' },
];

/** Before the name of a command that is given on a message. */
const GIVE = 'give ';

/** What can be done with a message, in its right corner; in one taller than the window it stays in sight. */
export function Tools({ message }: { readonly message: MessageView }) {
  const app = useApp();
  const { me, of } = useNames();
  const menu = useKnown((state) => state.menu);
  const inThread = message.threadOf !== null;
  return (
    <div className="tools-track">
      <div className="tools" role="toolbar" aria-label="Message tools">
        <Menu
          label="React"
          title="React (r)"
          className="tool tool-react"
          items={EMOJI}
          layout="row"
          onPick={(it) => void react(app, message, it)}
        >
          <Icon name="smile" />
        </Menu>
        {!inThread && !message.private && (
          <button
            type="button"
            className="tool"
            aria-label="Reply in a thread"
            title="Reply in a thread (t)"
            onClick={() => void showThread(app, message.id)}
          >
            <Icon name="reply" />
          </button>
        )}
        <Menu
          label="More"
          title="More"
          className="tool"
          items={itemsFor(message, me, menu)}
          onPick={(it) => act(app, message, it, of)}
        >
          <Icon name="more" />
        </Menu>
      </div>
    </div>
  );
}

function itemsFor(message: MessageView, me: string, menu: MenuView['entries']): MenuItem[] {
  const own = isOwnWords(message, me);
  const isWords = message.body.type === 'words';
  return [
    ...(isWords ? menu.map(({ command, label }) => ({ value: `${GIVE}${command}`, label })) : []),
    ...(own ? [{ value: 'edit', label: 'Edit', hint: 'e' }] : []),
    ...(message.private ? [] : [{ value: 'pin', label: message.pinned ? 'Unpin' : 'Pin', hint: 'p' }]),
    { value: 'link', label: 'Copy link' },
    { value: 'text', label: 'Copy text' },
    ...(own ? [{ value: 'delete', label: 'Delete…' }] : []),
  ];
}

function act(app: App, message: MessageView, what: string, names: ReadonlyMap<string, string>): void {
  // A reply is not among the messages of the room: the one it hangs below leads there.
  const place = addressOf({ type: 'room', room: message.room }, message.threadOf ?? message.id);
  if (what.startsWith(GIVE)) void giveOn(app, message, what.slice(GIVE.length));
  if (what === 'edit') app.store.set({ editing: message.id });
  if (what === 'pin') void pin(app, message);
  if (what === 'link') void copied(app, new URL(place, location.href).href);
  if (what === 'text') void copied(app, textOf(message.body, names));
  if (what === 'delete') {
    app.store.set({
      dialog: {
        type: 'confirm',
        question: 'Delete this message for everybody?',
        yes: 'Delete',
        danger: true,
        run: () => void remove(app, message),
      },
    });
  }
}

async function copied(app: App, text: string): Promise<void> {
  notice(app, (await copy(text)) ? 'Copied.' : 'The browser did not allow copying.');
}
