import { afterEach, beforeEach, describe, expect } from 'vitest';

import { tellHandoff } from '#src/chat/handoff-tell.ts';
import { saveSchedule } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import { resumeHandoffs, settleHandoff } from '#src/engine/handoff.ts';
import type { PersonId } from '#src/incident/person.ts';
import { HANDOFF_DEFAULTS } from '#src/oncall/handoff.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
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

describe('asking for the hand-off', () => {
  test('shows what would be handed over, and takes the shift that waits by a press or by typing', async ({
    db,
  }) => {
    expect((await talk.types('ana', 'handoff')).text).toContain('No on-call schedule is set up.');
    const handoff = { ...HANDOFF_DEFAULTS, acceptance: true };
    const made = schedule({ layers: [layer({ shifts: [[bo], [ana]] })], handoff });
    await db.transaction().execute(async (tx) => {
      await saveSchedule(tx, made, talk.clock.now());
      await saveSchedule(tx, { ...made, id: 'search', name: 'Search', layers: [] }, talk.clock.now());
    });
    const ctx = engineContext(db, { clock: talk.clock });
    await resumeHandoffs(ctx);
    const before = await talk.types('ana', 'handoff payments');
    expect(before.text).toContain('Payments: @Ana is on call until 2026-03-01 09:00 UTC.');
    expect(before.buttons).toEqual([]);
    expect((await talk.types('bo', 'handoff accept')).text).toContain('No shift waits for you to take it.');
    expect((await talk.types('vi', 'handoff')).text).toContain('Say which one');
    talk.clock.set(new Date('2026-03-01T09:00:00Z'));
    await settleHandoff(ctx, 'payments', tellHandoff);
    const asked = await talk.types('vi', 'handoff payments');
    expect(asked.text).toContain('@Bo is to take over from Ana, who has it until then.');
    const take = asked.button('I have it');
    expect((await talk.presses('vi', take)).text).toContain('The shift of Payments is for Bo to take.');
    expect((await talk.types('vi', 'oncall payments')).text).toContain(
      'instead of Bo, by an override of Incident Manager: the shift is not taken over yet',
    );
    expect((await talk.types('bo', 'handoff accept')).text).toBe(
      'You have the shift of Payments, until 2026-03-02 09:00 UTC.',
    );
    expect((await talk.presses('bo', take)).text).toContain(
      'You have the shift of Payments already, since 09:00 UTC',
    );
    expect((await talk.types('vi', 'oncall payments')).text).toContain('Payments: Bo until');
  });
});
