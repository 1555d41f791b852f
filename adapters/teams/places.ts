import type { Activity } from 'botbuilder';

import { Kept } from '#src/chat/kept.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { ProviderError } from '#src/errors.ts';

import { PLATFORM, REFRESHED } from './limits.ts';
import type { TeamsSettings } from './settings.ts';

/** Where Teams is reached before it has told us where: Microsoft's "Send proactive messages", the global service URL. */
const SERVICE_URL = 'https://smba.trafficmanager.net/teams/';

/** So many conversations are known without asking the database. */
const HEARD = 1000;

/** A thread becomes a room when another process has opened it as one, milliseconds before anybody sees it. */
const FRESH_MS = 60_000;

/** What must be known of a conversation to speak in it unasked. */
interface Reference {
  readonly serviceUrl: string;
  readonly tenantId: string;
}

/** A room as it was opened; kept under its id. */
export type Place = {
  readonly kind: 'channel' | 'thread';
  readonly name: string;
  readonly title: string;
  readonly topic: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  /** People who were called into it. */
  readonly invited: readonly string[];
};

/**
 * What is remembered of conversations and people, so that we find them again
 * after a restart. Nothing is written twice that has not changed.
 */
export class Places {
  readonly #store: PlatformStore;
  readonly #settings: TeamsSettings;
  readonly #written = new Map<string, string>();
  readonly #heard = new Kept<Reference>(HEARD);
  /** Which conversations are rooms of their own, and as of when; it is asked for whatever anybody does. */
  readonly #threads = new Kept<{ readonly isRoom: boolean; readonly at: number }>(HEARD);

  constructor(store: PlatformStore, settings: TeamsSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Every genuine activity says where its conversation is, and who somebody is there. */
  async learn(activity: Activity): Promise<void> {
    const { serviceUrl, conversation, from } = activity;
    const tenantId = tenantOf(activity) ?? this.#settings.tenantId;
    const reference = { serviceUrl, tenantId };
    // Known before it is written: whoever is spoken to next may be in this conversation.
    this.#heard.set(`conversation:${channelOf(conversation.id)}`, reference);
    this.#heard.set('conversation', reference);
    await this.#keep(`conversation:${channelOf(conversation.id)}`, reference);
    await this.#keep('conversation', reference);
    await this.#keep('bot', { id: activity.recipient.id, name: activity.recipient.name ?? '' });
    if (from?.aadObjectId && from.id.startsWith('29:')) await this.knows(from.id, from.aadObjectId);
  }

  /** The bot's own id of somebody, and the directory's. */
  async knows(mri: string, aadObjectId: string): Promise<void> {
    await this.#keep(`mri:${aadObjectId}`, mri);
    await this.#keep(`aad:${mri}`, aadObjectId);
  }

  async mriOf(person: string): Promise<string | null> {
    return person.includes(':') ? person : await this.#store.find<string>(`mri:${person}`);
  }

  async aadOf(mri: string): Promise<string | null> {
    return await this.#store.find<string>(`aad:${mri}`);
  }

  /** Where a conversation is; if it has not spoken to us yet, where the others are. */
  async referenceOf(conversation: string): Promise<Reference> {
    const find = async (key: string) =>
      this.#heard.get(key) ?? (await this.#store.find<{ serviceUrl: string; tenantId: string }>(key));
    const known = (await find(`conversation:${channelOf(conversation)}`)) ?? (await find('conversation'));
    const { serviceUrl = SERVICE_URL, tenantId } = this.#settings;
    return known ?? { serviceUrl, tenantId };
  }

  async bot(): Promise<{ readonly id: string; readonly name: string }> {
    const known = await this.#store.find<{ id: string; name: string }>('bot');
    return known ?? { id: `28:${this.#settings.appId}`, name: '' };
  }

  async find(room: string): Promise<Place | null> {
    return await this.#store.find<Place>(`place:${room}`);
  }

  async save(room: string, place: Place): Promise<void> {
    await this.#store.keep(`place:${room}`, place);
    this.#threads.delete(room);
  }

  /** The room that a conversation is: a thread that was opened as one, else its channel or chat. */
  async roomOf(conversation: string): Promise<string> {
    const channel = channelOf(conversation);
    if (channel === conversation) return channel;
    const known = this.#threads.get(conversation);
    const isFresh = known && (known.isRoom || performance.now() - known.at < FRESH_MS);
    const isRoom = isFresh ? known.isRoom : (await this.find(conversation))?.kind === 'thread';
    if (!isFresh) this.#threads.set(conversation, { isRoom, at: performance.now() });
    return isRoom ? conversation : channel;
  }

  /** Somebody is there: the living card of the room refreshes for them, as far as there is room. */
  async met(room: string, mri: string): Promise<void> {
    if (this.#written.has(`met:${room}:${mri}`)) return;
    const known = await this.peopleIn(room);
    if (!known.includes(mri) && known.length < REFRESHED) {
      await this.#store.keep(`people:${room}`, [...known, mri]);
    }
    this.#written.set(`met:${room}:${mri}`, '');
  }

  async peopleIn(room: string): Promise<readonly string[]> {
    return (await this.#store.find<string[]>(`people:${room}`)) ?? [];
  }

  async #keep(key: string, value: string | Readonly<Record<string, string>>): Promise<void> {
    const text = JSON.stringify(value);
    if (this.#written.get(key) === text) return;
    await this.#store.keep(key, value);
    if (this.#written.size > 10_000) this.#written.clear();
    this.#written.set(key, text);
  }
}

export function tenantOf({ conversation, channelData }: Activity): string | undefined {
  const data = channelData as { readonly tenant?: { readonly id?: string } } | undefined;
  return conversation.tenantId ?? data?.tenant?.id;
}

/** A conversation without the thread in it. */
export function channelOf(conversation: string): string {
  return conversation.split(';')[0] ?? '';
}

/** Whether this is a channel of a team itself, in which every message begins a thread. */
export function isChannel(conversation: string): boolean {
  return /^19:[^;]+@thread\.(?:tacv2|skype)$/.test(conversation);
}

/** A message's reference: its conversation, with the thread, and its activity. */
export function refOf(conversation: string, activity: string): Ref {
  return { platform: PLATFORM, id: `${conversation}|${activity}` };
}

/** @throws ProviderError for what no message of ours is called */
export function posted({ id }: Ref): { readonly conversation: string; readonly activity: string } {
  const [, conversation, activity] = /^([^|]+)\|([^|]+)$/.exec(id) ?? [];
  if (conversation !== undefined && activity !== undefined) return { conversation, activity };
  throw new ProviderError(PLATFORM, `there is no message ${id}`, { retry: false, gone: 'message' });
}
