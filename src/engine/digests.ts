import { isDeepStrictEqual } from 'node:util';

import type { Message } from '#src/chat/message.ts';
import { addDigest, digestsOf, endDigest, findDigest, lockDigest, moveDigest } from '#src/db/digests.ts';
import { findPerson } from '#src/db/people.ts';
import type { DigestRow } from '#src/db/schema-questions.ts';
import type { Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import type { Person } from '#src/incident/person.ts';
import { nextTime, type Repeat } from '#src/questions/repeat.ts';
import type { QuerySpec } from '#src/questions/spec.ts';

import { shortId, type Context } from './context.ts';
import { sayLater, type SayTo } from './say.ts';

/** So many questions of one person are asked again. */
const MOST = 20;

interface DigestAsked extends Repeat {
  readonly question: string;
  readonly spec: QuerySpec;
  /** Null: to the person alone. */
  readonly room: { readonly platform: string; readonly id: string } | null;
}

/**
 * Has a question asked again by itself, at a time of this person's clocks.
 * @throws UserError `too_many`, and `conflict` where the same is asked at the same time already
 */
export async function keepDigest(ctx: Context, person: Person, asked: DigestAsked): Promise<DigestRow> {
  const { question, spec, every, day, atTime, room } = asked;
  const now = ctx.now();
  const id = shortId(ctx);
  const row = await ctx.db.transaction().execute(async (tx) => {
    const others = await digestsOf(tx, person.id);
    if (others.length >= MOST) {
      throw new UserError('too_many', `${MOST} questions of yours are asked again; stop one of them first.`);
    }
    const where = room?.id ?? null;
    const same = others.find(
      (it) => isDeepStrictEqual(it.spec, spec) && it.room === where && it.every === every,
    );
    if (same) throw new UserError('conflict', `That is asked again already, as \`${same.id}\`.`);
    await addDigest(tx, {
      id,
      person: person.id,
      question,
      spec: JSON.stringify(spec),
      every,
      day,
      atTime,
      platform: room?.platform ?? null,
      room: where,
      createdAt: now,
      nextAt: nextTime(asked, now, person.timezone),
    });
    return await findDigest(tx, id);
  });
  ctx.committed();
  if (!row) throw new Error('a digest that was saved is not there');
  return row;
}

/** Asks it no more. Everybody stops their own, admins any. @throws UserError `not_found` */
export async function stopDigest(ctx: Context, id: string): Promise<DigestRow> {
  const row = await ctx.db.transaction().execute(async (tx) => {
    const found = await lockDigest(tx, id);
    const isTheirs = found?.person === ctx.actor.id || ctx.role === 'admin';
    if (!found || found.stoppedAt !== null || !isTheirs) {
      throw new UserError('not_found', `No question of yours is asked again as \`${id.slice(0, 20)}\`.`);
    }
    await endDigest(tx, id, { at: ctx.now(), why: `${ctx.actor.name} stopped it` });
    return found;
  });
  ctx.committed();
  return row;
}

/** What is said at its time. */
export type DrawDigest = (row: DigestRow, person: Person) => Promise<Message>;

/**
 * Asks a question again at its time and says the answer; asked twice it says it once. Where whoever asked
 * is gone or may not be answered any more it stops, and says so where others read it.
 */
export async function askAgain(
  ctx: Context,
  id: string,
  { draw, farewell }: { readonly draw: DrawDigest; readonly farewell: (row: DigestRow) => Message },
): Promise<void> {
  const row = await findDigest(ctx.db, id);
  if (!row || row.stoppedAt !== null || row.nextAt > ctx.now()) return;
  const person = await findPerson(ctx.db, row.person);
  if (!person?.active) return await stopOrphan(ctx, row, farewell(row));
  // What it takes to answer is not done in the transaction: on the built-in database everybody else would wait.
  const message = await draw(row, person);
  await ctx.db.transaction().execute(async (tx) => {
    const held = await lockDue(tx, row);
    if (!held) return;
    await sayLater({ ctx, tx }, { key: keyOf(row), to: placeOf(row), message });
    const now = ctx.now();
    await moveDigest(tx, id, { lastAt: now, nextAt: nextTime(row, now, person.timezone) });
  });
  ctx.committed();
}

async function stopOrphan(ctx: Context, row: DigestRow, message: Message): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    if (!(await lockDue(tx, row))) return;
    await endDigest(tx, row.id, { at: ctx.now(), why: 'whoever asked is not active any more' });
    if (row.room !== null) await sayLater({ ctx, tx }, { key: keyOf(row), to: placeOf(row), message });
  });
  ctx.committed();
}

/** Null where it was stopped or asked meanwhile. */
async function lockDue(tx: Tx, { id, nextAt }: DigestRow): Promise<DigestRow | null> {
  const held = await lockDigest(tx, id);
  return held?.stoppedAt === null && held.nextAt.getTime() === nextAt.getTime() ? held : null;
}

function keyOf({ id, nextAt }: DigestRow): string {
  return `digest-${id}-${nextAt.toISOString().slice(0, 16)}`;
}

function placeOf({ person, platform, room }: DigestRow): SayTo {
  return platform !== null && room !== null ? { platform, room } : { person };
}
