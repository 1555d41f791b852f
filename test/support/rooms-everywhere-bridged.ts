import { expect } from 'vitest';

import type { SeenMessage } from './fake-platform.ts';
import { allIn, withWords, type Everywhere, type Rooms } from './rooms-everywhere.ts';
import { words } from './story-words.ts';
import type { Story } from './story.ts';

/** One incident's rooms on all platforms, and what Ana reads in them. */
export class Bridged {
  readonly everywhere: Everywhere;
  readonly #rooms: Rooms;

  constructor(everywhere: Everywhere, rooms: Rooms) {
    this.everywhere = everywhere;
    this.#rooms = rooms;
  }

  get all(): readonly Story[] {
    return this.everywhere.all;
  }

  roomOn({ stage }: Story): string {
    return this.#rooms[stage.name];
  }

  /** For each platform, on each of the others. */
  async onTheOthers(see: (there: Story, from: Story) => Promise<void>): Promise<void> {
    for (const from of this.all) {
      for (const there of this.everywhere.but(from.stage.name)) await see(there, from);
    }
  }

  words(story: Story, text: RegExp): readonly SeenMessage[] {
    return allIn(story, 'ana', this.roomOn(story)).filter((it) => text.test(it.text));
  }

  /** Bo's own message. */
  own(story: Story, text: string): SeenMessage {
    const { id } = story.person('bo');
    const found = withWords(story, 'bo', this.roomOn(story), text).find(({ author }) => author === id);
    if (!found) throw new Error(`Bo has not written "${text}" on ${story.stage.name}`);
    return found;
  }

  /** What the bot has put there; waits for it. */
  async copy(story: Story, text: string): Promise<SeenMessage> {
    const find = () =>
      withWords(story, 'ana', this.roomOn(story), text).find(({ author }) => author === 'bot');
    return await story.waits(`"${text}" on ${story.stage.name}`, find).catch(async (error: unknown) => {
      const givenUp = await this.everywhere.givenUp();
      throw new Error(`${String(error)}\n${JSON.stringify([this.everywhere.refused, givenUp])}`);
    });
  }

  /** Waits until this stands below the message with those words. */
  async answerBelow(story: Story, question: string, text: string): Promise<void> {
    await story.waits(`"${text}" below "${question}" on ${story.stage.name}`, () => {
      const above = withWords(story, 'ana', this.roomOn(story), question)[0];
      return above && story.fake.below(story.person('ana'), above.id).some((it) => it.text.includes(text));
    });
  }

  async isGone(story: Story, text: string): Promise<void> {
    await story.waits(`no "${text}" on ${story.stage.name}`, () => {
      return withWords(story, 'ana', this.roomOn(story), text).length === 0;
    });
  }

  /** Waits until the card reads the same on all platforms, and so, and offers the same. */
  async showsTheSame(text: RegExp): Promise<void> {
    const cards = () => {
      return this.all.map((story) => {
        const card = story.card(this.roomOn(story));
        return `${words(card?.text ?? '')} [${card?.buttons.join('] [') ?? ''}]`;
      });
    };
    const isSo = () => new Set(cards()).size === 1 && text.test(cards()[0] ?? '');
    await this.everywhere.web.waits(`the same card everywhere, with ${text.source}`, isSo).catch(() => {
      expect(cards()).toEqual(cards().map(() => expect.stringMatching(text)));
      throw new Error(`the cards differ:\n${cards().join('\n')}`);
    });
  }

  async hasNoTrouble(): Promise<void> {
    expect(await this.everywhere.givenUp()).toEqual([]);
    expect(this.everywhere.refused).toEqual([]);
  }
}
