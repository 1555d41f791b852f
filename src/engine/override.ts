import { planHandoffs } from '#src/db/handoff-timers.ts';
import { addOverride, findSchedule, lockSetup, removeOverride } from '#src/db/on-call.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule, type CompiledSchedule } from '#src/oncall/compile.ts';
import { withOverrides } from '#src/oncall/cover.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import type { Change, Override } from '#src/oncall/schedule.ts';

import { bookOf } from './book.ts';
import { type Context, shortId } from './context.ts';
import type { OverrideNews, Stretch, TellDuty } from './duty.ts';

export interface OverrideAsked {
  /** The id of the schedule. */
  readonly schedule: string;
  readonly change: Change;
  readonly start: Date;
  readonly end: Date;
  readonly reason: string | null;
}

export interface Overridden {
  readonly id: string;
  /** Who would have been on call in that time, in the order of their shifts. */
  readonly before: readonly PersonId[];
  /** Who is. */
  readonly after: readonly PersonId[];
}

/**
 * Puts somebody on call for a time, or takes somebody off, whatever the layers say.
 * @throws UserError where the time is over or runs backwards, somebody is not there, or it contradicts another override.
 */
export async function overrideSchedule(
  ctx: Context,
  asked: OverrideAsked,
  tell: TellDuty,
): Promise<Overridden> {
  const { schedule, change, start, end, reason } = asked;
  if (end <= ctx.now()) {
    throw new UserError('bad_arguments', 'That time is over. Let it end later.', { field: 'to' });
  }
  if (end <= start) {
    throw new UserError(
      'bad_arguments',
      'It would end before it begins. Leave the begin out for now, or say the day, like tomorrow 18:00.',
      { field: 'to' },
    );
  }
  const createdBy = ctx.actor.id as PersonId;
  const override: Override = { ...change, id: shortId(ctx), start, end, reason, createdBy };
  return await changeSchedule(ctx, schedule, async (before, tx) => {
    const after = compileSchedule(withOverrides(before.schedule, [override]));
    await addOverride(tx, schedule, override, ctx.now());
    const made = { id: override.id, before: onCallIn(before, asked), after: onCallIn(after, asked) };
    const { name } = before.schedule;
    await tell({ ctx, tx }, { kind: 'overridden', name, ...(await newsOf(ctx, tx, override, made)) });
    return made;
  });
}

/** Takes an override back, and answers it. Throws `not_found` where there is none of this id, or it is over. */
export async function takeBackOverride(
  ctx: Context,
  id: string,
  tell: TellDuty,
): Promise<{ readonly schedule: string; readonly override: Override }> {
  const { setup } = await bookOf(ctx, ctx.db);
  const schedule = setup.schedules.find(({ overrides }) => overrides.some((it) => it.id === id));
  const override = schedule?.overrides.find((it) => it.id === id);
  if (!schedule || !override || override.end <= ctx.now()) {
    throw new UserError('not_found', `There is no override \`${id.slice(0, 40)}\` any more.`);
  }
  return await changeSchedule(ctx, schedule.id, async (before, tx) => {
    await removeOverride(tx, schedule.id, id);
    const others = before.schedule.overrides.filter((it) => it.id !== id);
    const after = compileSchedule({ ...before.schedule, overrides: others });
    const made = { id, before: onCallIn(before, override), after: onCallIn(after, override) };
    const { name } = schedule;
    await tell({ ctx, tx }, { kind: 'override-undone', name, ...(await newsOf(ctx, tx, override, made)) });
    return { schedule: schedule.id, override };
  });
}

/** One change of a schedule, which waits for others, so that what it was held against is what is there. Throws `not_found`. */
export async function changeSchedule<T>(
  ctx: Context,
  id: string,
  change: (before: CompiledSchedule, tx: Tx) => Promise<T>,
): Promise<T> {
  const changed = await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const before = await findSchedule(tx, id, ctx.now());
    if (!before) throw new UserError('not_found', `There is no on-call schedule \`${id}\` any more.`);
    const made = await change(compileSchedule(before), tx);
    await planHandoffs(tx, ctx.now(), id);
    return made;
  });
  ctx.committed();
  return changed;
}

/** Those whom it concerns. */
async function newsOf(
  ctx: Context,
  tx: Tx,
  override: Override,
  made: Overridden,
): Promise<Omit<OverrideNews, 'kind' | 'name'>> {
  const { nameOf } = await bookOf(ctx, tx);
  const now = coming(made);
  const names = now.map((id) => nameOf({ kind: 'person', id }));
  return { override, coming: now, leaving: leaving(made), names };
}

function coming({ before, after }: Overridden): PersonId[] {
  return after.filter((it) => !before.includes(it));
}

function leaving({ before, after }: Overridden): PersonId[] {
  return before.filter((it) => !after.includes(it));
}

function onCallIn(compiled: CompiledSchedule, { start, end }: Stretch): PersonId[] {
  const people = shiftsBetween(compiled, start, end).flatMap((it) => it.people.map(({ person }) => person));
  return [...new Set(people)];
}
