import { sql } from 'kysely';
import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { Presses } from '#src/chat/presses.ts';
import { addCoverRequest, findCoverRequest } from '#src/db/covers.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { takeKey } from '#src/db/idempotency.ts';
import { insertJobs } from '#src/db/jobs.ts';
import { saveSchedule } from '#src/db/on-call.ts';
import { addOutgoing, findOutgoing, settleOutgoing } from '#src/db/outgoing.ts';
import { spendToken } from '#src/db/page-answers.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { saveRoom } from '#src/db/rooms.ts';
import { act } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import type { PersonId } from '#src/incident/person.ts';
import { addPerson, engineContext, SetClock } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { schedule } from '#test/support/oncall.ts';

const DAY = 24 * 3_600_000;
const RETENTION = 90;

/** INC-1 is open, INC-2 was closed at the beginning, and INC-3 will be closed a moment ago. */
const test = base.extend('house', async ({ db }) => {
  const clock = new SetClock();
  const ctx = engineContext(db, { clock });
  const store = platformStore(db, 'chat', clock.now);
  const presses = new Presses(store, () => clock.now().getTime());
  for (const title of ['Checkout is down', 'Search is slow', 'Mail is late']) await declare(ctx, { title });
  const close = async (number: number) => {
    await act(ctx, number, 'acknowledge');
    await act(ctx, number, 'start');
    await act(ctx, number, 'resolve');
    await act(ctx, number, 'close');
  };
  /** As another process does, which knows nothing by heart. */
  const find = async (key: string) => await new Presses(store).find(key);
  const keep = async () => await keepHouse(db, clock.now(), RETENTION);
  await close(2);
  return { clock, ctx, store, presses, find, close, keep };
});

describe('housekeeping', () => {
  test('does all the rest where one of its works fails, and says so', async ({ db, house }) => {
    const { clock, keep } = house;
    await takeKey(
      db,
      { owner: 'a', key: 'old', requestHash: '' },
      { id: 'a', now: clock.now(), stale: clock.now() },
    );
    await spendToken(db, 'old', clock.now());
    await insertJobs(db, [{ id: 'old', kind: 'page', lane: 'a', payload: {}, priority: 0 }], clock.now());
    await db.updateTable('jobs').set({ deadAt: clock.now() }).where('id', '=', 'old').execute();
    await sql`
      create function refuse() returns trigger language plpgsql
      as $$ begin raise exception 'the disk is bad'; end $$`.execute(db);
    await sql`
      create trigger bad before delete on idempotency_keys for each row execute function refuse()`.execute(
      db,
    );
    const kept = async () => ({
      keys: (await db.selectFrom('idempotencyKeys').select('key').execute()).length,
      tokens: (await db.selectFrom('spentTokens').select('id').execute()).length,
      dead: (await db.selectFrom('jobs').select('id').where('deadAt', 'is not', null).execute()).length,
    });
    clock.advance((RETENTION + 1) * DAY);
    await expect(keep()).rejects.toThrow('Not all of it could be done');
    expect(await kept()).toEqual({ keys: 1, tokens: 0, dead: 0 });
    await sql`drop trigger bad on idempotency_keys`.execute(db);
    await keep();
    expect(await kept()).toEqual({ keys: 0, tokens: 0, dead: 0 });
  });
});

describe('what is kept for the messages of chats', () => {
  test('stays as long as the button stands on a card that is worked with, and no longer', async ({
    house,
  }) => {
    const { clock, presses, find, close, keep } = house;
    const keyOf = async (args: Record<string, string>, command = 'ack') =>
      await presses.keyFor({ command, args });
    const alive = [
      await keyOf({ incident: 'INC-1' }),
      await keyOf({ incident: '1' }),
      await keyOf({ into: 'INC-1', incident: 'INC-2' }, 'merge'),
      await keyOf({ incident: 'INC-3' }),
    ];
    const over = [
      await keyOf({ incident: 'INC-2' }),
      await keyOf({ incident: '999' }),
      await keyOf({}, 'list'),
    ];
    const drawnAgain = await keyOf({}, 'declare');
    clock.advance((RETENTION - 1) * DAY);
    await close(3);
    await keep();
    for (const key of [...alive, ...over, drawnAgain]) expect(await find(key)).not.toBeNull();
    await keyOf({}, 'declare');
    clock.advance(2 * DAY);
    await keep();
    for (const key of [...alive, drawnAgain]) expect(await find(key)).not.toBeNull();
    for (const key of over) expect(await find(key)).toBeNull();
    // An incident that is opened again after all has its buttons again as soon as its card is drawn.
    expect(await keyOf({ incident: 'INC-2' })).toBe(over[0]);
    expect(await find(over[0] ?? '')).toEqual({ command: 'ack', args: { incident: 'INC-2' } });
  });

  test('goes by age for forms and files, with its button for a question, with its incident for a card', async ({
    db,
    house,
  }) => {
    const { clock, presses, store, keep } = house;
    const key = await presses.keyFor({ command: 'close', args: { incident: 'INC-1' } });
    const old = await presses.keyFor({ command: 'close', args: { incident: 'INC-2' } });
    for (const incident of [1, 2]) {
      const room = { incident, platform: 'chat', room: `r${incident}`, name: 'r', url: 'https://x.example' };
      await saveRoom(db, { ...room, card: `c|${incident}`, openedAt: clock.now(), archivedAt: null });
    }
    const kept = [`question:${key}`, 'card:c|1', 'conversation', 'mri:ana'];
    const gone = [`question:${old}`, 'card:c|2', 'card:elsewhere', 'form:f', 'file:f', 'reaction:x'];
    for (const name of [...kept, ...gone]) await store.keep(name, 'x');
    const other = platformStore(db, 'other', clock.now);
    await other.keep('card:c|1', 'x');
    clock.advance((RETENTION + 1) * DAY);
    await store.keep('form:new', 'x');
    await keep();
    for (const name of [...kept, 'form:new']) expect([name, await store.find(name)]).toEqual([name, 'x']);
    for (const name of gone) expect([name, await store.find(name)]).toEqual([name, null]);
    expect(await other.find('card:c|1')).toBeNull();
  });
});

describe('what is kept of paging', () => {
  test('goes when nobody can ask for it any more, and what waits to be said stays', async ({ db, house }) => {
    const { clock, keep } = house;
    const at = clock.now();
    const message = say('Ana is on call now.');
    await addPerson(db, 'ana');
    await db.transaction().execute(async (tx) => {
      await saveSchedule(tx, schedule(), at);
      for (const [id, end] of [
        ['over', at],
        ['ahead', new Date(at.getTime() + 2 * DAY)],
      ] as const) {
        const who = { schedule: 'payments', person: 'ana' as PersonId, reason: null, askedAt: at };
        const open = { takenBy: null, takenAt: null, offeredTo: null, declinedAt: null };
        await addCoverRequest(tx, { ...who, ...open, id, startsAt: at, endsAt: end });
      }
      for (const id of ['said', 'refused', 'waiting']) {
        const to = { platform: 'web', toKind: 'room', toId: 'r' } as const;
        await addOutgoing(tx, { ...to, id, message, createdAt: at });
      }
    });
    await settleOutgoing(db, 'said', { posted: 'm' });
    await settleOutgoing(db, 'refused', { failed: 'no such room' });
    await spendToken(db, 'old', at);
    clock.advance(2 * DAY);
    await keep();
    expect(await spendToken(db, 'old', clock.now())).toBe(false);
    clock.advance(2 * DAY);
    await spendToken(db, 'new', clock.now());
    await keep();
    const spent = ['old', 'new'].map(async (id) => await spendToken(db, id, clock.now()));
    expect(await Promise.all(spent)).toEqual([true, false]);
    expect(await findOutgoing(db, 'said')).not.toBeNull();
    clock.advance((RETENTION - 3) * DAY);
    await keep();
    const found = ['said', 'refused', 'waiting'].map(async (id) => (await findOutgoing(db, id))?.id);
    expect(await Promise.all(found)).toEqual([undefined, undefined, 'waiting']);
    const requests = ['over', 'ahead'].map(async (id) => (await findCoverRequest(db, id))?.id);
    expect(await Promise.all(requests)).toEqual([undefined, 'ahead']);
  });
});
