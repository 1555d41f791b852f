import { saveContact, savePersonalRules, verifyContact } from '#src/db/contacts.ts';
import { savePolicy, saveSchedule } from '#src/db/on-call.ts';
import { savePerson, writeTeam } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import { DEFAULT_RULES, type ContactMethod, type PersonalRules } from '#src/paging/rules.ts';
import { layer, schedule } from '#test/support/oncall.ts';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

interface Somebody {
  readonly contacts: readonly (readonly [kind: ContactMethod['kind'], isVerified: boolean])[];
  /** Steps as seconds after the page and a kind of contact; those who wrote none have the default rules. */
  readonly high?: readonly (readonly [seconds: number, kind: ContactMethod['kind']])[];
  readonly low?: readonly (readonly [seconds: number, kind: ContactMethod['kind']])[];
}

/** Who can be paged, and how. Dan and Eve are not known on the chat; nothing at all reaches Eve. */
export const PEOPLE = {
  ana: { contacts: [] },
  bo: {
    contacts: [
      ['email', false],
      ['sms', true],
      ['voice', true],
    ],
  },
  cy: {
    contacts: [
      ['email', false],
      ['sms', true],
      ['voice', true],
    ],
    high: [
      [0, 'sms'],
      [30, 'voice'],
      [90, 'email'],
    ],
    low: [[0, 'email']],
  },
  dan: { contacts: [['sms', true]] },
  eve: { contacts: [] },
  fay: {
    contacts: [
      ['ntfy', false],
      ['sms', true],
      ['voice', false],
    ],
    high: [
      [0, 'ntfy'],
      [60, 'sms'],
      [120, 'voice'],
    ],
  },
} as const satisfies Record<string, Somebody>;
export type Name = keyof typeof PEOPLE;

export function contactsOf(name: Name): ContactMethod[] {
  const { contacts }: Somebody = PEOPLE[name];
  return contacts.map(([kind, isVerified]) => ({
    id: `${name}-${kind}`,
    kind,
    address: `${kind} of ${name}`,
    verifiedAt: isVerified ? LONG_AGO : null,
    enabled: true,
  }));
}

export function rulesOf(name: Name): PersonalRules {
  const { high, low }: Somebody = PEOPLE[name];
  const steps = (all: Somebody['high']) =>
    all?.map(([seconds, kind]) => ({ delayMs: seconds * 1000, contact: `${name}-${kind}` })) ?? null;
  return { ...DEFAULT_RULES, high: steps(high), low: steps(low) };
}

/** Writes them down, with a schedule that has somebody, one that has nobody, a team, and these policies. */
export async function setUp(db: Db, policies: readonly EscalationPolicy[]): Promise<void> {
  for (const name of Object.keys(PEOPLE) as Name[]) {
    const id = name as string as PersonId;
    await savePerson(
      db,
      { id, name, email: null, role: 'responder', timezone: 'UTC', active: true },
      LONG_AGO,
    );
    for (const contact of contactsOf(name)) {
      await saveContact(db, id, contact, LONG_AGO);
      if (contact.verifiedAt) await verifyContact(db, id, contact, LONG_AGO);
    }
    const rules = rulesOf(name);
    if (rules.high ?? rules.low) await savePersonalRules(db, id, { rules, quiet: null });
  }
  await db.transaction().execute(async (tx) => {
    const shifts = (['bo', 'cy'] as PersonId[]).map((it) => [it]);
    await saveSchedule(tx, schedule({ id: 'front', name: 'Front', layers: [layer({ shifts })] }), LONG_AGO);
    await saveSchedule(tx, schedule({ id: 'empty', name: 'Empty', layers: [] }), LONG_AGO);
    for (const it of policies) await savePolicy(tx, it, LONG_AGO);
    const members = ['ana', 'fay'] as PersonId[];
    await writeTeam(tx, { id: 'crew' as TeamId, name: 'Crew', members }, LONG_AGO);
  });
}
