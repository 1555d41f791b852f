import { planOf, savePlan, scheduleForHandoff } from '#src/db/handoff-timers.ts';
import { lockSetup } from '#src/db/on-call.ts';
import type { HandoffPlanRow } from '#src/db/schema-handoffs.ts';
import { SYSTEM } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { nextLookAhead, remindersDue, uncoveredSoon, type Uncovered } from '#src/oncall/handoff-times.ts';
import { shiftsBetween, type Span } from '#src/oncall/preview.ts';
import { wallAt, zoneOf } from '#src/oncall/zone.ts';

import { bookOf } from './book.ts';
import type { Context, Place } from './context.ts';
import { pageApart } from './pages.ts';
import { reachability } from './reach.ts';

/** Reminds whose shifts begin soon, by their rules for low urgency; each shift once for each lead. */
export async function remindOfShifts(ctx: Context, schedule: string): Promise<void> {
  await looking(ctx, schedule, async (place, compiled, plan) => {
    const now = ctx.now();
    const { setup } = await bookOf(ctx, place.tx);
    const { id, name } = compiled.schedule;
    for (const { person, shift, lead } of remindersDue(compiled, { since: plan.remindedAt, now })) {
      const who = setup.people.find((it) => it.id === person);
      if (!who?.active) continue;
      const until = shift.until === null ? '' : ` It lasts until ${shown(shift.until, who.timezone)}.`;
      await pageApart(place, {
        key: `reminder-${id}-${person}-${shift.from.getTime()}-${lead}`,
        kind: 'reminder',
        to: person,
        title: `Your on-call shift of ${name} begins ${shown(shift.from, who.timezone)}`,
        reason: `${who.name}, you are on call for ${name} then.${until}`,
        urgency: 'low',
        by: SYSTEM,
      });
    }
    return { remindedAt: now };
  });
}

/** A week of a schedule, as it is told when it begins. */
export interface Week {
  readonly compiled: CompiledSchedule;
  readonly spans: readonly Span[];
}

/** A look-ahead that comes later than that is of no use any more; the next one comes in a week. */
const LATE_MS = 86_400_000;

/** Says who is on call in the week that begins, where anything changes in it. */
export async function lookAhead(
  ctx: Context,
  schedule: string,
  tell: (place: Place, week: Week) => Promise<void>,
): Promise<void> {
  await looking(ctx, schedule, async (place, compiled, plan) => {
    const now = ctx.now();
    const due = nextLookAhead(compiled, plan.aheadAt);
    if (due > now) return {};
    const next = nextLookAhead(compiled, now);
    // What changes when the week ends belongs to it: so do the turns of those who change on Mondays.
    const spans = shiftsBetween(compiled, now, new Date(next.getTime() + 1));
    const isLate = now.getTime() - due.getTime() > LATE_MS;
    if (!isLate && spans.length > 1) await tell(place, { compiled, spans });
    return { aheadAt: now };
  });
}

/** A time that nobody, or nobody who can be reached, covers. */
export interface Warning {
  readonly compiled: CompiledSchedule;
  readonly gaps: Uncovered['gaps'];
  /** With a sentence that says why, and what to do. */
  readonly unreachable: readonly (Uncovered['unreachable'][number] & { readonly why: string })[];
}

/** Warns of what nobody covers, a while before it begins. Says nothing where there is nothing to say. */
export async function warnOfGaps(
  ctx: Context,
  schedule: string,
  tell: (place: Place, warning: Warning) => Promise<void>,
): Promise<void> {
  const whyUnreachable = await reachability(ctx);
  await looking(ctx, schedule, async (place, compiled) => {
    const now = ctx.now();
    const { gaps, ...found } = uncoveredSoon(compiled, now, (person) => whyUnreachable(person, now) === null);
    const unreachable = found.unreachable.map((it) => ({
      ...it,
      why: whyUnreachable(it.person, now) ?? '',
    }));
    if (gaps.length + unreachable.length > 0) await tell(place, { compiled, gaps, unreachable });
    return {};
  });
}

/** Looks at one schedule, and sets the time of what is told next. */
async function looking(
  ctx: Context,
  schedule: string,
  look: (
    place: Place,
    compiled: CompiledSchedule,
    plan: HandoffPlanRow,
  ) => Promise<Partial<Pick<HandoffPlanRow, 'remindedAt' | 'aheadAt'>>>,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const now = ctx.now();
    const compiled = await scheduleForHandoff(tx, schedule, now);
    if (!compiled) return;
    const plan = await planOf(tx, compiled, now);
    const done = await look({ ctx, tx }, compiled, plan);
    await savePlan(tx, compiled, plan, { ...done, now });
  });
  ctx.committed();
}

/** As the clocks show it where somebody lives: `Mon 2 Mar 09:00`. */
function shown(at: Date, timezone: string): string {
  const wall = new Date(wallAt(zoneOf(timezone), at.getTime())).toUTCString();
  return `${wall.slice(0, 3)} ${Number(wall.slice(5, 7))} ${wall.slice(8, 11)} ${wall.slice(17, 22)} (${timezone})`;
}
