import { setTimeout as sleep } from 'node:timers/promises';

import { Bot } from './bot.ts';
import type { EmptyPlace } from './database.ts';
import type { SeenMessage } from './fake-platform.ts';
import type { ManualClock } from './manual-clock.ts';
import { soon } from './soon.ts';
import { STAGES, type Stage } from './stages.ts';
import { introduce, lobbyOf, Story, type Who } from './story.ts';
import { CALM } from './weather.ts';

/** How long something that follows by itself may take on any of the platforms. */
const PATIENCE_MS = 20_000;
const POLL_MS = 40;
/** Nothing happened on any platform for so long: it has come to rest. */
const REST_MS = 250;
/** A step of time that is let pass, and what it takes on the machine. */
const STEP_MS = 1000;
const STEP_TAKES_MS = 12;

export type On = Stage['name'];
/** By platform: the id of an incident's room there. */
export type Rooms = Readonly<Record<On, string>>;

interface Options {
  /** Where the end of the test is awaited. */
  readonly atEnd: (stop: () => Promise<void>) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** In place of the usual one of its name. */
  readonly stages?: readonly Stage[];
  readonly clock?: ManualClock;
  /** What is done while all but the web chat is down, from the start of the program on. */
  readonly meanwhile?: (bot: Bot) => Promise<void>;
  /** Whether Ana, Bo and Cy are known from the start: `everywhere`, or but for Discord, which tells no e-mail addresses; or nobody is. */
  readonly known?: 'everywhere' | 'by e-mail' | 'nobody';
}

/**
 * The whole program in this process with all chat platforms at once, every
 * reaction run twice: one incident has a room on each of them, and what people
 * do on one is looked for on the others.
 */
export class Everywhere {
  readonly bot: Bot;
  readonly clock: ManualClock | null;
  readonly #stories: ReadonlyMap<On, Story>;

  private constructor(bot: Bot, clock: ManualClock | null, stories: readonly Story[]) {
    this.bot = bot;
    this.clock = clock;
    this.#stories = new Map(stories.map((it) => [it.stage.name, it]));
  }

  static async on(place: EmptyPlace, options: Options): Promise<Everywhere> {
    const { atEnd, env = {}, stages = [], clock, meanwhile, known = 'everywhere' } = options;
    const running: { bot?: Bot } = {};
    const all = STAGES.map((stage) => stages.find(({ name }) => name === stage.name) ?? stage);
    const playing = await Promise.all(
      all.map(async (stage) => ({ stage, ...(await stage.start(() => running.bot?.url ?? '')) })),
    );
    atEnd(async () => void (await Promise.all(playing.map(({ fake }) => fake.stop()))));
    const linked = playing.find(({ stage }) => stage.knowsByEmail === (known === 'by e-mail'));
    if (known !== 'nobody' && linked) await introduce(place, linked.stage, linked.fake);
    const far = playing.filter(({ stage }) => stage.name !== 'web');
    if (meanwhile) for (const { fake } of far) fake.trouble.down();
    const envs = playing.map(({ fake }) => fake.env);
    const bot = await Bot.on(place, {
      env: Object.assign({}, ...envs, env) as Record<string, string>,
      ...(clock ? { clock } : {}),
      atEnd: (stop) => atEnd(async () => await (clock ? whileTimePasses(clock, stop) : stop())),
    });
    running.bot = bot;
    await meanwhile?.(bot);
    for (const { fake } of far) fake.trouble.back();
    const stories = playing
      .filter(({ stage }) => stage.name !== 'web' || known !== 'nobody')
      .map(async ({ stage, fake, ...it }) => {
        await it.connected();
        const look = () => lobbyOf(fake);
        const lobby = await soon(`the lobby on ${stage.name}`, look, { patienceMs: PATIENCE_MS });
        it.admits(fake.people.guest, lobby);
        return new Story(stage, { bot, fake, lobby, weather: CALM });
      });
    return new Everywhere(bot, clock ?? null, await Promise.all(stories));
  }

  get web(): Story {
    return this.at('web');
  }
  get slack(): Story {
    return this.at('slack');
  }
  get teams(): Story {
    return this.at('teams');
  }
  get discord(): Story {
    return this.at('discord');
  }
  get all(): readonly Story[] {
    return [...this.#stories.values()];
  }

  at(name: On): Story {
    const story = this.#stories.get(name);
    if (!story) throw new Error(`${name} is not part of this story`);
    return story;
  }

  but(...names: readonly On[]): readonly Story[] {
    return this.all.filter(({ stage }) => !names.includes(stage.name));
  }

  /** The incident's room on each platform that this person can look into, once its card is there. */
  async rooms(number: number, who: Who = 'ana', on = this.all): Promise<Rooms> {
    const found = on.map(async (it) => [it.stage.name, await it.room(number, who)] as const);
    return Object.fromEntries(await Promise.all(found)) as Rooms;
  }

  /** The rooms of an incident as the program knows them, by platform. */
  async incidentRooms(
    number: number,
  ): Promise<readonly { readonly platform: string; readonly id: string }[]> {
    const { rooms } = (await this.bot.incident(number)) as { rooms: { platform: string; id: string }[] };
    return rooms.toSorted((a, b) => a.platform.localeCompare(b.platform));
  }

  /** Waits until the card on each of these platforms says this. */
  async cardsSay(
    rooms: Rooms,
    text: string | RegExp,
    { who = 'ana', on = this.all }: { readonly who?: Who; readonly on?: readonly Story[] } = {},
  ): Promise<void> {
    for (const it of on) {
      await it.waits(`a card that says ${String(text)} on ${it.stage.name}`, () =>
        new RegExp(text).test(it.card(rooms[it.stage.name], who)?.text ?? ''),
      );
    }
  }

  /** Lets time pass on the program's clock, in steps, and what is due be done. */
  async passes(ms: number): Promise<void> {
    if (!this.clock) throw new Error('time passes by itself here');
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(Math.min(STEP_MS, ms - passed));
      await sleep(STEP_TAKES_MS);
    }
  }

  /** Waits until it is so, and lets time pass meanwhile. */
  async comesWithTime(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
    await soon(
      what,
      async () => {
        if (await look()) return true;
        await this.passes(2 * STEP_MS);
        return false;
      },
      { patienceMs: PATIENCE_MS, everyMs: 5 },
    );
  }

  /** Waits until nothing is left to be done by itself, and nothing happens on any platform any more. */
  async rests(): Promise<void> {
    let [last, since] = ['', performance.now()];
    const deadline = since + PATIENCE_MS;
    while (performance.now() - since < REST_MS && performance.now() < deadline) {
      const { waiting, events } = await this.#work();
      const now = JSON.stringify([events, this.all.map(({ fake }) => fake.measured.calls.length)]);
      if (waiting > 0 || now !== last) since = performance.now();
      last = now;
      if (this.clock) await this.passes(STEP_MS);
      await sleep(POLL_MS);
    }
  }

  /** Jobs that wait or are done now, and what has happened to the incidents so far. */
  async #work(): Promise<{ readonly waiting: number; readonly events: string }> {
    const { body: metrics } = await this.bot.call('GET', '/metrics');
    const depths = [...String(metrics).matchAll(/queue_depth\{lane="(?:ready|delayed|running)"\} (\d+)/g)];
    const { body } = await this.bot.call('GET', '/api/v1/incidents');
    const { incidents } = body as { incidents: { updated_at: string }[] };
    return {
      waiting: depths.reduce((sum, [, depth]) => sum + Number(depth), 0),
      events: incidents.map((it) => it.updated_at).join(),
    };
  }

  /** Jobs that were given up, with what went wrong. */
  async givenUp(): Promise<readonly unknown[]> {
    const { body } = await this.bot.call('GET', '/api/v1/jobs/dead');
    return (body as { jobs: unknown[] }).jobs;
  }

  /** What the platforms refused, and what came too fast for them. */
  get refused(): readonly string[] {
    const refused = this.all.flatMap(({ fake }) => [...fake.measured.refused, ...fake.measured.tooMany]);
    return refused.filter((it) => !GONE.test(it));
  }
}

/** What was deleted is not there when it is looked for, or deleted once more: every reaction runs twice. */
const GONE = /^(?:DELETE|GET|chat\.delete|files\.info)\b.*(?:not_found|NotFound|Unknown Message)/;

/** What does not end by itself is left after its grace, and that is on this clock. */
async function whileTimePasses(clock: ManualClock, act: () => Promise<void>): Promise<void> {
  const ticking = setInterval(() => clock.advance(STEP_MS), STEP_TAKES_MS);
  await act().finally(() => clearInterval(ticking));
}

/** Everything in a room, what stands below its messages too, as somebody reads it. */
export function allIn({ fake }: Story, who: Who, room: string): readonly SeenMessage[] {
  const reader = fake.people[who];
  const all = fake.messages(reader, room).flatMap((it) => [it, ...fake.below(reader, it.id)]);
  // What only one person sees may stand below a message and in the main flow.
  return [...new Map(all.map((it) => [it.id, it])).values()];
}

/** What somebody reads in a room that has these words in it. */
export function withWords(story: Story, who: Who, room: string, text: string): readonly SeenMessage[] {
  return allIn(story, who, room).filter((it) => it.text.includes(text));
}

/** As people call the platform in a sentence of the bot's. */
export function titleOf({ stage: { name } }: Story): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
