import { sql } from 'kysely';

import type { TimerChange } from '#src/incident/decision.ts';
import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule, type CompiledSchedule } from '#src/oncall/compile.ts';
import { nextLook, nextLookAhead, nextReminder } from '#src/oncall/handoff-times.ts';
import { handoffRules, holding, movedSince, peopleAt } from '#src/oncall/handoff.ts';
import { nextHandoff } from '#src/oncall/preview.ts';

import { findSchedule, readSetup } from './on-call.ts';
import type { HandoffPlanRow } from './schema-handoffs.ts';
import type { Reader, Tx } from './schema.ts';
import { setTimers } from './timers.ts';

/** Where nothing changes for longer than is looked ahead, somebody looks again by then. */
const LOOK_AGAIN_MS = 300 * 86_400_000;
/** Overrides that ended longer ago say nothing of a hand-off that was missed. */
const RECENT_MS = 2 * 86_400_000;

/** A schedule as hand-offs look at it. Null where there is none of this id. */
export async function scheduleForHandoff(r: Reader, id: string, now: Date): Promise<CompiledSchedule | null> {
  const found = await findSchedule(r, id, new Date(now.getTime() - RECENT_MS));
  return found && compileSchedule(found);
}

/**
 * Sets the time of everything that is told of a schedule, or of all: its hand-offs, reminders, look-aheads
 * and warnings, and its groups, which are compared with the shift at once. In the transaction that changed
 * who is on call, which holds the lock of the setup; or at any time, since it changes nothing where all is
 * as it should be. The caller calls `committed()` then.
 * @param only the one that was changed: its reminders begin anew; all: what was missed is made up for
 */
export async function planHandoffs(tx: Tx, now: Date, only?: string): Promise<void> {
  const all = only === undefined ? await everySchedule(tx, now) : [await scheduleForHandoff(tx, only, now)];
  const compiled = all.filter((it) => it !== null);
  const plans = await plansOf(tx, compiled, now);
  if (only !== undefined) {
    await tx.updateTable('handoffPlans').set({ remindedAt: now }).where('schedule', '=', only).execute();
  }
  const timers = compiled.flatMap((it): TimerChange[] => {
    const plan = plans.get(it.schedule.id);
    if (!plan) return [];
    const asOfNow = only === undefined ? plan : { ...plan, remindedAt: now };
    const subject = it.schedule.id;
    const look = nextLook(it, now) === null ? [] : [own('coverage', subject, now)];
    return [...timersFor(it, asOfNow, now), ...look, ...groupTimers(it, now)];
  });
  await setTimers(tx, timers);
}

/** When something is told of a schedule next, each as a timer of its own. */
export function timersFor(
  compiled: CompiledSchedule,
  plan: Pick<HandoffPlanRow, 'people' | 'lookedAt' | 'remindedAt' | 'aheadAt'>,
  now: Date,
): TimerChange[] {
  const { schedule } = compiled;
  const { id } = schedule;
  const isMoved =
    movedSince(compiled, plan.people, { since: plan.lookedAt, now }) !== null || hasOldHolds(compiled, now);
  const later = nextHandoff(compiled, now)?.at ?? new Date(now.getTime() + LOOK_AGAIN_MS);
  const isTold = schedule.enabled && handoffRules(schedule).lookAhead;
  return [
    own('handoff', id, isMoved ? now : later),
    own('shift-reminder', id, nextReminder(compiled, plan.remindedAt, now)),
    own('look-ahead', id, isTold ? nextLookAhead(compiled, plan.aheadAt) : null),
    own('coverage', id, nextLook(compiled, now)),
  ];
}

/** Its groups are compared with the shift at that time. */
export function groupTimers({ schedule }: CompiledSchedule, at: Date): TimerChange[] {
  return Object.keys(schedule.groups ?? {}).map((platform) => own(`group@${platform}`, schedule.id, at));
}

/** Holds that are to end: shifts move by the clock again, or they hold nothing any more. */
function hasOldHolds(compiled: CompiledSchedule, now: Date): boolean {
  const { holds = [] } = compiled.schedule;
  if (holds.length === 0) return false;
  return !handoffRules(compiled.schedule).acceptance || holding(compiled, now).length < holds.length;
}

function own(kind: Extract<TimerChange, { incident: null }>['kind'], subject: string, at: Date | null) {
  return { kind, incident: null, subject, at } as const;
}

async function everySchedule(tx: Tx, now: Date): Promise<CompiledSchedule[]> {
  const { schedules } = await readSetup(tx, new Date(now.getTime() - RECENT_MS));
  return schedules.map(compileSchedule);
}

/** What was told of each; of those of which nothing was told yet, that they are as they are now. */
async function plansOf(
  tx: Tx,
  all: readonly CompiledSchedule[],
  now: Date,
): Promise<ReadonlyMap<string, HandoffPlanRow>> {
  if (all.length === 0) return new Map();
  const rows = all.map((it) => ({ schedule: it.schedule.id, people: peopleAt(it, now) }));
  await sql`
    insert into handoff_plans (schedule, people, since, looked_at, reminded_at, ahead_at)
    select schedule, people, ${now}, ${now}, ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as it(schedule text, people jsonb)
    on conflict do nothing`.execute(tx);
  const plans = await tx
    .selectFrom('handoffPlans')
    .selectAll()
    .where('schedule', '=', sql<string>`any(${rows.map((it) => it.schedule)}::text[])`)
    .execute();
  return new Map(plans.map((it) => [it.schedule, it]));
}

/** What was told of one schedule. */
export async function planOf(tx: Tx, compiled: CompiledSchedule, now: Date): Promise<HandoffPlanRow> {
  const plan = (await plansOf(tx, [compiled], now)).get(compiled.schedule.id);
  if (!plan) throw new Error(`nothing is planned for the schedule ${compiled.schedule.id}`);
  return plan;
}

/** Writes down what was told, and sets the time of what is told next. */
export async function savePlan(
  tx: Tx,
  compiled: CompiledSchedule,
  before: HandoffPlanRow,
  { now, ...change }: Partial<Omit<HandoffPlanRow, 'schedule'>> & { readonly now: Date },
): Promise<void> {
  const { people, ...times } = change;
  const row = people ? { ...times, people: JSON.stringify(people) } : times;
  if (Object.keys(row).length > 0) {
    await tx.updateTable('handoffPlans').set(row).where('schedule', '=', before.schedule).execute();
  }
  const isOthers = people && !isSame(people, before.people);
  await setTimers(tx, [
    ...timersFor(compiled, { ...before, ...change }, now),
    // Also where nothing is to be told: what was missed may have left a group as it was meanwhile.
    ...(isOthers || change.lookedAt ? groupTimers(compiled, now) : []),
  ]);
}

function isSame(one: readonly PersonId[], other: readonly PersonId[]): boolean {
  return one.length === other.length && one.every((it, index) => it === other[index]);
}
