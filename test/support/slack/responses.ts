import { randomBytes } from 'node:crypto';

import { takeAway } from './changes.ts';
import { refusedBlocks } from './checks/message.ts';
import type { Core, ResponseUrls } from './core.ts';
import { changed, tell, written } from './events.ts';
import { isObject, objectsOf, textOf, type Json } from './json.ts';
import type { Reply } from './reply.ts';
import { namedBlocks } from './views.ts';
import { messageJson } from './wire.ts';
import { APP_ID, BOT, TEAM, type Message } from './world.ts';

/** Slack's own numbers. */
const MOST_POSTS = 5;
const LIFE_MS = 30 * 60_000;

interface Place {
  readonly channel: string;
  readonly user: string;
  /** The message it is about. */
  readonly ts: string | null;
  readonly until: number;
  posts: number;
}

/** Addresses that are given with a command or a press: there it is answered, five times within half an hour. */
export class Responses implements ResponseUrls {
  readonly #places = new Map<string, Place>();
  readonly #core: () => Core;

  constructor(core: () => Core) {
    this.#core = core;
  }

  make(kind: 'commands' | 'actions', user: string, channel: string, ts: string | null = null): string {
    const core = this.#core();
    const path = `/${kind}/${TEAM.id}/${APP_ID}/${randomBytes(12).toString('base64url')}`;
    this.#places.set(path, { channel, user, ts, until: core.world.now().getTime() + LIFE_MS, posts: 0 });
    return core.url() + path;
  }

  answer(path: string, body: unknown, type: string): Reply {
    const core = this.#core();
    const place = this.#places.get(path);
    const refused = (status: number, word: string): Reply => {
      core.measured.refused.push(`response_url: ${word}`);
      return { status, body: { ok: false, error: word } };
    };
    if (!place) return refused(404, 'no_such_url');
    if (!type.startsWith('application/json') || !isObject(body)) return refused(400, 'invalid_payload');
    if (core.world.now().getTime() > place.until) return refused(404, 'expired_url');
    if (place.posts >= MOST_POSTS) return refused(404, 'used_url');
    place.posts += 1;
    const blocks = objectsOf(body['blocks']);
    const attachments = objectsOf(body['attachments']);
    const wrong = refusedBlocks(blocks, attachments);
    if (wrong) return refused(400, `${wrong.word} ${JSON.stringify(wrong.details)}`);
    const isDeleting = body['delete_original'] === true || body['delete_original'] === 'true';
    if (!isDeleting && textOf(body['text']) === '' && blocks.length === 0 && attachments.length === 0) {
      return refused(400, 'no_text');
    }
    if (isDeleting) this.#remove(place);
    else if (!this.#replaced(place, body)) this.#write(place, body);
    return { status: 200, body: 'ok' };
  }

  /** What comes with the acknowledgement of a command is answered at once, and counts for nothing. */
  atOnce(url: string, body: Json): void {
    const { measured } = this.#core();
    const place = this.#places.get(new URL(url).pathname);
    const blocks = objectsOf(body['blocks']);
    if (!place || (textOf(body['text']) === '' && blocks.length === 0)) return;
    const wrong = refusedBlocks(blocks, objectsOf(body['attachments']));
    if (wrong) {
      measured.refused.push(`the answer to a command: ${wrong.word} ${JSON.stringify(wrong.details)}`);
    } else this.#write(place, body);
  }

  #remove(place: Place): void {
    const core = this.#core();
    const message = this.#original(place);
    if (!message) return;
    tell(core, takeAway(core, message));
  }

  #original({ channel, ts }: Place): Message | undefined {
    return ts === null ? undefined : this.#core().world.messageAt(channel, ts);
  }

  #replaced(place: Place, body: Json): boolean {
    const core = this.#core();
    const message = body['replace_original'] === true ? this.#original(place) : undefined;
    if (!message) return false;
    const before = messageJson(core.world, message);
    Object.assign(message, this.#content(body));
    tell(core, changed(core, before, message));
    return true;
  }

  #content(body: Json): Pick<Message, 'text' | 'blocks' | 'attachments'> {
    const attachments = objectsOf(body['attachments']);
    return { text: textOf(body['text']).trim(), blocks: namedBlocks(objectsOf(body['blocks'])), attachments };
  }

  #write({ channel, user }: Place, body: Json): void {
    const core = this.#core();
    const onlyFor = body['response_type'] === 'in_channel' ? null : user;
    const threadTs = textOf(body['thread_ts']) || null;
    const message = core.world.addMessage({
      channel,
      user: BOT.user,
      threadTs,
      onlyFor,
      ...this.#content(body),
    });
    tell(core, ...written(core, message));
  }
}
