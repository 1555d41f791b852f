import { saveDecisions } from '#src/db/decisions.ts';
import { findRun } from '#src/db/escalations.ts';
import { findIncident, lockIncident } from '#src/db/incidents.ts';
import {
  findNotification,
  isForManagers,
  moveNotification,
  notificationsOf,
  noteTrouble,
  settleNotification,
} from '#src/db/pages.ts';
import type { NotificationRow, PageRow } from '#src/db/schema-people.ts';
import { setTimers } from '#src/db/timers.ts';
import { decided, event } from '#src/incident/decision.ts';
import { isOpen, type Incident } from '#src/incident/incident.ts';

import type { Context } from './context.ts';
import { timerOf } from './pages.ts';

/** The chat that is in the page itself. It is the database: it is there whenever the program is, and its work waits for nobody outside. */
export const BUILT_IN = 'web';

/** What there is to send, when its time has come. */
export interface Due {
  readonly notification: NotificationRow;
  readonly page: PageRow;
  /** Null: it is about none. */
  readonly incident: Incident | null;
}

/** Null where nothing is to be sent any more: it was, or nobody wants it now, which is then written down. */
export async function dueNotification(ctx: Context, id: string): Promise<Due | null> {
  return await wanted(ctx, id, ({ state }) => state === 'waiting');
}

/** The same for what a provider has been given. Its word may come before ours that it took it. */
export async function givenNotification(ctx: Context, id: string): Promise<Due | null> {
  return await wanted(
    ctx,
    id,
    ({ state, triedAt }) => state === 'sent' || (state === 'waiting' && triedAt !== null),
  );
}

async function wanted(
  ctx: Context,
  id: string,
  isMeant: (notification: NotificationRow) => boolean,
): Promise<Due | null> {
  const found = await findNotification(ctx.db, id);
  if (!found || !isMeant(found.notification)) return null;
  const incident = found.page.incident === null ? null : await findIncident(ctx.db, found.page.incident);
  const reason = await whyNotWanted(ctx, found.page, incident);
  if (reason === null) return { ...found, incident };
  await settleNotification(ctx.db, id, { state: 'cancelled', at: ctx.now(), detail: reason });
  return null;
}

async function whyNotWanted(ctx: Context, page: PageRow, incident: Incident | null): Promise<string | null> {
  if (incident && !isOpen(incident)) return 'the incident is over';
  if (page.answeredAt) return 'the page was answered';
  if (!incident || page.level === 0) return null;
  const stored = await findRun(ctx.db, incident.number);
  const status = stored?.run.status ?? 'active';
  const isWanted = status === 'active' || status === 'completed';
  if (isWanted || (status === 'acknowledged' && isForManagers(page))) return null;
  return 'somebody has it';
}

/** The provider took it. */
export async function wasSent(
  ctx: Context,
  id: string,
  { providerId, detail }: { readonly providerId: string | null; readonly detail: string | null },
): Promise<void> {
  await settleNotification(ctx.db, id, { state: 'sent', at: ctx.now(), providerId, detail });
}

/**
 * It did not go, now (`isFinal` false: it is tried again) or at all. The next way to tell the
 * same person does not wait for its time any more; where there is none left the room is told.
 */
export async function wasNotSent(
  ctx: Context,
  { notification, page, incident }: Due,
  { why, isFinal }: { readonly why: string; readonly isFinal: boolean },
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const locked = incident && (await lockIncident(tx, incident.number));
    const at = ctx.now();
    const { id } = notification;
    if (!isFinal) await noteTrouble(tx, id, why);
    // Somebody answered meanwhile, and it is nobody's loss.
    else if (!(await settleNotification(tx, id, { state: 'failed', at, detail: why }))) return;
    const others = (await notificationsOf(tx, page.id)).filter((it) => it.id !== id);
    const next = others.find(
      (it) => it.state === 'waiting' && it.triedAt === null && it.step > notification.step,
    );
    if (next?.dueAt && next.dueAt > at) {
      await moveNotification(tx, next.id, at);
      const timer = { kind: `notify@${next.channel}`, subject: next.id, at } as const;
      await setTimers(tx, [timerOf(timer, incident?.number ?? null)]);
    }
    if (!locked || !isFinal || !isLast(notification, others)) return;
    const to = { kind: page.recipientKind, id: page.recipient };
    const said = event(locked, 'incident.page_failed', { page: page.id, to, why }, { by: ctx.actor, at });
    await saveDecisions(tx, [decided(locked, [said], { by: ctx.actor, at })]);
  });
  ctx.committed();
}

/**
 * Whether with this way the last one that counts has failed. The built-in chat wakes nobody, so it
 * counts only where there was never another.
 */
function isLast(failed: NotificationRow, others: readonly NotificationRow[]): boolean {
  const ways = [failed, ...others].filter(({ state }) => state !== 'refused');
  const isBuiltIn = ({ channel }: NotificationRow) => channel === BUILT_IN;
  const counting = ways.every(isBuiltIn) ? ways : ways.filter((it) => !isBuiltIn(it));
  return (
    counting.includes(failed) &&
    !counting.some((it) => it !== failed && (it.state === 'waiting' || it.state === 'sent'))
  );
}
