import {
  forgetBrowser,
  listContacts,
  orderContacts,
  removeContact,
  saveContact,
  verifyContact,
} from '#src/db/contacts.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { ContactMethod } from '#src/paging/rules.ts';

import { MOST_CONTACTS } from './contacts.ts';
import type { Context } from './context.ts';

type World = Pick<Context, 'db' | 'now' | 'newId'>;

/**
 * A browser that its owner has allowed to tell them: verified, since they are sitting before it.
 * A browser is told for one person, the one who asked last. `address` is what the channel made of its subscription.
 */
export async function addBrowser(
  { db, now, newId }: World,
  person: PersonId,
  address: string,
): Promise<ContactMethod> {
  const id = newId();
  const at = now();
  const contact = { id, kind: 'push', address, enabled: true } as const;
  await db.transaction().execute(async (tx) => {
    await forgetBrowser(tx, endpointOf(address));
    if ((await listContacts(tx, person)).length >= MOST_CONTACTS) {
      throw new UserError('conflict', `You have ${MOST_CONTACTS} contacts already; remove one first.`);
    }
    await saveContact(tx, person, contact, at);
    await verifyContact(tx, person, contact, at);
  });
  return { ...contact, verifiedAt: at };
}

/** Switches one of theirs on or off; it stays verified. Throws `not_found`. */
export async function switchContact(
  { db, now }: Pick<World, 'db' | 'now'>,
  person: PersonId,
  id: string,
  enabled: boolean,
): Promise<void> {
  const found = (await listContacts(db, person)).find((it) => it.id === id);
  if (!found) throw gone();
  await saveContact(db, person, { ...found, enabled }, now());
}

/** Throws `not_found`. */
export async function forgetContact({ db }: Pick<World, 'db'>, person: PersonId, id: string): Promise<void> {
  if (!(await removeContact(db, person, id))) throw gone();
}

/** Which of theirs comes first where nothing else decides. Those that are not named come after. */
export async function sortContacts(
  { db }: Pick<World, 'db'>,
  person: PersonId,
  ids: readonly string[],
): Promise<void> {
  await db.transaction().execute((tx) => orderContacts(tx, person, ids));
}

/** What its owner knows it by: a number, an address, the name of a browser; nothing for the chat. */
export function labelOf({ kind, address }: Pick<ContactMethod, 'kind' | 'address'>): string {
  if (kind === 'chat') return '';
  if (kind !== 'push') return address;
  const { device } = readBrowser(address);
  return typeof device === 'string' && device !== '' ? device : 'a browser';
}

/** Where the service of this browser takes messages for it; its page knows itself by that. */
export function endpointOf(address: string): string {
  const { endpoint } = readBrowser(address);
  return typeof endpoint === 'string' ? endpoint : '';
}

function readBrowser(address: string): { readonly endpoint?: unknown; readonly device?: unknown } {
  try {
    return JSON.parse(address) as { endpoint?: unknown; device?: unknown };
  } catch {
    return {};
  }
}

function gone(): UserError {
  return new UserError('not_found', 'You have no such contact any more.');
}
