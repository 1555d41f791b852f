import { LIMITS as DISCORD, THREAD_LIMITS as DISCORD_THREADS } from '#adapters/discord/limits.ts';
import { LIMITS as SLACK } from '#adapters/slack/limits.ts';
import { LIMITS as TEAMS, LIMITS_OF_THREADS as TEAMS_THREADS } from '#adapters/teams/limits.ts';
import { LIMITS as WEB } from '#adapters/web/limits.ts';
import type { Limits } from '#src/chat/platform.ts';

import { startFakeDiscord } from './discord/fake.ts';
import type { FakePerson, FakePlatform } from './fake-platform.ts';
import { startFakeSlack, type FakeSlack } from './slack/fake.ts';
import { startFakeTeams } from './teams/fake.ts';
import { WebFake } from './web-fake.ts';
import { httpWire } from './web-wire.ts';

/** A platform on which a story can be played. */
export interface Stage {
  readonly name: 'web' | 'slack' | 'teams' | 'discord';
  /** As people call it. */
  readonly title: string;
  readonly limits: Limits;
  /** Whether people can type a command that there is not. */
  readonly takesAnyWord: boolean;
  /** Whether somebody can be there whom the program does not know. */
  readonly hasGuests: boolean;
  /** Whether the program finds out by itself who somebody is. */
  readonly knowsByEmail: boolean;
  /** The platform's own calls that most of what the bot does goes through, without those that somebody waits for with a form open. */
  readonly calls: readonly string[];
  /** `appUrl` is where the program is, once it runs. */
  start(appUrl: () => string): Promise<Playing>;
}

interface Playing {
  readonly fake: FakePlatform;
  /** Resolves when the program listens to the platform. */
  connected(): Promise<void>;
  /** Somebody who belongs to no room is let into this one. */
  admits(who: FakePerson, room: string): void;
}

/**
 * How long the program may take for its first answer to a press or a command. Slack and Discord allow three seconds,
 * and the doors to each are tested with that; here all platforms and many programs share a machine.
 */
const FIRST_MS = 15_000;
const SLOWLY = { patience: { ackMs: FIRST_MS, triggerMs: FIRST_MS } };

const FAR = { takesAnyWord: true, hasGuests: true, knowsByEmail: true } as const;

const web: Stage = {
  ...FAR,
  name: 'web',
  title: 'Built-in web chat',
  limits: WEB,
  hasGuests: false,
  calls: [],
  async start(appUrl) {
    const fake = new WebFake(httpWire(appUrl));
    return { fake, connected: async () => void (await fake.open()), admits: () => {} };
  },
};

const slack: Stage = {
  ...FAR,
  name: 'slack',
  title: 'Slack',
  limits: SLACK,
  calls: ['chat.postMessage', 'chat.update', 'conversations.create'],
  async start() {
    return onSlack(await startFakeSlack(SLOWLY));
  },
};

const slackByHttp: Stage = {
  ...slack,
  title: 'Slack, by HTTP',
  async start(appUrl) {
    return onSlack(await startFakeSlack({ ...SLOWLY, mode: 'http', appUrl }));
  },
};

function onSlack(fake: FakeSlack): Playing {
  return { fake, connected: async () => {}, admits: (who, room) => fake.joins(who, room) };
}

const teams: Stage = {
  ...FAR,
  name: 'teams',
  title: 'Microsoft Teams',
  limits: TEAMS,
  calls: [
    'POST /v3/conversations/{id}/activities',
    'PUT /v3/conversations/{id}/activities/{activity}',
    'POST /teams/{id}/channels',
  ],
  async start(appUrl) {
    const fake = await startFakeTeams({ appUrl });
    return { fake, connected: async () => await fake.installed(), admits: () => {} };
  },
};

const teamsThreads: Stage = {
  ...teams,
  title: 'Microsoft Teams, threads',
  limits: TEAMS_THREADS,
  async start(appUrl) {
    const fake = await startFakeTeams({ appUrl, rooms: 'thread' });
    return { fake, connected: async () => await fake.installed(), admits: () => {} };
  },
};

const discord: Stage = {
  ...FAR,
  name: 'discord',
  title: 'Discord',
  limits: DISCORD,
  takesAnyWord: false,
  knowsByEmail: false,
  calls: [
    'POST /channels/{channel_id}/messages',
    'PATCH /channels/{channel_id}/messages/{message_id}',
    'POST /guilds/{guild_id}/channels',
  ],
  async start() {
    return {
      fake: await startFakeDiscord({ firstMs: FIRST_MS }),
      connected: async () => {},
      admits: () => {},
    };
  },
};

const discordThreads: Stage = {
  ...discord,
  title: 'Discord, threads',
  limits: DISCORD_THREADS,
  async start() {
    const fake = await startFakeDiscord({ firstMs: FIRST_MS, rooms: 'thread' });
    return { fake, connected: async () => {}, admits: () => {} };
  },
};

/** The four platforms, each as it is set up first. */
export const STAGES: readonly Stage[] = [web, slack, teams, discord];

/** And as it can be set up too. */
export const OTHER_STAGES: readonly Stage[] = [slackByHttp, teamsThreads, discordThreads];
