import { setTimeout as sleep } from 'node:timers/promises';

import { makeWebChat, type WebChat } from '#adapters/web/adapter.ts';

import { addressing } from './chat/addressed.ts';
import type { Mount } from './chat/mount.ts';
import type { ChatPlatform, Inbox } from './chat/platform.ts';
import { acquaintanceIn, type Acquaintance } from './chat/recognise.ts';
import type { CommandShape } from './chat/shapes.ts';
import type { ChatSettings } from './config-chat.ts';
import type { RunRole } from './config-run.ts';
import { chatStore } from './db/chat.ts';
import { platformStore } from './db/platform-store.ts';
import type { Db } from './db/schema.ts';
import type { Jobs } from './jobs/jobs.ts';
import { untilAborted, type Lease } from './jobs/lease.ts';
import type { Log } from './log.ts';
import type { Neighbours } from './neighbours.ts';
import { LOBBY } from './reactions/announce.ts';
import { catchUp } from './reactions/catch-up.ts';
import type { Ask } from './reactions/reaction.ts';

/** Everything that people talk to the program through. */
export interface Joined {
  readonly web: WebChat;
  /** Those outside of this program. */
  readonly made: readonly Made[];
  /** All of them, the built-in one first, as the reactions use them: people are named by our ids. */
  readonly chat: readonly ChatPlatform[];
  readonly acquaintance: Acquaintance;
}

/** Makes the built-in chat and those that are configured. */
export async function joinChat({
  log,
  neighbours: { bell, self, alone },
  ...parts
}: Omit<Parts, 'report' | 'self'> & { readonly log: Log; readonly neighbours: Neighbours }): Promise<Joined> {
  const { db, now, publicUrl } = parts;
  const web = makeWebChat({
    store: chatStore(db),
    publicUrl,
    now,
    report: (error) => log.error({ err: error }, 'Something in the web chat failed'),
    tell: (news) => bell.ring('chat', news),
  });
  const report = (error: unknown, platform: string) =>
    log.error({ err: error, platform }, 'Something in a chat adapter failed');
  const made = await makePlatforms({ ...parts, report, self: alone ? undefined : self });
  const platforms = [web.platform, ...made.map(({ platform }) => platform)];
  const { newcomers } = parts.chat;
  const acquaintance = acquaintanceIn({ db, now, platforms: () => platforms, newcomers, log });
  return { web, made, chat: addressingAll(platforms, acquaintance), acquaintance };
}

/** The names of the built-in chat and of those that are configured. */
export function platformsOf({ slack, teams, discord }: ChatSettings): string[] {
  const asked = { slack, teams, discord };
  return ['web', ...Object.entries(asked).flatMap(([name, it]) => (it ? [name] : []))];
}

interface Parts {
  readonly chat: ChatSettings;
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
  readonly db: Db;
  readonly now: () => Date;
  /** The name of this process, where there may be others. */
  readonly self: string | undefined;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown, platform: string) => void;
}

/** A platform and the paths at which it calls us. */
interface Made {
  readonly platform: ChatPlatform;
  readonly mounts: readonly Mount[];
}

/** Makes those that are configured. A platform's library is loaded only then: all together they cost a second and 100 MB. */
async function makePlatforms(parts: Parts): Promise<readonly Made[]> {
  const { slack, teams, discord } = parts.chat;
  const common = (name: string) => ({
    store: platformStore(parts.db, name, parts.now, parts.self),
    now: parts.now,
    report: (error: unknown) => parts.report(error, name),
  });
  const { publicUrl } = parts;
  const made: Promise<Made>[] = [];
  if (slack) {
    const settings = { ...slack, publicUrl };
    made.push(
      import('#adapters/slack/adapter.ts').then((it) => it.makeSlack({ settings, ...common('slack') })),
    );
  }
  if (teams) {
    const settings = { ...teams, publicUrl };
    made.push(
      import('#adapters/teams/adapter.ts').then((it) => it.makeTeams({ settings, ...common('teams') })),
    );
  }
  if (discord) {
    const settings = { ...discord, publicUrl };
    made.push(
      import('#adapters/discord/adapter.ts').then((it) => it.makeDiscord({ settings, ...common('discord') })),
    );
  }
  return await Promise.all(made);
}

/** The platforms as the reactions use them: people are named by our ids. */
function addressingAll(
  platforms: readonly ChatPlatform[],
  { refOf }: Pick<Acquaintance, 'refOf'>,
): readonly ChatPlatform[] {
  return platforms.map((it) => addressing(it, (person, name) => refOf(person, name)));
}

interface Connecting {
  readonly roles: ReadonlySet<RunRole>;
  readonly lease: Neighbours['lease'];
  readonly db: Db;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly shapes: readonly CommandShape[];
  readonly jobs: Pick<Jobs, 'calling' | 'serve'>;
  readonly ask: Ask;
}

export interface Connections {
  /** Closes the sockets and has another process hold them. Sending goes on. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

/** A platform that does not let us in now may do so later. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Connects each platform as far as this process has to do with it, and tries again while one is down: the
 * program and the other platforms do not wait for it. Its socket is held by one process of all, which also
 * makes up for what was missed.
 */
export function connectAll(made: Joined['made'], connecting: Connecting): Connections {
  const { roles, lease, inbox, shapes } = connecting;
  const stopping = new AbortController();
  const leases: Lease[] = [];
  const join = async (platform: ChatPlatform) => {
    const { name } = platform;
    const start = async () => await calling(connecting, name, () => platform.start(inbox, shapes));
    if (!(await untilDone(connecting.log, name, AWAY, stopping.signal, start))) return;
    if (roles.has('worker')) connecting.jobs.serve(platform);
    if (!roles.has('chat')) return;
    const held = lease(`chat:${name}`, async (signal) => await hold(platform, connecting, signal));
    leases.push(held);
    held.start();
  };
  const platforms = roles.size === 1 && roles.has('scheduler') ? [] : made.map(({ platform }) => platform);
  const joining = platforms.map(join);
  const leave = async () => {
    stopping.abort();
    await Promise.all(joining);
    await Promise.all(leases.map((it) => it.stop()));
  };
  return {
    leave,
    async stop() {
      await leave();
      await Promise.all(platforms.map((it) => it.stop()));
    },
  };
}

const AWAY = 'A chat platform cannot be reached; it is tried again';
const BEHIND = 'What a chat platform missed is not made up for yet; it is tried again';

/** Where nobody works for a platform nobody asks either whether it is back: there each call is made. */
async function calling(
  { roles, jobs }: Connecting,
  platform: string,
  call: () => Promise<void>,
): Promise<void> {
  if (roles.has('worker')) await jobs.calling(platform, call);
  else await call();
}

/** As long as this process is the one that does: hears what people do there, after making up for what nobody heard. */
async function hold(platform: ChatPlatform, connecting: Connecting, signal: AbortSignal): Promise<void> {
  const { log, db, ask } = connecting;
  const { name, socket } = platform;
  const close = () => void socket?.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const open = async () => await socket?.open();
    if (!(await untilDone(log, name, AWAY, signal, open))) return;
    if (!(await untilDone(log, name, BEHIND, signal, () => catchUp([platform], { db, ask })))) return;
    try {
      await calling(connecting, name, async () => void (await platform.openRoom(LOBBY)));
    } catch (error) {
      // It is opened with the first line that is to stand in it.
      log.error({ err: error, platform: name }, 'The room that everybody is in could not be opened');
    }
    await untilAborted(signal);
  } finally {
    await socket?.close();
  }
}

/** Tries it until it is done; false where it is not wanted any more. */
async function untilDone(
  log: Log,
  platform: string,
  text: string,
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<boolean> {
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      await run();
      return !signal.aborted;
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, platform }, text);
    }
    await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
  }
  return false;
}
