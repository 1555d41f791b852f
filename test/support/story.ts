import { setTimeout as sleep } from 'node:timers/promises';

import type { Limits } from '#src/chat/platform.ts';
import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { linkIdentity, savePerson } from '#src/db/people.ts';
import type { PersonId, Role } from '#src/incident/person.ts';

import { Bot } from './bot.ts';
import type { Place } from './database.ts';
import type { FakePerson, FakePlatform, SeenForm, SeenMessage } from './fake-platform.ts';
import type { JumpingClock } from './jumping-clock.ts';
import { PATIENCE_MS, soon } from './soon.ts';
import type { Stage } from './stages.ts';
import { words } from './story-words.ts';
import { CALM, type Weather } from './weather.ts';

/** The API answers one key only so many times a second. */
const POLL_MS = 50;
/** Nothing happened for so long: the story has come to rest. */
const REST_MS = 300;

export type Who = 'ana' | 'bo' | 'cy' | 'guest';

/** Ana may do everything, Bo works on incidents, Cy looks on; the guest is known to nobody. */
const ROLES: readonly (readonly [Who, string, Role])[] = [
  ['ana', 'Ana Lima', 'admin'],
  ['bo', 'Bo Chen', 'responder'],
  ['cy', 'Cy Rossi', 'viewer'],
];

export interface Scenario {
  readonly title: string;
  /** Who did what is up to chance. */
  readonly isRace?: boolean;
  play(story: Story): Promise<void>;
}

interface Setting {
  readonly place: Place;
  /** What a test runs at its end, the last said first. */
  readonly atEnd: (stop: () => Promise<void>) => void;
  readonly weather?: Weather;
  /** Where time must pass that nobody waits for. */
  readonly clock?: JumpingClock;
}

/**
 * The whole program in this process with one chat platform beside the built-in
 * one, or with that one alone: people of that platform do things and read
 * things, and what comes of it is compared with what comes of the same story elsewhere.
 */
export class Story {
  readonly bot: Bot;
  readonly fake: FakePlatform;
  readonly stage: Stage;
  readonly lobby: string;
  readonly #weather: Weather;
  readonly #clock: JumpingClock | undefined;
  readonly #lastRoom = new Map<Who, string>();
  #done = 0;

  constructor(
    stage: Stage,
    parts: {
      bot: Bot;
      fake: FakePlatform;
      lobby: string;
      weather: Weather;
      clock?: JumpingClock | undefined;
    },
  ) {
    this.stage = stage;
    this.bot = parts.bot;
    this.fake = parts.fake;
    this.lobby = parts.lobby;
    this.#weather = parts.weather;
    this.#clock = parts.clock;
  }

  static async on(stage: Stage, { place, atEnd, weather = CALM, clock }: Setting): Promise<Story> {
    const running: { bot?: Bot } = {};
    const playing = await stage.start(() => running.bot?.url ?? '');
    const { fake } = playing;
    atEnd(async () => await fake.stop());
    await introduce(place, stage, fake);
    const bot = await Bot.on(place, { env: fake.env, atEnd, ...(clock ? { clock } : {}) });
    running.bot = bot;
    await playing.connected();
    const lobby = await soon(`the lobby on ${stage.name}`, () => lobbyOf(fake));
    const story = new Story(stage, { bot, fake, lobby, weather, clock });
    playing.admits(fake.people.guest, lobby);
    weather.begin?.(fake);
    return story;
  }

  /** What the platform says it can do. */
  get limits(): Limits {
    return this.stage.limits;
  }

  person(who: Who): FakePerson {
    return this.fake.people[who];
  }

  async types(who: Who, room: string, line: string): Promise<void> {
    await this.#does(who, room, () => this.fake.types(this.person(who), room, line));
  }

  async presses(who: Who, room: string, label: string): Promise<void> {
    const see = () => this.#readable(who, room).some((it) => [...it.buttons, ...it.options].includes(label));
    await this.waits(`${who} sees the button ${label}`, see);
    await this.#does(who, room, () => this.fake.presses(this.person(who), room, label));
  }

  /** Waits for the form, then sends it. */
  async fills(who: Who, title: RegExp, answers: Readonly<Record<string, string>>): Promise<SeenForm> {
    const form = await this.opened(who, title);
    const room = this.#lastRoom.get(who) ?? this.lobby;
    await this.#does(who, room, () => this.fake.fills(this.person(who), answers), true);
    return form;
  }

  /** The form that stands open, pressing what opens it where it cannot open at once. */
  async opened(who: Who, title: RegExp): Promise<SeenForm> {
    const room = this.#lastRoom.get(who) ?? this.lobby;
    let presses = 0;
    return await this.waits(`a form ${title.source} for ${who}`, async () => {
      const form = this.fake.form(this.person(who));
      if (form && title.test(form.title)) return form;
      const openers = this.#readable(who, room).filter((it) => it.buttons.includes('Open the form')).length;
      if (openers > presses) {
        presses = openers;
        await this.fake.presses(this.person(who), room, 'Open the form');
      }
      return null;
    });
  }

  /** Waits until this person can read these words somewhere: in the room, below a message, or outside. */
  async reads(who: Who, room: string, text: string | RegExp): Promise<SeenMessage> {
    const is = (it: SeenMessage) =>
      typeof text === 'string' ? words(it.text).includes(words(text)) : text.test(it.text);
    const look = () => this.#readable(who, room).findLast(is);
    this.#lastRoom.set(who, room);
    return await this.waits(`${who} reads ${String(text)}`, look);
  }

  /** What the bot told this person outside of rooms. */
  directly(who: Who): string {
    return this.fake
      .direct(this.person(who))
      .map(({ text }) => text)
      .join('\n');
  }

  /** Lets so many milliseconds go by, when all is done that was to be done before. */
  async passes(ms: number): Promise<void> {
    await this.rests();
    await this.bot.rests();
    this.#clock?.jump(ms);
  }

  /** What this person reads now; for what must not be there. */
  readable(who: Who, room: string): string {
    return this.#readable(who, room)
      .map(({ text }) => text)
      .join('\n');
  }

  /** Does something else to a message that is seen. */
  async marks(
    who: Who,
    message: SeenMessage,
    mark: 'pin' | { readonly emoji: string } | { readonly shortcut: string },
  ): Promise<void> {
    const person = this.person(who);
    await this.#does(who, message.room, async () => {
      if (mark === 'pin') await this.fake.pins(person, message);
      else if ('emoji' in mark) await this.fake.reacts(person, message, mark.emoji);
      else await this.fake.shortcut(person, message, mark.shortcut);
    });
  }

  /** The incident's room on this platform, once its card is there. */
  async room(number: number, who: Who = 'ana'): Promise<string> {
    const room = await this.#opened(number, who);
    await this.waits(`the card of INC-${number} on ${this.stage.name}`, () => this.card(room, who));
    await this.waits(`the program knows the room of INC-${number}`, async () => {
      const { rooms = [] } = (await this.incident(number)) as { rooms?: { platform: string }[] };
      return rooms.some(({ platform }) => platform === this.stage.name);
    });
    return room;
  }

  async #opened(number: number, who: Who): Promise<string> {
    return await this.waits(
      `the room of INC-${number} on ${this.stage.name}`,
      () => this.fake.rooms(this.person(who)).find(({ name }) => isRoomOf(number, name))?.id,
    );
  }

  /** The living card of an incident's room. */
  card(room: string, who: Who = 'ana'): SeenMessage | undefined {
    return this.fake
      .messages(this.person(who), room)
      .find((it) => it.author === 'bot' && /Severity/.test(it.text) && /Status/.test(it.text));
  }

  /** Waits until the card has this button first. */
  async cardOffers(room: string, first: string): Promise<SeenMessage> {
    return await this.waits(`a card that offers ${first} first`, () => {
      const card = this.card(room);
      return card?.buttons[0] === first ? card : null;
    });
  }

  async incident(number: number): Promise<Record<string, unknown>> {
    return await this.bot.incident(number);
  }

  /** Waits until the incident is in this state. */
  async becomes(number: number, status: string): Promise<void> {
    await this.waits(
      `INC-${number} is ${status}`,
      async () => (await this.incident(number))['status'] === status,
    );
  }

  async timeline(
    number: number,
  ): Promise<readonly { event_type: string; description: string; actor: unknown }[]> {
    const { body } = await this.bot.call('GET', `/api/v1/incidents/${number}/timeline`);
    return body as { event_type: string; description: string; actor: unknown }[];
  }

  /** Waits until the timeline has these words. */
  async keeps(number: number, text: string): Promise<void> {
    await this.waits(`"${text}" in the timeline`, async () =>
      (await this.timeline(number)).some(({ description }) => description.includes(text)),
    );
  }

  /** Waits until nothing changes any more, neither on the platform nor in the incidents. */
  async rests(): Promise<void> {
    let last = '';
    let since = performance.now();
    const deadline = since + PATIENCE_MS;
    while (performance.now() - since < REST_MS && performance.now() < deadline) {
      const { body } = await this.bot.call('GET', '/api/v1/incidents');
      const now = JSON.stringify([this.fake.measured.calls.length, body]);
      if (now !== last) since = performance.now();
      last = now;
      await sleep(POLL_MS);
    }
  }

  /** The first answer that is neither false nor nothing; where it does not come, the error says what people read. */
  async waits<T>(
    what: string,
    look: () => Promise<T | undefined | false | null> | T | undefined | false | null,
  ): Promise<T> {
    return await soon(what, look, { everyMs: POLL_MS }).catch((error: unknown) => {
      const all = [...this.#lastRoom].map(([who, room]) => `${who} reads:\n${this.#shown(who, room)}`);
      throw new Error(`${String(error)}\n${all.join('\n')}`);
    });
  }

  #shown(who: Who, room: string): string {
    const form = this.fake.form(this.person(who));
    const lines = this.#readable(who, room).map(
      (it) =>
        `  ${it.author}: ${it.text.replaceAll('\n', '\n    ')} [${[...it.buttons, ...it.options].join('] [')}]`,
    );
    return [...lines, ...(form ? [`  form: ${JSON.stringify(form)}`] : [])].join('\n');
  }

  async #does(who: Who, room: string, act: () => Promise<void>, isForm = false): Promise<void> {
    this.#lastRoom.set(who, room);
    const { around } = this.#weather;
    const { fake, stage } = this;
    const count = this.#done;
    this.#done += 1;
    await (around ? around({ fake, stage, room, count, isForm, act }) : act());
  }

  #readable(who: Who, room: string): readonly SeenMessage[] {
    const person = this.person(who);
    const main = this.fake.messages(person, room);
    return [...main, ...main.flatMap(({ id }) => this.fake.below(person, id)), ...this.fake.direct(person)];
  }
}

function isRoomOf(number: number, name: string): boolean {
  return new RegExp(`^inc-${number}(?:-|$)`, 'i').test(name);
}

export function lobbyOf(fake: FakePlatform): string | undefined {
  return fake.rooms(fake.people.ana).find(({ name }) => name.toLowerCase() === 'incidents')?.id;
}

/** The people are known before the program starts: by their e-mail address, or where a platform tells none, by their id there. */
export async function introduce(place: Place, stage: Stage, fake: FakePlatform): Promise<void> {
  const { db, close } = await openDatabase(place);
  try {
    await migrate(db);
    const now = new Date();
    for (const [who, name, role] of ROLES) {
      const id = who as string as PersonId;
      await savePerson(
        db,
        { id, name, email: `${who}@example.com`, role, timezone: 'UTC', active: true },
        now,
      );
      if (!stage.knowsByEmail) await linkIdentity(db, stage.name, fake.people[who].id, id);
    }
  } finally {
    await close();
  }
}
