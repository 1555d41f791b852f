import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import type { Db } from './schema.ts';

/**
 * Takes a lease that nobody else has, or renews one's own, for `ttlMs` from now. Answers whether it is ours.
 *
 * By the clock of the database itself, in the statement: the clocks of machines differ, and a lease is
 * nobody's or somebody's for all of them at once. Who holds it counts its end on a clock of its own that only
 * goes on, from before it asked, and so ends earlier than the database does. What is left is a clock of the
 * database itself that jumps ahead: then two may hold a lease until the first of them asks again.
 */
export async function takeLease(db: Db, name: string, holder: string, ttlMs: number): Promise<boolean> {
  const { rows } = await sql`
    insert into leases (name, holder, until)
    values (${name}, ${holder}, clock_timestamp() + ${ttlMs} * interval '1 ms')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where leases.holder = excluded.holder or leases.until <= clock_timestamp()
    returning name`.execute(db);
  return rows.length > 0;
}

/** Gives a lease back, where it is still ours: another may have it at once. */
export async function dropLease(db: Db, name: string, holder: string): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
}

export interface Turn {
  readonly name: string;
  /** The process; in it one works at a time under this name. */
  readonly holder: string;
  /** For so long others wait for a process that was killed. Work that takes longer may overlap with theirs. */
  readonly ttlMs: number;
  /** Asked while others work: whether there is nothing to wait for any more. */
  readonly isDone?: () => Promise<boolean>;
}

const LOOK_MS = 100;

/** Works when nobody else of all processes does so under this name. */
export async function inTurn<T>(db: Db, turn: Turn, work: () => Promise<T>): Promise<T> {
  const { name, holder, ttlMs, isDone } = turn;
  while (!(await takeLease(db, name, holder, ttlMs))) {
    if (await isDone?.()) break;
    await sleep(LOOK_MS);
  }
  try {
    return await work();
  } finally {
    // Else it ends by itself.
    await dropLease(db, name, holder).catch(() => {});
  }
}

/** Forgets those that nobody has held for a day. */
export async function forgetLeases(db: Db): Promise<void> {
  await sql`delete from leases where until < clock_timestamp() - interval '1 day'`.execute(db);
}
