import { ProviderError } from '#src/errors.ts';

import type { Chat } from './chat.ts';
import { wordOf } from './trouble.ts';

/**
 * Does something that only members of a channel may do. Whoever put the bot out of
 * a public one is not obeyed: the incident goes on there.
 */
async function asMember<T>(chat: Chat, channel: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (wordOf(error) !== 'not_in_channel') throw error;
    await chat.api.call('conversations.join', { channel });
    return await run();
  }
}

/** A room that was deleted is made again the next time it is wanted. */
export async function forgetRoom(chat: Chat, channel: string): Promise<void> {
  const key = await chat.store.find<string>(`room-of:${channel}`);
  if (key === null) return;
  await chat.store.forget(key);
  await chat.store.forget(`room-of:${channel}`);
}

/** Runs what is about a channel; one that is gone is forgotten. */
export async function inRoom<T>(chat: Chat, channel: string, run: () => Promise<T>): Promise<T> {
  try {
    return await asMember(chat, channel, run);
  } catch (error) {
    if (error instanceof ProviderError && error.gone === 'room') await forgetRoom(chat, channel);
    throw error;
  }
}
