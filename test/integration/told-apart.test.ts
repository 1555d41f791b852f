import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import { addOutgoing, findOutgoing } from '#src/db/outgoing.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { pageApart } from '#src/engine/pages.ts';
import { sayLater, type SayTo } from '#src/engine/say.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { addPerson } from '#test/support/context.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test, type Reacting } from '#test/support/reacting.ts';

const ana = 'ana' as PersonId;

async function says({ ctx }: Reacting, key: string, to: SayTo, words: string): Promise<void> {
  await ctx.db.transaction().execute((tx) => sayLater({ ctx, tx }, { key, to, message: say(words) }));
  ctx.committed();
}

describe('what is said about no incident', () => {
  test('reaches a person wherever they are known, and a room, once', async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const to = await web.openRoom({ name: 'payments', topic: '', title: '', isPrivate: false, links: [] });
    const bot = await reacting([web]);
    await says(bot, 'shift-1', { person: ana }, 'You are on call now.');
    await says(bot, 'shift-1', { person: ana }, 'You are on call now.');
    await says(bot, 'shift-1-room', { platform: 'web', room: to.id }, 'Ana is on call now.');
    await comesTrue(() => {
      expect(web.directs.map(({ to: person, text }) => [person, text])).toEqual([
        ['ana', 'You are on call now.'],
      ]);
      expect(web.named('payments').flatMap((it) => web.said(it))).toEqual(['Ana is on call now.']);
    });
  });

  test('takes the place of what was said before, also where that is not there yet', async ({ reacting }) => {
    const web = new PlainPlatform('web');
    const room = await web.openRoom({ name: 'payments', topic: '', title: '', isPrivate: false, links: [] });
    const bot = await reacting([web]);
    await says(bot, 'shift-1', { platform: 'web', room: room.id }, 'Bo has not taken it yet.');
    await says(bot, 'shift-1-taken', { platform: 'web', instead: 'shift-1' }, 'Bo has taken it.');
    await bot.passUntil(() => {
      expect(web.named('payments').flatMap((it) => web.said(it))).toEqual(['Bo has taken it.']);
    });
  });

  test('and would take the place of what is never said is given up after a week', async ({
    db,
    reacting,
  }) => {
    const web = new PlainPlatform('web');
    const bot = await reacting([web]);
    const message = say('Bo has not taken it yet.');
    const before = { id: 'shift-1-on-web', platform: 'web', toKind: 'room', toId: 'C1' } as const;
    const createdAt = bot.clock.now();
    await db.transaction().execute((tx) => addOutgoing(tx, { ...before, message, createdAt }));
    await says(bot, 'shift-1-taken', { platform: 'web', instead: 'shift-1' }, 'Bo has taken it.');
    const taken = async () => await findOutgoing(db, 'shift-1-taken-on-web');
    for (const hours of [0, 144]) {
      bot.clock.advance(hours * 3_600_000);
      await bot.pass(4000);
      expect(await taken()).toMatchObject({ posted: null, failed: null });
    }
    bot.clock.advance(25 * 3_600_000);
    await bot.pass(4000);
    expect((await taken())?.failed).toContain('was never said');
  });

  test('waits while the platform is away, and is given up where it will not have it', async ({
    db,
    reacting,
  }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const failing = { times: 1 };
    web.onCall = (method) => {
      if (method !== 'direct') return;
      failing.times -= 1;
      if (failing.times >= 0) throw new ProviderError('web', 'is away', { retry: true });
    };
    const bot = await reacting([web]);
    await says(bot, 'one', { person: ana }, 'One.');
    await bot.passUntil(() => {
      expect(web.directs.map(({ text }) => text)).toEqual(['One.']);
    });
    web.onCall = (method) => {
      if (method === 'direct') throw new ProviderError('web', 'no such person', { retry: false });
    };
    await says(bot, 'two', { person: ana }, 'Two.');
    await comesTrue(async () =>
      expect(await findOutgoing(db, 'two-on-web')).toMatchObject({
        posted: null,
        failed: 'web: no such person',
      }),
    );
  });
});

describe('a page about no incident', () => {
  test('goes the ways of its person, and its receipt says what became of it', async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const { ctx } = await reacting([web]);
    const page = { kind: 'test', to: ana, title: 'A test page', urgency: 'high', by: SYSTEM } as const;
    const asked = { ...page, key: 'test-1', reason: 'You asked for it.' };
    await ctx.db.transaction().execute((tx) => pageApart({ ctx, tx }, asked));
    ctx.committed();
    await comesTrue(async () => {
      expect(web.directs.map(({ to, text }) => [to, text])).toEqual([
        ['ana', 'A test page\nYou asked for it.\n[Acknowledge]'],
      ]);
      const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
      expect(receipt?.page).toMatchObject({ incident: null, kind: 'test', title: 'A test page' });
      expect(receipt?.notifications).toMatchObject([{ channel: 'web', state: 'sent' }]);
    });
  });
});
