import { sql } from 'kysely';

import type { Db, Reader, SaidRow } from './schema.ts';

/** A message, in words only its own platform understands. */
interface MessageRef {
  readonly platform: string;
  readonly id: string;
}

export interface NewSaid {
  readonly incident: number;
  readonly message: MessageRef;
  /** Who wrote it, as the others read it. */
  readonly name: string;
  readonly text: string;
  readonly files: readonly { platform: string; id: string; name: string; type: string; size: number }[];
  /** The message it stands below, on its own platform. */
  readonly below: string | null;
  readonly at: Date;
}

/** Keeps what somebody said; null when it is kept already. */
export async function insertSaid(r: Reader, { message, files, ...said }: NewSaid): Promise<number | null> {
  const { platform, id } = message;
  const row = await r
    .insertInto('said')
    .values({
      ...said,
      platform,
      message: id,
      files: JSON.stringify(files),
      editedAt: null,
      deletedAt: null,
    })
    .onConflict((conflict) => conflict.columns(['platform', 'message']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function findSaid(r: Reader, id: number): Promise<SaidRow | null> {
  return (await r.selectFrom('said').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** What was said in this message, be it the original or a copy of it. */
export async function saidIn(r: Reader, { platform, id }: MessageRef): Promise<SaidRow | null> {
  const row = await r
    .selectFrom('said')
    .selectAll()
    .where((it) =>
      it.or([
        it.and([it('platform', '=', platform), it('message', '=', id)]),
        it(
          'id',
          'in',
          it
            .selectFrom('saidCopies')
            .select('saidId')
            .where('platform', '=', platform)
            .where('message', '=', id),
        ),
      ]),
    )
    .executeTakeFirst();
  return row ?? null;
}

/** Where it stands on a platform: the original or its copy; null when it is not there (yet). */
export async function placeOf(r: Reader, said: SaidRow, platform: string): Promise<MessageRef | null> {
  if (said.platform === platform) return { platform, id: said.message };
  const row = await r
    .selectFrom('saidCopies')
    .select('message as id')
    .where('saidId', '=', said.id)
    .where('platform', '=', platform)
    .executeTakeFirst();
  return row ? { platform, id: row.id } : null;
}

/**
 * The words stand there now, and these files, by their places among its files, are to follow.
 * Said again for words that stand there already, no file follows.
 */
export async function saveCopy(
  db: Db,
  said: number,
  { platform, id }: MessageRef,
  files: readonly number[],
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const added = await tx
      .insertInto('saidCopies')
      .values({ saidId: said, platform, message: id })
      .onConflict((conflict) => conflict.doNothing())
      .returning('saidId')
      .executeTakeFirst();
    if (!added || files.length === 0) return;
    await tx
      .insertInto('saidCopiedFiles')
      .values(files.map((file) => ({ saidId: said, platform, file, message: null })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** A file that is to follow its words to another platform. */
export interface FileToCome {
  readonly said: SaidRow;
  /** Its place among the files that came with the words. */
  readonly file: number;
}

/** The files of an incident that were put in on one platform and are to stand on the other as well, oldest first. */
export async function filesToCome(
  r: Reader,
  incident: number,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<FileToCome[]> {
  const rows = await r
    .selectFrom('saidCopiedFiles as copied')
    .innerJoin('said', 'said.id', 'copied.saidId')
    .selectAll('said')
    .select((it) => it.ref('copied.file').$notNull().as('file'))
    .where('said.incident', '=', incident)
    .where('said.platform', '=', from)
    .where('said.deletedAt', 'is', null)
    .where('copied.platform', '=', to)
    .where('copied.message', 'is', null)
    .where('copied.file', 'is not', null)
    .orderBy('said.id')
    .orderBy('copied.file')
    .execute();
  return rows.map(({ file, ...said }) => ({ said, file }));
}

/** It stands in this message. */
export async function saveCopiedFile(
  r: Reader,
  { said, file }: FileToCome,
  { platform, id }: MessageRef,
): Promise<void> {
  await r
    .updateTable('saidCopiedFiles')
    .set({ message: id })
    .where('saidId', '=', said.id)
    .where('platform', '=', platform)
    .where('file', '=', file)
    .execute();
}

/** It will not come. */
export async function leaveFileOut(r: Reader, { said, file }: FileToCome, platform: string): Promise<void> {
  await r
    .deleteFrom('saidCopiedFiles')
    .where('saidId', '=', said.id)
    .where('platform', '=', platform)
    .where('file', '=', file)
    .where('message', 'is', null)
    .execute();
}

/** The messages on a platform that have files of it in them. */
export async function copiedFiles(r: Reader, said: number, platform: string): Promise<MessageRef[]> {
  return await r
    .selectFrom('saidCopiedFiles')
    .select('platform')
    .select((it) => it.ref('message').$notNull().as('id'))
    .where('saidId', '=', said)
    .where('platform', '=', platform)
    .where('message', 'is not', null)
    .execute();
}

/** False when it says so already, or is deleted. Only the original can be changed. */
export async function rewriteSaid(r: Reader, id: number, text: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await r
    .updateTable('said')
    .set({ text, editedAt: at })
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .where('text', '<>', text)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets the words; false when they are forgotten already. */
export async function wipeSaid(r: Reader, id: number, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await r
    .updateTable('said')
    .set({ text: '', files: '[]', deletedAt: at })
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

interface Reaction {
  readonly platform: string;
  readonly person: string;
  readonly emoji: string;
}

/** False when it is so already. */
export async function reactToSaid(r: Reader, id: number, it: Reaction, on: boolean): Promise<boolean> {
  const row = { saidId: id, platform: it.platform, person: it.person, emoji: it.emoji };
  if (on) {
    const added = await r
      .insertInto('saidReactions')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returning('saidId')
      .execute();
    return added.length > 0;
  }
  const { numDeletedRows } = await r
    .deleteFrom('saidReactions')
    .where('saidId', '=', id)
    .where('platform', '=', it.platform)
    .where('person', '=', it.person)
    .where('emoji', '=', it.emoji)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Whether somebody on another platform has this reaction on it now. */
export async function isReactedElsewhere(
  r: Reader,
  id: number,
  emoji: string,
  platform: string,
): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select exists (
      select from said_reactions where said_id = ${id} and emoji = ${emoji} and platform <> ${platform}
    ) as is`.execute(r);
  return rows[0]?.is ?? false;
}
