import { setTimeout as sleep } from 'node:timers/promises';

import type { FakePerson, FakePlatform, SeenMessage } from '#test/support/fake-platform.ts';

import type { Rooms } from './cards.ts';
import { calm, forEach, waiting, WHO, type Chats, type Outside } from './chats.ts';
import { percentiles } from './load.ts';
import type { Place } from './places.ts';
import { startSlowWire } from './slow-wire.ts';

const DELAY_MS = 2000;
/** Each of three people on each platform does so many rounds of what `Person` does, so four or more deliveries. */
const TURNS = Number(process.env['BENCH_TURNS'] ?? 9);
/** What people are told about something that takes this long they do not wait for. */
const PATIENCE_MS = 180_000;
const LOOK_MS = 100;
/** People read before they go on. */
const READ_MS = 300;

/**
 * Commands, presses and forms on three platforms while every answer of the database takes
 * two seconds: how long the platform waits for its acknowledgement, in milliseconds, and
 * whether everybody gets what they asked for in the end.
 */
export async function acknowledge(
  { place, databaseUrl }: { readonly place: Place; readonly databaseUrl: string },
  chats: Chats,
  rooms: readonly Rooms[],
): Promise<Readonly<Record<string, unknown>>> {
  const wire = await startSlowWire(databaseUrl);
  const program = await chats.start(place, { DATABASE_URL: wire.url });
  try {
    await calm(program, chats);
    const before = forEach((it) => chats.fakes[it].measured.acknowledged.length);
    wire.delayAnswers(DELAY_MS);
    const begun = performance.now();
    const work = forEach((it) =>
      everybody(
        chats,
        it,
        rooms.map((all) => all[it]),
      ),
    );
    const done = { slack: await work.slack, teams: await work.teams, discord: await work.discord };
    const seconds = Math.round((performance.now() - begun) / 1000);
    const taken = forEach((it) => chats.fakes[it].measured.acknowledged.slice(before[it]));
    wire.delayAnswers(0);
    await calm(program, chats);
    return {
      asked: 'p99 < 500 ms',
      databaseDelayMs: DELAY_MS,
      seconds,
      ...forEach((it) => ({
        ...done[it],
        acknowledgedMs: percentiles(taken[it]),
        acknowledgements: taken[it].length,
      })),
      jobsGivenUp: (await waiting(program)).dead,
    };
  } finally {
    await program.stop();
    await wire.stop();
  }
}

interface Tally {
  /** What people did, by kind. */
  commands: number;
  presses: number;
  forms: number;
  /** Wishes that were answered as they should be, and what was not. */
  answered: number;
  readonly unanswered: string[];
}

async function everybody(chats: Chats, platform: Outside, rooms: readonly string[]): Promise<Tally> {
  const tally: Tally = { commands: 0, presses: 0, forms: 0, answered: 0, unanswered: [] };
  const fake = chats.fakes[platform];
  await Promise.all(
    WHO.map(async (who, index) => {
      const own = rooms.filter((_, room) => room % WHO.length === index);
      const person = new Person(fake, fake.people[who], tally, () => chats.closes(platform, who));
      for (let turn = 0; turn < TURNS; turn += 1) {
        const room = own[turn % own.length];
        if (room !== undefined) await person.takesATurn(room, `${who} says ${turn}`);
      }
    }),
  );
  return tally;
}

const FORM = 'Open the form';

/** Somebody who asks, presses and writes, one thing after the other, and waits for the answer each time. */
class Person {
  readonly #fake: FakePlatform;
  readonly #who: FakePerson;
  readonly #tally: Tally;
  /** Puts away what the app shows in front of the room. */
  readonly #looksUp: () => void;

  constructor(fake: FakePlatform, who: FakePerson, tally: Tally, looksUp: () => void) {
    this.#fake = fake;
    this.#who = who;
    this.#tally = tally;
    this.#looksUp = looksUp;
  }

  async takesATurn(room: string, words: string): Promise<void> {
    await this.#asks(room, '/incident help ack', /Take an incident/);
    await this.#asks(room, '/incident status', /INC-\d+/);
    await this.#fillsIn(room, words);
  }

  async #asks(room: string, line: string, answer: RegExp): Promise<void> {
    const isNew = this.#newIn(room);
    this.#tally.commands += 1;
    await this.#fake.types(this.#who, room, line);
    await this.#waits(line, () => isNew(answer));
  }

  /** By a button of the card, and where the platform opens no form by itself by the button that is offered. */
  async #fillsIn(room: string, words: string): Promise<void> {
    const isOpen = await this.#opensForm(room);
    if (!isOpen) return;
    const isNew = this.#newIn(room);
    this.#tally.forms += 1;
    await this.#fake.fills(this.#who, { text: words });
    await this.#waits(`the form with ${words}`, () => isNew(new RegExp(`Update on INC.*${words}`, 's')));
  }

  async #opensForm(room: string): Promise<boolean> {
    const isNew = this.#newIn(room);
    await this.#presses(room, 'Update');
    let offers = 0;
    return await this.#waits('the form', async () => {
      if (this.#fake.form(this.#who)?.title.startsWith('Update')) return true;
      const offered = this.#read(room).filter((it) => isNew.of(it) && it.buttons.includes(FORM)).length;
      if (offered > offers) {
        offers = offered;
        await this.#presses(room, FORM);
      }
      return false;
    });
  }

  async #presses(room: string, label: string): Promise<void> {
    this.#tally.presses += 1;
    await this.#fake.presses(this.#who, room, label);
  }

  async #waits(what: string, look: () => boolean | Promise<boolean>): Promise<boolean> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!(await look())) {
      if (performance.now() > deadline) {
        this.#tally.unanswered.push(`${this.#who.name}: ${what}`);
        return false;
      }
      await sleep(LOOK_MS);
    }
    if (what !== 'the form') this.#looksUp();
    this.#tally.answered += 1;
    await sleep(READ_MS);
    return true;
  }

  /** What the bot says from now on. */
  #newIn(room: string) {
    const before = new Set(this.#read(room).map(({ id }) => id));
    const of = (it: SeenMessage) => it.author === 'bot' && !before.has(it.id);
    const said = (words: RegExp) => this.#read(room).some((it) => of(it) && words.test(it.text));
    return Object.assign(said, { of });
  }

  #read(room: string): readonly SeenMessage[] {
    return [...this.#fake.messages(this.#who, room), ...this.#fake.direct(this.#who)];
  }
}
