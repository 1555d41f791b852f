import type { Answer, FormBody, MessageView, PressBody } from '#adapters/web/protocol.ts';

import type { App } from '../app.ts';
import { ApiError, explain } from '../net/api.ts';
import { newId } from '../net/ids.ts';
import { withMessage } from '../state/pushed.ts';
import { meOf, withEntry, without, type LostPress } from '../state/state.ts';
import { attempt } from './attempt.ts';
import { take } from './sending.ts';

/** The place of a part's state in `State.presses`. */
export function pressKey(message: number, part: number): string {
  return `${message} ${part}`;
}

/** Presses a button, or picks an option, of a message that the bot posted. */
export async function press(
  app: App,
  message: MessageView,
  what: { readonly part: number; readonly button?: number; readonly label?: string; readonly value?: string },
): Promise<void> {
  const key = pressKey(message.id, what.part);
  const { label = '', value } = what;
  const chosen = value ?? String(what.button);
  const before = app.store.get().presses.get(key);
  const again =
    before?.type === 'failed' && isAgain(before.lost, { what: chosen, label }) ? before.lost?.id : null;
  const body: PressBody = { id: again ?? newId(), ...what };
  app.store.set(({ presses }) => ({ presses: withEntry(presses, key, { type: 'busy', what: chosen }) }));
  try {
    const answer = await app.api.post<Answer>(`/web/messages/${message.id}/press`, body);
    app.store.set(({ presses }) => ({ presses: without(presses, key) }));
    take(app, answer, message.room);
  } catch (error) {
    const lost = mayBeDone(error) ? { what: chosen, label, id: body.id } : null;
    app.store.set(({ presses }) => ({
      presses: withEntry(presses, key, { type: 'failed', reason: explain(error), lost }),
    }));
  }
}

/** Whether the same is pressed again: in the place of a button may stand another one meanwhile. */
function isAgain(lost: LostPress | null, { what, label }: Omit<LostPress, 'id'>): boolean {
  return lost?.what === what && lost.label === label;
}

/** Sends a form. Resolves to what was done, to the next form, or throws what the server refused. */
export async function submit(app: App, form: FormBody): Promise<Answer> {
  return await app.api.post<Answer>('/web/forms', form);
}

/** Only the answer may have been lost: who asks again asks under the same id, which the server grants once. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof ApiError && error.passing;
}

export async function react(app: App, message: MessageView, emoji: string): Promise<void> {
  const me = meOf(app.store.get())?.id ?? '';
  const mine = message.reactions.some((it) => it.emoji === emoji && it.people.includes(me));
  await change(app, app.api.post<MessageView>(`/web/messages/${message.id}/reactions`, { emoji, on: !mine }));
}

export async function pin(app: App, message: MessageView): Promise<void> {
  await change(app, app.api.post<MessageView>(`/web/messages/${message.id}/pin`, { on: !message.pinned }));
}

/** True when the server took the new words. */
export async function rewrite(app: App, message: MessageView, text: string): Promise<boolean> {
  return await change(app, app.api.patch<MessageView>(`/web/messages/${message.id}`, { text }));
}

export async function remove(app: App, message: MessageView): Promise<void> {
  await change(app, app.api.remove<MessageView>(`/web/messages/${message.id}`));
}

/** Gives a command on a message, as its menu offers it. */
export async function giveOn(app: App, message: MessageView, command: string): Promise<void> {
  const work = app.api.post<Answer>(`/web/messages/${message.id}/command`, { id: newId(), command });
  const answer = await attempt(app, work);
  if (answer) take(app, answer, message.room);
}

/** Puts a file into a room, or below a message, with words beside it. False when the server did not take it, which is then told. */
export async function share(
  app: App,
  { room, threadOf, file, words }: { room: string; threadOf: number | null; file: File; words: string },
): Promise<boolean> {
  const query = new URLSearchParams({ id: newId(), name: file.name, words });
  if (threadOf !== null) query.set('threadOf', String(threadOf));
  const path = `/web/rooms/${encodeURIComponent(room)}/files?${query.toString()}`;
  return await change(app, app.api.upload<MessageView>(path, file));
}

async function change(app: App, work: Promise<MessageView>): Promise<boolean> {
  const mark = app.recent.mark();
  const message = await attempt(app, work);
  if (!message) return false;
  // What was pushed meanwhile is newer than an answer that took long.
  if (app.recent.since(mark).some(({ id }) => id === message.id)) return true;
  app.recent.add(message);
  app.store.set((state) => withMessage(state, message));
  return true;
}
