import {
  lookAt,
  missingAfterChange,
  missingAfterSilence,
  wasDeaf,
  type Heard,
  type Heartbeat,
} from '#src/incident/heartbeat.ts';

import type { HeartbeatRow } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';
import { setMissing, setTimers } from './timers.ts';

/** How often it is seen to that we listen. */
const WATCH_MS = 20_000;

/** By id; without those that were taken away. */
export async function listHeartbeats(r: Reader): Promise<HeartbeatRow[]> {
  return await r.selectFrom('heartbeats').selectAll().where('removedAt', 'is', null).orderBy('id').execute();
}

/** Null where there is none, also where it was taken away. */
export async function findHeartbeat(r: Reader, id: string): Promise<HeartbeatRow | null> {
  const row = await anyHeartbeat(r, id);
  return row?.removedAt === null ? row : null;
}

/** Also one that was taken away and whose alert still has to be taken back. */
export async function anyHeartbeat(r: Reader, id: string): Promise<HeartbeatRow | null> {
  return (await r.selectFrom('heartbeats').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The same, and nobody else changes it meanwhile. */
export async function lockHeartbeat(tx: Tx, id: string): Promise<HeartbeatRow | null> {
  const row = tx.selectFrom('heartbeats').selectAll().where('id', '=', id).forUpdate();
  return (await row.executeTakeFirst()) ?? null;
}

/** Without what was heard of it, and without its key. */
export function definedIn(it: Heartbeat): Heartbeat {
  const { id, name, everyMs, graceMs, severity, team, service, environment, paused } = it;
  return { id, name, everyMs, graceMs, severity, team, service, environment, paused };
}

/** As it is defined; what was heard of it stays. `newKey` makes the key of one that is new. */
export async function saveHeartbeat(
  tx: Tx,
  heartbeat: Heartbeat,
  { now, newKey }: { readonly now: Date; readonly newKey: () => string },
): Promise<void> {
  const { id, ...definition } = definedIn(heartbeat);
  const before = await lockHeartbeat(tx, id);
  const known = before?.removedAt === null ? before : null;
  const row = {
    ...definition,
    missingAt: missingAfterChange(known, heartbeat, now),
    heardAt: known?.heardAt ?? null,
    removedAt: null,
    ...(known ? {} : { key: newKey(), createdAt: now }),
  };
  const alarmedAt = before?.alarmedAt ?? null;
  if (before) await tx.updateTable('heartbeats').set(row).where('id', '=', id).execute();
  else {
    await tx
      .insertInto('heartbeats')
      .values({ key: newKey(), createdAt: now, ...row, id, alarmedAt })
      .execute();
  }
  await wakeFor(tx, id, { ...row, alarmedAt }, now);
  await watchAgain(tx, now);
}

/** It is expected no more. Where it is said to be missing that is taken back first. False: there is none. */
export async function removeHeartbeat(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await lockHeartbeat(tx, id);
  if (!row || row.removedAt !== null) return false;
  const gone = { ...row, missingAt: null, removedAt: now };
  if (row.alarmedAt === null) await forgetHeartbeat(tx, id);
  else {
    const { missingAt, removedAt } = gone;
    await tx.updateTable('heartbeats').set({ missingAt, removedAt }).where('id', '=', id).execute();
  }
  await wakeFor(tx, id, gone, now);
  return true;
}

export async function forgetHeartbeat(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('heartbeats').where('id', '=', id).execute();
}

/** What is known of it now, and the timer that belongs to that. */
export async function saveHeard(
  tx: Tx,
  before: HeartbeatRow,
  changes: Partial<Heard>,
  now: Date,
): Promise<HeartbeatRow> {
  const after = { ...before, ...changes };
  const { id, heardAt, missingAt, alarmedAt } = after;
  await tx.updateTable('heartbeats').set({ heardAt, missingAt, alarmedAt }).where('id', '=', id).execute();
  await wakeFor(tx, id, after, now);
  return after;
}

/** Nothing could be heard until now: whatever is expected has its grace again. */
export async function giveGrace(tx: Tx, now: Date): Promise<void> {
  const rows = await tx
    .selectFrom('heartbeats')
    .selectAll()
    .where('missingAt', 'is not', null)
    .where('alarmedAt', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const row of rows) await saveHeard(tx, row, { missingAt: missingAfterSilence(row, now) }, now);
}

/** As long as anything is expected there is a timer by which a time without us is noticed. */
export async function watchAgain(tx: Tx, now: Date): Promise<void> {
  const some = await tx.selectFrom('heartbeats').select('id').limit(1).executeTakeFirst();
  const at = some ? new Date(now.getTime() + WATCH_MS) : null;
  await setTimers(tx, [{ kind: 'heartbeat-watch', incident: null, subject: 'all', at }]);
}

/**
 * Sets timers that are gone because the work they led to was given up. Those that are there stay as they are.
 * One whose time is over comes now, since work for its old time is known and would not be done again. But where
 * nobody may have listened until now, which the watch finds out, grace begins again in place of that.
 */
export async function rearmHeartbeats(tx: Tx, now: Date): Promise<void> {
  const timer = tx.selectFrom('timers').select('dueAt').where('kind', '=', 'heartbeat-watch');
  const watch = await timer.executeTakeFirst();
  if (watch ? wasDeaf(watch.dueAt, now) : !(await isWatchComing(tx))) await giveGrace(tx, now);
  const rows = await tx.selectFrom('heartbeats').selectAll().orderBy('id').forUpdate().execute();
  const looks = rows.flatMap((row) => {
    const at = lookAt(row, now);
    return at ? [{ subject: row.id, at: at > now ? at : now }] : [];
  });
  await setMissing(tx, 'heartbeat', looks);
  if (!watch) await watchAgain(tx, now);
}

/** Its timer has fired, and it is to be looked at. */
async function isWatchComing(tx: Tx): Promise<boolean> {
  const query = tx.selectFrom('jobs').select('id').where('kind', '=', 'heartbeat-watch');
  return (await query.where('deadAt', 'is', null).limit(1).executeTakeFirst()) !== undefined;
}

async function wakeFor(tx: Tx, id: string, it: Heard, now: Date): Promise<void> {
  await setTimers(tx, [{ kind: 'heartbeat', incident: null, subject: id, at: lookAt(it, now) }]);
}
