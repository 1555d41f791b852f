import { z } from 'zod';

import { ROLES, type PersonId } from '#src/incident/person.ts';
import { CONTACT_KINDS, type ContactKind, type ContactMethod } from '#src/paging/rules.ts';

import { either, fields, list, quoted, text, word, yesNo, zone } from '../fields.ts';
import { inOrder, nameOf, type Fields, type Pare, type PersonState, type Plain } from '../state.ts';

/** `email:ana@example.com`, as it is stored. */
export const ContactText = text(2000).transform((it, ctx) => {
  const at = it.indexOf(':');
  const kind = CONTACT_KINDS.find((known) => known === it.slice(0, at).trim());
  if (kind === undefined) {
    ctx.addIssue(`${quoted(it)} is no contact; write it like email:ana@example.com or sms:+4915112345678`);
    return z.NEVER;
  }
  const address = addressOf(kind, it.slice(at + 1).trim());
  if (address === null) {
    ctx.addIssue(`${quoted(it)} cannot be reached; ${ADVICE[kind] ?? 'write an address'}`);
  }
  return { kind, address: address ?? '', enabled: true };
});

export type ContactEntry = z.output<typeof ContactText>;

const Contact = either(
  ContactText,
  fields({ to: ContactText, enabled: yesNo().default(true) }).transform(({ to, enabled }) => ({
    ...to,
    enabled,
  })),
);

const DEFAULTS = { email: null, role: 'responder', timezone: 'UTC', active: true, skills: [], region: null };

export const PersonEntry = fields({
  name: text().optional(),
  email: text(200)
    .refine((it) => /^[^@\s]+@[^@\s]+$/.test(it), 'this is no e-mail address')
    .nullable()
    .default(null),
  role: word(ROLES).default('responder'),
  timezone: zone().default('UTC'),
  active: yesNo().default(true),
  skills: list(text(100)).default([]),
  region: text(100).nullable().default(null),
  contacts: list(Contact).optional(),
});

/** As the file says it; contacts that are known keep their id and their proof, and stay where it says nothing of them. */
export function readPerson(
  id: PersonId,
  entry: z.output<typeof PersonEntry>,
  before: PersonState | undefined,
): PersonState {
  const { contacts, name = nameOf(id), ...rest } = entry;
  const known = before?.contacts ?? [];
  return {
    ...rest,
    id,
    name,
    contacts: contacts ? inOrder(contacts.map((it) => readContact(it, known))) : known,
    isShared: contacts !== undefined,
    isInChat: before?.isInChat ?? false,
  };
}

export function writePerson(person: PersonState, pare: Pare): Fields {
  const { id, name, email, role, timezone, active, skills, region } = person;
  const fixed = { name, email, role, timezone, active, skills, region };
  return {
    ...pare(fixed, { ...DEFAULTS, name: nameOf(id) }),
    ...(person.isShared ? { contacts: person.contacts.map(writeContact) } : null),
  };
}

export function writeContact({ kind, address, enabled }: Omit<ContactMethod, 'id' | 'verifiedAt'>): Plain {
  const to = `${kind}:${address}`;
  return enabled ? to : { to, enabled };
}

/** Contacts that are not known yet have such an id until they are stored. */
export const NEW = 'new:';

function readContact(
  { kind, address, enabled }: ContactEntry,
  known: readonly ContactMethod[],
): ContactMethod {
  const before = known.find((it) => it.kind === kind && it.address === address);
  return before
    ? { ...before, enabled }
    : { id: `${NEW}${kind}:${address}`, kind, address, enabled, verifiedAt: null };
}

const ADVICE: Partial<Record<ContactKind, string>> = {
  email: 'write it like email:ana@example.com',
  sms: 'write the number with its country, like sms:+4915112345678',
  voice: 'write the number with its country, like voice:+4915112345678',
};

/** As it is stored; null where it can be no such address. */
function addressOf(kind: ContactKind, written: string): string | null {
  if (kind === 'email') return /^[^@\s]+@[^@\s]+$/.test(written) ? written : null;
  if (kind !== 'sms' && kind !== 'voice') return written === '' ? null : written;
  const digits = written.replaceAll(/[\s().\-/]/g, '').replace(/^00/, '+');
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : null;
}
