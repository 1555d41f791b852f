import { sql } from 'kysely';

import type { ErrandKind, TimerChange } from '#src/incident/decision.ts';
import { carried } from '#src/telemetry/trace.ts';

import type { Reader, Tx } from './schema.ts';

export interface DueTimer {
  readonly key: string;
  readonly kind: string;
  /** Null: the timer is the program's own. */
  readonly incident: number | null;
  readonly dueAt: Date;
  readonly subject: string | null;
  /** What set it, as `carried` wrote it; null where that is not known. */
  readonly trace?: string | null;
}

/** At most one timer of a kind and subject per incident, or for none: this is what makes it one. */
export function timerKey(kind: string, incident: number | null, subject?: string): string {
  return `${kind}-${incident ?? 'own'}${subject === undefined ? '' : `-${subject}`}`;
}

/**
 * Sets, moves and takes away timers, in the transaction that decided it. Where
 * one timer is changed twice the last change holds. The caller calls
 * `committed()` afterwards, so that a timer earlier than all others is not slept over.
 */
export async function setTimers(tx: Tx, changes: readonly TimerChange[]): Promise<void> {
  if (changes.length === 0) return;
  const last = new Map(changes.map((it) => [timerKey(it.kind, it.incident, it.subject), it]));
  const rows = [...last].map(([key, { kind, incident, subject = null, at }]) => ({
    key,
    kind,
    incident,
    subject,
    at,
    trace: at && carried(at),
  }));
  await sql`
    with it as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as it(key text, kind text, incident bigint, subject text, at timestamptz, trace text)
    ), gone as (
      delete from timers using it where timers.key = it.key and it.at is null
    )
    insert into timers (key, kind, incident, subject, due_at, trace)
    select key, kind, incident, subject, at, trace from it where at is not null order by key
    on conflict (key) do update set due_at = excluded.due_at, trace = excluded.trace
    where timers.due_at <> excluded.due_at`.execute(tx);
}

/** Sets timers that are not there, because the work they led to was given up; those that are there stay as they are. */
export async function setMissing(
  tx: Tx,
  kind: ErrandKind,
  all: readonly { readonly subject: string; readonly at: Date }[],
): Promise<void> {
  if (all.length === 0) return;
  const rows = all.map(({ subject, at }) => ({
    key: timerKey(kind, null, subject),
    kind,
    incident: null,
    subject,
    dueAt: at,
  }));
  await tx
    .insertInto('timers')
    .values(rows)
    .onConflict((it) => it.column('key').doNothing())
    .execute();
}

/** When the next timer is due; null when there is none. */
export async function nextDue(r: Reader): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select min(due_at) as at from timers`.execute(r);
  return rows[0]?.at ?? null;
}

/**
 * Takes away the timers that are due, earliest first, and answers them: whoever
 * commits fires them. Timers that another transaction is moving or claiming are
 * skipped, so one timer is never claimed twice, nor at a time it no longer has.
 */
export async function claimDue(tx: Tx, now: Date, limit: number): Promise<DueTimer[]> {
  const { rows } = await sql<DueTimer>`
    with due as (
      select key from timers where due_at <= ${now} order by due_at limit ${limit} for update skip locked
    ), claimed as (
      delete from timers using due where timers.key = due.key returning timers.*
    )
    select key, kind, incident, subject, due_at, trace from claimed order by due_at, key`.execute(tx);
  return rows;
}
