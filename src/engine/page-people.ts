import { saveDecisions } from '#src/db/decisions.ts';
import { lockIncident } from '#src/db/incidents.ts';
import { notificationsOf } from '#src/db/pages.ts';
import type { NotificationRow } from '#src/db/schema-people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { invite, unchanged } from '#src/incident/changes.ts';
import { decided, event, type Decision } from '#src/incident/decision.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import { bookOf, type Book } from './book.ts';
import { deciding, type Context } from './context.ts';
import { pageByHand } from './pages.ts';

/** Whom somebody asks for: a person, all of a team, or whoever is on call by a schedule now. */
export interface Called {
  readonly kind: 'person' | 'team' | 'schedule';
  readonly id: string;
}

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
  { whom, reason }: { readonly whom: Called; readonly reason: string | null },
): Promise<CalledPerson[]> {
  const called = await ctx.db.transaction().execute(async (tx) => {
    const incident = await lockIncident(tx, number);
    if (!isOpen(incident)) {
      const state = incident.status.toLowerCase();
      throw new UserError(
        'conflict',
        `${shortName(number)} is ${state}, so nobody is paged for it. Reopen it first.`,
      );
    }
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
    const said = `${ctx.actor.name} asks you to come to ${shortName(number)}${because}${shift}.`;
    return await pageAll({ ctx, tx, incident, reason }, people, said);
  });
  ctx.committed();
  return called;
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
): Promise<CalledPerson[]> {
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
  await saveDecisions(tx, [decided(decision.incident, [...decision.events, paged], who)]);
  return called;
}

function sayCalled({ setup }: Book, { kind, id }: Called): string {
  const all = { person: setup.people, team: setup.teams, schedule: setup.schedules }[kind];
  const name = all.find((it) => it.id === id)?.name ?? id;
  return kind === 'person' ? name : `the ${kind} ${name}`;
}
