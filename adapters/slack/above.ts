import type { WantedRoom } from '#src/chat/platform.ts';
import { clean, shorten } from '#src/chat/text.ts';

import type { Chat } from './chat.ts';
import { LIMITS } from './limits.ts';
import { inRoom } from './members.ts';
import { patiently } from './patiently.ts';
import { addressOf, topicLine } from './text.ts';
import { unless } from './trouble.ts';

/** What stands above rooms: topics, purposes, bookmarks. */
export class Above {
  readonly #chat: Chat;
  readonly #dressing = new Map<string, Promise<void>>();

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  async setTopic(channel: string, topic: string): Promise<void> {
    const args = { channel, topic: topicLine(topic, LIMITS.topic) };
    const how = { urgency: 'rest', merge: `topic ${channel}` } as const;
    const set = () => this.#chat.api.call('conversations.setTopic', args, how);
    // What is archived keeps what it said last.
    await unless(['is_archived'], () => inRoom(this.#chat, channel, set));
    // Whoever opened the room may be another process, which still has the first topic to set.
    await this.#chat.store.keep(topicKey(channel), true);
  }

  /**
   * Puts all of it there, once. It is no reason to hold an incident up: what has to
   * wait is tried again for a while, and what is refused is reported and left out.
   */
  async dress(channel: string, wanted: WantedRoom): Promise<void> {
    const before = this.#dressing.get(channel);
    if (before) return await before;
    const dressed = this.#dress(channel, wanted).finally(() => this.#dressing.delete(channel));
    this.#dressing.set(channel, dressed);
    await dressed;
  }

  async #dress(channel: string, { topic, title, links }: WantedRoom): Promise<void> {
    const chat = this.#chat;
    const args = { channel, purpose: topicLine(title, LIMITS.topic) };
    const steps: readonly (() => Promise<unknown>)[] = [
      // A topic that was set meanwhile is a newer one.
      async () =>
        (await chat.store.find<boolean>(topicKey(channel))) === true ||
        (await this.setTopic(channel, topic === '' ? title : topic)),
      () => chat.api.call('conversations.setPurpose', args, { urgency: 'rest' }),
      () => bookmark(chat, channel, links),
    ];
    for (const step of steps) await patiently(chat, step).catch((error: unknown) => chat.report(error));
  }
}

/** Whether the room has a topic. */
function topicKey(channel: string): string {
  return `has-topic:${channel}`;
}

async function bookmark(chat: Chat, channel: string, links: WantedRoom['links']): Promise<void> {
  const wanted = links.filter(({ url }) => addressOf(url)?.startsWith('http'));
  if (wanted.length === 0) return;
  const args = { channel_id: channel };
  const { bookmarks } = await chat.api.call<{ bookmarks: readonly { link: string }[] }>(
    'bookmarks.list',
    args,
  );
  for (const { title, url } of wanted) {
    if (bookmarks.some(({ link }) => link === url)) continue;
    const added = { ...args, title: shorten(clean(title), 100), type: 'link', link: url };
    await chat.api.call('bookmarks.add', added, { urgency: 'rest' });
  }
}
