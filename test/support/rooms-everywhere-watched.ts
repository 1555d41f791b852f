import { expect } from 'vitest';

import type { SeenMessage } from './fake-platform.ts';
import { allIn, titleOf, type Everywhere, type Rooms } from './rooms-everywhere.ts';
import type { Story } from './story.ts';

/** One incident on all platforms, some of which are in trouble: what its people are told, and what stands where. */
export class Watched {
  readonly everywhere: Everywhere;
  readonly number: number;
  readonly rooms: Rooms;

  constructor(everywhere: Everywhere, { number, rooms }: { number: number; rooms: Rooms }) {
    this.everywhere = everywhere;
    this.number = number;
    this.rooms = rooms;
  }

  /** On the web Bo types this into its room. */
  async types(line: string): Promise<void> {
    await this.everywhere.web.types('bo', this.rooms.web, line);
  }

  async cardsSay(text: string, on: readonly Story[] = this.everywhere.all): Promise<void> {
    await this.everywhere.cardsSay(this.rooms, text, { on });
  }

  /** What is said in the room on a platform of another that does not answer, or did not. */
  outages(it: Story, away: Story): readonly string[] {
    const text = new RegExp(`^${titleOf(away)} (?:does|did) not answer`);
    return this.#ofBot(it, this.rooms[it.stage.name]).flatMap((said) =>
      text.test(said.text) ? said.text : [],
    );
  }

  /** How often the bot has said something that begins so in the room. */
  said(it: Story, text: string): number {
    return this.#ofBot(it, this.rooms[it.stage.name]).filter((said) => said.text.startsWith(text)).length;
  }

  /** On every platform. */
  saidOnce(text: string): void {
    const { all } = this.everywhere;
    const times = all.map((it) => `${it.stage.name} ${this.said(it, text)}`);
    expect(times).toEqual(all.map(({ stage }) => `${stage.name} 1`));
  }

  /** The incident's lines in the room that everybody is in. */
  lines(it: Story): readonly SeenMessage[] {
    const text = new RegExp(`^INC-${this.number} P\\d `);
    return this.#ofBot(it, it.lobby).filter((said) => text.test(said.text));
  }

  /** Once all is at rest each room has one card, each lobby one line, and no work was given up. */
  async standsOnce(on: readonly Story[] = this.everywhere.all): Promise<void> {
    await this.everywhere.rests();
    for (const it of on) {
      const all = this.#ofBot(it, this.rooms[it.stage.name]);
      const cards = all.filter(({ text }) => /Severity/.test(text) && /Status/.test(text));
      const { length: lines } = this.lines(it);
      expect({ on: it.stage.name, cards: cards.length, lines }).toEqual({
        on: it.stage.name,
        cards: 1,
        lines: 1,
      });
    }
    expect(await this.everywhere.givenUp()).toEqual([]);
  }

  /** While these are away it is made worse and then resolved, on the others, which are told of each of them. */
  async goesOnWithout(away: readonly Story[], told: readonly Story[]): Promise<void> {
    await this.types('/incident severity P0 nobody can pay');
    await this.cardsSay('P0', told);
    await this.everywhere.comesWithTime('the others are told of who is away', () =>
      told.every((it) => away.every((from) => this.outages(it, from).length === 1)),
    );
    await this.types('/incident resolve rolled back');
    await this.cardsSay('Resolved', told);
    await this.everywhere.passes(2 * MINUTE);
  }

  /** What happened meanwhile is on the card there and was said once, and the others know that it is back. */
  async isRightAgain(back: readonly Story[], told: readonly Story[]): Promise<void> {
    const closing = `INC-${this.number} is resolved`;
    await this.everywhere.comesWithTime('the rooms of who was away are right', () =>
      back.every((it) => {
        const card = it.card(this.rooms[it.stage.name])?.text ?? '';
        return /P0/.test(card) && /Resolved/.test(card) && this.said(it, closing) > 0;
      }),
    );
    await this.everywhere.comesWithTime('the others are told that it is back', () =>
      told.every((it) => back.every((from) => /did not answer from/.test(this.outages(it, from)[0] ?? ''))),
    );
    await this.standsOnce();
    this.saidOnce(closing);
    for (const it of told) for (const from of back) expect(this.outages(it, from)).toHaveLength(1);
  }

  /** What people type there is done again. */
  async hearsAgain(it: Story): Promise<void> {
    const { name } = it.stage;
    await this.everywhere.comesWithTime(`people are heard on ${name}`, async () => {
      // Nobody can type where the program has told nobody that it is there.
      await it.types('bo', this.rooms[name], `/incident note ${name} is back`).catch(() => {});
      const timeline = await it.timeline(this.number);
      return timeline.some(({ description }) => description.includes(`${name} is back`));
    });
  }

  #ofBot(it: Story, room: string): readonly SeenMessage[] {
    return allIn(it, 'ana', room).filter(({ author }) => author === 'bot');
  }
}

const MINUTE = 60_000;
