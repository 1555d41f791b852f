import type { Reader } from './schema.ts';

export interface ChatFile {
  readonly id: string;
  readonly room: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Keeps a file of a room; said again it changes nothing. */
export async function addFile(
  r: Reader,
  { id, room, name, type, bytes, at }: ChatFile & { readonly at: Date },
): Promise<void> {
  await r
    .insertInto('chatFiles')
    .values({ id, roomId: room, name, type, bytes: Buffer.from(bytes), at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

export async function removeFiles(r: Reader, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await r.deleteFrom('chatFiles').where('id', 'in', ids).execute();
}

export async function findFile(r: Reader, id: string): Promise<ChatFile | null> {
  const row = await r
    .selectFrom('chatFiles')
    .select(['id', 'roomId as room', 'name', 'type', 'bytes'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}
