import type { ChatPlatform } from '#src/chat/platform.ts';
import { isFirstTry } from '#src/db/deliveries.ts';
import { BUILT_IN } from '#src/engine/notifications.ts';
import { ProviderError } from '#src/errors.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';

import type { Deps } from './deps.ts';
import type { Reaction, Work } from './reaction.ts';

/** An incident on a platform, as a reaction works on it. */
export interface Here {
  readonly number: IncidentNumber;
  /** For its name and its limits; it is called by `call`. */
  readonly platform: ChatPlatform;
  readonly deps: Deps;
  /** One call of the platform, under its breaker. */
  readonly call: <T>(use: (platform: ChatPlatform) => Promise<T>) => Promise<T>;
}

/** What the program does by itself on each platform. */
export type ChatReaction = Pick<Reaction<Deps>, 'on' | 'timers' | 'priority' | 'lane'> & {
  /** Without the platform, which is added to it. */
  readonly name: string;
  /** The other platform that it asks. In the built-in chat, which never waits, that is its destination. */
  readonly asks?: string;
} & (
    | { readonly whole: true; run(here: Here): Promise<void> }
    | { readonly whole: false; run(here: Here, work: Work): Promise<void> }
  );

/** The reaction on one platform: one job for each, so that none waits for another. */
export function onPlatform(reaction: ChatReaction, platform: ChatPlatform): Reaction<Deps> {
  const { name, on, timers = [], priority, lane, whole, asks } = reaction;
  const destination = platform.name === BUILT_IN ? asks : platform.name;
  return {
    name: nameOn(platform, name),
    on,
    timers,
    whole,
    ...(priority === undefined ? {} : { priority }),
    ...(lane === undefined ? {} : { lane }),
    ...(destination === undefined ? {} : { destination }),
    run: async (work, deps) => await reaction.run(hereOn(platform, work.incident, deps), work),
  };
}

function hereOn(platform: ChatPlatform, number: IncidentNumber, deps: Deps): Here {
  const call: Here['call'] = async (use) =>
    await deps.calling(platform.name, async () => await use(platform));
  return { number, platform, deps, call };
}

/**
 * Whether nobody has tried to send this before. If somebody has, it may be there
 * already, and may have said something else then. Ask before each sending.
 */
export async function isFirst({ number, platform, deps }: Here, key: string): Promise<boolean> {
  return await isFirstTry(deps.db, {
    key: `${key}@${platform.name}`,
    destination: platform.name,
    incident: number,
    now: deps.now,
  });
}

/** `refresh-card@` and the platform's name. */
export function nameOn({ name: platform }: Pick<ChatPlatform, 'name'>, name: string): string {
  return `${name}@${platform}`;
}

/** What people call a platform. */
export function titleOf(platform: string): string {
  return `${platform.charAt(0).toUpperCase()}${platform.slice(1)}`;
}

/** Whether a call failed because this is not there any more. */
export function isGone(error: unknown, what: ProviderError['gone']): boolean {
  return error instanceof ProviderError && error.gone === what;
}

/** Whether a platform will not have it, now or later. */
export function isRefused(error: unknown): boolean {
  return error instanceof ProviderError && !error.retry && error.gone === undefined;
}
