import { createHash } from 'node:crypto';

import type { APIApplicationCommand } from 'discord-api-types/v10';

import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';
import { discordCommands } from './manifest.ts';

interface Deps {
  readonly api: Api;
  readonly store: PlatformStore;
  readonly guildId: string;
  readonly applicationId: string;
  readonly report: (error: unknown) => void;
}

/**
 * Tells Discord what people can say, where that has changed: since this program
 * said it last, or because somebody else has said something since. Without it
 * buttons and cards still work, so that a refusal is only reported.
 */
export async function register(
  { api, store, guildId, applicationId, report }: Deps,
  shapes: readonly CommandShape[],
): Promise<void> {
  const params = { application_id: applicationId, guild_id: guildId };
  const body = discordCommands(shapes);
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  try {
    const there = await api.call('commands', params);
    const before = await store.find<{ hash: string; versions: string[] }>(`commands:${guildId}`);
    if (before?.hash === hash && same(before.versions, versionsOf(there))) return;
    const made = await api.call('setCommands', params, { body });
    await store.keep(`commands:${guildId}`, { hash, versions: versionsOf(made) });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.retry) throw error;
    report(error);
  }
}

/** Discord gives a command a new version whenever it changes. */
function versionsOf(commands: readonly APIApplicationCommand[]): string[] {
  return commands.map(({ id, version }) => `${id}:${version}`).toSorted();
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((it, index) => it === other[index]);
}
