import {
  addCoverRequest,
  findCoverRequest,
  openCoverRequests,
  takeCoverRequest,
  type CoverRequest,
} from '#src/db/covers.ts';
import { addOverride } from '#src/db/on-call.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { coverWith, withOverrides } from '#src/oncall/cover.ts';
import { nextShiftOf, shiftOf, shiftsBetween } from '#src/oncall/preview.ts';

import { bookOf } from './book.ts';
import type { Context } from './context.ts';
import { changeSchedule } from './override.ts';

export interface CoverAsked {
  /** The id of the schedule. */
  readonly schedule: string;
  /** Both left out: what is left of the shift that runs, or else the whole next one. */
  readonly start: Date | null;
  readonly end: Date | null;
  readonly reason: string | null;
}

/** A part of a shift, as an instant range. */
interface Part {
  readonly start: Date;
  readonly end: Date;
}

/**
 * Somebody asks others to take their shift, or a part of it. It stays theirs until somebody takes it.
 * @throws UserError where they are not on call in that time.
 */
export async function askCover(ctx: Context, asked: CoverAsked): Promise<CoverRequest> {
  const person = whoAsks(ctx);
  const { schedule, reason } = asked;
  return await ctx.db.transaction().execute(async (tx) => {
    const compiled = (await bookOf(ctx, tx)).schedules.get(schedule);
    if (!compiled) throw new UserError('not_found', `There is no on-call schedule \`${schedule}\` any more.`);
    const part = within(compiled, person, wanted(compiled, person, asked, ctx.now()));
    return await save(ctx, tx, { schedule, person, reason }, part);
  });
}

export interface CoverTaken {
  readonly request: CoverRequest;
  /** What is theirs now; null: who asked has taken the request back. */
  readonly part: Part | null;
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
): Promise<CoverTaken> {
  const by = whoAsks(ctx);
  const { schedule } = await requestAt(ctx, id);
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const now = ctx.now();
    const request = await requestAt(ctx, id, tx);
    const from = later(start ?? request.startsAt, later(request.startsAt, now));
    const to = end && end < request.endsAt ? end : request.endsAt;
    if (request.person === by) {
      await takeCoverRequest(tx, id, { by, at: now, start: request.startsAt, end: request.endsAt });
      return { request, part: null, left: [] };
    }
    await mustBeOfTeam(ctx, tx, compiled, by);
    if (from >= to) throw new UserError('bad_arguments', 'Name a part of what was asked for.');
    const { person, reason } = request;
    const cover = { id: ctx.newId().slice(0, 8), person, by, start: from, end: to, reason, createdBy: by };
    const override = coverWith(compiled, cover);
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
      left.push(await save(ctx, tx, { schedule, person, reason }, rest));
    }
    return { request, part, left };
  });
}

/** What people ask for and nobody has taken, the first to begin first. */
export async function openCovers({ db, now }: Context, limit: number): Promise<CoverRequest[]> {
  return await openCoverRequests(db, now(), limit);
}

function whoAsks({ actor }: Context): PersonId {
  if (actor.type === 'user') return actor.id as PersonId;
  throw new UserError('bad_arguments', 'Only a person has shifts; this key belongs to nobody.');
}

/** What is asked for and can still be taken. */
async function requestAt({ db, now }: Context, id: string, tx?: Tx): Promise<CoverRequest> {
  const found = await findCoverRequest(tx ?? db, id);
  if (!found) throw new UserError('not_found', `Nobody asks for \`${id.slice(0, 40)}\` to be taken.`);
  if (found.takenBy !== null) {
    const who = found.takenBy === found.person ? 'who asked for it took it back' : `${found.takenBy} has it`;
    throw new UserError('conflict', `That shift is not asked for any more: ${who}.`);
  }
  if (found.endsAt <= now()) throw new UserError('conflict', 'That shift is over.');
  return found;
}

function wanted(compiled: CompiledSchedule, person: PersonId, asked: CoverAsked, now: Date): Part {
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
function within(compiled: CompiledSchedule, person: PersonId, { start, end }: Part): Part {
  const own = shiftsBetween(compiled, start, end).filter(({ people }) =>
    people.some((it) => it.person === person),
  );
  const [first, last] = [own[0], own.at(-1)];
  if (first && last) return { start: first.from, end: last.until };
  throw new UserError('conflict', `You are not on call by ${compiled.schedule.name} in that time.`);
}

function isOnCall(compiled: CompiledSchedule, person: PersonId, { start, end }: Part): boolean {
  const spans = shiftsBetween(compiled, start, end);
  return spans.some(({ people }) => people.some((it) => it.person === person));
}

async function mustBeOfTeam(
  ctx: Context,
  tx: Tx,
  { schedule }: CompiledSchedule,
  by: PersonId,
): Promise<void> {
  const team = (await bookOf(ctx, tx)).setup.teams.find(({ id }) => id === schedule.team);
  const isInTurn = schedule.layers.some(({ shifts }) => shifts.some((turn) => turn.includes(by)));
  if (!team || team.members.includes(by) || isInTurn) return;
  throw new UserError('not_allowed', `${schedule.name} is the team ${team.name}’s, and you are not in it.`);
}

async function save(
  ctx: Context,
  tx: Tx,
  of: Pick<CoverRequest, 'schedule' | 'person' | 'reason'>,
  { start, end }: Part,
): Promise<CoverRequest> {
  const request = { ...of, id: ctx.newId().slice(0, 8), startsAt: start, endsAt: end, askedAt: ctx.now() };
  await addCoverRequest(tx, request);
  return { ...request, takenBy: null, takenAt: null };
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}
