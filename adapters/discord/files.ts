import type { ChatPlatform } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

import type { Api } from './api.ts';
import { PLATFORM } from './limits.ts';

/** Where Discord keeps the files of messages. */
const CDN_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];

/** More than this is not read into memory, in bytes. */
const MOST = 100 * 1024 * 1024;
const DEADLINE_MS = 60_000;

/**
 * Addresses of files are signed and hold for a day, so a reference names the
 * message, which is asked for a fresh one. Only Discord's own hosts are asked,
 * and that of the configured API, which a proxy or a double may stand for.
 */
export function makeFetchFile({
  api,
  apiUrl,
}: {
  readonly api: Api;
  readonly apiUrl: string;
}): ChatPlatform['fetchFile'] {
  const hosts = new Set([...CDN_HOSTS, new URL(apiUrl).host]);

  return async ({ id }) => {
    const [, channel, message, attachment] = /^(\d{1,20}):(\d{1,20}):(\d{1,20})$/.exec(id) ?? [];
    if (channel === undefined || message === undefined) throw failed(`there is no file ${id}`);
    const found = await api.call('message', { channel_id: channel, message_id: message });
    const file = found.attachments.find((it) => it.id === attachment);
    if (!file) throw failed('the message has no such file any more');
    if (file.size > MOST) throw failed('the file is too large to be carried');
    const url = new URL(file.url);
    if (!hosts.has(url.host)) throw failed(`the file is at ${url.host}, which is not Discord's`);
    return await fetched(url);
  };
}

async function fetched(url: URL): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(DEADLINE_MS) });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    const mayPass = answer.status >= 500 || answer.status === 429;
    throw failed(`the file is answered with status ${answer.status}`, mayPass);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(PLATFORM, 'the file could not be fetched', { retry: true, cause: error });
  }
}

function failed(why: string, retry = false): ProviderError {
  return new ProviderError(PLATFORM, why, { retry });
}
