import { setTimeout as sleep } from 'node:timers/promises';

import { GatewayIntentBits as Intents, type GatewayDispatchEvents } from 'discord-api-types/v10';
import { Client, Events, Options } from 'discord.js';

import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { BY_FETCH } from './api.ts';
import { PLATFORM } from './limits.ts';
import { sharding } from './shards.ts';

/** What this program hears of. The words of messages are a privilege that the developer portal gives. */
export const INTENTS = [
  Intents.Guilds,
  Intents.GuildMessages,
  Intents.MessageContent,
  Intents.GuildMessageReactions,
  Intents.DirectMessages,
];

/** An event as the gateway sends it. */
export interface Packet {
  readonly t: GatewayDispatchEvents;
  readonly d: unknown;
}

export interface Gateway {
  /** Connects, and stays connected. Throws ProviderError when Discord does not let us in within 30 seconds. */
  open(): Promise<{ readonly applicationId: string }>;
  close(): Promise<void>;
}

interface Deps {
  readonly token: string;
  readonly apiUrl: string;
  readonly heard: (packet: Packet) => void;
  readonly report: (error: unknown) => void;
}

const OPEN_MS = 30_000;
const CLOSE_MS = 2000;

/** Between tries after Discord has shut us out, in milliseconds. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * The connection over which Discord tells what people do. The library takes a
 * connection up again that breaks off, with what was missed; where Discord ends
 * it for good, because the token was revoked or an intent was taken away, it is
 * tried anew from time to time, since both can be mended.
 */
export function makeGateway(deps: Deps): Gateway {
  let current: Client | null = null;
  let closed = new AbortController();

  async function connect(signal: AbortSignal): Promise<string> {
    const client = makeClient(deps);
    client.on(Events.ShardDisconnect, () => void (client === current ? again() : undefined));
    try {
      const isIn = await within(OPEN_MS, client.login(deps.token), signal);
      if (signal.aborted) throw new Error('it was closed while it was being opened');
      if (!isIn) throw new Error('Discord did not let us in within 30 seconds');
      await leave(current);
      current = client;
      return client.application?.id ?? '';
    } catch (error) {
      await leave(client);
      throw new ProviderError(PLATFORM, `gateway: ${why(error)}`, { retry: true, cause: error });
    }
  }

  async function again(): Promise<void> {
    const { signal } = closed;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      try {
        await connect(signal);
        return;
      } catch (error) {
        if (!signal.aborted) deps.report(error);
      }
    }
  }

  return {
    async open() {
      closed = new AbortController();
      return { applicationId: await connect(closed.signal) };
    },
    async close() {
      closed.abort();
      const client = current;
      current = null;
      await leave(client);
    },
  };
}

/** Keeps nothing in memory that is not needed: what is true, Discord is asked. */
function makeClient({ apiUrl, heard, report }: Deps): Client {
  const client = new Client({
    intents: INTENTS,
    ws: { buildStrategy: sharding },
    rest: { api: apiUrl, version: '10', retries: 1, timeout: 10_000, ...BY_FETCH },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
      GuildStickerManager: 0,
      GuildEmojiManager: 0,
    }),
  });
  client.on(Events.Raw, (packet: Packet) => heard(packet));
  const say = untilItChanges(report);
  client.on(Events.Error, say);
  client.on(Events.ShardError, say);
  client.on(Events.ShardResume, () => say(null));
  client.on(Events.ShardReady, () => say(null));
  return client;
}

/** While Discord is down the library tries twice a second, and fails each time in the same way: that is told once. */
function untilItChanges(report: (error: unknown) => void): (error: Error | null) => void {
  let last: string | null = null;
  return (error) => {
    if (error && error.message !== last) report(error);
    last = error?.message ?? null;
  };
}

async function leave(client: Client | null): Promise<void> {
  if (!client) return;
  const left = client.destroy().catch(() => {});
  await within(CLOSE_MS, left);
}

function why(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (!/disallowed intents/i.test(said)) return said;
  return `${said}: turn "Message Content Intent" on in the developer portal, "Bot"`;
}
