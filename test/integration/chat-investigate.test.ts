import { describe, expect } from 'vitest';

import { investigationMessage } from '#src/chat/investigation-message.ts';
import type { Button } from '#src/chat/message.ts';
import { changeInvestigation, openInvestigation, takeUpInvestigation } from '#src/db/investigations.ts';
import type { Db } from '#src/db/schema.ts';
import { endInvestigation } from '#src/engine/investigations.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';

const FOUND = {
  cause: 'payments-db',
  type: 'config',
  mechanism: 'Its pool is too small.',
  path: [],
  evidence: ['change:1'],
  against: [],
  confidence: 'medium',
  nextCheck: null,
} as const;

/** Ends the investigation that waits, as if a model had found this. Answers the buttons of its message. */
async function found(db: Db, talk: Talk, causes: readonly string[]): Promise<readonly Button[]> {
  const open = await openInvestigation(db, 1);
  const row = open && (await takeUpInvestigation(db, open.id, talk.clock.now()));
  if (!row) throw new Error('nothing waits');
  const hypotheses = causes.map((cause) => ({ ...FOUND, cause }));
  const ending = { hypotheses, cited: [], why: null, model: 'a-model', tokens: 10, usd: 0.5 };
  const ctx = engineContext(db, { clock: talk.clock });
  expect(await endInvestigation(ctx, row, { ...ending, state: 'done' })).toBe(true);
  // Whoever ran it before may not write any more.
  expect(await endInvestigation(ctx, row, { ...ending, state: 'failed' })).toBe(false);
  expect(await changeInvestigation(db, row.id, { why: 'late' }, { run: 7 })).toBe(false);
  const message = investigationMessage({
    row: { ...row, state: 'done', hypotheses },
    isOld: false,
    hasThread: true,
  });
  return message.parts.flatMap((part) => (part.type === 'buttons' ? part.buttons : []));
}

describe('people', () => {
  test('have the cause looked for, say where, judge what is named, and see how often that was right', async ({
    db,
  }) => {
    const talk = new Talk(db);
    const room = await talk.begin();
    expect((await talk.types('ana', 'scoreboard')).text).toContain(
      'No model looked for a cause in the last 90 days.',
    );

    const asked = await talk.types('ana', 'investigate', room);
    expect(asked.visible).toBe('room');
    expect(asked.text).toBe(
      'INC-1 is looked into; what is found appears in its room.\nNo model is set up: what rules say stands alone.',
    );
    expect((await talk.types('bo', 'investigate', room)).text).toBe('INC-1 is being looked into already.');
    const steered = await talk.types('bo', 'investigate look at the cache', room);
    expect(steered.text).toBe('Whoever looks into INC-1 looks there next: the cache.');
    expect((await openInvestigation(db, 1))?.notes).toEqual(['the cache']);

    const buttons = await found(db, talk, ['payments-db', 'search']);
    expect(buttons.map(({ label }) => label)).toEqual(['Right', 'Wrong', 'Look elsewhere']);
    const [right, , elsewhere] = buttons as [Button, Button, Button];
    expect((await talk.presses('ana', right, room)).text).toBe(
      'payments-db as the cause of INC-1 is right. Noted.',
    );
    expect((await talk.types('ana', 'judge partly second', room)).text).toBe(
      'search as the cause of INC-1 is partly right. Noted.',
    );
    expect((await talk.types('ana', 'judge wrong third', room)).text).toContain('There is no cause number 3');

    await talk.presses('bo', elsewhere, room);
    expect((await openInvestigation(db, 1))?.notes).toEqual(['elsewhere, not at payments-db and search']);
    expect((await talk.types('ana', 'stop-looking', room)).text).toBe(
      'Nobody looks for the cause of INC-1 any more.',
    );
    expect((await talk.types('ana', 'stop-looking', room)).text).toContain('Nobody looks into INC-1 now.');

    await talk.types('ana', 'investigate', room);
    await found(db, talk, []);
    const board = (await talk.types('vi', 'scoreboard service')).text;
    expect(board).toContain(
      'a-model, checkout: right 1 of 1 graded (100 %); named no cause in 1 of 2 investigations (50 %); $1.00',
    );
    expect((await talk.types('ana', 'timeline', room)).text).toContain(
      'judged what was taken for its cause: number 1 is right',
    );
  });

  test('who only look on may not have it looked for', async ({ db }) => {
    const talk = new Talk(db);
    const room = await talk.begin();
    for (const line of ['investigate', 'stop-looking', 'judge right']) {
      expect((await talk.types('vi', line, room)).text).toContain('responder');
    }
    expect((await talk.types('ana', 'judge right', room)).text).toBe('No model named a cause of INC-1 yet.');
  });
});
