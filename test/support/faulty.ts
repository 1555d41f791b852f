import { saveContact, verifyContact } from '#src/db/contacts.ts';
import { eventsOf } from '#src/db/events.ts';
import { savePolicy } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import { declare } from '#src/engine/declare.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';
import type { Channel, Order } from '#src/notify/channel.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import { DEFAULT_RULES } from '#src/paging/rules.ts';

import { addPerson } from './context.ts';
import { ManualClock } from './manual-clock.ts';
import { level, policy } from './paging.ts';
import type { PlainPlatform } from './plain-platform.ts';
import type { Reacting } from './reacting.ts';

export const MINUTE = 60_000;
export const NOW = new Date('2026-03-01T08:00:00Z');
export const ana = 'ana' as PersonId;
export const byAna: Actor = { type: 'user', id: ana, name: 'Ana' };
export const byBo: Actor = { type: 'user', id: 'bo', name: 'Bo' };

/** Five minutes each: Ana, then Bo, then Cy. */
export const LEVELS = ['ana', 'bo', 'cy'].map((id) => level({ name: id, targets: [{ kind: 'person', id }] }));

/** Providers in memory that keep what they took, with its key, and may fail before. */
export class Wire {
  readonly taken: { readonly by: string; readonly key: string }[] = [];
  onSend: (name: string, order: Order) => Promise<void> | void = () => {};
  readonly channels = {
    names: ['sms', 'email'],
    get: async (name: string) =>
      ({ name, send: async (order: Order) => await this.#send(name, order) }) as unknown as Channel,
  };

  ways(): string[] {
    return this.taken.map(({ by }) => by);
  }

  async #send(name: string, order: Order) {
    await this.onSend(name, order);
    this.taken.push({ by: name, key: order.key });
    return { providerId: null };
  }
}

/** Ana is told by text at once, and two minutes later by mail. */
export async function setUp(db: Db, changes: Partial<EscalationPolicy> = {}): Promise<void> {
  for (const id of ['ana', 'bo', 'cy']) await addPerson(db, id);
  for (const [id, kind] of [
    ['c1', 'sms'],
    ['c2', 'email'],
  ] as const) {
    const contact = { id, kind, address: `${kind} of ana`, enabled: true };
    await saveContact(db, ana, contact, NOW);
    await verifyContact(db, ana, contact, NOW);
  }
  const steps = [
    { delayMs: 0, contact: 'c1' },
    { delayMs: 2 * MINUTE, contact: 'c2' },
  ];
  const rules = JSON.stringify({ ...DEFAULT_RULES, high: steps, low: steps });
  await db.insertInto('personalRules').values({ personId: ana, rules, quiet: null }).execute();
  await db.transaction().execute(async (tx) => {
    await savePolicy(tx, policy({ levels: LEVELS, ...changes }), NOW);
  });
}

export async function opened({ ctx, settled }: Reacting): Promise<void> {
  await declare(ctx, { title: 'Checkout is down', severity: 'P1' });
  await settled();
}

/** Time goes on while the clock is set back, as it does outside of tests. */
export class SettableClock extends ManualClock {
  #by = 0;

  setBack(ms: number): void {
    this.#by += ms;
  }

  override now(): Date {
    return new Date(super.now().getTime() - this.#by);
  }

  override at(due: Date, call: () => void): () => void {
    return super.at(new Date(due.getTime() + this.#by), call);
  }
}

export function told(web: PlainPlatform): string[] {
  return web.directs.map(({ to }) => to);
}

export async function notesOf(db: Db, incident = 1): Promise<string[]> {
  const events = await eventsOf(db, incident, { types: ['incident.escalation_noted'] });
  return events.flatMap((it) => (it.type === 'incident.escalation_noted' ? [it.data.text] : []));
}
