import { createHmac, randomBytes } from 'node:crypto';

import type { Attachment, World } from './world.ts';

/** Discord signs the addresses of files for so long. */
const LIFE_MS = 24 * 3_600_000;

/** Where files can be fetched: without the bot's token, with a signature in the address that expires. */
export class Cdn {
  readonly #world: World;
  readonly #secret = randomBytes(16);
  /** Where the server listens; known when it does. */
  origin = '';

  constructor(world: World) {
    this.#world = world;
  }

  urlOf(channelId: string, { id, name }: Attachment): string {
    const path = `/attachments/${channelId}/${id}/${encodeURIComponent(name)}`;
    const issued = this.#world.now().getTime();
    const [is, ex] = [issued, issued + LIFE_MS].map((ms) => Math.floor(ms / 1000).toString(16));
    return `${this.origin}${path}?ex=${ex}&is=${is}&hm=${this.#sign(path, `${ex}`, `${is}`)}&`;
  }

  /** The file at this path; a status where it is not given out. */
  fetch(url: URL): Attachment | number {
    const { pathname, searchParams } = url;
    const [ex, is, hm] = ['ex', 'is', 'hm'].map((it) => searchParams.get(it) ?? '');
    if (hm !== this.#sign(pathname, `${ex}`, `${is}`)) return 404;
    if (parseInt(`${ex}`, 16) * 1000 < this.#world.now().getTime()) return 404;
    const [, , channelId, id] = pathname.split('/');
    const all = this.#world.messagesIn(`${channelId}`).flatMap(({ attachments }) => attachments);
    return all.find((it) => it.id === id) ?? 404;
  }

  #sign(path: string, ex: string, is: string): string {
    return createHmac('sha256', this.#secret).update(`${path}:${ex}:${is}`).digest('hex');
  }
}
