import { addHolds, settleHold } from '#src/db/handoff-holds.ts';
import { planHandoffs, planOf, savePlan, scheduleForHandoff } from '#src/db/handoff-timers.ts';
import { addHandoff } from '#src/db/handoffs.ts';
import { lockSetup, type Setup } from '#src/db/on-call.ts';
import { endPages } from '#src/db/page-answers.ts';
import type { HandoffHoldRow, HandoffRow } from '#src/db/schema-handoffs.ts';
import { setTimers } from '#src/db/timers.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import {
  handoffRules,
  holding,
  holdsFor,
  movedSince,
  peopleAt,
  withHolds,
  type Moved,
} from '#src/oncall/handoff.ts';

import { bookOf } from './book.ts';
import { type Context, shortId, type Place } from './context.ts';

/** A hand-off, and the schedule as it is after it. */
export interface Handoff {
  readonly row: HandoffRow;
  readonly holds: readonly HandoffHoldRow[];
  readonly compiled: CompiledSchedule;
}

/** What people are to be told of a hand-off. */
export type HandoffNews = Handoff &
  (
    | { readonly what: 'begun' }
    | { readonly what: 'taken'; readonly hold: HandoffHoldRow; readonly by: PersonId }
    /** Nobody has taken it in time; `paged`: who was called instead. */
    | { readonly what: 'late'; readonly hold: HandoffHoldRow; readonly paged: readonly PersonId[] }
  );

/** Says it to those whom it concerns, in the transaction that decided it. */
export type Tell = (place: Place, news: HandoffNews) => Promise<void>;

/**
 * Says who is on call now, where those are others than was said last. However late it comes and however often
 * it is asked, it is said once, as it is. Where shifts are to be accepted they stay with the one before for now.
 */
export async function settleHandoff(ctx: Context, schedule: string, tell: Tell): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const now = ctx.now();
    const found = await scheduleForHandoff(tx, schedule, now);
    if (!found) return;
    const compiled = await endHolds({ ctx, tx }, found, now);
    const plan = await planOf(tx, compiled, now);
    const moved = movedSince(compiled, plan.people, { since: plan.lookedAt, now });
    if (!moved) {
      await savePlan(tx, compiled, plan, { now, lookedAt: now });
      return;
    }
    const handoff = await handOver({ ctx, tx }, compiled, moved, plan.since);
    const people = peopleAt(handoff.compiled, now);
    const isHeld = people.length === plan.people.length && people.every((it) => plan.people.includes(it));
    const since = isHeld ? plan.since : moved.at;
    await savePlan(tx, handoff.compiled, plan, { now, people, since, lookedAt: now });
    await tell({ ctx, tx }, { what: 'begun', ...handoff });
  });
  ctx.committed();
}

/** Whether somebody can still take it. */
export function isToTake({ state, endsAt }: HandoffHoldRow, now: Date): boolean {
  return (state === 'waiting' || state === 'late') && endsAt > now;
}

/** At the start of the program: sets the times of everything that is told, and has what was missed meanwhile be said. */
export async function resumeHandoffs(ctx: Context): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    await planHandoffs(tx, ctx.now());
  });
  ctx.committed();
}

async function handOver(
  { ctx, tx }: Place,
  compiled: CompiledSchedule,
  moved: Moved,
  since: Date,
): Promise<Handoff> {
  const now = ctx.now();
  const schedule = compiled.schedule.id;
  const { acceptance, grace } = handoffRules(compiled.schedule);
  const { at, leaving, coming } = moved;
  const row = { id: shortId(ctx), schedule, at, since, leaving: [...leaving], coming: [...coming] };
  await addHandoff(tx, row);
  const wanted = acceptance ? holdsFor(compiled, moved, now) : [];
  const holds = wanted.map(({ person, by, start, end }) => ({
    id: shortId(ctx),
    handoff: row.id,
    schedule,
    person,
    heldBy: by,
    startsAt: start,
    endsAt: end,
    graceAt: new Date(now.getTime() + grace),
  }));
  await addHolds(tx, holds);
  await setTimers(
    tx,
    holds.map(({ id, graceAt }) => ({ kind: 'handoff-grace', incident: null, subject: id, at: graceAt })),
  );
  const own = wanted.map((it, index) => ({ ...it, id: holds[index]?.id ?? '' }));
  return {
    row,
    holds: holds.map((it) => ({ ...it, state: 'waiting' as const, takenBy: null, takenAt: null })),
    compiled: own.length === 0 ? compiled : withHolds(compiled, [...(compiled.schedule.holds ?? []), ...own]),
  };
}

/** Holds that hold nothing any more are over, and all are where shifts move by the clock. Nobody is called for them any more. */
async function endHolds(
  { ctx, tx }: Place,
  compiled: CompiledSchedule,
  now: Date,
): Promise<CompiledSchedule> {
  const { holds = [] } = compiled.schedule;
  const kept = handoffRules(compiled.schedule).acceptance ? holding(compiled, now) : [];
  const gone = holds.filter((it) => !kept.includes(it));
  if (gone.length === 0) return compiled;
  const { setup } = await bookOf(ctx, tx);
  for (const { id } of gone) {
    await settleHold(tx, id, { state: 'over' });
    await endPages(tx, latePages(id, setup), 'the shift is not to be taken any more');
  }
  return withHolds(compiled, kept);
}

/** The keys of all pages that there may be of a shift that nobody took. */
export function latePages(hold: string, { people }: Pick<Setup, 'people'>): string[] {
  return people.map(({ id }) => latePage(hold, id));
}

export function latePage(hold: string, to: PersonId): string {
  return `handoff-${hold}-${to}`;
}
