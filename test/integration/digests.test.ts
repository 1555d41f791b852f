import { expect } from 'vitest';

import { drawDigest, farewell } from '#src/chat/ask-again.ts';
import { plainMessage } from '#src/chat/message.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { findPerson } from '#src/db/people.ts';
import { askAgain, keepDigest, stopDigest } from '#src/engine/digests.ts';
import { actorOf } from '#src/incident/person.ts';
import { readQuestion } from '#src/questions/grammar.ts';
import { Talk } from '#test/support/chat.ts';
import { addPerson, engineContext } from '#test/support/context.ts';
import { test as base } from '#test/support/database.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test as reactingTest } from '#test/support/reacting.ts';

/** Sunday, 1 March 2026, 8:00; INC-1 is open. */
const test = base.extend('talk', async ({ db }) => {
  const talk = new Talk(db);
  await talk.begin();
  return talk;
});

async function due(talk: Talk, at: string): Promise<string[]> {
  talk.clock.set(new Date(at));
  const ctx = engineContext(talk.db, { clock: talk.clock });
  const timers = await talk.db.selectFrom('timers').selectAll().where('kind', '=', 'digest').execute();
  for (const { subject, dueAt } of timers) {
    if (subject === null || dueAt > talk.clock.now()) continue;
    for (let twice = 0; twice < 2; twice += 1) {
      await askAgain(ctx, subject, { draw: drawDigest(ctx), farewell });
    }
  }
  const rows = await talk.db.selectFrom('outgoing').selectAll().orderBy('createdAt').orderBy('id').execute();
  return rows.map(({ toKind, toId, message }) => `${toKind} ${toId}: ${plainMessage(message)}`);
}

test('a question is asked again every Monday, at a time of the clocks of whoever asked, once', async ({
  talk,
}) => {
  await talk.addPerson('ana', { timezone: 'Europe/Berlin' });
  const answer = await talk.types('ana', 'how many incidents this month?');
  const kept = await talk.presses('ana', answer.button('Every Monday'));
  expect(kept.text).toContain('every Monday at 09:00, to you alone: how many incidents this month?');
  expect(await due(talk, '2026-03-02T07:59:00Z')).toEqual([]);
  const [said, ...others] = await due(talk, '2026-03-02T08:00:00Z');
  expect(others).toEqual([]);
  expect(said).toContain('person ana: how many incidents this month?\n1 incident');
  expect(said).toContain('You asked to hear it every Monday at 09:00.');
  await talk.types('ana', 'declare search is slow');
  expect(await due(talk, '2026-03-02T08:30:00Z')).toHaveLength(1);
  expect((await due(talk, '2026-03-09T08:00:00Z')).at(-1)).toContain('2 incidents');
});

test('what is said in a room leaves out what not everybody there may see', async ({ talk }) => {
  const room = { platform: 'web', id: 'room-1' };
  await talk.types('ana', 'declare a laptop is lost --private yes');
  await talk.types('ana', 'digest how many open incidents? --every day --here yes', room);
  await talk.types('ana', 'digest how many open incidents? --every day');
  const said = await due(talk, '2026-03-01T09:00:00Z');
  expect(said.find((it) => it.startsWith('room room-1'))).toContain('1 incident\n');
  expect(said.find((it) => it.startsWith('person ana'))).toContain('2 incidents\n');
});

test('it stops when somebody stops it, and with words when whoever asked is gone', async ({ talk, db }) => {
  const room = { platform: 'web', id: 'room-1' };
  await talk.types('ana', 'digest how many incidents are open? --every day --here yes', room);
  await talk.types('ana', 'digest how many P1 incidents are open? --every tuesday');
  const list = await talk.types('ana', 'digest');
  expect(list.text).toContain('every day at 09:00, in a room');
  const [, second] = list.buttons.filter(({ label }) => label === 'Stop');
  if (!second) throw new Error('nothing to stop');
  const refused = await talk.presses('bo', second);
  expect(refused.text).toContain('No question of yours is asked again');
  expect((await talk.presses('ana', second)).text).toContain('is not asked again.');
  await talk.addPerson('ana', { active: false });
  const [said, ...others] = await due(talk, '2026-03-01T09:00:00Z');
  expect(said).toContain('room room-1: Whoever asked how many incidents are open? is not active any more');
  expect(others).toEqual([]);
  expect(await due(talk, '2026-03-02T09:00:00Z')).toHaveLength(1);
  expect(await db.selectFrom('timers').selectAll().where('kind', '=', 'digest').execute()).toEqual([]);
});

test('a timer that was lost is set again, and nobody has more than so many', async ({ talk, db }) => {
  await talk.types('ana', 'digest how many incidents are open? --every day');
  await db.deleteFrom('timers').where('kind', '=', 'digest').execute();
  await keepHouse(db, talk.clock.now(), 30);
  expect(await due(talk, '2026-03-01T09:00:00Z')).toHaveLength(1);
  const again = await talk.types('ana', 'digest how many incidents are open? --every day');
  expect(again.text).toContain('That is asked again already');
  const ctx = engineContext(db, { clock: talk.clock });
  await expect(stopDigest(ctx, 'nosuch')).rejects.toMatchObject({ code: 'not_found' });
});

reactingTest(
  'the program asks it by itself, and says the answer once though it is run twice',
  async ({ db, reacting }) => {
    await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const bot = await reacting([web]);
    const ana = await findPerson(db, 'ana');
    if (!ana) throw new Error('Ana is not there');
    const read = readQuestion('how many incidents are open?', { names: [], me: 'ana' });
    if (!read.ok) throw new Error(read.why);
    const soon = new Date(bot.clock.now().getTime() + 60_000).toISOString().slice(11, 16);
    const asked = { question: 'how many incidents are open?', spec: read.spec, room: null };
    await keepDigest({ ...bot.ctx, actor: actorOf(ana) }, ana, {
      ...asked,
      every: 'day',
      day: null,
      atTime: soon,
    });
    await bot.passUntil(() => {
      expect(web.directs.map(({ to, text }) => [to, text.includes('0 incidents')])).toEqual([['ana', true]]);
    });
    await bot.settled();
    expect(web.directs).toHaveLength(1);
  },
);
