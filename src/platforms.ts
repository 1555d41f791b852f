import { setTimeout as sleep } from 'node:timers/promises';

import { makeWebChat, type WebChat } from '#adapters/web/adapter.ts';

import { addressing } from './chat/addressed.ts';
import type { Mount } from './chat/mount.ts';
import type { ChatPlatform, Inbox } from './chat/platform.ts';
import { acquaintanceIn, type Acquaintance } from './chat/recognise.ts';
import type { CommandShape } from './chat/shapes.ts';
import type { ChatSettings } from './config-chat.ts';
import { chatStore } from './db/chat.ts';
import { platformStore } from './db/platform-store.ts';
import type { Db } from './db/schema.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Log } from './log.ts';
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
  ...parts
}: Omit<Parts, 'report'> & { readonly log: Log }): Promise<Joined> {
  const { db, now, publicUrl } = parts;
  const web = makeWebChat({
    store: chatStore(db),
    publicUrl,
    now,
    report: (error) => log.error({ err: error }, 'Something in the web chat failed'),
  });
  const report = (error: unknown, platform: string) =>
    log.error({ err: error, platform }, 'Something in a chat adapter failed');
  const made = await makePlatforms({ ...parts, report });
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
    store: platformStore(parts.db, name, parts.now),
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
  readonly db: Db;
  readonly log: Log;
  readonly inbox: Inbox;
  readonly shapes: readonly CommandShape[];
  readonly jobs: Pick<Jobs, 'calling' | 'serve'>;
  readonly ask: Ask;
}

/** A platform that does not let us in now may do so later. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Connects each platform, and tries again while one is down: the program and the
 * other platforms do not wait for it. What it missed is made up for.
 */
export function connectAll(
  made: Joined['made'],
  { db, log, inbox, shapes, jobs, ask }: Connecting,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  /** Tries it until it is done; false where the program stops before. */
  const done = async (platform: string, text: string, run: () => Promise<void>): Promise<boolean> => {
    for (let wait = FIRST_WAIT_MS; !stopping.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        await run();
        return true;
      } catch (error) {
        log.error({ err: error, platform }, text);
      }
      await sleep(wait, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
    return false;
  };
  const connect = async (platform: ChatPlatform) => {
    const { name } = platform;
    const away = 'A chat platform cannot be reached; it is tried again';
    if (!(await done(name, away, () => jobs.calling(name, () => platform.start(inbox, shapes))))) return;
    jobs.serve(platform);
    const behind = 'What a chat platform missed is not made up for yet; it is tried again';
    if (!(await done(name, behind, () => catchUp([platform], { db, ask })))) return;
    try {
      await jobs.calling(name, async () => void (await platform.openRoom(LOBBY)));
    } catch (error) {
      // It is opened with the first line that is to stand in it.
      log.error({ err: error, platform: name }, 'The room that everybody is in could not be opened');
    }
  };
  const platforms = made.map(({ platform }) => platform);
  const connecting = platforms.map(connect);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(connecting);
      await Promise.all(platforms.map((it) => it.stop()));
    },
  };
}
