import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import {
  ChannelType,
  GatewayCloseCodes as Close,
  GatewayDispatchEvents as Events,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import type { FakePerson, FakePlatform, SeenMessage } from '#test/support/fake-platform.ts';

import { Cdn } from './cdn.ts';
import { Commands } from './commands.ts';
import type { Core } from './core.ts';
import { Deliveries } from './deliveries.ts';
import { makeEyes, notices } from './eyes/eyes.ts';
import { Gateway } from './gateway.ts';
import { Asking } from './hands/asking.ts';
import { makeHands } from './hands/hands.ts';
import { FIRST_MS, Interactions } from './interactions.ts';
import { Measured } from './measured.ts';
import { removeMessage } from './messages.ts';
import { Rates } from './rates.ts';
import { deleteChannel } from './routes/channels.ts';
import { makeRoutes } from './routes/index.ts';
import { SESSIONS_A_DAY } from './routes/users.ts';
import { makeServer } from './server.ts';
import { officialSpec } from './spec.ts';
import { Troubles } from './trouble.ts';
import { userJson } from './views.ts';
import { BOT_PERMISSIONS, World, type Message } from './world.ts';

export interface DiscordOptions {
  /** What the program opens for an incident. */
  readonly rooms?: 'channel' | 'thread';
  readonly now?: () => Date;
  /** What the bot was invited with, where it is not what it should be. */
  readonly permissions?: bigint;
  /** Privileged intents that are switched off for the application: bits of them. */
  readonly forbiddenIntents?: number;
  /** So many times faster do the windows of the rate limits pass. */
  readonly pace?: number;
  readonly heartbeatMs?: number;
  /** How long the first answer to an interaction may take, where it is not as on Discord. */
  readonly firstMs?: number;
}

/** What only Discord has. */
export interface DiscordExtras {
  readonly guildId: string;
  readonly botId: string;
  /** The channel that is there from the start. */
  readonly general: string;
  readonly world: World;
  readonly gateway: Gateway;
  readonly commands: Commands;
  /** Lines that Discord writes itself: that something was pinned, that a thread has begun. */
  notices(room: string): readonly SeenMessage[];
  /** The person takes no direct messages from bots any more. */
  closesDirect(who: FakePerson): void;
  /** Takes rights from the bot, or gives it some. */
  permit(bits: bigint): void;
  /** The bot is taken out of the server, and invited into it again. */
  kicks(): void;
  invites(): void;
  /** Where the stand-in itself was wrong: a test that ends with anything here proves nothing. */
  readonly broken: readonly string[];
}

const HEARTBEAT_MS = 41_250;

/**
 * A Discord of one guild: REST, gateway and files on one port of this machine. With
 * OFFICIAL_SPECS every call, and every answer, is held to Discord's own description.
 */
export async function startFakeDiscord(options: DiscordOptions = {}): Promise<FakePlatform & DiscordExtras> {
  const { rooms = 'channel', now = realTime, forbiddenIntents = 0, pace = 1 } = options;
  const world = new World(now, options.permissions ?? BOT_PERMISSIONS);
  const people = populate(world);
  const measured = new Measured();
  const cdn = new Cdn(world);
  const token = `${Buffer.from(world.appId).toString('base64url')}.${randomBytes(4).toString('base64url')}.${randomBytes(20).toString('base64url')}`;
  const rates = new Rates(pace);
  const forbidden = { intents: forbiddenIntents };
  const troubles = new Troubles((method) => routes.some((it) => `${it.method} ${it.path}` === method));
  const gatewayUrl = () => cdn.origin.replace('http:', 'ws:');
  const gateway = new Gateway({
    world,
    token,
    troubles,
    measured,
    rates,
    forbidden,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    url: gatewayUrl,
  });
  const deliveries = new Deliveries((event) => gateway.dispatch(event));
  const core: Core = {
    world,
    cdn,
    forbidden,
    gatewayUrl,
    commands: new Commands(world),
    interactions: new Interactions(options.firstMs ?? FIRST_MS, (ms) => measured.acknowledged.push(ms)),
    sessionsLeft: () => SESSIONS_A_DAY - gateway.identified,
    emit: (event) => deliveries.deliver(event),
  };
  const routes = makeRoutes(core);
  const server = makeServer({ token, now, cdn, rates, spec: officialSpec(), troubles, measured, routes });
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cdn.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const asking = new Asking(core, deliveries);
  const hands = makeHands(core, asking);
  const { home, opensHome } = makeHome(core, hands.types, people.general);
  return {
    name: 'discord',
    env: {
      DISCORD_TOKEN: token,
      DISCORD_GUILD_ID: world.guildId,
      DISCORD_API_URL: `${cdn.origin}/api`,
      DISCORD_ROOMS: rooms,
    },
    people: people.people,
    ...hands,
    opensHome,
    ...makeEyes(core, home),
    trouble: makeTrouble(core, { troubles, gateway, deliveries }),
    measured,
    guildId: world.guildId,
    botId: world.botId,
    general: people.general,
    world,
    gateway,
    commands: core.commands,
    notices: (room) => notices(world, room),
    closesDirect: ({ id }) => {
      const user = world.users.get(id);
      if (user) user.takesDirect = false;
    },
    permit: (bits) => {
      const role = world.roles.get(world.members.get(world.botId)?.roles[0] ?? '');
      if (role) role.permissions = bits;
    },
    kicks: () => gateway.membership(false),
    invites: () => gateway.membership(true),
    broken: measured.broken,
    stop: async () => {
      gateway.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function realTime(): Date {
  return new Date(performance.timeOrigin + performance.now());
}

/** Ana, Bo and Cy work here and may pin; the guest is of another organisation, which Discord does not tell. */
function populate(world: World) {
  const team = world.addRole('Engineering', Bits.PinMessages);
  const add = (username: string, name: string, ...roles: readonly string[]): FakePerson => {
    const { id } = world.addPerson(username, name);
    world.join(id, ...roles);
    return { id, name };
  };
  const people = {
    ana: add('ana', 'Ana Lima', team.id),
    bo: add('bo', 'Bo Chen', team.id),
    cy: add('cy', 'Cy Rossi', team.id),
    guest: add('gus', 'Gus Guest'),
  };
  const general = world.addChannel({ type: ChannelType.GuildText, name: 'general' }).id;
  return { people, general };
}

/** Bots have no page of their own on Discord; nearest is what `/incident` answers to them alone. */
function makeHome({ world }: Core, types: FakePlatform['types'], room: string) {
  const shown = new Map<string, string>();
  return {
    opensHome: async (who: FakePerson): Promise<void> => {
      const before = new Set(world.messages.keys());
      await types(who, room, '/incident home');
      // What is said to all meanwhile is not it.
      const answer = [...world.messages.values()].find(
        ({ id, onlyFor }) => !before.has(id) && onlyFor === who.id,
      );
      shown.set(who.id, answer?.id ?? '');
    },
    home: (reader: FakePerson): Message | null => world.messages.get(shown.get(reader.id) ?? '') ?? null,
  };
}

function makeTrouble(
  core: Core,
  { troubles, gateway, deliveries }: { troubles: Troubles; gateway: Gateway; deliveries: Deliveries },
): FakePlatform['trouble'] {
  const { world } = core;
  return {
    next: (method, ...some) => troubles.next(method, ...some),
    deliverTimes: (times) => void (deliveries.times = times),
    hold: () => deliveries.hold(),
    release: async () => deliveries.release(),
    dropConnections: () => gateway.drop(),
    down: () => {
      troubles.isDown = true;
      gateway.drop();
    },
    back: () => void (troubles.isDown = false),
    revokeToken: () => {
      troubles.isRevoked = true;
      gateway.closeAll(Close.AuthenticationFailed);
    },
    restoreToken: () => void (troubles.isRevoked = false),
    deleteRoom: (id) => {
      const channel = world.channels.get(id);
      if (channel) deleteChannel(core, channel);
    },
    deleteMessage: (id) => {
      const message = world.messages.get(id);
      if (message) removeMessage(core, message);
    },
    leaves: ({ id }) => {
      const user = world.users.get(id);
      world.members.delete(id);
      for (const it of world.channels.values()) it.thread?.members.delete(id);
      if (user) {
        core.emit({ t: Events.GuildMemberRemove, d: { guild_id: world.guildId, user: userJson(user) } });
      }
    },
  };
}
