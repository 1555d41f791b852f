import { randomUUID } from 'node:crypto';

import type { Answer, Button, Form, Part, RoomView } from '#adapters/web/protocol.ts';
import { commands } from '#commands/index.ts';

import type { FakePerson, FakePlatform, SeenForm, SeenMessage } from './fake-platform.ts';
import { WebMirror } from './web-mirror.ts';
import type { WebAnswer, WebWire } from './web-wire.ts';

/** Those who sit at their pages. The built-in chat has no guests: who is in it is a person of the program. */
export const WEB_PEOPLE = {
  ana: { id: 'ana', name: 'Ana Lima' },
  bo: { id: 'bo', name: 'Bo Chen' },
  cy: { id: 'cy', name: 'Cy Rossi' },
  guest: { id: 'gil', name: 'Gil Otis' },
} as const satisfies FakePlatform['people'];

interface OpenForm {
  readonly form: Form;
  readonly room: string | null;
}

/**
 * The built-in web chat with the hands and eyes that the other platforms' test
 * doubles have. Nothing of it is a double: people's pages talk to the real
 * thing. So what can go wrong between two programs cannot go wrong here, and
 * those hands do nothing.
 */
export class WebFake implements FakePlatform {
  readonly name = 'web';
  readonly env = {};
  readonly people = WEB_PEOPLE;
  readonly #wire: WebWire;
  readonly #pages: ReadonlyMap<string, WebMirror>;
  readonly #forms = new Map<string, OpenForm>();
  readonly #homes = new Map<string, string>();
  readonly #acknowledged: number[] = [];
  #times = 1;
  #gate: PromiseWithResolvers<void> | undefined;
  /** In the order in which they are let out: the other way round. */
  readonly #held: (() => void)[] = [];

  constructor(wire: WebWire) {
    this.#wire = wire;
    const people = Object.values(WEB_PEOPLE);
    this.#pages = new Map(people.map((it) => [it.id, new WebMirror(wire, it, people)]));
  }

  /** Everybody opens their page. */
  async open(): Promise<this> {
    for (const page of this.#pages.values()) page.connect();
    await this.look();
    return this;
  }

  /** Asks for everything again on every page. */
  async look(): Promise<void> {
    for (const page of this.#pages.values()) await page.look();
  }

  async stop(): Promise<void> {
    for (const page of this.#pages.values()) page.close();
  }

  async types(who: FakePerson, room: string, line: string, how: { delivery?: string } = {}): Promise<void> {
    const text = line.replaceAll(/<@([\w.-]+)>/g, (whole, id: string) =>
      this.#pages.has(id) ? `@${id}` : whole,
    );
    await this.#ask(who, room, `${roomPath(room)}/messages`, { id: how.delivery ?? randomUUID(), text });
  }

  async presses(
    who: FakePerson,
    room: string,
    label: string,
    how: { delivery?: string } = {},
  ): Promise<void> {
    const id = how.delivery ?? randomUUID();
    // A card that changed under the finger is looked at again, and pressed where the button now is.
    for (let tries = 0; tries < 5; tries += 1) {
      await this.#page(who).look();
      const place = this.#page(who).find(room, (part, at) => placeOf(part, at, label));
      if (!place) throw new Error(`${who.name} sees no ${label} in ${room}`);
      const path = `/web/messages/${place.message.id}/press`;
      if (await this.#ask(who, place.message.room, path, { id, ...place.found })) return;
    }
  }

  async fills(
    who: FakePerson,
    answers: Readonly<Record<string, string>>,
    how: { delivery?: string } = {},
  ): Promise<void> {
    const open = this.#forms.get(who.id);
    if (!open) throw new Error(`No form stands open for ${who.name}`);
    const { form, room } = open;
    const entered = form.fields.map(({ name, value, choices }) => {
      const answer = answers[name] ?? value;
      return [name, choices.find(({ label }) => label === answer)?.value ?? answer] as const;
    });
    const args = { ...form.known, ...Object.fromEntries(entered.filter(([, value]) => value !== '')) };
    await this.#ask(who, room, '/web/forms', {
      id: how.delivery ?? randomUUID(),
      room,
      command: form.command,
      args,
    });
  }

  async completes(who: FakePerson, room: string, typed: string): Promise<readonly string[]> {
    const line = encodeURIComponent(`/incident ${typed}`);
    const path = `/web/suggest?line=${line}&room=${encodeURIComponent(room)}`;
    const { body } = await this.#wire.request(who.id, 'GET', path);
    return (body as { suggestions: { line: string }[] }).suggestions.map((it) => it.line);
  }

  async shortcut(
    who: FakePerson,
    message: SeenMessage,
    label: string,
    how: { delivery?: string } = {},
  ): Promise<void> {
    const command = commands.find(({ onMessage }) => onMessage?.label === label);
    if (!command) throw new Error(`No menu of a message has ${label}`);
    const body = { id: how.delivery ?? randomUUID(), command: command.name };
    await this.#ask(who, message.room, `/web/messages/${message.id}/command`, body);
  }

  async pins(who: FakePerson, message: SeenMessage): Promise<void> {
    await this.#do(who, 'POST', `/web/messages/${message.id}/pin`, { on: true });
  }

  async reacts(
    who: FakePerson,
    message: SeenMessage,
    emoji: string,
    { off = false }: { off?: boolean } = {},
  ): Promise<void> {
    await this.#do(who, 'POST', `/web/messages/${message.id}/reactions`, { emoji, on: !off });
  }

  async rewrites(who: FakePerson, message: SeenMessage, text: string): Promise<void> {
    await this.#do(who, 'PATCH', `/web/messages/${message.id}`, { text });
  }

  async deletes(who: FakePerson, message: SeenMessage): Promise<void> {
    await this.#do(who, 'DELETE', `/web/messages/${message.id}`);
  }

  async shares(
    who: FakePerson,
    room: string,
    file: {
      readonly name: string;
      readonly type: string;
      readonly bytes: Uint8Array;
      readonly words: string;
    },
  ): Promise<void> {
    const query = new URLSearchParams({ id: randomUUID(), name: file.name, words: file.words });
    const path = `${roomPath(room)}/files?${query.toString()}`;
    await this.#delivered(who, () => this.#wire.upload(who.id, path, file.bytes, file.type));
  }

  async answers(who: FakePerson, message: SeenMessage, text: string): Promise<void> {
    const body = { id: randomUUID(), text, threadOf: Number(message.id) };
    await this.#ask(who, message.room, `${roomPath(message.room)}/messages`, body);
  }

  /** The nearest thing to a page of the bot's is the conversation with it. */
  async opensHome(who: FakePerson): Promise<void> {
    const { body } = await this.#do(who, 'POST', '/web/direct', { person: who.id });
    const { id } = body as RoomView;
    const answer = await this.#ask(who, id, `${roomPath(id)}/messages`, {
      id: randomUUID(),
      text: '/incident home',
    });
    if (answer?.type === 'posted') this.#homes.set(who.id, String(answer.message.id));
    await this.#page(who).look();
  }

  messages = (reader: FakePerson, room: string) => this.#page(reader).messages(room);
  below = (reader: FakePerson, message: string) => this.#page(reader).below(message);
  direct = (reader: FakePerson) => this.#page(reader).direct();
  rooms = (reader: FakePerson) => this.#page(reader).rooms();
  home = (reader: FakePerson) =>
    this.direct(reader).find(({ id }) => id === this.#homes.get(reader.id)) ?? null;

  form(reader: FakePerson): SeenForm | null {
    const open = this.#forms.get(reader.id);
    if (!open) return null;
    const { title, fields } = open.form;
    return {
      title,
      error: '',
      fields: fields.map(({ name, label, value, error, choices }) => ({
        name,
        label,
        value,
        error,
        choices: choices.map((it) => it.label),
      })),
    };
  }

  room(id: string) {
    const seen = [...this.#pages.values()].map((page) => page.room(id));
    return seen.find((it) => it !== null) ?? null;
  }

  readonly trouble: FakePlatform['trouble'] = {
    next: () => {},
    deliverTimes: (times) => void (this.#times = times),
    hold: () => void (this.#gate ??= Promise.withResolvers()),
    release: async () => {
      this.#gate = undefined;
      for (const letOut of this.#held.splice(0).toReversed()) letOut();
    },
    dropConnections: () => {
      for (const page of this.#pages.values()) page.connect();
    },
    down: () => {},
    back: () => {},
    revokeToken: () => {},
    restoreToken: () => {},
    deleteRoom: (id) => {
      throw new Error(`Nobody can delete the room ${id} here.`);
    },
    deleteMessage: (id) => {
      throw new Error(`Nobody can delete the message ${id} of the bot here.`);
    },
    leaves: ({ id }) => {
      throw new Error(`${id} cannot leave by themselves here.`);
    },
  };

  get measured(): FakePlatform['measured'] {
    const news = [...this.#pages.values()].reduce((sum, page) => sum + page.news, 0);
    const calls = Array.from({ length: news }, () => ({ method: 'push', at: 0, status: 200, body: null }));
    return { calls, refused: [], tooMany: [], acknowledged: this.#acknowledged };
  }

  #page({ id }: FakePerson): WebMirror {
    const page = this.#pages.get(id);
    if (!page) throw new Error(`Nobody called ${id} has a page`);
    return page;
  }

  /** A wish: what comes back is a message, or a form that then stands open. */
  async #ask(who: FakePerson, room: string | null, path: string, body: unknown): Promise<Answer | null> {
    const { status, body: answered } = await this.#do(who, 'POST', path, body);
    if (status >= 300) return null;
    const answer = answered as Answer;
    if (answer.type === 'form') this.#forms.set(who.id, { form: answer.form, room });
    else this.#forms.delete(who.id);
    return answer;
  }

  async #do(who: FakePerson, method: string, path: string, body?: unknown): Promise<WebAnswer> {
    return await this.#delivered(who, () => this.#wire.request(who.id, method, path, body));
  }

  /** A page that gets no answer asks again, with the same id. */
  async #delivered(who: FakePerson, send: () => Promise<WebAnswer>): Promise<WebAnswer> {
    if (this.#gate) await new Promise<void>((letOut) => void this.#held.push(letOut));
    const started = performance.now();
    const all = await Promise.all(Array.from({ length: this.#times }, send));
    this.#acknowledged.push(performance.now() - started);
    const answer = all.find(({ status }) => status < 300) ?? all[0];
    if (!answer || answer.status >= 500) throw new Error(`refused: ${JSON.stringify(answer)}`);
    await this.#page(who).look();
    return answer;
  }
}

function roomPath(room: string): string {
  return `/web/rooms/${encodeURIComponent(room)}`;
}

type Place = { part: number; button: number; label: string } | { part: number; value: string };

function placeOf(part: Part, at: number, label: string): Place | null {
  if (part.type === 'buttons') {
    const button = part.buttons.findIndex((it: Button) => it.label === label);
    return button < 0 ? null : { part: at, button, label };
  }
  if (part.type !== 'select') return null;
  const option = part.select.options.find((it) => it.label === label);
  return option ? { part: at, value: option.value } : null;
}
