import { Alert } from '#src/alerts/alert.ts';
import { endPages } from '#src/db/page-answers.ts';
import { findPerson } from '#src/db/people.ts';
import type { SyntheticPageRow } from '#src/db/schema-people.ts';
import type { Tx } from '#src/db/schema.ts';
import {
  addSyntheticPage,
  findSyntheticPage,
  lastSyntheticPage,
  setNext,
  settleSyntheticPage,
  syntheticPage,
  takenAt,
  type SyntheticPage,
} from '#src/db/synthetic-pages.ts';
import { setTimers } from '#src/db/timers.ts';
import { SYSTEM, type PersonId } from '#src/incident/person.ts';
import { onCallAt } from '#src/oncall/on-call.ts';

import { bookOf } from './book.ts';
import type { Context } from './context.ts';
import { ingest } from './ingest.ts';
import { pageApart } from './pages.ts';

/** A page that no provider has taken after this long did not go in time. */
const LIMIT_MS = 60_000;
/** Nobody is woken by a test at another time than they agreed to. */
const TOO_LATE_MS = 3_600_000;

const SOURCE = 'synthetic-page';
const TITLE = 'The weekly test page';
const REASON = 'Nothing is wrong: this shows that pages reach you. You need not do anything.';

/**
 * Sends the weekly test page the whole way that a page goes, and sets the times of its check and of
 * the next one. Later than an hour nobody is paged: it has failed.
 */
export async function sendSyntheticPage(ctx: Context, dueAt: Date): Promise<void> {
  const now = ctx.now();
  const isTooLate = now.getTime() - dueAt.getTime() > TOO_LATE_MS;
  await ctx.db.transaction().execute(async (tx) => {
    const setting = await syntheticPage(tx);
    if (!setting) return;
    const id = `${SOURCE}-${dueAt.getTime()}`;
    const people = await whoGets(ctx, tx, setting);
    if (await addSyntheticPage(tx, { id, dueAt, people })) {
      for (const to of isTooLate ? [] : people) {
        const page = { title: TITLE, reason: REASON, urgency: 'high', by: SYSTEM } as const;
        await pageApart({ ctx, tx }, { ...page, key: keyOf(id, to), kind: 'test', to });
      }
      const at = new Date(now.getTime() + (isTooLate ? 0 : LIMIT_MS));
      await setTimers(tx, [{ kind: 'synthetic-check', incident: null, subject: id, at }]);
    }
    await setNext(tx, setting, now > dueAt ? now : dueAt);
  });
  ctx.committed();
}

/**
 * Writes down how long it took, from its time until a provider had taken it for everybody. What else was to be
 * sent for it is not sent. Where it did not go within its limit that is an alert, which the next good one ends.
 */
export async function checkSyntheticPage(ctx: Context, id: string): Promise<void> {
  const row = await findSyntheticPage(ctx.db, id);
  if (!row || row.checkedAt !== null) return;
  const now = ctx.now();
  const keys = row.people.map((it) => keyOf(id, it));
  const taken = await takenAt(ctx.db, keys);
  const isTaken = row.people.length > 0 && row.people.every((it) => taken.has(it));
  const last = Math.max(...[...taken.values()].map((it) => it.getTime()));
  const latencyMs = isTaken ? Math.max(0, last - row.dueAt.getTime()) : null;
  const failed = await whyFailed(ctx, row, { taken, latencyMs });
  const before = await lastSyntheticPage(ctx.db, row.dueAt);
  if (failed !== null || typeof before?.failed === 'string') {
    await ingest(ctx, [{ alert: alertOf(id, failed, now), payload: { page: id } }]);
  }
  await ctx.db.transaction().execute(async (tx) => {
    await endPages(tx, keys, 'the test is over');
    await settleSyntheticPage(tx, id, { checkedAt: now, latencyMs, failed });
  });
}

/** Those who are on call, or the one person. */
async function whoGets(ctx: Context, tx: Tx, { to }: SyntheticPage): Promise<PersonId[]> {
  if (to.kind === 'person') return (await findPerson(tx, to.id))?.active ? [to.id as PersonId] : [];
  const schedule = (await bookOf(ctx, tx)).schedules.get(to.id);
  return schedule ? [...new Set(onCallAt(schedule, ctx.now()).people.map(({ person }) => person))] : [];
}

/** A sentence; null: it went in time. */
async function whyFailed(
  { db, now }: Context,
  { dueAt, people }: SyntheticPageRow,
  { taken, latencyMs }: { readonly taken: ReadonlyMap<PersonId, Date>; readonly latencyMs: number | null },
): Promise<string | null> {
  if (now().getTime() - dueAt.getTime() > TOO_LATE_MS) {
    return 'It was not sent: the program did not look within an hour of its time.';
  }
  if (people.length === 0) {
    const to = (await syntheticPage(db))?.to;
    return `There was nobody to page: ${to ? `${to.kind} ${to.id}` : 'its setting'} names nobody who is on call now.`;
  }
  if (latencyMs === null) {
    const missed = people.filter((it) => !taken.has(it)).join(', ');
    return `No provider took it for ${missed} within ${LIMIT_MS / 1000} seconds.`;
  }
  if (latencyMs <= LIMIT_MS) return null;
  return `It took ${Math.round(latencyMs / 1000)} seconds, and ${LIMIT_MS / 1000} are the limit.`;
}

/** `failed` null: all is well again. */
function alertOf(id: string, failed: string | null, at: Date): Alert {
  return Alert.parse({
    eventId: id,
    source: SOURCE,
    state: failed === null ? 'resolved' : 'firing',
    eventType: 'alert',
    rule: SOURCE,
    title: 'The weekly test page did not go out in time',
    description: failed ?? 'The last one went out in time.',
    severity: 'P1',
    originalSeverity: 'P1',
    category: 'availability',
    service: null,
    environment: 'production',
    resource: null,
    labels: {},
    metrics: {},
    links: [],
    key: SOURCE,
    at,
  } satisfies Alert);
}

function keyOf(id: string, person: PersonId): string {
  return `${id}-${person}`;
}
