import { createHash, randomInt } from 'node:crypto';

import { dropCode, saveCode, tryCode } from '#src/db/contact-codes.ts';
import { listContacts, removeContact, saveContact, verifyContact } from '#src/db/contacts.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { ContactKind, ContactMethod } from '#src/paging/rules.ts';

import type { Context } from './context.ts';

type World = Pick<Context, 'db' | 'now' | 'newId'>;

/** Six digits can be read out and typed; few tries make them enough. */
const DIGITS = 6;
const MOST_TRIES = 5;
const CODE_MINUTES = 15;
/** So many ways to reach one person is more than anybody has. */
export const MOST_CONTACTS = 20;

/** Somebody's way to be told, and the code that proves it is theirs when they say it here. */
export async function addContact(
  { db, now, newId }: World,
  person: PersonId,
  { kind, address }: Pick<ContactMethod, 'kind' | 'address'>,
): Promise<{ readonly contact: ContactMethod; readonly code: string }> {
  const mine = await listContacts(db, person);
  const known = mine.find((it) => it.kind === kind && it.address === address);
  if (!known && mine.length >= MOST_CONTACTS) {
    throw new UserError('conflict', `You have ${MOST_CONTACTS} contacts already; remove one first.`);
  }
  const contact = known ?? { id: newId(), kind, address, verifiedAt: null, enabled: true };
  const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
  await db.transaction().execute(async (tx) => {
    if (!known) await saveContact(tx, person, contact, now());
    const expiresAt = new Date(now().getTime() + CODE_MINUTES * 60_000);
    await saveCode(tx, contact.id, { codeHash: hash(code), expiresAt });
  });
  return { contact, code };
}

/** What is sent to a contact to prove it. */
export function codeWords(
  { newId }: Pick<World, 'newId'>,
  { id }: Pick<ContactMethod, 'id'>,
  code: string,
): {
  readonly kind: 'verification';
  readonly subject: string;
  readonly lines: readonly string[];
  readonly key: string;
} {
  return {
    kind: 'verification',
    subject: `Your code is ${code}`,
    lines: [`Type it within ${CODE_MINUTES} minutes: /incident contact verify ${code}`],
    key: `verify-${id}-${newId()}`,
  };
}

/** The contact that the code proves. Throws `not_found` for a code that is wrong, too old, or was tried too often. */
export async function proveContact(
  { db, now }: World,
  person: PersonId,
  code: string,
): Promise<{ readonly kind: string; readonly address: string }> {
  // A try that fails counts, so it is not undone with the rest.
  const proved = await tryCode(db, person, hash(code), { now: now(), mostTries: MOST_TRIES });
  if (!proved) {
    throw new UserError(
      'not_found',
      `That code is not right, or it is older than ${CODE_MINUTES} minutes, or it was tried ${MOST_TRIES} times. Add the contact again for a new one.`,
    );
  }
  await db.transaction().execute(async (tx) => {
    await verifyContact(tx, person, proved, now());
    await dropCode(tx, proved.id);
  });
  return proved;
}

/** Those of a kind, or the one with this address. Throws `not_found`. */
export async function dropContact(
  { db }: Pick<World, 'db'>,
  person: PersonId,
  { kind, address }: { readonly kind: ContactKind; readonly address: string | null },
): Promise<void> {
  const mine = (await listContacts(db, person)).filter((it) => it.kind === kind);
  const [only, ...others] = address === null ? mine : mine.filter((it) => it.address === address);
  if (!only) throw new UserError('not_found', `You have no such contact of the kind ${kind}.`);
  if (others.length > 0) {
    const list = mine.map((it) => it.address).join(', ');
    throw new UserError('bad_arguments', `You have several of the kind ${kind}; say which one: ${list}.`);
  }
  await removeContact(db, person, only.id);
}

function hash(code: string): string {
  return createHash('sha256').update(code.replaceAll(/\D/g, '')).digest('hex');
}
