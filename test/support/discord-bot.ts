import { makeDiscord, type DiscordSettings } from '#adapters/discord/adapter.ts';
import { commands } from '#commands/index.ts';
import type { ChatPlatform, Outcome, Ref, WantedRoom } from '#src/chat/platform.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';

import { test as base } from './database.ts';
import { discordSettings } from './discord-settings.ts';
import { startFakeDiscord, type DiscordOptions } from './discord/fake.ts';
import { ListeningInbox } from './listening-inbox.ts';

export const SHAPES = commands.map(shapeOf);

export const ROOM: WantedRoom = {
  name: 'inc-1-checkout',
  topic: 'INC-1 P1 new',
  title: 'Checkout is down',
  isPrivate: false,
  links: [],
};

interface Wanted {
  readonly discord?: DiscordOptions;
  readonly settings?: Partial<DiscordSettings>;
}

/** A Discord, and this program's adapter in it. */
export type Bot = Awaited<ReturnType<typeof discordOn>>;

async function discordOn(db: Db, { discord = {}, settings = {} }: Wanted) {
  const fake = await startFakeDiscord({ pace: 20, ...discord });
  const inbox = new ListeningInbox();
  const failures: unknown[] = [];
  const started: ChatPlatform[] = [];
  const now = () => new Date();
  const whole = discordSettings(fake, settings);
  const make = (store: PlatformStore = platformStore(db, 'discord', now)) =>
    makeDiscord({
      settings: whole,
      store,
      now,
      report: (error) => failures.push(error),
    }).platform;
  const start = async () => {
    const platform = make();
    started.push(platform);
    await platform.start(inbox, SHAPES);
    await platform.socket?.open();
    return platform;
  };
  const ref = ({ id }: { readonly id: string }): Ref => ({ platform: 'discord', id });
  return {
    fake,
    inbox,
    failures,
    settings: whole,
    make,
    start,
    ana: ref(fake.people.ana),
    bo: ref(fake.people.bo),
    people: fake.people,
    says: (outcome: Outcome) => void (inbox.outcome = async () => outcome),
    channel: ({ id }: Ref) => {
      const found = fake.world.channels.get(id);
      if (!found) throw new Error(`There is no channel ${id}`);
      return found;
    },
    calls: (method: string) => fake.measured.calls.filter((it) => it.method === method),
    async stop() {
      await Promise.all(started.map((it) => it.stop()));
      await fake.stop();
      const broken = [...fake.broken, ...fake.measured.tooMany];
      if (broken.length > 0) throw new Error(broken.join('\n'));
    },
  };
}

/** Gives a test Discords of its own. They are stopped at its end, and it fails where a limit was broken. */
export const test = base.extend('make', async ({ db }, { onCleanup }) => {
  const all: Bot[] = [];
  onCleanup(async () => {
    for (const it of all) await it.stop();
  });
  return async (wanted: Wanted = {}) => {
    const bot = await discordOn(db, wanted);
    all.push(bot);
    return bot;
  };
});
