import { z } from 'zod';

import { clean, cleanLine } from '#src/chat/text.ts';
import { UserError } from '#src/errors.ts';

import { messageId, parse, uuid, WORDS, type Call } from './call.ts';
import { place, PLATFORM } from './chat.ts';
import { LIMITS } from './limits.ts';
import type { MessageView } from './protocol.ts';
import { messageView, written } from './render.ts';
import { rootIn } from './sending.ts';
import { mayEnter, visibleRoom } from './visible.ts';

const uploadSchema = z.object({
  id: uuid,
  name: z.string().min(1).max(500),
  words: z.string().max(WORDS).default(''),
  threadOf: z.coerce.number().pipe(messageId).optional(),
});

/** Drawn by the page; everything else is only ever saved, so that no file runs as a page of ours. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A file for a room, with words beside it. */
export async function upload({ chat, who, param, query, bytes, type }: Call): Promise<MessageView> {
  const { id, name, words, threadOf } = parse(uploadSchema, Object.fromEntries(query));
  const room = await visibleRoom(chat.store, who.id, param);
  if (room.archivedAt !== null) throw new UserError('conflict', 'This room is archived.');
  if (bytes.length === 0) throw new UserError('bad_arguments', 'The file is empty.');
  if (bytes.length > LIMITS.file) {
    throw new UserError('too_large', `A file may have ${LIMITS.file / 1024 / 1024} MB.`, {
      limit: LIMITS.file,
    });
  }
  const root = threadOf === undefined ? null : await rootIn({ chat, who }, room, threadOf);
  const info = { id, name: fileName(name), type: mediaType(type), size: bytes.length };
  await chat.store.addFile({ ...info, room: room.id, bytes, at: chat.now() });
  if ((await chat.store.findFile(id))?.room !== room.id) {
    throw new UserError('conflict', 'There is another file of this id already.');
  }
  const placed = await place(chat, {
    ...written(clean(words).trim(), [info]),
    room: room.id,
    key: `${PLATFORM}:${who.id}:${id}`,
    threadOf: root,
    author: who.id,
    onlyFor: null,
    at: chat.now(),
    pinned: false,
  });
  if (!placed) throw new UserError('not_allowed', 'You are not known here.');
  if (placed.fresh && room.kind === 'room') {
    chat.later(
      chat.inbox().said({
        id: `${PLATFORM}:${placed.message.id}`,
        person: { platform: PLATFORM, id: who.id },
        room: { platform: PLATFORM, id: room.id },
        message: { platform: PLATFORM, id: String(placed.message.id) },
        kind: 'message',
        text: clean(words).trim(),
        files: [{ platform: PLATFORM, ...info }],
        below: root === null ? null : { platform: PLATFORM, id: String(root) },
      }),
    );
  }
  return messageView(placed.message);
}

/** The bytes of a file that the reader may see. */
export async function download({ chat, who, param }: Call): Promise<Response> {
  const file = /^[\w-]{1,64}$/.test(param) ? await chat.store.findFile(param) : null;
  const room = file && (await chat.store.findRoom(file.room));
  if (!file || !room || !mayEnter(who.id, room)) throw new UserError('not_found', 'There is no such file.');
  const isShown = SHOWN.has(file.type);
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      'Content-Type': isShown ? file.type : 'application/octet-stream',
      'Content-Disposition': `${isShown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'Cache-Control': 'private, max-age=86400, immutable',
    },
  });
}

/** One line, without what leads out of a folder. */
export function fileName(name: string): string {
  const line = cleanLine(name, 200).replaceAll(/[\\/]/g, '_').replace(/^\.+/, '');
  return line === '' ? 'file' : line.toWellFormed();
}

function mediaType(type: string): string {
  const [first = ''] = type.split(';');
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/.test(first.trim())
    ? first.trim().toLowerCase()
    : 'application/octet-stream';
}
