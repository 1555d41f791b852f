import { listPeople, peopleInChat } from '#src/db/people.ts';
import type { PersonId } from '#src/incident/person.ts';

import { bookOf } from './book.ts';
import type { Context } from './context.ts';
import { plansFor } from './simulate.ts';

/** Why somebody who is on call cannot be paged at that time, as a sentence that says what to do; null: they can. */
export type WhyUnreachable = (person: PersonId, at: Date) => string | null;

/** As people, contacts and rules now stand. The built-in chat alone wakes nobody, so it does not count as a way. */
export async function reachability(ctx: Pick<Context, 'db' | 'now' | 'settings'>): Promise<WhyUnreachable> {
  const { db } = ctx;
  const { people } = (await bookOf(ctx, db)).setup;
  const known = new Map(people.map((it) => [it.id, it]));
  const hasMail = new Set((await listPeople(db)).filter((it) => it.email !== null).map((it) => it.id));
  const inChat = await peopleInChat(db);
  const planFor = await plansFor(ctx);
  return (id, at) => {
    const person = known.get(id);
    if (!person) return `There is nobody called ${id} any more: take them out of the schedule.`;
    if (!person.active) return `${person.name} is switched off: take them out of the schedule.`;
    const { steps, unreachable } = planFor(id, { urgency: 'high', severity: 'P1', at });
    if (unreachable !== null) return unreachable;
    const isWebOnly = steps.every((it) => it.at === null || it.kind === 'chat');
    if (!isWebOnly || hasMail.has(id) || inChat.has(id)) return null;
    return `${person.name} has no way to be told but the page itself: give them a phone, a mail address or a chat.`;
  };
}
