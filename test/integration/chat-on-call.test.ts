import { afterEach, beforeEach, describe, expect } from 'vitest';

import { saveContact, savePersonalRules } from '#src/db/contacts.ts';
import { eventsOf } from '#src/db/events.ts';
import { addOverride, saveSchedule } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';
import { layer, override, schedule } from '#test/support/oncall.ts';

const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];
let talk: Talk;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.begin();
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

/** Ana and Bo in turn, each for a day from nine; it is eight, and Ana's day. */
async function save(db: Db, changes: Partial<Schedule> = {}): Promise<void> {
  const made = schedule({ layers: [layer({ shifts: [[bo], [ana]] })], ...changes });
  await db.transaction().execute(async (tx) => {
    await saveSchedule(tx, made, talk.clock.now());
    for (const it of changes.overrides ?? []) await addOverride(tx, made.id, it, talk.clock.now());
  });
}

describe('who is on call', () => {
  test('is said for every schedule, until when, by which layer, and who comes then', async ({ db }) => {
    await save(db);
    await save(db, { id: 'search', name: 'Search', enabled: false });
    const answer = await talk.types('vi', 'oncall');
    expect(answer.text).toBe(
      [
        'On call now',
        '- Payments: Ana until 2026-03-01 09:00 UTC (by the layer Primary); from 2026-03-01 09:00 UTC Bo',
        '- Search: nobody (the schedule is switched off)',
      ].join('\n'),
    );
    expect(answer.visible).toBe('private');
    expect(answer.message.tone).toBe('warn');
  });

  test('is said for one schedule: now, next and in the coming week, with the override that says so', async ({
    db,
  }) => {
    const train = { kind: 'replace', person: bo, by: ana } as const;
    await save(db, {
      overrides: [{ ...override(train, '2026-03-01T12:00Z', '2026-03-01T14:00Z'), reason: 'a train' }],
    });
    await save(db, { id: 'search', name: 'Search' });
    expect((await talk.types('bo', 'oncall payments')).text).not.toContain('Search');
    expect((await talk.types('bo', 'oncall next Payments')).text).toBe(
      'On call next\n- Payments: from 2026-03-01 09:00 UTC Bo (by the layer Primary)',
    );
    const week = (await talk.types('bo', 'oncall payments week')).text;
    expect(week).toContain(
      '- 2026-03-01 12:00 UTC to 2026-03-01 14:00 UTC: Ana (instead of Bo, by an override of Ana: a train)',
    );
    expect(week.split('\n')).toHaveLength(12);
  });

  test('is nobody where nothing is set up, and a schedule that is not there is told', async ({ db }) => {
    const none = 'No on-call schedule is set up, so nobody is on call.';
    expect((await talk.types('vi', 'oncall')).text).toBe(none);
    expect((await talk.types('vi', 'oncall week')).text).toBe(none);
    expect((await talk.types('vi', 'oncall payments')).text).toContain('There is no on-call schedule yet');
    await save(db);
    expect((await talk.types('vi', 'oncall paymnts')).text).toContain('Did you mean payments?');
  });
});

describe('my shifts', () => {
  test('stand beside my incidents: what runs until when, and what is next', async ({ db }) => {
    await save(db);
    const mine = (await talk.types('ana', 'home')).text;
    expect(mine).toContain(
      [
        'Your shifts',
        '- Payments: on call now, until 2026-03-01 09:00 UTC (by the layer Primary); next from 2026-03-02 09:00 UTC until 2026-03-03 09:00 UTC',
      ].join('\n'),
    );
    expect((await talk.types('bo', 'home')).text).toContain(
      '- Payments: not on call now; next from 2026-03-01 09:00 UTC until 2026-03-02 09:00 UTC',
    );
    expect((await talk.types('vi', 'home')).text).toContain('You are on no on-call schedule.');
  });

  test('are none where no schedule is set up, and that is said', async () => {
    expect((await talk.types('ana', 'home')).text).toContain('Your shifts\nNo on-call schedule is set up.');
  });
});

describe('a page by hand', () => {
  test('goes to that person at once, and says by which ways', async ({ db }) => {
    const answer = await talk.types('ana', 'page INC-1 @bo refunds are stuck');
    expect(answer.text).toBe(
      [
        'Bo is paged for INC-1.',
        '- Bo: by web at once.',
        'Only the chat is set up: nobody is sent a text or a mail, and no phone rings.',
      ].join('\n'),
    );
    expect(answer.visible).toBe('private');
    const [receipt] = await receiptsOf(db, { person: bo, limit: 5 });
    expect(receipt).toMatchObject({
      page: { level: 0, urgency: 'high', reason: 'Ana asks you to come to INC-1: refunds are stuck.' },
      notifications: [{ channel: 'web', state: 'waiting', dueAt: talk.clock.now() }],
    });
    const [event] = await eventsOf(db, 1, { types: ['incident.paged'] });
    expect(event?.data).toMatchObject({ policy: null, level: 0, why: 'refunds are stuck' });
  });

  test('goes to all of a team, and to whoever is on call by a schedule', async ({ db }) => {
    await save(db);
    expect((await talk.types('ana', 'page payments', await talk.openRoom(1))).text).toContain(
      'Bo is paged for INC-1.',
    );
    const onCall = await talk.types('bo', 'page INC-1 oncall:payments because nobody answers');
    expect(onCall.text).toContain('Ana is paged for INC-1.');
    const [receipt] = await receiptsOf(db, { person: ana, limit: 5 });
    expect(receipt?.page.reason).toBe(
      'Bo asks you to come to INC-1: nobody answers (Ana has the shift until 2026-03-01 09:00 UTC).',
    );
  });

  test('is refused where it comes to nobody, and for an incident that is over', async ({ db }) => {
    await save(db, { enabled: false });
    const nobody = await talk.types('ana', 'page INC-1 oncall:payments');
    expect(nobody.text).toContain(
      'Nobody was paged, since the schedule Payments comes to nobody (nobody is on call).',
    );
    await talk.types('ana', 'resolve INC-1');
    expect((await talk.types('ana', 'page INC-1 @bo')).text).toContain(
      'INC-1 is resolved, so nobody is paged for it. Reopen it first.',
    );
    expect(await receiptsOf(db, { limit: 5 })).toEqual([]);
  });

  test('says who cannot be reached and why, and lets those see it who could not', async ({ db }) => {
    await saveContact(
      db,
      bo,
      { id: 'b1', kind: 'sms', address: '+15005550006', enabled: true },
      talk.clock.now(),
    );
    const own = { high: [{ delayMs: 0, contact: 'b1' }], low: null, throttle: null, bundleMs: null };
    await savePersonalRules(db, bo, { rules: own, quiet: null });
    await talk.types('ana', 'declare a leak --private yes');
    expect((await talk.types('bo', 'show INC-2')).text).not.toContain('leak');
    const answer = await talk.types('ana', 'page INC-2 @bo');
    expect(answer.text).toContain('Sms is not used: it is switched off.');
    expect((await talk.types('bo', 'show INC-2')).text).toContain('leak');
  });
});

describe('an override', () => {
  test('puts somebody on call for a time, says so to everybody, and is taken back', async ({ db }) => {
    await save(db);
    const made = await talk.types('ana', 'override payments @bo until 18:00 because Ana is on a train');
    expect(made.text).toBe(
      '@Bo is on call for Payments from 2026-03-01 08:00 UTC to 2026-03-01 18:00 UTC instead of Ana.\n[Take it back]',
    );
    expect(made.visible).toBe('room');
    expect((await talk.types('vi', 'oncall')).text).toContain(
      'Bo until 2026-03-01 18:00 UTC (by an override of Ana: Ana is on a train)',
    );
    expect((await talk.presses('bo', made.button('Take it back'))).text).toBe(
      'The override of Payments from 2026-03-01 08:00 UTC to 2026-03-01 18:00 UTC is taken back: the layers say again who is on call.',
    );
    expect((await talk.types('vi', 'oncall')).text).toContain('Ana until 2026-03-01 09:00 UTC');
    expect((await talk.presses('bo', made.button('Take it back'))).text).toContain('There is no override');
  });

  test('puts somebody beside the others, or takes somebody off, and warns where nobody is left', async ({
    db,
  }) => {
    await save(db);
    const beside = await talk.types('bo', 'override payments @bo from 08:30 to 09:00 --how beside');
    expect(beside.text).toContain('Bo is on call for Payments from 2026-03-01 08:30 UTC');
    const off = await talk.types('bo', 'override payments @ana until 08:15 --how off');
    expect(off.text).toContain('@Ana is off Payments');
    expect(off.text).toContain('Nobody is on call then.');
    expect(off.message.tone).toBe('warn');
  });

  test('that contradicts another, ends before it begins or is for nobody is refused with a sentence', async ({
    db,
  }) => {
    await save(db);
    await talk.types('ana', 'override payments @bo until 18:00');
    expect((await talk.types('ana', 'override payments @ana until 17:00')).text).toContain(
      'each says who is on call alone',
    );
    expect((await talk.types('ana', 'override payments @ana from 07:00 to 10:00')).text).toContain(
      'It would end before it begins.',
    );
    expect((await talk.types('vi', 'override payments @vi until 18:00')).text).toContain('is for responders');
  });
});

describe('a schedule', () => {
  test('is shown with its layers, its overrides and the times in which nobody is on call', async ({ db }) => {
    await save(db, { team: 'payments' as TeamId });
    await talk.types('ana', 'override payments @bo from 12:00 to 14:00 because of a train');
    const answer = await talk.types('vi', 'schedule Payments');
    expect(answer.text).toMatch(
      /^Payments: on call by the clocks of UTC, of the team Payments\. Now Ana\.\n- Primary: Bo and Ana in turn, every day from 09:00; priority 1\nOverride [0-9a-f]{8} from 2026-03-01 12:00 UTC to 2026-03-01 14:00 UTC Bo: a train\n/,
    );
    expect(answer.text).toContain('Somebody is on call all through the coming 30 days.');
    expect(answer.text).toMatch(/Quality of the coming 30 days: \d+ of 100\./);
    await talk.presses('ana', answer.button('Take it back'));
    expect((await talk.types('vi', 'schedule payments')).buttons).toEqual([]);
  });

  test('that leaves gaps says when, and all of them are listed', async ({ db }) => {
    const nights = [{ days: [0, 1, 2, 3, 4, 5, 6], from: '09:00', until: '17:00', plusDays: 0 }];
    await save(db, { layers: [layer({ shifts: [[ana]], restrictions: nights })] });
    const answer = await talk.types('vi', 'schedule payments');
    expect(answer.text).toContain(
      'Nobody is on call 2026-03-01 08:00 UTC to 2026-03-01 09:00 UTC, 2026-03-01 17:00 UTC to 2026-03-02 09:00 UTC',
    );
    expect(answer.message.tone).toBe('warn');
    expect((await talk.types('vi', 'schedule')).text).toBe(
      'On-call schedules\n- payments Payments: now nobody (nobody is planned)',
    );
  });
});
