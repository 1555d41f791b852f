import { Bot } from './bot.ts';
import type { Place } from './database.ts';
import type { SeenMessage } from './fake-platform.ts';
import type { ManualClock } from './manual-clock.ts';
import { soon } from './soon.ts';
import { STAGES, type Stage } from './stages.ts';
import { introduce, lobbyOf, Story, type Who } from './story.ts';
import { CALM } from './weather.ts';

const POLL_MS = 60;
/** Nothing happened on any platform, and nothing waited to be done, in so many looks one after the other: it has come to rest. */
const QUIET_LOOKS = 5;
/** A step of time that is let pass. */
const STEP_MS = 3000;
/** What is due is let be done before more time passes, unless it waits for the platform itself for so long. */
const WORK_MS = 2000;
const TICK_MS = 50;

/** Tests with everything in them share one thread, and take as long as all of those that run beside them. */
export const SIDE_BY_SIDE = { timeout: 300_000 };

export type On = Stage['name'];
/** By platform: the id of an incident's room there. */
export type Rooms = Readonly<Record<On, string>>;

export interface Options {
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

  /** `atEnd`: where its end is awaited. */
  static async on(
    place: Place,
    options: Options,
    atEnd: (stop: () => Promise<void>) => void,
  ): Promise<Everywhere> {
    const { env = {}, stages = [], clock, meanwhile, known = 'everywhere' } = options;
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
      env: Object.assign({ ...MANY_LOOKS }, ...envs, env) as Record<string, string>,
      ...(clock ? { clock } : {}),
      atEnd: (stop) => atEnd(async () => await (clock ? whileTimePasses(clock, stop) : stop())),
    });
    running.bot = bot;
    // It goes on by itself as it does elsewhere, for whoever waits for something without thinking of it.
    const stand = clock ? passing(clock, TICK_MS) : () => {};
    atEnd(async () => stand());
    await meanwhile?.(bot);
    for (const { fake } of far) fake.trouble.back();
    const stories = playing
      .filter(({ stage }) => stage.name !== 'web' || known !== 'nobody')
      .map(async ({ stage, fake, ...it }) => {
        await it.connected();
        const look = () => lobbyOf(fake);
        const lobby = await soon(`the lobby on ${stage.name}`, look);
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

  /** Bo declares an incident in the web chat; answers its number, and its room on each platform once its card is there. */
  async declares(title: string): Promise<{ readonly number: number; readonly rooms: Rooms }> {
    await this.web.types('bo', this.web.lobby, `/incident declare ${title} --severity P1`);
    const number = await this.numberOf(title);
    return { number, rooms: await this.rooms(number) };
  }

  /** The incident with this title, once it is there. */
  async numberOf(title: string): Promise<number> {
    return await this.web.waits(`an incident "${title}"`, async () => {
      const { body } = await this.bot.call('GET', '/api/v1/incidents');
      const { incidents } = body as { incidents: { number: number; title: string }[] };
      return incidents.find((it) => it.title === title)?.number;
    });
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

  /** Lets time pass on the program's clock, in steps, and has what is due done after each. */
  async passes(ms: number): Promise<void> {
    if (!this.clock) throw new Error('time passes by itself here');
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.clock.advance(Math.min(STEP_MS, ms - passed));
      const isDone = async () => (await this.#jobs('running')) === 0;
      await soon('what is due is done', isDone, { patienceMs: WORK_MS, everyMs: POLL_MS }).catch(() => {});
    }
  }

  /** Waits until it is so, and lets time pass meanwhile. */
  async comesWithTime(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
    await soon(
      what,
      async () => {
        if (await look()) return true;
        await this.passes(STEP_MS);
        return false;
      },
      { everyMs: 5 },
    );
  }

  /** Waits until nothing is left to be done by itself, and nothing happens on any platform any more. */
  async rests(): Promise<void> {
    let [last, quiet] = ['', 0];
    const look = async () => {
      const waiting = await this.#jobs('ready', 'delayed', 'running');
      const now = JSON.stringify([await this.#events(), this.all.map((it) => it.fake.measured.calls.length)]);
      quiet = waiting === 0 && now === last ? quiet + 1 : 0;
      last = now;
      if (this.clock) await this.passes(STEP_MS);
      return quiet === QUIET_LOOKS;
    };
    await soon('rest on all platforms', look, { everyMs: POLL_MS });
  }

  /** How many jobs are in these lanes of the queue. */
  async #jobs(...lanes: readonly ('ready' | 'delayed' | 'running')[]): Promise<number> {
    const { body: metrics } = await this.bot.call('GET', '/metrics');
    const depths = String(metrics).matchAll(/queue_depth\{lane="(\w+)"\} (\d+)/g);
    return [...depths]
      .filter(([, lane]) => lanes.some((it) => it === lane))
      .reduce((sum, [, , depth]) => sum + Number(depth), 0);
  }

  /** What has happened to the incidents so far. */
  async #events(): Promise<string> {
    const { body } = await this.bot.call('GET', '/api/v1/incidents');
    const { incidents } = body as { incidents: { updated_at: string }[] };
    return incidents.map((it) => it.updated_at).join();
  }

  /** Jobs that were given up, with what went wrong. */
  async givenUp(): Promise<readonly unknown[]> {
    const { body } = await this.bot.call('GET', '/api/v1/jobs/dead');
    return (body as { jobs: unknown[] }).jobs;
  }

  /** What the platforms refused, and what came too fast for them. */
  get refused(): readonly string[] {
    const refused = this.all.flatMap(({ fake }) => [...fake.measured.refused, ...fake.measured.tooMany]);
    return refused.filter((it) => !EXPECTED.test(it));
  }
}

/** Many look at the same time what has come of it. */
const MANY_LOOKS = { REQUESTS_PER_MINUTE: '1000000' };

/**
 * What was deleted is not there when it is looked for, or deleted once more, since every
 * reaction runs twice; and somebody may begin a thread just before the bot does.
 */
const EXPECTED =
  /^(?:DELETE|GET|chat\.delete|files\.info)\b.*(?:not_found|NotFound|Unknown Message)|: 160004 /;

/** What does not end by itself is left after its grace, and that is on this clock. */
async function whileTimePasses(clock: ManualClock, act: () => Promise<void>): Promise<void> {
  const stand = passing(clock, STEP_MS);
  await act().finally(stand);
}

/** Lets time pass by itself, so much with every tick; answers how to end it. */
function passing(clock: ManualClock, ms: number): () => void {
  const ticking = setInterval(() => clock.advance(ms), TICK_MS);
  return () => clearInterval(ticking);
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
