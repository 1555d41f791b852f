import { addOverride, removeOverride } from '#src/db/on-call.ts';
import type { SwapAnswer } from '#src/db/schema-people.ts';
import { addSwapRequest, answerSwapRequest, findSwapRequest, type SwapRequest } from '#src/db/swaps.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { isOnThroughout, swap as exchange, withOverrides } from '#src/oncall/cover.ts';
import type { Override } from '#src/oncall/schedule.ts';

import { bookOf } from './book.ts';
import { type Context, type Place, shortId } from './context.ts';
import { type Stretch, type SwapNews, type TellDuty, whoAsks } from './duty.ts';
import { changeSchedule } from './override.ts';
import { nextShifts, partOf, sharedBy, type ShiftWanted } from './shift-part.ts';

export interface SwapAsked {
  /** The id of the schedule; null: the one that both are on. */
  readonly schedule: string | null;
  readonly other: PersonId;
  readonly own: ShiftWanted;
  readonly theirs: ShiftWanted;
}

/** How many other shifts of theirs somebody can offer instead. */
const OFFERS = 5;

/**
 * Somebody asks another to exchange shifts of one schedule, or parts of them. Nothing changes until the other agrees.
 * @throws UserError where either is not on call then, that time is over, or both are one.
 */
export async function askSwap(ctx: Context, asked: SwapAsked, tell: TellDuty): Promise<SwapRequest> {
  const person = whoAsks(ctx);
  const { other } = asked;
  if (other === person) {
    throw new UserError('bad_arguments', 'That is you. Name another person to swap with.', { field: 'who' });
  }
  const schedule = asked.schedule ?? sharedBy(await bookOf(ctx, ctx.db), person, other, ctx.now());
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const names = await namesFor({ ctx, tx });
    const now = ctx.now();
    const own = partOf(compiled, { id: person, name: names(person) }, asked.own, now);
    const theirs = partOf(compiled, { id: other, name: names(other) }, asked.theirs, now);
    return await ask({ ctx, tx, tell }, compiled, { person, other, own, theirs });
  });
}

/**
 * Who was asked agrees: each has the other's part from then on, both or none, wherever the other would be on call.
 * @throws UserError where it was answered, a shift is over or has changed, or somebody else was asked.
 */
export async function agreeToSwap(ctx: Context, id: string, tell: TellDuty): Promise<SwapRequest> {
  return await answer({ ctx, tell }, id, async (place, compiled, request) => {
    mustBe(place.ctx, request.other, 'Somebody else was asked to swap.');
    const now = place.ctx.now();
    const names = await namesFor(place);
    const [one, other] = partsOf(request, now);
    for (const { person, start, end } of [one, other]) {
      if (start >= end) throw new UserError('conflict', `The shift of ${names(person)} is over. Ask again.`);
      if (isOnThroughout(compiled, { person, start, end })) continue;
      throw new UserError(
        'conflict',
        `The shift of ${names(person)} has changed since that was asked: they are not on call for all of it any more. Ask again.`,
      );
    }
    const { person: createdBy } = request;
    const both = exchange(compiled, { one, other, reason: 'a swap', createdBy }, names);
    withOverrides(compiled.schedule, both);
    for (const override of both) await addOverride(place.tx, request.schedule, override, now);
    await answerSwapRequest(place.tx, id, 'agreed', now);
    await tell(place, news('swap-agreed', compiled, request));
  });
}

/** Who was asked says no: everything stays as it is. @throws UserError where it was answered, or somebody else was asked. */
export async function declineSwap(ctx: Context, id: string, tell: TellDuty): Promise<SwapRequest> {
  return await answer({ ctx, tell }, id, async (place, compiled, request) => {
    mustBe(place.ctx, request.other, 'Somebody else was asked to swap.');
    await answerSwapRequest(place.tx, id, 'declined', place.ctx.now());
    await tell(place, news('swap-declined', compiled, request));
  });
}

/** Who was asked offers another shift of theirs, which begins at `start`, for the same one; the first to ask is asked now. */
export async function offerInstead(
  ctx: Context,
  id: string,
  start: Date,
  tell: TellDuty,
): Promise<SwapRequest> {
  const made: { next?: SwapRequest } = {};
  await answer({ ctx, tell }, id, async (place, compiled, request) => {
    mustBe(place.ctx, request.other, 'Somebody else was asked to swap.');
    const { person, other } = request;
    const names = await namesFor(place);
    const now = place.ctx.now();
    const own = partOf(
      compiled,
      { id: other, name: names(other) },
      { day: null, from: start, to: null },
      now,
    );
    const theirs = { start: request.startsAt, end: request.endsAt };
    await answerSwapRequest(place.tx, id, 'declined', now);
    await tell(place, news('swap-countered', compiled, request));
    made.next = await ask(place, compiled, { person: other, other: person, own, theirs });
  });
  if (!made.next) throw new Error('an offer was made and is not there');
  return made.next;
}

/**
 * Who asked takes it back; or, where it was agreed to and neither shift has begun, either of the two does.
 * @throws UserError where it is too late for that, or it was taken back before.
 */
export async function takeBackSwap(ctx: Context, id: string, tell: TellDuty): Promise<SwapRequest> {
  const { schedule } = await requestAt(ctx, id);
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const place = { ctx, tx };
    const request = await requestAt(ctx, id, place);
    const now = ctx.now();
    if (request.answer !== 'agreed') {
      mustBeOpen(request);
      mustBe(ctx, request.person, 'Only who asked for it can take it back.');
      await answerSwapRequest(tx, id, 'withdrawn', now);
      await tell(place, news('swap-withdrawn', compiled, request));
      return request;
    }
    const { person, other, startsAt, otherStartsAt } = request;
    if (ctx.actor.id !== person) mustBe(ctx, other, 'Only the two who swapped can take it back.');
    if (startsAt <= now || otherStartsAt <= now) {
      throw new UserError(
        'conflict',
        'One of the two shifts has begun. Change what is left with `override`.',
      );
    }
    for (const it of overrideIds(id)) await removeOverride(tx, schedule, it);
    await answerSwapRequest(tx, id, 'undone', now);
    await tell(place, news('swap-undone', compiled, request));
    return request;
  });
}

/** Other shifts that whoever was asked could offer: the next ones but the one that is wanted. */
function offersOf(compiled: CompiledSchedule, person: PersonId, wanted: Stretch, now: Date): Stretch[] {
  const all = nextShifts(compiled, person, now, OFFERS + 1);
  return all.filter((it) => it.start >= wanted.end || it.end <= wanted.start).slice(0, OFFERS);
}

interface Telling extends Place {
  readonly tell: TellDuty;
}

function news(kind: SwapNews['kind'], { schedule }: CompiledSchedule, request: SwapRequest): SwapNews {
  return { kind, name: schedule.name, request };
}

interface Asking {
  readonly person: PersonId;
  readonly other: PersonId;
  readonly own: Stretch;
  readonly theirs: Stretch;
}

async function ask(
  place: Telling,
  compiled: CompiledSchedule,
  { person, other, own, theirs }: Asking,
): Promise<SwapRequest> {
  const { ctx, tx, tell } = place;
  const now = ctx.now();
  const request: SwapRequest = {
    id: shortId(ctx),
    schedule: compiled.schedule.id,
    person,
    startsAt: own.start,
    endsAt: own.end,
    other,
    otherStartsAt: theirs.start,
    otherEndsAt: theirs.end,
    askedAt: now,
    answer: null,
    answeredAt: null,
  };
  const [one, two] = partsOf(request, now);
  const rest = { reason: null, createdBy: person };
  const both = exchange(compiled, { one, other: two, ...rest }, await namesFor(place));
  withOverrides(compiled.schedule, both);
  await addSwapRequest(tx, request);
  const { name } = compiled.schedule;
  const offers = offersOf(compiled, other, theirs, now);
  await tell({ ctx, tx }, { kind: 'swap-asked', name, request, offers });
  return request;
}

async function answer(
  { ctx, tell }: Omit<Telling, 'tx'>,
  id: string,
  take: (place: Telling, compiled: CompiledSchedule, request: SwapRequest) => Promise<void>,
): Promise<SwapRequest> {
  const { schedule } = await requestAt(ctx, id);
  return await changeSchedule(ctx, schedule, async (compiled, tx) => {
    const request = await requestAt(ctx, id, { ctx, tx });
    mustBeOpen(request);
    await take({ ctx, tx, tell }, compiled, request);
    return request;
  });
}

async function requestAt({ db }: Context, id: string, place?: Place): Promise<SwapRequest> {
  const found = await findSwapRequest(place?.tx ?? db, id);
  if (found) return found;
  throw new UserError('not_found', `Nobody asks for the swap \`${id.slice(0, 40)}\`.`);
}

const ANSWERED: Record<SwapAnswer, string> = {
  agreed: 'it was agreed to',
  declined: 'the other one said no',
  withdrawn: 'who asked for it took it back',
  undone: 'it was taken back',
};

function mustBeOpen({ answer: given }: SwapRequest): void {
  if (given === null) return;
  throw new UserError('conflict', `That swap is not asked for any more: ${ANSWERED[given]}.`);
}

function mustBe({ actor }: Context, person: PersonId, text: string): void {
  if (actor.id !== person) throw new UserError('not_allowed', text);
}

async function namesFor({ ctx, tx }: Place): Promise<(id: PersonId) => string> {
  const { nameOf } = await bookOf(ctx, tx);
  return (id) => nameOf({ kind: 'person', id });
}

/** What is left of both parts, each with the id of the override it becomes. */
function partsOf({ id, person, other, ...request }: SwapRequest, now: Date): [Own, Own] {
  const [one, two] = overrideIds(id);
  const left = (start: Date) => (start > now ? start : now);
  return [
    { id: one, person, start: left(request.startsAt), end: request.endsAt },
    { id: two, person: other, start: left(request.otherStartsAt), end: request.otherEndsAt },
  ];
}

type Own = Stretch & { readonly id: Override['id']; readonly person: PersonId };

function overrideIds(id: string): [string, string] {
  return [`${id}-a`, `${id}-b`];
}
