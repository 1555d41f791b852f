import { sql } from 'kysely';

import type { Db, Tx } from './schema.ts';

/** This month and the next two: a process that is never restarted has time to make more. */
const AHEAD = 3;
/** Whoever makes or drops a month waits so long for those who read and write; it is tried again an hour later. */
const LOCK_WAIT = '3s';
/** Any number, as long as nothing else in the database takes the same advisory lock. */
const LOCK = 4_811_002_393;
/** Senders' ids that are forgotten in one statement. */
const NAMES_AT_ONCE = 20_000;

/**
 * Makes this month and the next ones, and those of messages that came in when there was no month for them, which
 * move into it. What silent alerts still need of dropped months stays where it is.
 */
export async function makeMonths(db: Db, now: Date): Promise<void> {
  const known = new Set((await knownMonths(db)).map((it) => it.getTime()));
  const oldest = Math.min(monthOf(now).getTime(), ...known);
  const strays = (await strayMonths(db)).filter((it) => it.getTime() >= oldest);
  const ahead = Array.from({ length: AHEAD }, (_, index) => monthOf(now, index));
  for (const month of [...ahead, ...strays]) {
    if (known.has(month.getTime())) continue;
    known.add(month.getTime());
    await makeMonth(db, month);
  }
}

/** Months whose last day is older than `before` go whole, also of what lies among the rest; senders' ids by their age. */
export async function forgetMonths(db: Db, before: Date): Promise<void> {
  for (const month of (await knownMonths(db)).filter((it) => nextMonth(it) <= before)) {
    await dropMonth(db, month);
  }
  await forgetRest(db, before);
  await forgetNames(db, before);
}

/** The months that there are, by their first instants. */
async function knownMonths(db: Db): Promise<Date[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'alert_events'::regclass`.execute(db);
  return rows.flatMap(({ name }) => {
    const [, year, month] = /^alert_events_(\d{4})_(\d{2})$/.exec(name) ?? [];
    return year === undefined ? [] : [new Date(Date.UTC(Number(year), Number(month) - 1))];
  });
}

async function strayMonths(db: Db): Promise<Date[]> {
  const { rows } = await sql<{ month: Date }>`
    select distinct date_trunc('month', received_at) as month from alert_events_rest`.execute(db);
  return rows.map((it) => it.month);
}

/** Beside the table first, so that it is there with all that belongs into it or not at all. */
async function makeMonth(db: Db, month: Date): Promise<void> {
  const name = sql.table(nameOf(month));
  const [from, to] = [sql.lit(month.toISOString()), sql.lit(nextMonth(month).toISOString())];
  await alone(db, async (tx) => {
    if ((await knownMonths(tx)).some((it) => it.getTime() === month.getTime())) return;
    await sql`lock table alert_events_rest in access exclusive mode`.execute(tx);
    await sql`create table ${name} (like alert_events)`.execute(tx);
    await sql`
      with moved as (delete from alert_events_rest where received_at >= ${from} and received_at < ${to} returning *)
      insert into ${name} select * from moved`.execute(tx);
    await sql`alter table alert_events attach partition ${name} for values from (${from}) to (${to})`.execute(
      tx,
    );
  });
}

/** What an alert that is silent fired by is looked at again when the silence ends, so it stays, among the rest. */
async function dropMonth(db: Db, month: Date): Promise<void> {
  const name = sql.table(nameOf(month));
  await alone(db, async (tx) => {
    if (!(await knownMonths(tx)).some((it) => it.getTime() === month.getTime())) return;
    await sql`alter table alert_events detach partition ${name}`.execute(tx);
    await sql`insert into alert_events select * from ${name} where id in (${STILL_NEEDED})`.execute(tx);
    await sql`drop table ${name}`.execute(tx);
  });
}

const STILL_NEEDED = sql`select fired_by from alerts where muted_by is not null`;

async function forgetRest(db: Db, before: Date): Promise<void> {
  await sql`
    delete from alert_events_rest where received_at < ${monthOf(before)} and id not in (${STILL_NEEDED})`.execute(
    db,
  );
}

/** A sender's id may be used again when it is older. A part at a time, since the built-in database serves nobody else meanwhile. */
async function forgetNames(db: Db, before: Date): Promise<void> {
  for (;;) {
    const { numAffectedRows = 0n } = await sql`
      delete from alert_event_names where ctid = any(array(
        select ctid from alert_event_names where received_at < ${before} limit ${NAMES_AT_ONCE}
      ))`.execute(db);
    if (numAffectedRows < NAMES_AT_ONCE) return;
  }
}

/** One process at a time, and no longer in the way of messages than it must be. */
async function alone(db: Db, work: (tx: Tx) => Promise<void>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select set_config('lock_timeout', ${LOCK_WAIT}, true)`.execute(tx);
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx);
    await work(tx);
  });
}

function nameOf(month: Date): string {
  return `alert_events_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}

function nextMonth(month: Date): Date {
  return monthOf(month, 1);
}

/** The first instant of the month, in UTC, of an instant or so many months later. */
function monthOf(at: Date, later = 0): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later));
}
