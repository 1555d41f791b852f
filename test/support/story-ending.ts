import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { expect } from 'vitest';

import { PATIENCE_MS } from './soon.ts';
import { words } from './story-words.ts';
import type { Scenario, Story } from './story.ts';

/** What is left of a story when it has come to rest. */
interface Ending {
  readonly incidents: readonly unknown[];
  /** By incident: the words of its card and the labels of its buttons. */
  readonly cards: readonly { readonly words: string; readonly buttons: readonly string[] }[];
  /** What happened, in the order in which it did, and who did it. */
  readonly timelines: readonly (readonly string[])[];
}

/** Holds what each story ended with where it was told first against what it ends with elsewhere. */
export class Endings {
  readonly #first = new Map<string, Promise<First>>();

  async expectSame(scenario: Scenario, story: Story): Promise<void> {
    await story.rests();
    const first = this.#first.get(scenario.title);
    if (first) await expectIt(story, scenario, await first);
    else {
      const where = story.stage.title;
      const own = endingOf(story, scenario).then((ending) => ({ ending, where }));
      this.#first.set(scenario.title, own);
      await own;
    }
    await expectNothingTwice(story);
  }
}

interface First {
  readonly ending: Ending;
  readonly where: string;
}

/** What was refused for a moment is tried again later: the end may take its time, and then stays. */
async function expectIt(story: Story, scenario: Scenario, { ending, where }: First): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  let now = await endingOf(story, scenario);
  while (!isDeepStrictEqual(now, ending) && performance.now() < deadline) {
    await sleep(200);
    now = await endingOf(story, scenario);
  }
  expect(now, `as it ended on ${where}`).toEqual(ending);
  await story.rests();
}

async function endingOf(story: Story, { isRace = false }: Scenario): Promise<Ending> {
  const { body } = await story.bot.call('GET', '/api/v1/incidents');
  const numbers = (body as { incidents: { number: number }[] }).incidents
    .map((it) => it.number)
    .toSorted((a, b) => a - b);
  const cards = [];
  for (const number of numbers) {
    // Not every platform has rooms for what is private.
    if ((await story.incident(number))['private'] === true) continue;
    const card = story.card(await story.room(number));
    cards.push({ words: words(card?.text ?? ''), buttons: card?.buttons ?? [] });
  }
  return {
    incidents: await Promise.all(numbers.map(async (it) => without(await story.incident(it)))),
    cards,
    timelines: isRace ? [] : await Promise.all(numbers.map(async (it) => await timelineOf(story, it))),
  };
}

/** Ids, times, and where its rooms are: those differ. */
const DIFFERENT =
  /^(?:id|external_id|source_event_id|fingerprint|metrics|rooms|.*_at|.*_(?:deadline|remaining))$/;

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !DIFFERENT.test(name));
  return Object.fromEntries(kept.map(([name, it]) => [name, without(it)]));
}

/** Who keeps the words of another by a menu does not say whose they are; by a pin or an emoji they do. */
const IN_A_NAME = / \(Cy Rossi\)/;

/** Each platform has its room: that it was opened is said once for each of them. */
async function timelineOf(story: Story, number: number): Promise<readonly string[]> {
  const events = await story.timeline(number);
  return events
    .filter(({ description }) => !/\broom\b/i.test(description))
    .map(
      ({ event_type: type, description, actor }) =>
        `${type}: ${words(description.replace(IN_A_NAME, ''))} (${JSON.stringify(actor)})`,
    );
}

/** In no room the bot said the same twice, and no two rooms have one name. */
async function expectNothingTwice(story: Story): Promise<void> {
  const rooms = story.fake.rooms(story.person('ana'));
  const names = rooms.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  for (const { id, name } of rooms) {
    const said = story.fake
      .messages(story.person('ana'), id)
      .filter((it) => it.author === 'bot' && !it.private);
    const texts = said.map(({ text }) => text);
    expect(texts, `in ${name}`).toEqual([...new Set(texts)]);
  }
}
