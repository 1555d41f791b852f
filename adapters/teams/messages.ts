import { say, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

import type { Card } from './card.ts';
import type { Core } from './core.ts';
import { attachedFile } from './files.ts';
import { PLATFORM } from './limits.ts';
import { posted } from './places.ts';
import { cardOf, HOME, LIVING, render, type Drawn, type Refreshed } from './render.ts';
import type { Sending } from './sending.ts';

type Messages = Pick<
  ChatPlatform,
  'post' | 'edit' | 'remove' | 'replyTo' | 'whisper' | 'direct' | 'react' | 'attach'
>;

/** The port's messages. One that is pinned is kept: its card refreshes by itself when somebody looks at it. */
export function makeMessages(core: Core, sending: Sending): Messages {
  const { store, pens } = core;

  async function postLiving(room: Ref, message: Message, key: string): Promise<Ref> {
    const id = await store.once(`post:${key}`, async () => {
      const drawn = await render(message, pens, await refreshedIn(core, room.id));
      return await sending.send(room.id, drawn, { urgency: 'message' });
    });
    if ((await store.find(cardKey(id))) === null) await store.keep(cardKey(id), JSON.stringify(message));
    return { platform: PLATFORM, id };
  }

  return {
    post: (room, message, { key, pin = false }) =>
      pin ? postLiving(room, message, key) : sending.say(room.id, message, { key }),
    edit: (ref, message) => edit(core, ref, message),
    async remove(ref) {
      try {
        await remove(core, ref);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.gone === undefined) throw error;
      }
    },
    replyTo: async (ref, message, { key }) => await sending.say(posted(ref).conversation, message, { key }),
    whisper: (person, room, message, options) => sending.whisper(person, room, message, options),
    direct: (person, message, options) => sending.direct(person, message, options),
    react: (ref, emoji, on) => react(core, sending, { ref, emoji, on }),
    async attach(room, file, { key, words }) {
      const id = await store.once(`post:${key}`, async () => {
        return await sending.send(room.id, await attachedFile(file, words, pens), { urgency: 'message' });
      });
      return { platform: PLATFORM, id };
    },
  };
}

/** A card that is kept fresh, as it now is; null for one that is not. */
export async function livingCard(core: Core, ref: Ref): Promise<Card | null> {
  const kept = await core.store.find<string>(cardKey(ref.id));
  if (kept === null) return null;
  const refreshed = await refreshedIn(core, posted(ref).conversation);
  return await cardOf(JSON.parse(kept) as Message, core.pens, refreshed);
}

/** Somebody's own page of the bot, which asks for a newer one when they look at it. */
export async function homeCard({ pens }: Core, message: Message, mri: string): Promise<Card> {
  return await cardOf(message, pens, homeFor(mri));
}

export async function sayHome(
  { store, pens }: Core,
  sending: Sending,
  {
    chat,
    message,
    mri,
    key,
  }: { readonly chat: string; readonly message: Message; readonly mri: string; readonly key: string },
): Promise<void> {
  await store.once(`post:${key}`, async () => {
    return await sending.send(chat, await render(message, pens, homeFor(mri)), { urgency: 'person' });
  });
}

function homeFor(mri: string): Refreshed {
  return { data: { [HOME]: true }, people: [mri] };
}

function cardKey(message: string): string {
  return `card:${message}`;
}

/** For whom the living card of a conversation refreshes by itself. */
async function refreshedIn({ places }: Core, conversation: string): Promise<Refreshed | undefined> {
  const people = await places.peopleIn(await places.roomOf(conversation));
  return people.length === 0 ? undefined : { data: { [LIVING]: true }, people };
}

/** Of changes that wait the latest is made. */
async function edit(core: Core, ref: Ref, message: Message): Promise<void> {
  const { conversation, activity } = posted(ref);
  await core.api.call('edit', {
    params: { conversation, activity },
    body: async () => ({ ...(await changed(core, ref, message)), id: activity }),
    merge: ref.id,
  });
}

async function changed(core: Core, ref: Ref, message: Message): Promise<Drawn> {
  const { store, pens } = core;
  if ((await store.find(cardKey(ref.id))) === null) return await render(message, pens);
  await store.keep(cardKey(ref.id), JSON.stringify(message));
  return await render(message, pens, await refreshedIn(core, posted(ref).conversation));
}

async function remove({ api }: Core, ref: Ref): Promise<void> {
  const { conversation, activity } = posted(ref);
  await api.call('remove', { params: { conversation, activity } });
}

/** An emoji is a line below the message: a bot's own reactions are a preview, which few organisations have. */
async function react(
  core: Core,
  sending: Sending,
  { ref, emoji, on }: { readonly ref: Ref; readonly emoji: string; readonly on: boolean },
): Promise<void> {
  const { store, turns, pens } = core;
  const key = `reaction:${ref.id}:${emoji}`;
  await turns(key, async () => {
    const shown = await store.find<string>(key);
    if (on === (shown !== null)) return;
    if (shown === null) {
      const drawn = await render(say(emoji), pens);
      await store.keep(key, await sending.send(posted(ref).conversation, drawn, { urgency: 'rest' }));
      return;
    }
    try {
      await remove(core, { platform: PLATFORM, id: shown });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.gone === undefined) throw error;
    }
    await store.forget(key);
  });
}
