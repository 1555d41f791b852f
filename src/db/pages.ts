import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';

import type { NotificationRow, NotificationState, PageRow } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

export type NewPage = Omit<PageRow, 'answeredBy' | 'answeredAt' | 'requestedBy'> & {
  readonly requestedBy: { readonly type: string; readonly id: string; readonly name: string };
};

export type NewNotification = Pick<
  NotificationRow,
  'id' | 'page' | 'step' | 'channel' | 'contact' | 'address' | 'why' | 'dueAt' | 'state'
>;

/** Stands in the key of a page to managers, where others have their level. */
export const MANAGERS = 'managers';

/** Whether it tells managers how long an incident takes; it is wanted also while somebody has that. */
export function isForManagers({ key }: Pick<PageRow, 'key'>): boolean {
  return key.split('.')[2] === MANAGERS;
}

/** False where it is there already: nobody is paged twice under one key. */
export async function addPage(tx: Tx, page: NewPage): Promise<boolean> {
  const added = await tx
    .insertInto('pages')
    .values({
      ...page,
      requestedBy: JSON.stringify(page.requestedBy),
      answeredBy: null,
      answeredAt: null,
    })
    .onConflict((it) => it.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

export async function addNotifications(tx: Tx, all: readonly NewNotification[]): Promise<void> {
  if (all.length === 0) return;
  const nothing = { triedAt: null, sentAt: null, deliveredAt: null, providerId: null, detail: null };
  await tx
    .insertInto('notifications')
    .values(all.map((it) => ({ ...it, ...nothing })))
    .execute();
}

/** What is to be sent, and the page it is for; null where there is no such notification. */
export async function findNotification(
  r: Reader,
  id: string,
): Promise<{ readonly notification: NotificationRow; readonly page: PageRow } | null> {
  const notification = await r
    .selectFrom('notifications')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!notification) return null;
  const page = await r.selectFrom('pages').selectAll().where('id', '=', notification.page).executeTakeFirst();
  return page ? { notification, page } : null;
}

/** A page and all that was or will be sent for it, in the order of its steps. */
export interface Receipt {
  readonly page: PageRow;
  readonly notifications: readonly NotificationRow[];
}

/** The latest first; of an incident, of a person, or both. */
export async function receiptsOf(
  r: Reader,
  {
    incident,
    person,
    limit,
  }: { readonly incident?: number; readonly person?: PersonId; readonly limit: number },
): Promise<Receipt[]> {
  let query = r.selectFrom('pages').selectAll();
  if (incident !== undefined) query = query.where('incident', '=', incident);
  if (person !== undefined) {
    query = query.where('recipientKind', '=', 'person').where('recipient', '=', person);
  }
  const pages = await query.orderBy('requestedAt', 'desc').orderBy('id').limit(limit).execute();
  if (pages.length === 0) return [];
  const rows = await r
    .selectFrom('notifications')
    .selectAll()
    .where(
      'page',
      'in',
      pages.map(({ id }) => id),
    )
    .orderBy('step')
    .execute();
  const byPage = Map.groupBy(rows, (it) => it.page);
  return pages.map((page) => ({ page, notifications: byPage.get(page.id) ?? [] }));
}

/** The notifications of a page in the order of its steps. */
export async function notificationsOf(r: Reader, page: string): Promise<NotificationRow[]> {
  return await r.selectFrom('notifications').selectAll().where('page', '=', page).orderBy('step').execute();
}

/** What went to these contacts since then, or is to go: for throttles and bundles. */
export async function recentTo(
  r: Reader,
  contacts: readonly string[],
  since: Date,
): Promise<readonly { readonly contact: string; readonly at: Date; readonly urgency: PageRow['urgency'] }[]> {
  if (contacts.length === 0) return [];
  const rows = await r
    .selectFrom('notifications')
    .innerJoin('pages', 'pages.id', 'notifications.page')
    .select([
      (it) => it.ref('notifications.contact').$notNull().as('contact'),
      (it) => it.ref('notifications.dueAt').$notNull().as('at'),
      'pages.urgency',
    ])
    .where('notifications.contact', 'in', contacts)
    .where('notifications.dueAt', '>', since)
    .where('notifications.state', 'in', ['waiting', 'sent'])
    .execute();
  return rows;
}

/** Remembers that it is being tried, before it is: what may have gone out must not be taken for new. */
export async function beginTry(r: Reader, id: string, now: Date): Promise<void> {
  await r
    .updateTable('notifications')
    .set({ attempts: sql`attempts + 1`, triedAt: sql`coalesce(tried_at, ${now})` })
    .where('id', '=', id)
    .execute();
}

/** What it must have been, by what becomes of it. */
const SETTLED_FROM = {
  // The provider took it, though somebody answered meanwhile.
  sent: ['waiting', 'cancelled'],
  failed: ['waiting', 'sent'],
  cancelled: ['waiting'],
} as const satisfies Partial<Record<NotificationState, readonly NotificationState[]>>;

/** What became of it. False: it is settled already, and stays as it is. */
export async function settleNotification(
  r: Reader,
  id: string,
  end: {
    readonly state: keyof typeof SETTLED_FROM;
    readonly at: Date;
    readonly providerId?: string | null;
    readonly detail: string | null;
  },
): Promise<boolean> {
  const { state, at, providerId = null, detail } = end;
  const settled = await r
    .updateTable('notifications')
    .set({ state, providerId, detail, ...(state === 'sent' ? { sentAt: at } : {}) })
    .where('id', '=', id)
    .where('state', 'in', SETTLED_FROM[state])
    .returning('id')
    .executeTakeFirst();
  return settled !== undefined;
}

/** Why it waits longer than it should. */
export async function noteTrouble(r: Reader, id: string, detail: string): Promise<void> {
  await r
    .updateTable('notifications')
    .set({ detail })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
}

export async function moveNotification(tx: Tx, id: string, to: Date): Promise<void> {
  await tx.updateTable('notifications').set({ dueAt: to }).where('id', '=', id).execute();
}

/**
 * What still waits of an incident's pages is not sent any more, and its timers go: of all pages that an
 * escalation made; of the same but those to managers; or of those to one person, who answered at that time. What somebody asked for after that
 * is not answered by it, however late it is heard of.
 */
export async function cancelPages(
  tx: Tx,
  incident: number,
  {
    to,
    by,
    at,
  }: { readonly to: PersonId | 'all' | 'all-but-managers'; readonly by: string | null; readonly at: Date },
): Promise<void> {
  const ofPerson = sql`recipient_kind = 'person' and recipient = ${to} and (level > 0 or requested_at <= ${at})`;
  const ofLevels = sql`level > 0 and split_part(key, '.', 3) <> ${MANAGERS}`;
  const whose = to === 'all' ? sql`level > 0` : to === 'all-but-managers' ? ofLevels : ofPerson;
  await sql`
    with ended as (
      update pages set answered_by = coalesce(answered_by, ${by}), answered_at = coalesce(answered_at, ${at})
      where incident = ${incident} and ${whose} returning id
    ), cancelled as (
      update notifications set state = 'cancelled'
      where state = 'waiting' and page in (select id from ended) returning id
    )
    delete from timers where incident = ${incident} and subject in (select id from cancelled)`.execute(tx);
}

/** The ids of those of these keys. */
export async function pagesByKey(r: Reader, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await r
    .selectFrom('pages')
    .select('id')
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute();
  return rows.map(({ id }) => id);
}

/** Whether somebody was paged for an incident and has not answered, nor anybody for them. */
export async function hasUnanswered(r: Reader, incident: number, person: string): Promise<boolean> {
  const query = r
    .selectFrom('pages')
    .select('id')
    .where('incident', '=', incident)
    .where('recipientKind', '=', 'person')
    .where('recipient', '=', person)
    .where('answeredAt', 'is', null);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** Whether anybody was paged for an incident, by whomever. */
export async function hasPages(r: Reader, incident: number): Promise<boolean> {
  const query = r.selectFrom('pages').select('id').where('incident', '=', incident).limit(1);
  return (await query.executeTakeFirst()) !== undefined;
}

export async function pageById(r: Reader, id: string): Promise<PageRow | null> {
  return (await r.selectFrom('pages').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function pageOfNotification(r: Reader, id: string): Promise<PageRow | null> {
  return (await findNotification(r, id))?.page ?? null;
}

/** The provider says that it arrived. */
export async function arrived(r: Reader, id: string, at: Date, detail: string): Promise<void> {
  await r
    .updateTable('notifications')
    .set({ deliveredAt: at, detail })
    .where('id', '=', id)
    .where('deliveredAt', 'is', null)
    .execute();
}
