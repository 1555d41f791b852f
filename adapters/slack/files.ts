import { say } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { cleanLine } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import { channelOf, messageRef, PLATFORM, type Chat, type Place } from './chat.ts';
import { LIMITS } from './limits.ts';
import { inRoom } from './members.ts';
import { render, type Drawn } from './render.ts';
import { unless } from './trouble.ts';

interface Share {
  readonly ts: string;
}

interface SharedFile {
  readonly id: string;
  readonly size?: number;
  readonly url_private?: string;
  readonly url_private_download?: string;
  readonly shares?: {
    readonly public?: Readonly<Record<string, readonly Share[]>>;
    readonly private?: Readonly<Record<string, readonly Share[]>>;
  };
}

export function files(chat: Chat): Pick<ChatPlatform, 'attach' | 'fetchFile'> {
  const { api, store } = chat;
  return {
    async attach(room, file, { key, words }) {
      const channel = channelOf(room);
      if (file.bytes.byteLength > LIMITS.file) throw refused('that file is too large');
      const ts = await store.once<string>(key, async (isRepeat) => {
        const earlier = isRepeat ? await store.find<string>(`upload:${key}`) : null;
        const shared = earlier === null ? null : await shareOf(chat, earlier, channel);
        if (earlier !== null && shared !== null) return await known(chat, channel, shared, earlier);
        const id = await uploaded(chat, file);
        await store.keep(`upload:${key}`, id);
        const args = {
          files: [{ id, title: cleanLine(file.name, 255) }],
          channel_id: channel,
          ...(words.trim() === '' ? {} : { blocks: await blocksOf(chat, words) }),
        };
        await inRoom(chat, channel, () => api.call('files.completeUploadExternal', args));
        return await known(chat, channel, (await awaited(chat, id, channel)) ?? id, id);
      });
      await store.forget(`upload:${key}`);
      return messageRef({ channel, ts, thread: null });
    },
    async fetchFile({ id, size, type }) {
      if (size > LIMITS.file) throw refused('that file is too large');
      const { file } = await api.call<{ file: SharedFile }>('files.info', { file: id });
      const url = file.url_private_download ?? file.url_private;
      if (url === undefined || !isOwnHost(url, chat.fileHost)) throw refused('it is kept somewhere else');
      const { bytes, type: sent } = await api.download(url);
      // To whom it does not let in, Slack shows a page to sign in, as if all were well.
      const isPage = sent.startsWith('text/html') && !type.startsWith('text/html');
      if (isPage) throw refused('that file may not be read');
      return bytes;
    },
  };
}

/**
 * Takes a file of ours away, and with it the messages that show it: those alone
 * would leave the file to be found. False where none was put into that message.
 */
export async function removeFile({ api, store }: Chat, { channel, ts }: Place): Promise<boolean> {
  const file = ts.startsWith('F') ? ts : await store.find<string>(fileKey(channel, ts));
  if (file === null) return false;
  await unless(['file_not_found', 'file_deleted'], () => api.call('files.delete', { file }));
  return true;
}

/** Which file a message of ours shows; a message that Slack has not made yet goes by the file's own name. */
async function known({ store }: Chat, channel: string, ts: string, file: string): Promise<string> {
  await store.keep(fileKey(channel, ts), file);
  return ts;
}

function fileKey(channel: string, ts: string): string {
  return `file:${channel}:${ts}`;
}

/** Drawn as all other words: nothing in them is markup. */
async function blocksOf(chat: Chat, text: string): Promise<Drawn['blocks']> {
  return (await render(say(text), chat.presses)).blocks;
}

async function uploaded(
  chat: Chat,
  file: { readonly name: string; readonly bytes: Uint8Array },
): Promise<string> {
  const args = { filename: cleanLine(file.name, 255), length: file.bytes.byteLength };
  const slot = await chat.api.call<{ upload_url: string; file_id: string }>(
    'files.getUploadURLExternal',
    args,
  );
  await chat.api.upload(slot.upload_url, file.bytes);
  return slot.file_id;
}

/** Slack makes the message a moment after it said that it would. */
const LOOKS = 6;
const LOOK_MS = 250;

async function awaited(chat: Chat, file: string, channel: string): Promise<string | null> {
  for (let look = 0; look < LOOKS; look += 1) {
    const ts = await shareOf(chat, file, channel);
    if (ts !== null) return ts;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS * (look + 1)));
  }
  return null;
}

/** The message with which a file was put into a channel. */
async function shareOf(chat: Chat, id: string, channel: string): Promise<string | null> {
  const { file } = await chat.api.call<{ file: SharedFile }>('files.info', { file: id });
  const { public: inPublic, private: inPrivate } = file.shares ?? {};
  const [share] = inPublic?.[channel] ?? inPrivate?.[channel] ?? [];
  return share?.ts ?? null;
}

/** Our token goes to nobody but Slack. */
function isOwnHost(url: string, own: string): boolean {
  if (!URL.canParse(url)) return false;
  const { host, protocol } = new URL(url);
  if (host === own) return true;
  return own === 'slack.com' && protocol === 'https:' && host.endsWith('.slack.com');
}

function refused(why: string): ProviderError {
  return new ProviderError(PLATFORM, why, { retry: false });
}
