import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import { pagesByKey } from './pages.ts';
import type { PageRow } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

/** Whose verified number this is; null: nobody's. */
export async function ownerOf(r: Reader, number: string): Promise<PersonId | null> {
  const row = await r
    .selectFrom('contactMethods')
    .select('personId')
    .where('kind', 'in', ['sms', 'voice'])
    .where('address', '=', number)
    .where('verifiedAt', 'is not', null)
    .orderBy('verifiedAt', 'desc')
    .executeTakeFirst();
  return row?.personId ?? null;
}

/**
 * The latest page to somebody: of this incident, a test page; where nothing is named whatever
 * there is to answer, and a test page only while nobody did.
 */
export async function latestPageTo(
  r: Reader,
  person: PersonId,
  which: number | 'test' | null,
): Promise<PageRow | null> {
  const query = r
    .selectFrom('pages')
    .selectAll()
    .where('recipientKind', '=', 'person')
    .where('recipient', '=', person)
    .where((it) => {
      if (which === 'test') return it('kind', '=', 'test');
      if (which !== null) return it('incident', '=', which);
      return it.or([
        it('incident', 'is not', null),
        it.and([it('kind', '=', 'test'), it('answeredAt', 'is', null)]),
      ]);
    });
  return (await query.orderBy('requestedAt', 'desc').orderBy('id').executeTakeFirst()) ?? null;
}

/**
 * A page about no incident was answered: what still waits of it is not sent any more, and its
 * timers go. False where it was answered before.
 */
export async function answerApart(
  tx: Tx,
  page: string,
  { by, at }: { readonly by: PersonId; readonly at: Date },
): Promise<boolean> {
  const answered = await tx
    .updateTable('pages')
    .set({ answeredBy: by, answeredAt: at })
    .where('id', '=', page)
    .where('incident', 'is', null)
    .where('answeredAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!answered) return false;
  await cancelWaiting(tx, [page], 'the page was answered');
  return true;
}

/** What still waits of the pages of these keys, about no incident, is not sent any more: nobody has to answer them. */
export async function endPages(tx: Tx, keys: readonly string[], detail: string): Promise<void> {
  await cancelWaiting(tx, await pagesByKey(tx, keys), detail);
}

async function cancelWaiting(tx: Tx, pages: readonly string[], detail: string): Promise<void> {
  if (pages.length === 0) return;
  await sql`
    with cancelled as (
      update notifications set state = 'cancelled', detail = ${detail}
      where state = 'waiting' and page = any(${pages}::text[]) returning id
    )
    delete from timers where incident is null and subject in (select id from cancelled)`.execute(tx);
}

/** A token that is good for one answer has it now. False where it had it before. */
export async function spendToken(r: Reader, id: string, now: Date): Promise<boolean> {
  const spent = await r
    .insertInto('spentTokens')
    .values({ id, at: now })
    .onConflict((it) => it.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return spent !== undefined;
}
