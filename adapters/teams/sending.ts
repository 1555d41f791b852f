import type { Message } from '#src/chat/message.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { Urgency } from '#src/chat/queueing.ts';
import { ProviderError } from '#src/errors.ts';

import type { Core } from './core.ts';
import { PLATFORM } from './limits.ts';
import { channelOf, isChannel, refOf } from './places.ts';
import { render, type Drawn } from './render.ts';
import { Refused } from './wire.ts';

interface Saying {
  readonly urgency: Urgency;
  /** Only this person sees it: the bot's own id of them. */
  readonly to?: string;
  readonly gone?: 'room' | 'person';
}

interface Keyed {
  readonly key: string;
}

/** Puts messages into conversations, each once per key. */
export interface Sending {
  /** Into a conversation, with its thread if it has one; answers the id of the reference. */
  send(conversation: string, drawn: Drawn, saying: Saying): Promise<string>;
  say(conversation: string, message: Message, options: Keyed & { readonly urgency?: Urgency }): Promise<Ref>;
  direct(person: Ref, message: Message, options: Keyed): Promise<Ref>;
  whisper(person: Ref, room: Ref, message: Message, options: Keyed): Promise<void>;
}

/** Bots cannot look up what was posted in Teams: where an answer is lost, a message may be there twice, but never not at all. */
export function makeSending(core: Core): Sending {
  const { api, store, pens } = core;

  async function send(conversation: string, drawn: Drawn, saying: Saying): Promise<string> {
    const { urgency, to, gone = 'room' } = saying;
    const isNewThread = isChannel(conversation) && to === undefined;
    if (isNewThread) return await beginThread(core, conversation, drawn, urgency);
    const { id } = await api.call<{ id: string }>('send', {
      params: { conversation },
      ...(to === undefined ? {} : { query: { isTargetedActivity: 'true' } }),
      body: to === undefined ? drawn : { ...drawn, recipient: { id: to } },
      urgency,
      gone,
    });
    return refOf(conversation, id).id;
  }

  async function direct(person: Ref, message: Message, { key }: Keyed): Promise<Ref> {
    const id = await store.once(`post:${key}`, async () => {
      const drawn = await render(message, pens);
      const saying = { urgency: 'person', gone: 'person' } as const;
      try {
        return await send(await chatWith(core, person), drawn, saying);
      } catch (error) {
        // A chat that is not there any more may have been begun anew.
        if (!(error instanceof Refused) || error.status !== 404) throw error;
        await store.forget(`chat:${person.id}`);
        return await send(await chatWith(core, person), drawn, saying);
      }
    });
    return { platform: PLATFORM, id };
  }

  return {
    send,
    async say(conversation, message, { key, urgency = 'message' }) {
      const id = await store.once(
        `post:${key}`,
        async () => await send(conversation, await render(message, pens), { urgency }),
      );
      return { platform: PLATFORM, id };
    },
    direct,
    async whisper(person, room, message, { key }) {
      const isShown = await store.once(`whisper:${key}`, async () => {
        const to = room.id.startsWith('19:') ? await mriIn(core, room.id, person.id) : null;
        if (to === null) return false;
        try {
          await send(room.id, await render(message, pens), { urgency: 'person', to });
          return true;
        } catch (error) {
          // Where messages for one person are not known, or they are not there.
          if (error instanceof ProviderError && error.retry) throw error;
          return false;
        }
      });
      if (!isShown) await direct(person, message, { key });
    },
  };
}

/** Every message in a channel itself begins a thread. Answers the id of the reference. */
export async function beginThread(
  core: Core,
  channel: string,
  drawn: Drawn,
  urgency: Urgency,
): Promise<string> {
  const { api, places } = core;
  const { tenantId } = await places.referenceOf(channel);
  const made = await api.call<{ id: string; activityId?: string }>('createConversation', {
    body: {
      isGroup: true,
      bot: await places.bot(),
      channelData: { channel: { id: channel }, tenant: { id: tenantId } },
      activity: drawn,
    },
    at: channel,
    lane: channel,
    urgency,
    gone: 'room',
  });
  const activity = made.activityId ?? made.id.split(';messageid=')[1] ?? '';
  return refOf(`${channel};messageid=${activity}`, activity).id;
}

/** The conversation that somebody has with the bot alone; begun if there is none. */
async function chatWith({ api, store, places }: Core, person: Ref): Promise<string> {
  const known = await store.find<string>(`chat:${person.id}`);
  if (known !== null) return known;
  const { tenantId } = await places.referenceOf('');
  const body = {
    isGroup: false,
    bot: await places.bot(),
    members: [{ id: (await places.mriOf(person.id)) ?? person.id }],
    tenantId,
    channelData: { tenant: { id: tenantId } },
  };
  const call = { body, at: '', lane: person.id, urgency: 'person', gone: 'person' } as const;
  const { id } = await api.call<{ id: string }>('createConversation', call);
  await store.keep(`chat:${person.id}`, id);
  return id;
}

/** Null for somebody who is not there. */
async function mriIn({ api, places }: Core, room: string, person: string): Promise<string | null> {
  const known = await places.mriOf(person);
  if (known !== null) return known;
  try {
    const params = { conversation: channelOf(room), member: person };
    const { id } = await api.call<{ id: string }>('member', { params, urgency: 'person' });
    await places.knows(id, person);
    return id;
  } catch (error) {
    if (error instanceof Refused && !error.retry) return null;
    throw error;
  }
}
