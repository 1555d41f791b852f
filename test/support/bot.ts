import { randomUUID } from 'node:crypto';

import { onTestFinished } from 'vitest';

import type { Answer, MessageView, MessagesView, RoomView } from '#adapters/web/protocol.ts';
import type { Message } from '#src/chat/message.ts';
import { plainMessage } from '#src/chat/message.ts';
import { readSettings } from '#src/config.ts';
import { makeLog } from '#src/log.ts';
import { start, type Program, type Rehearsal } from '#src/main.ts';

import type { Place } from './database.ts';
import { soon } from './soon.ts';

export const KEY = 'scenario-key-0123456789abcdef';

/** Somebody of local mode's demo people. */
export type Who = 'admin' | 'responder' | 'second' | 'viewer';

/**
 * The whole program in this process, every reaction run twice, with hands and
 * eyes: people type, press and read in the web chat over HTTP, and monitoring
 * systems post webhooks.
 */
export class Bot {
  readonly #place: Place;
  readonly #env: Readonly<Record<string, string>>;
  readonly #rehearsal: Rehearsal;
  #program: Program;

  private constructor(place: Place, env: Readonly<Record<string, string>>, how: Rehearsal, it: Program) {
    this.#place = place;
    this.#env = env;
    this.#rehearsal = how;
    this.#program = it;
  }

  static async on(
    place: Place,
    {
      env = {},
      clock,
      atEnd = onTestFinished,
    }: {
      env?: Readonly<Record<string, string>>;
      clock?: Rehearsal['clock'];
      /** Where the end of the test is awaited; of tests that run side by side, each has its own. */
      atEnd?: (stop: () => Promise<void>) => void;
    } = {},
  ): Promise<Bot> {
    const how = { times: 2, ...(clock ? { clock } : {}) };
    const bot = new Bot(place, env, how, await run(place, env, how));
    atEnd(() => bot.stop());
    return bot;
  }

  get url(): string {
    return this.#program.url;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#program = await run(this.#place, this.#env, this.#rehearsal);
  }

  /** Any request with the admin key; as a person where `as` is given. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    as?: Who,
  ): Promise<{ status: number; body: unknown }> {
    const who: Record<string, string> = as ? { 'x-act-as': as } : { 'x-api-key': KEY };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...who, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
  }

  /** A monitoring system posts; answers what it is told. */
  async posts(source: string, payload: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const path = source === 'generic' ? '/api/v1/events' : `/api/v1/events/${source}`;
    return (await this.call('POST', path, payload)) as { status: number; body: Record<string, unknown> };
  }

  /** Somebody types into a room; answers what the bot says to it, or what a form asks for. */
  async types(who: Who, text: string, room = 'incidents'): Promise<string> {
    const path = `/web/rooms/${encodeURIComponent(room)}/messages`;
    return said(await this.#ask(who, path, { id: randomUUID(), text }));
  }

  /** Somebody presses the newest button of this name in a room. */
  async presses(who: Who, label: string, room: string): Promise<string> {
    for (const message of (await this.messages(room, who)).toReversed()) {
      const found = buttonsOf(message).find((it) => it.label === label);
      if (found) {
        const body = { id: randomUUID(), part: found.part, button: found.button };
        return said(await this.#ask(who, `/web/messages/${message.id}/press`, body));
      }
    }
    throw new Error(`there is no button ${label} in ${room}`);
  }

  async messages(room: string, who: Who = 'admin'): Promise<readonly MessageView[]> {
    const path = `/web/rooms/${encodeURIComponent(room)}/messages`;
    return ((await this.call('GET', path, undefined, who)).body as MessagesView).messages;
  }

  async rooms(who: Who = 'admin'): Promise<readonly RoomView[]> {
    return ((await this.call('GET', '/web/rooms', undefined, who)).body as { rooms: RoomView[] }).rooms;
  }

  /** The pinned card of an incident's room, as a person reads it. */
  async card(room: string): Promise<{ text: string; buttons: string[] }> {
    const pinned = (await this.messages(room)).find((it) => it.pinned);
    if (!pinned) return { text: '', buttons: [] };
    return { text: textOf(pinned), buttons: buttonsOf(pinned).map((it) => it.label) };
  }

  /** What the bot said in a room by itself: neither people's words nor answers to them. */
  async unasked(room: string): Promise<string[]> {
    const messages = await this.messages(room);
    return messages.filter((it) => it.author === null && !isAnswer(it)).map(textOf);
  }

  async incident(ref: number | string): Promise<Record<string, unknown>> {
    return (await this.call('GET', `/api/v1/incidents/${ref}`)).body as Record<string, unknown>;
  }

  /** The room of an incident, once it is open. */
  async roomOf(number: number): Promise<string> {
    return await this.until(async () => {
      const { rooms } = (await this.incident(number)) as { rooms?: { id: string }[] };
      return rooms?.[0]?.id;
    });
  }

  /** Waits until nothing is being done or is due: a clock that jumps must not make work that runs look late. */
  async rests(): Promise<void> {
    await this.until(async () => {
      const { body } = await this.call('GET', '/metrics');
      return ['ready', 'running'].every((lane) => String(body).includes(`queue_depth{lane="${lane}"} 0\n`));
    });
  }

  /** Waits for what follows by itself; answers the first thing that is neither false nor nothing. */
  async until<T>(look: () => Promise<T | undefined | false | null>): Promise<T> {
    return await soon(look.toString(), look, { everyMs: 20 });
  }

  async #ask(who: Who, path: string, body: unknown): Promise<Answer> {
    const answer = await this.call('POST', path, body, who);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.body as Answer;
  }
}

async function run(
  { dataDir, databaseUrl }: Place,
  env: Readonly<Record<string, string>>,
  how: Rehearsal,
): Promise<Program> {
  const settings = readSettings({
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    BOOTSTRAP_API_KEY: KEY,
    ...env,
  });
  return await start(settings, makeLog({ level: process.env['LOG_LEVEL'] ?? 'silent' }), how);
}

/** A message or a form, as a person reads it. */
function said(answer: Answer): string {
  if (answer.type === 'posted') return textOf(answer.message);
  const { title, fields } = answer.form;
  return `${title}: ${fields.map((it) => (it.error === '' ? it.name : `${it.name} (${it.error})`)).join(', ')}`;
}

export function textOf({ body }: MessageView): string {
  return body.type === 'words' ? body.text : plainMessage(withoutButtons(body.message));
}

function withoutButtons(message: Message): Message {
  return { ...message, parts: message.parts.filter((it) => it.type !== 'buttons' && it.type !== 'select') };
}

function buttonsOf({ body }: MessageView): { label: string; part: number; button: number }[] {
  if (body.type === 'words') return [];
  return body.message.parts.flatMap((it, part) =>
    it.type === 'buttons' ? it.buttons.map(({ label }, button) => ({ label, part, button })) : [],
  );
}

/** An answer to a command names who asked and what, in its small print. */
function isAnswer({ body }: MessageView): boolean {
  return (
    body.type === 'message' &&
    body.message.parts.some(
      (it) =>
        it.type === 'context' &&
        /^\S.* (?:typed|pressed|chose|sent) /.test(plainMessage({ ...body.message, parts: [it] })),
    )
  );
}
