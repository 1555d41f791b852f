import { saveContact, savePersonalRules, verifyContact } from '#src/db/contacts.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { linkIdentity, savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import { DEFAULT_RULES, type ContactMethod } from '#src/paging/rules.ts';
import { ROUTING_KEY } from '#test/support/notify/pagerduty.ts';
import { level, policy } from '#test/support/paging.ts';

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** From each level to the next. The shortest window that a policy can have. */
export const WINDOW_MS = 30_000;
/** A level that came no later than this counts from when it was due: nothing drifts. */
export const DRIFTLESS_MS = 15_000;
export const LEVELS = 3;

/** Bo is at the first level, Cy at the second; the third goes to a webhook and to PagerDuty. */
export const PHONES = { bo: '+14155550101', cy: '+14155550102' } as const;
export const TOPIC = 'cy-phone';

const CONTACTS: Readonly<Record<'bo' | 'cy', readonly (readonly [ContactMethod['kind'], string])[]>> = {
  bo: [
    ['sms', PHONES.bo],
    ['email', 'bo@example.com'],
  ],
  cy: [
    ['voice', PHONES.cy],
    ['ntfy', TOPIC],
  ],
};

/**
 * Who is paged, and how: everybody by all of their ways at once, so that a page is many orders at one time.
 * People are known on all chats by their addresses, and on Discord because they said who they are.
 */
export async function setUp(
  db: Db,
  outside: {
    readonly onDiscord: Readonly<Record<'ana' | 'bo' | 'cy', { readonly id: string }>>;
    readonly hook: string;
  },
): Promise<void> {
  for (const who of ['ana', 'bo', 'cy'] as const) {
    const id = who as string as PersonId;
    const person = {
      id,
      name: who,
      email: `${who}@example.com`,
      role: 'responder',
      timezone: 'UTC',
      active: true,
    };
    await savePerson(db, person as Parameters<typeof savePerson>[1], LONG_AGO);
    await linkIdentity(db, 'discord', outside.onDiscord[who].id, id);
    if (who !== 'ana') await reachable(db, who);
  }
  await db.transaction().execute(async (tx) => {
    const levels = [
      level({ name: 'First', targets: [{ kind: 'person', id: 'bo' }], ackWindowMs: WINDOW_MS }),
      level({ name: 'Second', targets: [{ kind: 'person', id: 'cy' }], ackWindowMs: WINDOW_MS }),
      level({
        name: 'Third',
        targets: [
          { kind: 'webhook', id: outside.hook },
          { kind: 'external', id: `pagerduty/${ROUTING_KEY}` },
        ],
        ackWindowMs: WINDOW_MS,
      }),
    ];
    const conditions = { severity: ['P1'] } as const;
    await savePolicy(tx, policy({ id: 'all', name: 'All', levels, conditions }), LONG_AGO);
  });
}

async function reachable(db: Db, who: 'bo' | 'cy'): Promise<void> {
  const id = who as string as PersonId;
  const contacts = CONTACTS[who].map(([kind, address]) => ({
    id: `${who}-${kind}`,
    kind,
    address,
    verifiedAt: LONG_AGO,
    enabled: true,
  }));
  for (const contact of contacts) {
    await saveContact(db, id, contact, LONG_AGO);
    await verifyContact(db, id, contact, LONG_AGO);
  }
  const all = ['chat', ...contacts.map((it) => it.kind)].map((kind) => ({
    delayMs: 0,
    contact: kind === 'chat' ? `chat:${who}` : `${who}-${kind}`,
  }));
  await savePersonalRules(db, id, { rules: { ...DEFAULT_RULES, high: all }, quiet: null });
}
