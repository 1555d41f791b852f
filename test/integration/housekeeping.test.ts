import { describe, expect } from 'vitest';

import { Presses } from '#src/chat/presses.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { platformStore } from '#src/db/platform-store.ts';
import { saveRoom } from '#src/db/rooms.ts';
import { act } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import { engineContext, SetClock } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';

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
  await close(2);
  return { clock, ctx, store, presses, close, keep: async () => await keepHouse(db, clock.now(), RETENTION) };
});

describe('what is kept for the messages of chats', () => {
  test('stays as long as the button stands on a card that is worked with, and no longer', async ({
    house,
  }) => {
    const { clock, presses, close, keep } = house;
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
    for (const key of [...alive, ...over, drawnAgain]) expect(await presses.find(key)).not.toBeNull();
    await keyOf({}, 'declare');
    clock.advance(2 * DAY);
    await keep();
    for (const key of [...alive, drawnAgain]) expect(await presses.find(key)).not.toBeNull();
    for (const key of over) expect(await presses.find(key)).toBeNull();
    // An incident that is opened again after all has its buttons again as soon as its card is drawn.
    expect(await keyOf({ incident: 'INC-2' })).toBe(over[0]);
    expect(await presses.find(over[0] ?? '')).toEqual({ command: 'ack', args: { incident: 'INC-2' } });
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
