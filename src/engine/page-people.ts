import { saveDecisions } from '#src/db/decisions.ts';
import { lockIncident } from '#src/db/incidents.ts';
import { notificationsOf } from '#src/db/pages.ts';
import type { NotificationRow } from '#src/db/schema-people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { invite, unchanged } from '#src/incident/changes.ts';
import { decided, event, type Decision } from '#src/incident/decision.ts';
import type { Whom } from '#src/incident/events.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import { bookOf, type Book } from './book.ts';
import { deciding, type Context } from './context.ts';
import { pageByHand } from './pages.ts';

/** One person who was paged, and everything that is sent for it, or is not. */
export interface CalledPerson {
  readonly person: PersonId;
  /** Why it can reach nobody, as a sentence; null: it is on its way. */
  readonly unreachable: string | null;
  readonly ways: readonly Pick<NotificationRow, 'channel' | 'dueAt' | 'state' | 'why'>[];
}

/**
 * Pages people at once, whatever an escalation does, with high urgency: somebody asks for them.
 * Who is paged to a private incident may see it from then on. One transaction.
 * @throws UserError where the incident is over, or it comes to nobody.
 */
export async function pagePeople(
  ctx: Context,
  number: number,
  { whom, reason }: { readonly whom: Whom; readonly reason: string | null },
): Promise<readonly CalledPerson[]> {
  const called = await ctx.db.transaction().execute(async (tx) => {
    const incident = await lockIncident(tx, number);
    if (!isOpen(incident)) {
      const state = incident.status.toLowerCase();
      throw new UserError(
        'conflict',
        `${shortName(number)} is ${state}, so nobody is paged for it. Reopen it first.`,
      );
    }
    const made = await callIn({ ctx, tx, incident, reason }, whom);
    await saveDecisions(tx, [made.decision]);
    return made.called;
  });
  ctx.committed();
  return called;
}

/** The same as a part of something larger, on an incident that is held and open; the decision is the caller's to save. */
export async function callIn(
  it: Paging,
  whom: Whom,
): Promise<{ readonly called: readonly CalledPerson[]; readonly decision: Decision }> {
  const { ctx, tx, incident, reason } = it;
  const book = await bookOf(ctx, tx);
  const { people, why } = book.resolve(whom, ctx.now());
  if (people.length === 0) {
    throw new UserError(
      'conflict',
      `Nobody was paged, since ${sayCalled(book, whom)} comes to nobody (${why}).`,
    );
  }
  const because = reason === null ? '' : `: ${reason}`;
  const shift = whom.kind === 'schedule' ? ` (${why})` : '';
  const said = `${ctx.actor.name} asks you to come to ${shortName(incident.number)}${because}${shift}.`;
  return await pageAll(it, people, said);
}

interface Paging {
  readonly ctx: Context;
  readonly tx: Tx;
  readonly incident: Incident;
  readonly reason: string | null;
}

async function pageAll(
  { ctx, tx, incident, reason }: Paging,
  people: readonly PersonId[],
  said: string,
): Promise<{ readonly called: readonly CalledPerson[]; readonly decision: Decision }> {
  const request = ctx.newId();
  const who = deciding(ctx);
  const pages = [];
  const called: CalledPerson[] = [];
  let decision: Decision = unchanged(incident);
  for (const person of new Set(people)) {
    const asked = { to: person, reason: said, urgency: 'high', by: ctx.actor } as const;
    const page = await pageByHand({ ctx, tx }, incident, { ...asked, key: `${request}.${person}` });
    if (!page) continue;
    pages.push(page);
    const ways = await notificationsOf(tx, page.page);
    called.push({ person, unreachable: page.unreachable, ways });
    if (incident.isPrivate) {
      const next = invite(decision.incident, person, who);
      decision = { ...next, events: [...decision.events, ...next.events] };
    }
  }
  const data = { policy: null, level: 0, cycle: 0, urgency: 'high', pages, why: reason } as const;
  const paged = event(incident, 'incident.paged', { ...data, pages }, who);
  return { called, decision: decided(decision.incident, [...decision.events, paged], who) };
}

function sayCalled({ nameOf }: Book, whom: Whom): string {
  return whom.kind === 'person' ? nameOf(whom) : `the ${whom.kind} ${nameOf(whom)}`;
}
