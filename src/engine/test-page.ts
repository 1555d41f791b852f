import { answerApart, latestPageTo } from '#src/db/page-answers.ts';
import { pageById, receiptsOf } from '#src/db/pages.ts';
import type { PageRow } from '#src/db/schema-people.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { Urgency } from '#src/paging/run.ts';
import { lasting } from '#src/paging/words.ts';

import type { Context } from './context.ts';
import { pageApart, type Paged } from './pages.ts';

/** Texts and calls cost money, and a phone that rings all the time helps nobody. */
const MOST = 5;
const WITHIN_MS = 10 * 60_000;

/**
 * Pages somebody to see that it works: by the same rules and the same ways as any page. One transaction.
 * @throws UserError `too_many` after five in ten minutes
 */
export async function sendTestPage(ctx: Context, person: PersonId, urgency: Urgency): Promise<Paged> {
  const since = ctx.now().getTime() - WITHIN_MS;
  const lately = (await receiptsOf(ctx.db, { person, limit: 50 })).filter(
    ({ page }) => page.kind === 'test' && page.requestedAt.getTime() > since,
  );
  if (lately.length >= MOST) {
    throw new UserError('too_many', `You sent yourself ${MOST} test pages in ten minutes. Wait a little.`, {
      retryAfterS: 60,
    });
  }
  const reason = `You asked for a test page with ${urgency} urgency. Nothing is wrong; answer it to see that this works.`;
  const asked = { kind: 'test', to: person, title: 'Test page', reason, urgency, by: ctx.actor } as const;
  const paged = await ctx.db
    .transaction()
    .execute((tx) => pageApart({ ctx, tx }, { ...asked, key: `test-${ctx.newId()}` }));
  ctx.committed();
  if (!paged) throw new Error('a new key was not new');
  return paged;
}

/** The test page of this id, or the latest, is answered by whom it went to. Says what came of it. Throws `not_found`. */
export async function answerOwnTest(ctx: Context, person: PersonId, id: string | null): Promise<string> {
  const page = id === null ? await latestPageTo(ctx.db, person, 'test') : await pageById(ctx.db, id);
  const isTheirs = page?.recipientKind === 'person' && page.recipient === person;
  if (page?.kind !== 'test' || !isTheirs) {
    throw new UserError('not_found', 'There is no test page of yours to answer. Send yourself one first.');
  }
  return await answerTest(ctx, page);
}

/** The same for whoever came by a link, a text or a key. A second answer changes nothing. */
export async function answerTest(ctx: Context, page: PageRow): Promise<string> {
  const at = ctx.now();
  const isFirst = await ctx.db
    .transaction()
    .execute((tx) => answerApart(tx, page.id, { by: page.recipient as PersonId, at }));
  const answered = isFirst ? at : (page.answeredAt ?? at);
  const after = lasting(Math.max(1000, answered.getTime() - page.requestedAt.getTime()));
  return isFirst
    ? `It works: you answered after ${after}.`
    : `You answered this test page already, after ${after}.`;
}
