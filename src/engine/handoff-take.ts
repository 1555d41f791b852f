import { findHold, holdsOf, rearmHolds, settleHold } from '#src/db/handoff-holds.ts';
import { planOf, savePlan, scheduleForHandoff } from '#src/db/handoff-timers.ts';
import { findHandoff, lastHandoff } from '#src/db/handoffs.ts';
import { addOverride, lockSetup } from '#src/db/on-call.ts';
import { answerApart } from '#src/db/page-answers.ts';
import { pagesByKey } from '#src/db/pages.ts';
import type { HandoffHoldRow } from '#src/db/schema-handoffs.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { SYSTEM, type PersonId } from '#src/incident/person.ts';
import { compileSchedule, type CompiledSchedule } from '#src/oncall/compile.ts';
import { withOverrides } from '#src/oncall/cover.ts';
import { handoffRules, holding, peopleAt, withHolds } from '#src/oncall/handoff.ts';
import { shiftOf } from '#src/oncall/preview.ts';

import { bookOf } from './book.ts';
import { type Context, type Place, shortId } from './context.ts';
import { isToTake, latePage, latePages, type Handoff, type Tell } from './handoff.ts';
import { pageApart } from './pages.ts';

/** Which shift somebody takes: that of a hand-off, or whatever waits for them in a schedule. */
export interface TakeAsked {
  readonly schedule: string;
  readonly handoff: string | null;
}

export interface ShiftTaken {
  readonly hold: HandoffHoldRow;
  /** Until when it is theirs; null: with no end in sight. */
  readonly until: Date | null;
  /** False: they had it already. */
  readonly isNew: boolean;
}

/**
 * "I have it": the shift moves to who presses, and people are told. The one whose shift it is may always take
 * it; the backup may once nobody did in time, and then has it until its end.
 * @throws UserError where it is somebody else's, was taken, or there is none to take.
 */
export async function takeShift(ctx: Context, asked: TakeAsked, tell: Tell): Promise<ShiftTaken> {
  const { actor } = ctx;
  if (actor.type !== 'user') {
    throw new UserError('bad_arguments', 'Only a person takes shifts; this key belongs to nobody.');
  }
  const me = actor.id as PersonId;
  const taken = await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const now = ctx.now();
    const compiled = await scheduleForHandoff(tx, asked.schedule, now);
    if (!compiled) {
      throw new UserError('not_found', `There is no on-call schedule \`${asked.schedule}\` any more.`);
    }
    const holds = await askedFor(tx, asked, now);
    const before = holds.find((it) => it.takenBy === me && it.takenAt);
    if (before && peopleAt(compiled, now).includes(me)) {
      return { hold: before, until: shiftOf(compiled, me, now)?.until ?? null, isNew: false };
    }
    const hold = await mine({ ctx, tx }, compiled, holds, me);
    const after = await take({ ctx, tx }, compiled, hold, me);
    await tell({ ctx, tx }, { what: 'taken', hold: after.hold, by: me, ...after.handoff });
    const until = shiftOf(after.handoff.compiled, me, now)?.until ?? null;
    return { hold: after.hold, until, isNew: true };
  });
  ctx.committed();
  return taken;
}

/**
 * The time is up in which a shift was to be taken: the backup is paged, and everybody is told. Nothing
 * where somebody has taken it, or there is nothing to take any more.
 */
export async function missedShift(ctx: Context, id: string, tell: Tell): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await lockSetup(tx);
    const now = ctx.now();
    const hold = await findHold(tx, id);
    // Where the clock went back since its timer was due it is looked at again.
    if (hold && hold.graceAt > now) await rearmHolds(tx);
    if (hold?.state !== 'waiting' || hold.graceAt > now || !isToTake(hold, now)) return;
    const compiled = await scheduleForHandoff(tx, hold.schedule, now);
    const row = await findHandoff(tx, hold.handoff);
    if (!compiled || !row || !holding(compiled, now).some((it) => it.id === id)) return;
    await settleHold(tx, id, { state: 'late' });
    const paged = await pageBackup({ ctx, tx }, compiled, hold);
    const holds = await holdsOf(tx, { handoff: row.id });
    await tell({ ctx, tx }, { what: 'late', hold: { ...hold, state: 'late' }, paged, row, holds, compiled });
  });
  ctx.committed();
}

/** Those of the hand-off that is named; else those that wait, and those of the last hand-off. */
async function askedFor(tx: Tx, { schedule, handoff }: TakeAsked, now: Date): Promise<HandoffHoldRow[]> {
  if (handoff !== null) return await holdsOf(tx, { handoff });
  const open = (await holdsOf(tx, { schedule })).filter((it) => isToTake(it, now));
  const last = await lastHandoff(tx, schedule);
  return last ? [...open, ...(await holdsOf(tx, { handoff: last.id }))] : open;
}

/** The hold that this person may end. */
async function mine(
  place: Place,
  compiled: CompiledSchedule,
  holds: readonly HandoffHoldRow[],
  me: PersonId,
): Promise<HandoffHoldRow> {
  const open = holds.filter((it) => isToTake(it, place.ctx.now()));
  const own = open.find((it) => it.person === me);
  if (own) return own;
  const late = open.find((it) => it.state === 'late' && it.heldBy !== me);
  if (late && (await backupsOf(place, compiled, late)).includes(me)) return late;
  const { name } = compiled.schedule;
  const { setup } = await bookOf(place.ctx, place.tx);
  const called = (id: PersonId) => setup.people.find((it) => it.id === id)?.name ?? id;
  const kept = open.find((it) => it.heldBy === me);
  if (kept) {
    const who = called(kept.person);
    throw new UserError(
      'conflict',
      `You have the shift of ${name} until ${who} takes it; it is for ${who} to press.`,
    );
  }
  const [first] = open;
  if (first) {
    const how = 'To take it in their place, use `override`.';
    throw new UserError('not_allowed', `The shift of ${name} is for ${called(first.person)} to take. ${how}`);
  }
  const people = peopleAt(compiled, place.ctx.now()).map(called);
  const has = people.length === 0 ? 'nobody is on call' : `${people.join(' and ')} is on call`;
  throw new UserError('conflict', `There is no shift of ${name} to take now: ${has}.`);
}

async function take(
  { ctx, tx }: Place,
  compiled: CompiledSchedule,
  hold: HandoffHoldRow,
  me: PersonId,
): Promise<{ readonly hold: HandoffHoldRow; readonly handoff: Handoff }> {
  const now = ctx.now();
  const row = await findHandoff(tx, hold.handoff);
  if (!row) throw new UserError('not_found', 'That hand-off is not there any more.');
  const plan = await planOf(tx, compiled, now);
  const left = (compiled.schedule.holds ?? []).filter((it) => it.id !== hold.id);
  let after = withHolds(compiled, left);
  if (me !== hold.person) {
    const { person, endsAt: end } = hold;
    const reason = 'the shift was not taken in time';
    const id = shortId(ctx);
    const stead = { kind: 'replace', id, person, by: me, start: now, end, reason, createdBy: me } as const;
    after = compileSchedule(withOverrides(after.schedule, [stead]));
    await addOverride(tx, compiled.schedule.id, stead, now);
  }
  const end = { state: 'taken', takenBy: me, takenAt: now } as const;
  await settleHold(tx, hold.id, end);
  if (hold.state === 'late') await endPages({ ctx, tx }, hold, me);
  await savePlan(tx, after, plan, { now, people: peopleAt(after, now), since: now, lookedAt: now });
  const holds = await holdsOf(tx, { handoff: row.id });
  return { hold: { ...hold, ...end }, handoff: { row, holds, compiled: after } };
}

/** Pages the backup; where none is set up or it comes to nobody, the one who should have taken it. */
async function pageBackup(
  { ctx, tx }: Place,
  compiled: CompiledSchedule,
  hold: HandoffHoldRow,
): Promise<readonly PersonId[]> {
  const backups = (await backupsOf({ ctx, tx }, compiled, hold)).filter((it) => it !== hold.heldBy);
  const people = backups.length > 0 ? backups : [hold.person];
  const { setup } = await bookOf(ctx, tx);
  const called = (id: PersonId) => setup.people.find((it) => it.id === id)?.name ?? id;
  const { id, name } = compiled.schedule;
  const has = `${called(hold.heldBy)} still has it`;
  for (const to of people) {
    const who = to === hold.person ? 'You were' : `${called(hold.person)} was`;
    await pageApart(
      { ctx, tx },
      {
        key: latePage(hold.id, to),
        kind: 'handoff',
        to,
        title: `Nobody has taken the on-call shift of ${name}`,
        reason: `${who} to take it, and did not; ${has}. Take it with "handoff accept ${id}" in the chat.`,
        urgency: 'high',
        by: SYSTEM,
      },
    );
  }
  return people;
}

/** Nobody needs to come any more. */
async function endPages({ ctx, tx }: Place, hold: HandoffHoldRow, by: PersonId): Promise<void> {
  const { setup } = await bookOf(ctx, tx);
  const pages = await pagesByKey(tx, latePages(hold.id, setup));
  for (const page of pages) await answerApart(tx, page, { by, at: ctx.now() });
}

async function backupsOf(
  { ctx, tx }: Place,
  compiled: CompiledSchedule,
  { person }: HandoffHoldRow,
): Promise<readonly PersonId[]> {
  const { backup } = handoffRules(compiled.schedule);
  if (!backup) return [];
  const { people } = (await bookOf(ctx, tx)).resolve(backup, ctx.now());
  return people.filter((it) => it !== person);
}
