import { findIncident } from '#src/db/incidents.ts';
import { latestPageTo, ownerOf, spendToken } from '#src/db/page-answers.ts';
import { arrived, pageById, pageOfNotification } from '#src/db/pages.ts';
import { findPerson } from '#src/db/people.ts';
import type { PageRow } from '#src/db/schema-people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';
import { actorOf, type Person } from '#src/incident/person.ts';

import { acknowledge } from './acknowledge.ts';
import { reach } from './act.ts';
import type { Context } from './context.ts';
import { givenNotification, wasNotSent } from './notifications.ts';
import { answerTest } from './test-page.ts';

/** What people answer to a page from outside of the chat: by a link, a text or a key. */
export type Answer = 'acknowledge' | 'escalate';

export interface Asked {
  readonly page: PageRow;
  readonly person: Person;
  /** Null: it is a test page. */
  readonly incident: Incident | null;
}

/** A page, whom it went to and what it is about. Throws `not_found`, also for somebody who has left. */
export async function askedBy(ctx: Context, page: string): Promise<Asked> {
  const found = await pageById(ctx.db, page);
  const person = found?.recipientKind === 'person' ? await findPerson(ctx.db, found.recipient) : null;
  if (!found || !isAnswerable(found) || !person?.active) {
    throw new UserError('not_found', 'There is no such page any more.');
  }
  const incident = found.incident === null ? null : await findIncident(ctx.db, found.incident);
  return { page: found, person, incident };
}

function isAnswerable({ incident, kind }: PageRow): boolean {
  return incident !== null || kind === 'test';
}

/**
 * Does what they answered, in their name, and says what came of it, as a sentence. `token`
 * is good for one answer. Throws `conflict` where it was used, and what the verb throws.
 */
export async function answerPage(ctx: Context, page: string, answer: Answer, token: string): Promise<string> {
  const { person, incident, page: found } = await askedBy(ctx, page);
  if (!incident) return answer === 'acknowledge' ? await answerTest(ctx, found) : NOTHING_TO_ESCALATE;
  const name = shortName(incident.number);
  if (!isOpen(incident)) return `${name} is over already: ${incident.title}.`;
  const as = { ...ctx, actor: actorOf(person), role: person.role };
  // Together with what it is for: a link that was used did it, and one that did nothing is good still.
  return await give(as, incident, answer, async (before, tx) => {
    if (await spendToken(tx, token, ctx.now())) return;
    throw new UserError('conflict', `This was used already. ${name} is ${stateOf(before)}.`);
  });
}

const NOTHING_TO_ESCALATE = 'This is a test page: there is nobody to pass it on to. Acknowledge it.';

/** What a text names a test page by, as others are named by the number of their incident. */
export const TEST_CODE = 'TEST';

/** Of a text from a number: the page it answers, by the incident's number where that is said, or the latest. Null: none. */
export async function pageForNumber(
  ctx: Context,
  from: string,
  code: string | null,
): Promise<PageRow | null> {
  const owner = await ownerOf(ctx.db, from);
  if (!owner) return null;
  if (code?.toUpperCase() === TEST_CODE) return await latestPageTo(ctx.db, owner, 'test');
  return await latestPageTo(ctx.db, owner, code !== null && /^\d{1,9}$/.test(code) ? Number(code) : null);
}

/** The page that a text or a call was made for. */
export async function pageForOrder(ctx: Context, notification: string): Promise<PageRow | null> {
  return await pageOfNotification(ctx.db, notification);
}

/** What the provider says became of something it took. */
export async function hearOutcome(
  ctx: Context,
  notification: string,
  { outcome, detail }: { readonly outcome: 'arrived' | 'failed'; readonly detail: string },
): Promise<void> {
  if (outcome === 'arrived') return await arrived(ctx.db, notification, ctx.now(), detail);
  const due = await givenNotification(ctx, notification);
  if (due) await wasNotSent(ctx, due, { why: `it did not arrive: ${detail}`, isFinal: true });
}

async function give(
  as: Context,
  { number, title }: Incident,
  answer: Answer,
  spend: (before: Incident, tx: Tx) => Promise<void>,
): Promise<string> {
  const name = shortName(number);
  if (answer === 'acknowledge') {
    const { isPageOnly } = await acknowledge(as, number, {}, spend);
    return isPageOnly ? `You answered the page for ${name}: ${title}.` : `You have ${name} now: ${title}.`;
  }
  const reason = 'asked for in answer to a page';
  const { escalationLevel } = await reach(as, number, 'escalate', { reason }, spend);
  return `${name} is escalated to level ${escalationLevel}.`;
}

function stateOf({ status }: Incident): string {
  return status.toLowerCase().replace('_', ' ');
}
