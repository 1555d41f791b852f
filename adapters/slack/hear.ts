import type { App } from '@slack/bolt';

import { inOrder } from '#src/chat/in-order.ts';
import { Kept, Recent } from '#src/chat/kept.ts';
import type { FileRef, Ref, Said } from '#src/chat/platform.ts';

import { answer } from './answer.ts';
import { isDirect, messageRef, personRef, PLATFORM, roomRef, type Chat } from './chat.ts';
import { emojiIn, emojiOf } from './emoji.ts';
import { showHome } from './home.ts';
import { forgetRoom, inRoom } from './members.ts';
import { spoken, typed } from './text.ts';

interface Message {
  readonly ts: string;
  readonly user?: string;
  readonly text?: string;
  readonly subtype?: string;
  readonly bot_id?: string;
  readonly thread_ts?: string;
  readonly blocks?: unknown;
  readonly files?: readonly {
    readonly id?: string;
    readonly name?: string;
    readonly mimetype?: string;
    readonly size?: number;
  }[];
}

interface MessageEvent extends Message {
  readonly channel: string;
  readonly message?: Message;
  readonly previous_message?: Message;
  readonly deleted_ts?: string;
}

interface ReactionEvent {
  readonly type: string;
  readonly user: string;
  readonly reaction: string;
  /** Who wrote what it was put to. */
  readonly item_user?: string;
  readonly item: { readonly type?: string; readonly channel?: string; readonly ts?: string };
}

interface PinEvent {
  readonly user: string;
  readonly item: { readonly channel?: string; readonly message?: Message };
}

/** An event as it comes: its delivery id, and who we are there. */
interface Envelope {
  readonly event_id: string;
  readonly authorizations?: readonly { readonly user_id?: string }[];
}

/** What people write and do in rooms, beside commands. Slack has been told that it came before this runs. */
export function hear(app: App, chat: Chat): void {
  const ear = new Ear(chat);
  const heard = (name: string, run: (event: unknown, envelope: Envelope) => Promise<void>) => {
    app.event(name, async ({ event, body }) => {
      const envelope = body as unknown as Envelope;
      if (ear.isNew(envelope.event_id)) chat.later(run(event, envelope));
    });
  };
  heard('message', (event, envelope) => ear.message(event as MessageEvent, envelope));
  heard('app_mention', (event, envelope) => ear.mention(event as MessageEvent, envelope));
  heard('reaction_added', (event, envelope) => ear.reaction(event as ReactionEvent, envelope));
  heard('reaction_removed', (event, envelope) => ear.reaction(event as ReactionEvent, envelope));
  heard('pin_added', (event, envelope) => ear.pin(event as PinEvent, envelope));
  heard('channel_deleted', (event) => forgetRoom(chat, (event as { channel: string }).channel));
  heard('group_deleted', (event) => forgetRoom(chat, (event as { channel: string }).channel));
  heard('app_home_opened', async (event, { event_id: id }) => {
    const { tab, user } = event as { tab: string; user: string };
    if (tab === 'home') await showHome(chat, user, `home:${id}`);
  });
}

/** What is said by whom, and where; the rest of it depends on what was done. */
type Done = Said extends infer S ? (S extends unknown ? Omit<S, 'id' | 'person' | 'room'> : never) : never;

/** What a message said, and the one it stands below. */
interface Known {
  readonly text: string;
  readonly thread: string | null;
}

class Ear {
  readonly #chat: Chat;
  readonly #seen = new Recent();
  /** What was said lately, so that Slack need not be asked when somebody reacts to it. */
  readonly #known = new Kept<Known>(5000);
  readonly #turns = inOrder();

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  isNew(id: string): boolean {
    return this.#seen.isNew(id);
  }

  async message(event: MessageEvent, envelope: Envelope): Promise<void> {
    const { channel, subtype } = event;
    if (isDirect(channel)) {
      if (subtype === undefined) await this.#directly(event, envelope);
      return;
    }
    if (subtype === 'message_changed') return await this.#changed(event, envelope);
    if (subtype === 'message_deleted') return await this.#deleted(event, envelope, event.previous_message);
    if (!isWords(event)) return;
    const { user, ts, text = '', thread_ts: thread = null } = event;
    if (user === undefined || !isByPerson(event)) return;
    const bot = await this.#botUser(envelope);
    if (user === bot) return;
    // That is a command, and comes as a mention as well.
    if (bot !== null && isTo(bot, text)) return;
    const isBelow = thread !== null && thread !== ts;
    await this.#say(channel, user, envelope, {
      kind: 'message',
      message: messageRef({ channel, ts, thread }),
      text: this.#keep(channel, event).text,
      files: filesOf(event),
      below: isBelow ? messageRef({ channel, ts: thread, thread: null }) : null,
    });
  }

  /** The bot is spoken to: what follows its name is a command. */
  async mention(event: MessageEvent, envelope: Envelope): Promise<void> {
    const { channel, user, ts, text = '', thread_ts: thread = null } = event;
    const bot = await this.#botUser(envelope);
    if (user === undefined || bot === null || user === bot || !isTo(bot, text)) return;
    if (!isByPerson(event) || !isWords(event)) return;
    await this.#command(`mention:${channel}:${ts}`, { user, channel, thread }, withoutName(bot, text));
  }

  async reaction(
    { type, user, reaction, item, item_user: by }: ReactionEvent,
    envelope: Envelope,
  ): Promise<void> {
    const { channel, ts } = item;
    if (channel === undefined || ts === undefined || (await this.#botUser(envelope)) === user) return;
    const on = type === 'reaction_added';
    const { text, thread } = this.#known.get(`${channel}:${ts}`) ?? (await this.#lookUp(channel, ts));
    const emoji = emojiOf(reaction) ?? `:${reaction}:`;
    const message = messageRef({ channel, ts, thread });
    await this.#say(channel, user, envelope, { kind: 'reacted', message, emoji, on, text, by: writer(by) });
  }

  async pin({ user, item }: PinEvent, envelope: Envelope): Promise<void> {
    const { channel, message } = item;
    if (channel === undefined || !message || (await this.#botUser(envelope)) === user) return;
    const { ts } = message;
    const { text, thread } = this.#keep(channel, message);
    await this.#say(channel, user, envelope, {
      kind: 'pinned',
      message: messageRef({ channel, ts, thread }),
      text,
      by: writer(message.user),
    });
  }

  async #changed(event: MessageEvent, envelope: Envelope): Promise<void> {
    const { channel, message, previous_message: before } = event;
    if (message?.subtype === 'tombstone') return await this.#deleted(event, envelope, before);
    // Slack also says so when it adds a preview or a pin.
    if (!message?.user || !isByPerson(message) || message.text === before?.text) return;
    const { ts, user } = message;
    const { text, thread } = this.#keep(channel, message);
    await this.#say(channel, user, envelope, {
      kind: 'edited',
      message: messageRef({ channel, ts, thread }),
      text,
    });
  }

  async #deleted({ channel }: MessageEvent, envelope: Envelope, before: Message | undefined): Promise<void> {
    if (!before?.user || !isByPerson(before)) return;
    const { ts, user, thread_ts: thread = null } = before;
    await this.#say(channel, user, envelope, {
      kind: 'deleted',
      message: messageRef({ channel, ts, thread }),
    });
  }

  async #directly(event: MessageEvent, envelope: Envelope): Promise<void> {
    const { channel, user, ts, text = '', thread_ts: thread = null } = event;
    if (user === undefined || !isByPerson(event)) return;
    const bot = await this.#botUser(envelope);
    const line = bot === null ? text : withoutName(bot, text);
    await this.#command(`direct:${channel}:${ts}`, { user, channel, thread }, line);
  }

  async #command(
    id: string,
    from: { readonly user: string; readonly channel: string; readonly thread: string | null },
    text: string,
  ): Promise<void> {
    const line = typed(text)
      .trim()
      .replace(/^\/incident\b/i, '')
      .trim();
    const asked = { id, ...from, trigger: null, responseUrl: null, view: null };
    await answer(this.#chat, asked, Promise.resolve({ type: 'typed', text: line }));
  }

  /** What happens in a room is told in the order in which it came. */
  async #say(channel: string, user: string, { event_id: id }: Envelope, done: Done): Promise<void> {
    const said: Said = { id: `event:${id}`, person: personRef(user), room: roomRef(channel), ...done };
    await this.#turns(channel, async () => await this.#chat.inbox()?.said(said));
  }

  #keep(channel: string, message: Message): Known {
    const { ts, text = '', thread_ts: thread = null } = message;
    const known = { text: spoken(text, emojiIn(message.blocks)), thread };
    this.#known.set(`${channel}:${ts}`, known);
    return known;
  }

  /** What cannot be found out is left out: that somebody reacted is still said. */
  async #lookUp(channel: string, ts: string): Promise<Known> {
    const { api } = this.#chat;
    const args = { channel, oldest: ts, latest: ts, inclusive: true, limit: 1 };
    type Found = { readonly messages?: readonly Message[] };
    try {
      const { messages = [] } = await inRoom(this.#chat, channel, () =>
        api.call<Found>('conversations.history', args, { urgency: 'rest' }),
      );
      const found = messages.find((it) => it.ts === ts) ?? (await this.#replyAt(channel, ts));
      if (found) return this.#keep(channel, found);
    } catch (error) {
      this.#chat.report(error);
    }
    return { text: '', thread: null };
  }

  /** What stands below another message is not in the room's history. */
  async #replyAt(channel: string, ts: string): Promise<Message | undefined> {
    const args = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 10 };
    const { messages = [] } = await this.#chat.api.call<{ readonly messages?: readonly Message[] }>(
      'conversations.replies',
      args,
      { urgency: 'rest' },
    );
    return messages.find((it) => it.ts === ts);
  }

  async #botUser({ authorizations }: Envelope): Promise<string | null> {
    const [first] = authorizations ?? [];
    if (first?.user_id !== undefined) return first.user_id;
    return await this.#chat.api.me().then(
      ({ user }) => user,
      () => null,
    );
  }
}

/** Kinds of messages that are a person's words. */
const WORDS = new Set(['file_share', 'thread_broadcast', 'me_message']);

/** And no note of Slack's own, such as who joined. */
function isWords({ subtype }: Message): boolean {
  return subtype === undefined || WORDS.has(subtype);
}

function isByPerson({ bot_id: bot, subtype }: Message): boolean {
  return bot === undefined && subtype !== 'bot_message';
}

function writer(user: string | undefined): Ref | null {
  return user === undefined ? null : personRef(user);
}

function isTo(bot: string, text: string): boolean {
  return new RegExp(`^\\s*<@${bot}(?:\\|[^>]*)?>`).test(text);
}

function withoutName(bot: string, text: string): string {
  return text.replace(new RegExp(`^\\s*<@${bot}(?:\\|[^>]*)?>[:,]?`), '');
}

function filesOf({ files = [] }: Message): FileRef[] {
  return files.flatMap(({ id, name = 'file', mimetype = 'application/octet-stream', size = 0 }) =>
    id === undefined ? [] : [{ platform: PLATFORM, id, name, type: mimetype, size }],
  );
}
