import { sql } from 'kysely';

import type { Reader, SaidRow } from './schema.ts';

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

export async function saveCopy(r: Reader, said: number, { platform, id }: MessageRef): Promise<void> {
  await r
    .insertInto('saidCopies')
    .values({ saidId: said, platform, message: id })
    .onConflict((conflict) => conflict.columns(['saidId', 'platform']).doUpdateSet({ message: id }))
    .execute();
}

/** A file that came with it stands in this message too. */
export async function saveCopiedFile(r: Reader, said: number, { platform, id }: MessageRef): Promise<void> {
  await r
    .insertInto('saidCopiedFiles')
    .values({ saidId: said, platform, message: id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The messages on a platform that have files of it in them. */
export async function copiedFiles(r: Reader, said: number, platform: string): Promise<MessageRef[]> {
  return await r
    .selectFrom('saidCopiedFiles')
    .select(['platform', 'message as id'])
    .where('saidId', '=', said)
    .where('platform', '=', platform)
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
