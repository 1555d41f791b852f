import { afterEach, beforeEach, describe, expect } from 'vitest';

import { saveSchedule } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';
import { layer, schedule } from '#test/support/oncall.ts';

const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];
let talk: Talk;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.begin();
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

/** Bo and Ana in turn, each for a day from nine; it is eight, and Ana's day. */
async function save(db: Db, changes: Partial<Schedule> = {}): Promise<void> {
  const made = schedule({ layers: [layer({ shifts: [[bo], [ana]] })], ...changes });
  await db.transaction().execute(async (tx) => {
    await saveSchedule(tx, made, talk.clock.now());
  });
}

describe('asking for cover', () => {
  test('is answered by another one with a press, and who asked is mentioned', async ({ db }) => {
    await save(db);
    const asked = await talk.types('ana', 'cover me because of the dentist');
    expect(asked.text).toContain(
      'Ana asks somebody to take the shift of Payments from 2026-03-01 08:00 UTC to 2026-03-01 09:00 UTC: the dentist.',
    );
    expect(asked.visible).toBe('room');
    expect((await talk.types('bo', 'cover open')).text).toContain('Ana asks somebody');
    const taken = await talk.presses('bo', asked.button('Take it'));
    expect(taken.text).toBe(
      '@Ana: Bo takes your shift of Payments from 2026-03-01 08:00 UTC to 2026-03-01 09:00 UTC.',
    );
    expect((await talk.types('vi', 'oncall')).text).toContain('Payments: Bo until');
    await talk.addPerson('cy');
    expect((await talk.presses('cy', asked.button('Take it'))).text).toContain(
      'That shift is not asked for any more: Bo has it.',
    );
    expect((await talk.types('bo', 'cover open')).text).toBe('Nobody asks for a shift to be taken.');
  });

  test('may be answered for a part, and the rest is still asked for', async ({ db }) => {
    await save(db);
    await talk.addPerson('cy');
    const asked = await talk.types('bo', 'cover me from 10:00 to 18:00');
    const { request = '' } = asked.button('Take it').args;
    const part = await talk.types('cy', `take-cover ${request} from 12:00 to 14:00`);
    expect(part.text).toContain(
      '@Bo: Cy takes your shift of Payments from 2026-03-01 12:00 UTC to 2026-03-01 14:00 UTC.',
    );
    expect(part.buttons).toHaveLength(2);
    expect(part.text).toContain('from 2026-03-01 10:00 UTC to 2026-03-01 12:00 UTC');
    expect(part.text).toContain('from 2026-03-01 14:00 UTC to 2026-03-01 18:00 UTC');
    talk.clock.set(new Date('2026-03-01T13:00:00Z'));
    expect((await talk.types('vi', 'oncall')).text).toContain('Payments: Cy until 2026-03-01 14:00 UTC');
    expect((await talk.types('ana', 'cover open')).buttons).toHaveLength(1);
  });

  test('is answered by one of two who press at the same moment', async ({ db }) => {
    await save(db);
    await talk.addPerson('cy');
    const take = (await talk.types('ana', 'cover me')).button('Take it');
    const answers = await Promise.all(['bo', 'cy'].map((who) => talk.presses(who, take)));
    const texts = answers.map(({ text }) => text).toSorted((a, b) => a.length - b.length);
    expect(texts[0]).toMatch(/^That shift is not asked for any more: (Bo|Cy) has it\.$/);
    expect(texts[1]).toContain('takes your shift of Payments');
  });

  test('follows later edits of the schedule: it holds wherever the one who asked would be', async ({
    db,
  }) => {
    await save(db);
    const asked = await talk.types('bo', 'cover me from 10:00 to 18:00');
    await talk.presses('ana', asked.button('Take it'));
    await db.transaction().execute(async (tx) => {
      const other = layer({ id: 'other', name: 'Other', shifts: [[bo]] });
      await saveSchedule(tx, schedule({ layers: [other] }), talk.clock.now());
    });
    talk.clock.set(new Date('2026-03-01T13:00:00Z'));
    expect((await talk.types('vi', 'oncall')).text).toContain('Payments: Ana until 2026-03-01 18:00 UTC');
  });

  test('is for the team, and is taken back by the one who asked', async ({ db }) => {
    await save(db, { team: 'payments' as TeamId });
    await talk.addPerson('cy');
    const asked = await talk.types('bo', 'cover me');
    expect((await talk.presses('cy', asked.button('Take it'))).text).toContain(
      'Payments is the team Payments’s, and you are not in it.',
    );
    expect((await talk.presses('bo', asked.button('Take it'))).text).toBe(
      'Bo keeps the shift of Payments and asks nobody any more.',
    );
    expect((await talk.presses('ana', asked.button('Take it'))).text).toContain('took it back');
  });

  test('is refused without a shift, and asks which where there are several', async ({ db }) => {
    expect((await talk.types('ana', 'cover me')).text).toContain('You are on no on-call schedule');
    await save(db);
    await save(db, { id: 'search', name: 'Search' });
    expect((await talk.types('ana', 'cover me')).text).toContain('Say which one: on payments, on search.');
    expect((await talk.types('ana', 'cover me on search')).text).toContain('the shift of Search');
    expect((await talk.types('ana', 'cover me on search from 10:00 to 11:00')).text).toContain(
      'You are not on call by Search in that time.',
    );
  });
});
