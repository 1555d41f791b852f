import { afterEach, beforeEach, describe, expect } from 'vitest';

import { personalRulesOf, saveContact, verifyContact } from '#src/db/contacts.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId } from '#src/incident/person.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';

const ana = 'ana' as PersonId;
const PHONE = '+4366012345678';
let talk: Talk;

/** Ana has a phone that can take a text. Nothing is set up in the program but the chat. */
beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db, { channels: ['sms'] });
  await talk.begin();
  const phone = { id: 'c1', kind: 'sms', address: PHONE, enabled: true } as const;
  await saveContact(db, ana, phone, talk.clock.now());
  await verifyContact(db, ana, phone, talk.clock.now());
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

async function says(line: string): Promise<string> {
  const answer = await talk.types('ana', line);
  expect(answer.visible).toBe('private');
  return answer.text;
}

describe('rules', () => {
  test('are shown with what follows from them, and good ones hold without any set-up', async () => {
    const text = await says('rules');
    expect(text).toContain('If you are paged with high urgency now: chat at once and text after 2 min.');
    expect(text).toContain(`High urgency (by default): chat at once, text ${PHONE} after 2 min`);
    expect(text).toContain('Quiet hours: none');
  });

  test('are written in a line, kind by kind, and each answer says what holds then', async ({ db }) => {
    expect(await says('rules high text now, chat after 90s')).toContain(
      'If you are paged with high urgency now: text at once and chat after 1 min 30 s.',
    );
    await says('notify-me low chat 1h');
    await says('rules quiet 22:00-7:00 except P0');
    await says('rules throttle 5 in 10m');
    const text = await says('rules bundle 15m');
    expect(text).toContain('Quiet hours: 22:00 to 07:00 UTC; P0 comes through');
    expect(await personalRulesOf(db, ana)).toEqual({
      rules: {
        high: [
          { contact: 'c1', delayMs: 0 },
          { contact: 'chat:ana', delayMs: 90_000 },
        ],
        low: [{ contact: 'chat:ana', delayMs: 3_600_000 }],
        throttle: { max: 5, windowMs: 600_000 },
        bundleMs: 900_000,
      },
      quiet: {
        from: '22:00',
        to: '07:00',
        zone: 'UTC',
        breakThrough: { severities: ['P0'], urgencies: [] },
      },
    });
    expect(await says('rules quiet off')).toContain('Quiet hours: none');
    expect(await says('rules reset')).toContain('High urgency (by default)');
  });

  test('that cannot be meant say what to write instead, and change nothing', async ({ db }) => {
    expect(await says('rules high pigeon now')).toContain('pigeon is no way to be told. You have: chat, sms');
    expect(await says('rules high constructor now')).toContain('constructor is no way to be told');
    expect(await says('rules high sms 100000d')).toContain('100000d is no length of time');
    expect(await says('rules high voice now')).toContain('no contact of the kind voice');
    expect(await says('rules high sms +4999999 now')).toContain(PHONE);
    expect(await says('rules high sms soon')).toContain('soon is no length of time');
    expect(await says('rules high')).toContain('Say by what and when');
    expect(await says('rules quiet at night')).toContain('rules quiet 22:00-07:00');
    expect(await says('rules quiet 22:00-07:00 Mars')).toContain('"Mars" is no time zone');
    expect(await says('rules throttle much')).toContain('rules throttle 5 in 10m');
    expect(await says('rules sing')).toContain('high, low, quiet');
    expect(await personalRulesOf(db, ana)).toBeNull();
  });
});

describe('a test page', () => {
  test('says how it comes, and is answered by a button of the chat', async () => {
    expect(await says('test-page')).toContain('on its way: chat at once and text after 2 min');
    talk.clock.advance(14_000);
    const answer = await talk.presses('ana', { command: 'test-page', args: { what: 'answer' } });
    expect(answer.text).toContain('It works: you answered after 14 s.');
    expect((await talk.types('bo', 'test-page answer')).text).toContain('no test page of yours');
  });
});
