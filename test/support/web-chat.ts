import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { makeWebChat, type WebChat } from '#adapters/web/adapter.ts';
import type { Connection } from '#adapters/web/live.ts';
import type { Answer, MessageView, MessagesView, Push, RoomView } from '#adapters/web/protocol.ts';
import type { Body } from '#adapters/web/store.ts';
import { commands } from '#commands/index.ts';
import { plainMessage } from '#src/chat/message.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { chatStore } from '#src/db/chat.ts';
import { savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';

import { test as base } from './database.ts';
import { ListeningInbox } from './listening-inbox.ts';

/** The people of the tests. */
export const PEOPLE = [
  { id: 'ana', name: 'Ana Lima', role: 'admin' },
  { id: 'bo', name: 'Bo Chen', role: 'responder' },
  { id: 'cy', name: 'Cy Rossi', role: 'viewer' },
  { id: 'gil', name: 'Gil Otis', role: 'viewer' },
] as const;

export type WebPerson = (typeof PEOPLE)[number]['id'];

/** The web chat over a database, with the people in it and nothing else. */
export async function webChatOn(db: Db) {
  const start = new Date('2026-03-01T08:00:00Z').getTime();
  let ms = start;
  const clock = { now: () => new Date(ms), pass: (by: number) => void (ms += by) };
  const failures: unknown[] = [];
  for (const { id, ...person } of PEOPLE) {
    const whole = { ...person, id: id as PersonId, email: null, timezone: 'UTC', active: true };
    await savePerson(db, whole, new Date(start));
  }
  const running = new Set<Promise<unknown>>();
  const make = () =>
    makeWebChat({
      store: watched(chatStore<Body>(db), running),
      publicUrl: 'https://incidents.example',
      now: clock.now,
      report: (error) => failures.push(error),
    });
  const chat = make();
  const inbox = new ListeningInbox();
  await chat.platform.start(inbox, commands.map(shapeOf));
  return {
    chat,
    inbox,
    clock,
    failures,
    make,
    refs: { ana: refTo('ana'), bo: refTo('bo') },
    as: (id: WebPerson) => new WebPage(chat, id),
    /** Waits for the work that nobody waits for. */
    settled: async () => {
      do {
        await Promise.allSettled(running);
        await setImmediate();
      } while (running.size > 0);
    },
  };
}

/** The same store, and what it is doing at the moment. */
function watched<T extends object>(store: T, running: Set<Promise<unknown>>): T {
  return new Proxy(store, {
    get(target, name, receiver) {
      const run: unknown = Reflect.get(target, name, receiver);
      if (typeof run !== 'function') return run;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(run, target, args);
        if (!(result instanceof Promise)) return result;
        running.add(result);
        return result.finally(() => running.delete(result));
      };
    },
  });
}

function refTo(id: WebPerson) {
  return { platform: 'web', id };
}

/** Gives a test a web chat of its own, with one room in it. */
export const test = base.extend('web', async ({ db }) => {
  const web = await webChatOn(db);
  const room = await web.chat.platform.openRoom({
    name: 'inc-1',
    topic: 'P1 new',
    title: 'Checkout is down',
    isPrivate: false,
    links: [],
  });
  return { ...web, db, room, ana: web.as('ana'), bo: web.as('bo'), cy: web.as('cy') };
});

/** A person's page: what it asks and what is pushed to it. */
export class WebPage {
  readonly id: WebPerson;
  readonly pushes: Push[] = [];
  readonly #chat: WebChat;
  #connection: Connection | undefined;

  constructor(chat: WebChat, id: WebPerson) {
    this.#chat = chat;
    this.id = id;
  }

  get who() {
    return PEOPLE.find((it) => it.id === this.id) ?? PEOPLE[0];
  }

  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const request = new Request(`https://incidents.example${path}`, init);
    const response = await this.#chat.handle(request, this.who);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  /** Asks and expects to be answered. */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.body as T;
  }

  async rooms(): Promise<readonly RoomView[]> {
    return (await this.ask<{ rooms: RoomView[] }>('GET', '/web/rooms')).rooms;
  }

  async messages(room: string, query = ''): Promise<readonly MessageView[]> {
    return (await this.ask<MessagesView>('GET', `${roomPath(room)}/messages${query}`)).messages;
  }

  async thread(id: number): Promise<readonly MessageView[]> {
    return (await this.ask<MessagesView>('GET', `/web/messages/${id}/thread`)).messages;
  }

  async send(room: string, text: string, more: { id?: string; threadOf?: number } = {}): Promise<Answer> {
    return await this.ask('POST', `${roomPath(room)}/messages`, { id: randomUUID(), text, ...more });
  }

  /** Writes words and gives the message. */
  async write(room: string, text: string, threadOf?: number): Promise<MessageView> {
    const answer = await this.send(room, text, threadOf === undefined ? {} : { threadOf });
    if (answer.type !== 'posted') throw new Error('A form came back.');
    return answer.message;
  }

  connect(): this {
    this.#connection = this.#chat.connect(this.who, (push) => void this.pushes.push(push));
    return this;
  }

  sends(sent: unknown): void {
    this.#connection?.received(sent);
  }

  leaves(): void {
    this.#connection?.closed();
  }

  pushed<T extends Push['type']>(type: T): Extract<Push, { type: T }>[] {
    return this.pushes.filter((it): it is Extract<Push, { type: T }> => it.type === type);
  }
}

export function roomPath(room: string): string {
  return `/web/rooms/${encodeURIComponent(room)}`;
}

/** What a reader reads in a message. */
export function textOf({ body }: MessageView): string {
  if (body.type === 'words') return body.text;
  const parts = body.message.parts.filter((it) => it.type !== 'buttons' && it.type !== 'select');
  return plainMessage({ ...body.message, parts });
}
