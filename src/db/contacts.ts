import { sql } from 'kysely';

import type { PersonId } from '#src/incident/person.ts';
import type { ContactMethod, PersonalRules, QuietHours } from '#src/paging/rules.ts';

import type { Reader, Tx } from './schema.ts';

/** How somebody wants to be told. */
export interface OwnRules {
  readonly rules: PersonalRules;
  readonly quiet: QuietHours | null;
}

/** In the order in which they were added. */
export async function listContacts(r: Reader, person: PersonId): Promise<ContactMethod[]> {
  return await contacts(r).where('personId', '=', person).execute();
}

/** Those of everybody who has any, in the order in which they were added. */
export async function contactsByPerson(r: Reader): Promise<Map<PersonId, ContactMethod[]>> {
  const rows = await contacts(r).select('personId').execute();
  const groups = Map.groupBy(rows, (it) => it.personId);
  return new Map(
    [...groups].map(([person, all]) => [
      person,
      all.map(({ id, kind, address, verifiedAt, enabled }) => ({ id, kind, address, verifiedAt, enabled })),
    ]),
  );
}

/**
 * Adds a contact, or changes one of this person's. It never makes one verified, and one with another
 * address than before is verified no more.
 */
export async function saveContact(
  r: Reader,
  person: PersonId,
  { id, kind, address, enabled }: Omit<ContactMethod, 'verifiedAt'>,
  now: Date,
): Promise<void> {
  await r
    .insertInto('contactMethods')
    .values({ id, personId: person, kind, address, enabled, createdAt: now })
    .onConflict((it) =>
      it
        .column('id')
        .doUpdateSet({
          kind,
          address,
          enabled,
          verifiedAt: sql<Date | null>`case when contact_methods.kind = excluded.kind
            and contact_methods.address = excluded.address then contact_methods.verified_at end`,
        })
        .where('contactMethods.personId', '=', person),
    )
    .execute();
}

/** False where this person has none of this id. Steps of their rules that name it are passed over from now on. */
export async function removeContact(r: Reader, person: PersonId, id: string): Promise<boolean> {
  const { numDeletedRows } = await r
    .deleteFrom('contactMethods')
    .where('personId', '=', person)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Puts them in this order, which is that of the times at which they were added; others of theirs come after. */
export async function orderContacts(tx: Tx, person: PersonId, ids: readonly string[]): Promise<void> {
  const rows = await tx
    .selectFrom('contactMethods')
    .select(['id', 'createdAt'])
    .where('personId', '=', person)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  const [first] = rows;
  if (!first) return;
  const all = rows.map(({ id }) => id);
  const named = ids.filter((it) => all.includes(it));
  for (const [index, id] of [...new Set([...named, ...all])].entries()) {
    const createdAt = new Date(first.createdAt.getTime() + index);
    await tx.updateTable('contactMethods').set({ createdAt }).where('id', '=', id).execute();
  }
}

/** Takes a browser away from everybody who is told there. */
export async function forgetBrowser(r: Reader, endpoint: string): Promise<void> {
  await r
    .deleteFrom('contactMethods')
    .where('kind', '=', 'push')
    .where(sql<boolean>`starts_with(address, ${`{"endpoint":${JSON.stringify(endpoint)},`})`)
    .execute();
}

/** Its owner proved that it is theirs. False where this person has none of this id and address. */
export async function verifyContact(
  r: Reader,
  person: PersonId,
  { id, address }: Pick<ContactMethod, 'id' | 'address'>,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await r
    .updateTable('contactMethods')
    .set({ verifiedAt: at })
    .where('personId', '=', person)
    .where('id', '=', id)
    .where('address', '=', address)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Null: this person set up nothing. */
export async function personalRulesOf(r: Reader, person: PersonId): Promise<OwnRules | null> {
  const row = await r
    .selectFrom('personalRules')
    .select(['rules', 'quiet'])
    .where('personId', '=', person)
    .executeTakeFirst();
  return row ?? null;
}

/** Those of everybody who set up any. */
export async function personalRules(r: Reader): Promise<Map<PersonId, OwnRules>> {
  const rows = await r.selectFrom('personalRules').selectAll().orderBy('personId').execute();
  return new Map(rows.map(({ personId, ...own }) => [personId, own]));
}

export async function savePersonalRules(
  r: Reader,
  person: PersonId,
  { rules, quiet }: OwnRules,
): Promise<void> {
  const row = { rules: JSON.stringify(rules), quiet: quiet && JSON.stringify(quiet) };
  await r
    .insertInto('personalRules')
    .values({ personId: person, ...row })
    .onConflict((it) => it.column('personId').doUpdateSet(row))
    .execute();
}

/** The key in `settings` of the people whose contacts are kept in the file. */
const SHARED = 'contacts_in_file';

/** Whose contacts may be written into the file, because they were in one. */
export async function sharedContacts(r: Reader): Promise<Set<PersonId>> {
  const row = await r.selectFrom('settings').select('value').where('key', '=', SHARED).executeTakeFirst();
  return new Set((row?.value as PersonId[] | undefined) ?? []);
}

export async function saveSharedContacts(r: Reader, people: readonly PersonId[]): Promise<void> {
  const value = JSON.stringify(people);
  await r
    .insertInto('settings')
    .values({ key: SHARED, value })
    .onConflict((it) => it.column('key').doUpdateSet({ value }))
    .execute();
}

function contacts(r: Reader) {
  return r
    .selectFrom('contactMethods')
    .select(['id', 'kind', 'address', 'verifiedAt', 'enabled'])
    .orderBy('createdAt')
    .orderBy('id');
}
