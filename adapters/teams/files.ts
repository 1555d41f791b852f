import type { Activity, Attachment } from 'botbuilder';

import { say, type Part } from '#src/chat/message.ts';
import type { ChatPlatform, FileRef } from '#src/chat/platform.ts';
import { cleanLine, shorten } from '#src/chat/text.ts';
import { ProviderError } from '#src/errors.ts';

import type { Core } from './core.ts';
import { LIMITS, PLATFORM } from './limits.ts';
import type { Service } from './methods.ts';
import { render, type Drawn, type Pens } from './render.ts';
import { Refused } from './wire.ts';

/** Of a file of text so many characters are shown. */
const SHOWN = 4000;
/** Words beside a picture: both together are one message, of at most 80 KB. */
const BESIDE = 1500;

/**
 * Teams takes no files from a bot in a channel. A small picture is shown in the
 * message itself; of a text its beginning; of anything else the name and the size.
 */
export async function attachedFile(
  { name, type, bytes }: Parameters<ChatPlatform['attach']>[1],
  words: string,
  pens: Pens,
): Promise<Drawn> {
  const title = cleanLine(name, 150) || 'file';
  const isPicture = /^image\/(?:png|jpeg|gif)$/.test(type) && bytes.length <= LIMITS.file;
  if (isPicture) {
    const drawn = await render(say(shorten(words, BESIDE) || title), pens);
    const contentUrl = `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    return { ...drawn, attachments: [...drawn.attachments, { contentType: type, contentUrl, name: title }] };
  }
  const context: Part = { type: 'context', text: `${title} (${sizeOf(bytes.length)})` };
  return await render(say(words || title, context, ...beginningOf(type, bytes)), pens);
}

function beginningOf(type: string, bytes: Uint8Array): Part[] {
  if (!/^(?:text\/|application\/(?:json|xml|x-yaml)$)/.test(type)) return [];
  const text = new TextDecoder().decode(bytes.subarray(0, SHOWN * 4));
  return [{ type: 'code', text: shorten(text, SHOWN) }];
}

function sizeOf(bytes: number): string {
  return bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(0)} kB`;
}

/** Where the bytes of a file are that somebody shared. Addresses are kept here and not handed out. */
type Kept = {
  readonly url: string;
  readonly service: Service | null;
};

const DOWNLOAD = 'application/vnd.microsoft.teams.file.download.info';

/** What somebody put into a message beside words. Sizes that Teams does not tell are 0. */
export async function filesIn(
  core: Core,
  { id, conversation, attachments = [] }: Activity,
): Promise<FileRef[]> {
  const files: FileRef[] = [];
  for (const [index, attachment] of attachments.entries()) {
    const found = fileOf(attachment);
    if (found === null || !(await mayFetch(core, found.url))) continue;
    const service = (await isConnector(core, found.url)) ? 'connector' : null;
    const key = `${conversation.id}|${id ?? ''}|${index}`;
    await core.store.keep(`file:${key}`, { url: found.url, service });
    const size = service === null ? 0 : await sizeAt(core, found.url);
    files.push({ platform: PLATFORM, id: key, name: found.name, type: found.type, size });
  }
  return files;
}

function fileOf({ contentType, contentUrl, content, name }: Attachment) {
  const called = cleanLine(name ?? '', 200) || 'file';
  if (contentType.startsWith('image/') && contentUrl) {
    return { url: contentUrl, name: called, type: contentType === 'image/*' ? typeOf(called) : contentType };
  }
  const { downloadUrl } = (content ?? {}) as { readonly downloadUrl?: unknown };
  if (contentType !== DOWNLOAD || typeof downloadUrl !== 'string') return null;
  return { url: downloadUrl, name: called, type: typeOf(called) };
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  log: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  pdf: 'application/pdf',
  zip: 'application/zip',
};

function typeOf(name: string): string {
  return TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}

/** An address in a message is not trusted: our own services, and where Microsoft keeps files. */
async function mayFetch(core: Core, url: string): Promise<boolean> {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, origin } = new URL(url);
  if (origin === new URL((await core.places.referenceOf('')).serviceUrl).origin) return true;
  const isMicrosoft = /\.(?:sharepoint\.(?:com|us|cn)|svc\.ms|asm\.skype\.com|teams\.microsoft\.com)$/.test(
    hostname,
  );
  return protocol === 'https:' && isMicrosoft;
}

/** The Bot Connector's own addresses take our token; no other does. */
async function isConnector(core: Core, url: string): Promise<boolean> {
  return url.startsWith(`${(await core.places.referenceOf('')).serviceUrl.replace(/\/+$/, '')}/v3/`);
}

async function sizeAt({ api }: Core, url: string): Promise<number> {
  const [, attachment, view] = /\/v3\/attachments\/([^/]+)\/views\/([^/?]+)/.exec(url) ?? [];
  if (attachment === undefined) return 0;
  try {
    const params = { attachment: decodeURIComponent(attachment) };
    const info = await api.call<{ views?: { viewId: string; size: number }[] }>('attachment', {
      params,
      lane: 'files',
    });
    return info.views?.find((it) => it.viewId === view)?.size ?? 0;
  } catch (error) {
    // How large it is shows when it is fetched.
    if (error instanceof ProviderError) return 0;
    throw error;
  }
}

/** @throws ProviderError for a file that nobody shared, or that is not there any more */
export async function fetchFile({ store, api }: Core, { id }: FileRef): Promise<Uint8Array> {
  const found = await store.find<Kept>(`file:${id}`);
  if (!found) throw new ProviderError(PLATFORM, `there is no file ${id}`, { retry: false });
  try {
    return await api.download(found.url, found.service);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    throw new ProviderError(PLATFORM, 'the address of the file is not valid any more', {
      retry: false,
      cause: error,
    });
  }
}
