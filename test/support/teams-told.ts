import type { FakePerson, FakePlatform } from './fake-platform.ts';

/** All that somebody reads of a room: its main flow, what stands below it, and their chat with the bot. */
export function readBy(fake: FakePlatform, who: FakePerson, room: string): string {
  const main = fake.messages(who, room);
  const all = [...main, ...main.flatMap(({ id }) => fake.below(who, id)), ...fake.direct(who)];
  const once = new Map(all.map(({ id, text }) => [id, text]));
  return [...once.values()].join('\n');
}
