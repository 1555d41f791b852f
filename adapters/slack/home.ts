import { personRef, type Chat } from './chat.ts';
import { BLOCKS } from './limits.ts';
import { render } from './render.ts';

/** Shows a person their own page of the bot: what the command says that is made for it. `id` is this look's own. */
export async function showHome(chat: Chat, user: string, id: string): Promise<void> {
  const inbox = chat.inbox();
  const shape = chat.commands().find((it) => it.isHome);
  if (!inbox || !shape) return;
  const ask = { type: 'saved', command: shape.name, args: {} } as const;
  const outcome = await inbox.invoked({ id, person: personRef(user), room: null, ask });
  if (outcome.type !== 'reply') return;
  const { blocks } = await render(outcome.message, chat.presses, BLOCKS.view);
  const args = { user_id: user, view: { type: 'home', blocks } };
  await chat.api.call('views.publish', args, { merge: `home ${user}` });
}
