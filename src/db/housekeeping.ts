import { sql } from 'kysely';

import { anchorDays } from './anchors.ts';
import { rearmDigests } from './digests.ts';
import { forgetEgress } from './egress.ts';
import { forgetMonths } from './event-months.ts';
import { rearmHolds } from './handoff-holds.ts';
import { rearmHeartbeats } from './heartbeats.ts';
import { forgetDeadJobs } from './jobs.ts';
import { forgetCalls } from './model-figures.ts';
import { rearmMutes } from './mutes.ts';
import type { Db } from './schema.ts';
import { rearmSyntheticPage } from './synthetic-pages.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Answers to requests are kept for repeats this long (contracts 3.1). */
const IDEMPOTENCY_MS = DAY;

/** Longer than the tokens themselves live, which is a day (`src/notify/ack-token.ts`). */
const SPENT_MS = 3 * DAY;

const KEYS_AT_ONCE = 20_000;

/** What people asked for is not done again for this long, whoever delivers it twice. */
const REPEATS_MS = 30 * DAY;

/**
 * What has to be done now and then: anchors the days that ended, and forgets
 * what nobody may ask for any more, and sets timers anew that everything depends on. Incidents and
 * their events stay for ever. What cannot be done keeps nothing else from being done; then it
 * throws an AggregateError at the end.
 */
export async function keepHouse(db: Db, now: Date, retentionDays: number): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const old = before(retentionDays * DAY);
  const faults: unknown[] = [];
  for (const work of [
    () => anchorDays(db, now),
    () => rearm(db, now),
    () => forgetKeys(db, before(IDEMPOTENCY_MS)),
    () => forgetSignIns(db, now, before(DAY)),
    () => forgetDeliveries(db, before(REPEATS_MS), old),
    () => forgetOfPaging(db, { spent: before(SPENT_MS), old }),
    () => forgetOfChats(db, old),
    () => forgetDeadJobs(db, old),
    () => forgetEgress(db, old),
    () => forgetCalls(db, now, old),
    () => db.deleteFrom('said').where('at', '<', old).execute(),
    () => db.deleteFrom('changes').where('heardAt', '<', old).execute(),
    () => forgetMonths(db, old),
  ]) {
    await work().catch((error: unknown) => void faults.push(error));
  }
  if (faults.length > 0) throw new AggregateError(faults, 'Not all of it could be done');
}

async function rearm(db: Db, now: Date): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await rearmHeartbeats(tx, now);
    await rearmSyntheticPage(tx, now);
    await rearmMutes(tx, now);
    await rearmHolds(tx);
    await rearmDigests(tx);
  });
}

/** A part at a time: a sidecar sends a key with every request, and a day of them is more than one statement may take. */
async function forgetKeys(db: Db, before: Date): Promise<void> {
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from idempotency_keys where ctid = any(array(
        select ctid from idempotency_keys where created_at < ${before} limit ${KEYS_AT_ONCE}
      ))`.execute(db);
    if (numAffectedRows < KEYS_AT_ONCE) return;
  }
}

async function forgetSignIns(db: Db, now: Date, old: Date): Promise<void> {
  await db.deleteFrom('sessions').where('expiresAt', '<', now).execute();
  await db.deleteFrom('identityCodes').where('expiresAt', '<', old).execute();
  await db.deleteFrom('signInLinks').where('expiresAt', '<', old).execute();
}

/** A platform or a page repeats itself within minutes; what was posted under a key may be asked for while its incident lives. */
async function forgetDeliveries(db: Db, inbox: Date, old: Date): Promise<void> {
  await db.deleteFrom('deliveries').where('destination', '=', 'inbox').where('at', '<', inbox).execute();
  await db.deleteFrom('platformState').where('key', 'like', 'once:%').where('at', '<', old).execute();
}

/**
 * Tokens that are no good any more whether they were spent or not, requests for cover of shifts that are
 * over, hand-offs with what was taken of them, and what was said about no incident. What still waits to
 * be said or taken stays.
 */
async function forgetOfPaging(
  db: Db,
  { spent, old }: { readonly spent: Date; readonly old: Date },
): Promise<void> {
  await db.deleteFrom('spentTokens').where('at', '<', spent).execute();
  await db.deleteFrom('coverRequests').where('endsAt', '<', old).execute();
  await db
    .deleteFrom('handoffs')
    .where('at', '<', old)
    .where('id', 'not in', (it) =>
      it.selectFrom('handoffHolds').select('handoff').where('state', 'in', ['waiting', 'late']),
    )
    .execute();
  await db
    .deleteFrom('outgoing')
    .where('createdAt', '<', old)
    .where((it) => it.or([it('posted', 'is not', null), it('failed', 'is not', null)]))
    .execute();
}

/**
 * What adapters keep for messages, by age: it is written again whenever it is drawn again
 * (`src/chat/presses.ts`). But a button, and a card that draws itself anew, must work for as
 * long as people work with it: those of an incident stay until it has been closed for as long.
 * A button that names no incident, on a message that nobody has drawn since, says that it is old.
 */
async function forgetOfChats(db: Db, before: Date): Promise<void> {
  const isAlive = sql`(incident.status <> 'CLOSED' or incident.closed_at >= ${before})`;
  const isOf = (kind: 'card' | 'press' | 'question') =>
    sql`kept.at < ${before} and kept.key like ${`kept:${kind}:%`}`;
  await sql`
    delete from platform_state as kept
    where kept.at < ${before} and kept.key ~ '^kept:(form|file|upload|reaction):'`.execute(db);
  await sql`
    delete from platform_state as kept
    where ${isOf('card')} and not exists (
      select from rooms join incidents as incident on incident.number = rooms.incident
      where rooms.platform = kept.platform and 'kept:card:' || rooms.card = kept.key and ${isAlive}
    )`.execute(db);
  // As it is written on buttons: INC-42 or 42, or the id.
  await sql`
    delete from platform_state as kept
    where ${isOf('press')} and not exists (
      select from jsonb_each_text(kept.value -> 'it' -> 'args') as arg
      join incidents as incident on incident.id = arg.value or incident.number =
        case when arg.value ~* '^(inc-)?[0-9]{1,15}$' then regexp_replace(arg.value, '[^0-9]', '', 'g')::bigint end
      where ${isAlive}
    )`.execute(db);
  // What is asked before a button runs goes with the button.
  await sql`
    delete from platform_state as kept
    where ${isOf('question')} and not exists (
      select from platform_state as press
      where press.platform = kept.platform and press.key = replace(kept.key, 'kept:question:', 'kept:press:')
    )`.execute(db);
}
