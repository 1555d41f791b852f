import { findRun } from '#src/db/escalations.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { receiptsOf, type Receipt } from '#src/db/pages.ts';
import type { NotificationRow } from '#src/db/schema-people.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { urgencyOf } from '#src/paging/run.ts';
import { whyNotPaged, whyPaged } from '#src/paging/why.ts';
import { clause, clock, type NameOf } from '#src/paging/words.ts';

import { bookOf } from './book.ts';
import type { Context } from './context.ts';
import { planOf } from './pages.ts';
import { chooseFor } from './route.ts';

/** Why somebody was paged for an incident, or was not. */
export interface Explanation {
  readonly wasPaged: boolean;
  /** One list of sentences for each page, the latest first; or one for why there was none. */
  readonly pages: readonly (readonly string[])[];
}

/** The most pages that are explained. */
const PAGES = 5;

/** From the receipts where they were paged; otherwise from the escalation as it stands. Throws `not_found`. */
export async function explainPaging(ctx: Context, number: number, person: PersonId): Promise<Explanation> {
  const receipts = await receiptsOf(ctx.db, { incident: number, person, limit: PAGES });
  if (receipts.length === 0) {
    return { wasPaged: false, pages: [await whyNot(ctx, number, person)] };
  }
  const policy = await whyThisPolicy(ctx, number);
  const { nameOf } = await bookOf(ctx, ctx.db);
  const pages = receipts.map((it) => [
    ...explained(it, { number, person, nameOf }),
    ...(it.page.level > 0 ? policy : []),
  ]);
  return { wasPaged: true, pages };
}

async function whyNot(ctx: Context, number: number, person: PersonId): Promise<string[]> {
  const { db, settings } = ctx;
  const at = ctx.now();
  const incident = await findIncident(db, number);
  const book = await bookOf(ctx, db);
  const run = (await findRun(db, number))?.run ?? null;
  const { policy, why } = await chooseFor(db, book, incident, at);
  const { policies, rules } = book.setup;
  const isSetUp = policies.length > 0 || rules.length > 0;
  const since = policy ? `It was not escalated when it was declared; now it would be: ${why}` : why;
  const none = isSetUp ? since : 'No escalation policy is set up, so nobody is paged by itself.';
  const page = { urgency: urgencyOf(incident.severity), severity: incident.severity, at };
  const { plan } = await planOf(db, person, page, settings.channels);
  const sentences = whyNotPaged(run, { person, at, resolve: book.resolve, plan, suppressed: none });
  return plan.unreachable === null ? sentences : [...sentences, plan.unreachable];
}

/** Why the incident goes by its policy, as it was said when it began to. */
async function whyThisPolicy({ db }: Context, number: number): Promise<string[]> {
  const paged = await eventsOf(db, number, { types: ['incident.paged'] });
  return paged.flatMap((it) =>
    it.type === 'incident.paged' && it.data.level > 0 && it.data.why !== null ? [it.data.why] : [],
  );
}

interface Explained {
  readonly number: number;
  readonly person: PersonId;
  readonly nameOf: NameOf;
}

function explained({ page, notifications }: Receipt, { number, person, nameOf }: Explained): string[] {
  const tried = notifications.filter(({ state }) => state === 'sent' || state === 'failed');
  const messages = tried.map((it) => ({
    by: it.channel,
    at: it.sentAt ?? it.triedAt ?? page.requestedAt,
    why: it.why,
    outcome: outcomeOf(it),
  }));
  const { requestedAt: at, level, reason } = page;
  const about = { person, nameOf, incident: number as IncidentNumber, at, level, reason };
  const sentences = whyPaged({ ...about, messages });
  const others = notifications.filter((it) => !tried.includes(it)).map(untried);
  const answered = page.answeredAt === null ? [] : [`It was answered at ${clock(page.answeredAt)}.`];
  return [...sentences, ...others, ...answered];
}

function outcomeOf({ state, deliveredAt, detail }: NotificationRow): string {
  if (state === 'failed') return `it did not go${detail === null ? '' : `: ${clause(detail)}`}`;
  return deliveredAt === null ? 'the provider took it' : `it arrived at ${clock(deliveredAt)}`;
}

function untried({ state, why, channel, dueAt, detail }: NotificationRow): string {
  if (state === 'refused') return why;
  const when = dueAt === null ? '' : ` at ${clock(dueAt)}`;
  if (state === 'waiting') return `${why} Due by ${channel}${when}.`;
  return `${why} By ${channel} it was not sent: ${clause(detail ?? 'nobody wanted it any more')}.`;
}
