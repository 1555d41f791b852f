import { listContacts } from '#src/db/contacts.ts';
import type { Context } from '#src/engine/context.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { ContactMethod } from '#src/paging/rules.ts';

/** How somebody can be reached beside the chat. */
export async function contactsAt(
  { db }: Pick<Context, 'db'>,
  person: PersonId,
): Promise<readonly ContactMethod[]> {
  return await listContacts(db, person);
}
