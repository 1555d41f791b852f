import {
  addCoverRequest,
  declineCoverRequest,
  findCoverRequest,
  openCoverRequests,
  takeCoverRequest,
  type CoverRequest,
} from '#src/db/covers.ts';
import { addOverride } from '#src/db/on-call.ts';
import { findPerson } from '#src/db/people.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { coverWith, withOverrides } from '#src/oncall/cover.ts';
import { nextShiftOf, shiftOf, shiftsBetween } from '#src/oncall/preview.ts';

import { bookOf } from './book.ts';
import { type Context, type Place, shortId } from './context.ts';
import { type Stretch, type TellDuty, whoAsks } from './duty.ts';
import { changeSchedule } from './override.ts';

export interface CoverAsked {
  /** The id of the schedule. */
  readonly schedule: string;
  /** Both left out: what is left of the shift that runs, or else the whole next one. */
  readonly start: Date | null;
  readonly end: Date | null;
  readonly reason: string | null;
  /** Who alone is asked, and told; null: whoever is of the team. */
  readonly to?: PersonId | null;
}

/**
 * Somebody asks others, or one other, to take their shift, or a part of it. It stays theirs until somebody takes it.
 * @throws UserError where they are not on call in that time, or the other cannot take it.
 */
export async function askCover(ctx: Context, asked: CoverAsked, tell: TellDuty): Promise<CoverRequest> {
  const person = whoAsks(ctx);
  const { schedule, reason, to = null } = asked;
  const made = await ctx.db.transaction().execute(async (tx) => {
    const compiled = (await bookOf(ctx, tx)).schedules.get(schedule);
    if (!compiled) throw new UserError('not_found', `There is no on-call schedule \`${schedule}\` any more.`);
    const part = within(compiled, person, wanted(compiled, person, asked, ctx.now()));
    if (to !== null) await mustBeAble({ ctx, tx }, compiled, to, { person, ...part });
    const request = await save(ctx, tx, { schedule, person, reason, offeredTo: to }, part);
    const { name } = compiled.schedule;
    if (to !== null) await tell({ ctx, tx }, { kind: 'cover-offered', name, request });
    return request;
  });
  ctx.committed();
  return made;
}

export interface CoverTaken {
  readonly request: CoverRequest;
  /** What is theirs now; null: who asked has taken the request back. */
  readonly part: Stretch | null;
  /** What is still asked for. */
  readonly left: readonly CoverRequest[];
}

/**
 * Somebody of the schedule's team takes what was asked for, or a part of it: an override that
 * follows later edits of the schedule. Who asked for it takes the request back by this.
 * @throws UserError where it was taken already, is over, or they are on call then themselves.
 */
export async function takeCover(
  ctx: Context,
  id: string,
  { start, end }: { readonly start: Date | null; readonly end: Date | null },
  tell: TellDuty,
): Promise<CoverTaken> {
  const by = whoAsks(ctx);
  const { schedule } = await requestAt(ctx, id);
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const now = ctx.now();
    const request = await requestAt(ctx, id, tx);
    const { nameOf } = await bookOf(ctx, tx);
    const called = (it: PersonId) => nameOf({ kind: 'person', id: it });
    const { offeredTo } = request;
    const { name } = compiled.schedule;
    if (offeredTo !== null && by !== offeredTo && by !== request.person) {
      throw new UserError('not_allowed', `${called(request.person)} asks only ${called(offeredTo)}.`);
    }
    const from = later(start ?? request.startsAt, later(request.startsAt, now));
    const to = end && end < request.endsAt ? end : request.endsAt;
    if (request.person === by) {
      await takeCoverRequest(tx, id, { by, at: now, start: request.startsAt, end: request.endsAt });
      if (offeredTo !== null) await tell({ ctx, tx }, { kind: 'cover-withdrawn', name, request });
      return { request, part: null, left: [] };
    }
    await mustBeOfTeam({ ctx, tx }, compiled, by);
    if (from >= to) throw new UserError('bad_arguments', 'Name a part of what was asked for.');
    const { person, reason } = request;
    const cover = { id: shortId(ctx), person, by, start: from, end: to, reason, createdBy: by };
    const override = coverWith(compiled, cover, called);
    withOverrides(compiled.schedule, [override]);
    await addOverride(tx, schedule, override, now);
    const part = { start: override.start, end: override.end };
    await takeCoverRequest(tx, id, { by, at: now, ...part });
    const around = [
      { start: later(request.startsAt, now), end: part.start },
      { start: part.end, end: request.endsAt },
    ];
    const left = [];
    for (const rest of around) {
      if (rest.start >= rest.end || !isOnCall(compiled, person, rest)) continue;
      left.push(await save(ctx, tx, { schedule, person, reason, offeredTo }, rest));
    }
    const isRestOpen = left.length > 0;
    await tell({ ctx, tx }, { kind: 'cover-taken', name, request, override, isRestOpen });
    return { request, part, left };
  });
}

/** Who alone was asked says no: the shift stays whose it is, and they are told. @throws UserError where it was answered, or others were asked. */
export async function declineCover(ctx: Context, id: string, tell: TellDuty): Promise<CoverRequest> {
  const by = whoAsks(ctx);
  const { schedule } = await requestAt(ctx, id);
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const request = await requestAt(ctx, id, tx);
    if (request.offeredTo !== by) {
      throw new UserError('not_allowed', 'Nobody asked you for that shift, so there is nothing to decline.');
    }
    await declineCoverRequest(tx, id, ctx.now());
    await tell({ ctx, tx }, { kind: 'cover-declined', name: compiled.schedule.name, request });
    return request;
  });
}

/** What people ask for and nobody has taken, of which the asker may know, the first to begin first. */
export async function openCovers({ db, now, actor }: Context, limit: number): Promise<CoverRequest[]> {
  return await openCoverRequests(db, { now: now(), person: actor.id as PersonId, limit });
}

/** What is asked for and can still be taken. */
async function requestAt({ db, now }: Context, id: string, tx?: Tx): Promise<CoverRequest> {
  const found = await findCoverRequest(tx ?? db, id);
  if (!found) throw new UserError('not_found', `Nobody asks for \`${id.slice(0, 40)}\` to be taken.`);
  if (found.takenBy !== null) {
    const taker = (await findPerson(tx ?? db, found.takenBy))?.name ?? found.takenBy;
    const who = found.takenBy === found.person ? 'who asked for it took it back' : `${taker} has it`;
    throw new UserError('conflict', `That shift is not asked for any more: ${who}.`);
  }
  if (found.declinedAt !== null) {
    throw new UserError('conflict', 'That shift is not asked for any more: who was asked said no.');
  }
  if (found.endsAt <= now()) throw new UserError('conflict', 'That shift is over.');
  return found;
}

function wanted(compiled: CompiledSchedule, person: PersonId, asked: CoverAsked, now: Date): Stretch {
  const shift =
    shiftOf(compiled, person, asked.start ?? now) ?? nextShiftOf(compiled, person, asked.start ?? now);
  if (!shift) {
    const { name } = compiled.schedule;
    throw new UserError(
      'conflict',
      `You are not on call by ${name} within 400 days, so there is nothing to take.`,
    );
  }
  const start = asked.start ?? later(shift.from, now);
  const end = asked.end ?? shift.until;
  if (!end) throw new UserError('bad_arguments', 'Your shift has no end. Say until when, like `to 18:00`.');
  if (start >= end) {
    throw new UserError('bad_arguments', 'It would end before it begins. Say the day, like tomorrow 18:00.');
  }
  return { start: later(start, now), end };
}

/** No more than what is theirs of it. */
function within(compiled: CompiledSchedule, person: PersonId, { start, end }: Stretch): Stretch {
  const own = shiftsBetween(compiled, start, end).filter(({ people }) =>
    people.some((it) => it.person === person),
  );
  const [first, last] = [own[0], own.at(-1)];
  if (first && last) return { start: first.from, end: last.until };
  throw new UserError('conflict', `You are not on call by ${compiled.schedule.name} in that time.`);
}

function isOnCall(compiled: CompiledSchedule, person: PersonId, { start, end }: Stretch): boolean {
  const spans = shiftsBetween(compiled, start, end);
  return spans.some(({ people }) => people.some((it) => it.person === person));
}

async function mustBeOfTeam({ ctx, tx }: Place, { schedule }: CompiledSchedule, by: PersonId): Promise<void> {
  const { setup, nameOf } = await bookOf(ctx, tx);
  const team = setup.teams.find(({ id }) => id === schedule.team);
  const isInTurn = schedule.layers.some(({ shifts }) => shifts.some((turn) => turn.includes(by)));
  if (!team || team.members.includes(by) || isInTurn) return;
  const who = by === ctx.actor.id ? 'you are' : `${nameOf({ kind: 'person', id: by })} is`;
  throw new UserError('not_allowed', `${schedule.name} is the team ${team.name}’s, and ${who} not in it.`);
}

/** Whoever is asked alone could take it as things stand. */
async function mustBeAble(
  place: Place,
  compiled: CompiledSchedule,
  by: PersonId,
  part: Stretch & { readonly person: PersonId },
): Promise<void> {
  if (by === part.person) {
    throw new UserError('bad_arguments', 'That is you. Name somebody else, or nobody to ask everybody.', {
      field: 'who',
    });
  }
  await mustBeOfTeam(place, compiled, by);
  const { nameOf } = await bookOf(place.ctx, place.tx);
  const cover = { id: 'asked', by, reason: null, createdBy: part.person, ...part };
  const override = coverWith(compiled, cover, (it) => nameOf({ kind: 'person', id: it }));
  withOverrides(compiled.schedule, [override]);
}

async function save(
  ctx: Context,
  tx: Tx,
  of: Pick<CoverRequest, 'schedule' | 'person' | 'reason' | 'offeredTo'>,
  { start, end }: Stretch,
): Promise<CoverRequest> {
  const request = { ...of, id: shortId(ctx), startsAt: start, endsAt: end, askedAt: ctx.now() };
  await addCoverRequest(tx, request);
  return { ...request, takenBy: null, takenAt: null, declinedAt: null };
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
