import { afterEach, beforeEach, describe, expect } from 'vitest';

import { saveSchedule } from '#src/db/on-call.ts';
import type { Db } from '#src/db/schema.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { Told } from '#test/support/told.ts';

const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];
const MINUTE = 60_000;
let talk: Talk;
let told: Told;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  told = new Told(db);
  await talk.begin();
  await talk.addPerson('cy');
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

/** Bo and Ana in turn, each for a day from nine; it is eight on a Sunday, and Ana's day. */
async function save(db: Db, changes: Partial<Schedule> = {}): Promise<void> {
  const made = schedule({ layers: [layer({ shifts: [[bo], [ana]] })], ...changes });
  await db.transaction().execute(async (tx) => await saveSchedule(tx, made, talk.clock.now()));
}

async function onCall(at: string): Promise<string> {
  talk.clock.set(new Date(at));
  const { text } = await talk.types('vi', 'oncall');
  return /Payments: (\w+)/.exec(text)?.[1] ?? text;
}

/** Says something a minute after the last thing: what is told is in the order of its times. */
async function says(who: string, text: string): Promise<string> {
  talk.clock.advance(MINUTE);
  return (await talk.types(who, text)).text;
}

async function presses(who: string, whose: string, label: string): Promise<string> {
  talk.clock.advance(MINUTE);
  return (await talk.presses(who, await told.button(whose, label))).text;
}

describe('a swap', () => {
  test('changes nothing until the other one agrees, and then both at once, whatever is edited later', async ({
    db,
  }) => {
    await save(db);
    const asked = await talk.types('ana', 'swap my shift on friday with @bo for tuesday');
    expect(asked.visible).toBe('private');
    expect(asked.text).toContain(
      'Bo is asked to swap: they take your shift of Payments from 2026-03-06 09:00 UTC to 2026-03-07 09:00 UTC, and you take theirs from 2026-03-03 09:00 UTC to 2026-03-04 09:00 UTC.',
    );
    expect((await told.to('bo'))[0]).toContain(
      'Ana asks you to swap: you take their shift of Payments from 2026-03-06 09:00 UTC',
    );
    expect((await talk.presses('cy', await told.button('bo', 'Swap'))).text).toContain(
      'Somebody else was asked',
    );
    expect(await presses('bo', 'bo', 'Swap')).toContain('You swapped with Ana: you are on call for Payments');
    expect(await told.instead()).toEqual(['You swapped those shifts.']);
    expect((await told.to('ana'))[0]).toContain(
      'Bo swaps with you: you are on call for Payments from 2026-03-03 09:00 UTC to 2026-03-04 09:00 UTC, and Bo from 2026-03-06 09:00 UTC',
    );
    expect((await told.to('bo')).length).toBe(1);
    await save(db, { layers: [layer({ id: 'other', name: 'Other', shifts: [[bo], [ana]] })] });
    expect(await onCall('2026-03-03T12:00:00Z')).toBe('Ana');
    expect(await onCall('2026-03-06T12:00:00Z')).toBe('Bo');
    expect(await onCall('2026-03-08T12:00:00Z')).toBe('Ana');
  });

  test('is of the next shifts where no days are said, and is refused, offered another way, or taken back', async ({
    db,
  }) => {
    await save(db);
    expect(await says('ana', 'swap payments @bo')).toContain(
      'your shift of Payments from 2026-03-02 09:00 UTC to 2026-03-03 09:00 UTC, and you take theirs from 2026-03-01 09:00 UTC',
    );
    expect(await presses('bo', 'bo', 'No')).toContain('You said no');
    expect((await told.to('ana')).at(-1)).toContain(
      'Bo does not swap with you. You keep your shift of Payments',
    );
    expect(await presses('bo', 'bo', 'Swap')).toContain('not asked for any more: the other one said no.');

    await says('ana', 'swap @bo');
    const question = await told.last('bo');
    const select = question.parts.find((it) => it.type === 'select')?.select;
    const option = select?.options[0];
    expect(option?.label).toBe('2026-03-03 09:00 UTC to 2026-03-04 09:00 UTC');
    const args = { ...select?.args, shift: option?.value ?? '' };
    expect((await talk.presses('bo', { command: 'answer-swap', args })).text).toContain(
      'Ana is asked to swap: they take your shift of Payments from 2026-03-03 09:00 UTC',
    );
    expect(await presses('ana', 'ana', 'Swap')).toContain('You swapped with Bo');
    expect(await presses('bo', 'bo', 'Take it back')).toContain('both have their own shifts again');
    expect((await told.to('ana')).at(-1)).toContain(
      'Bo took back your swap: you have Payments from 2026-03-02',
    );
    expect(await presses('bo', 'bo', 'Take it back')).toContain('it was taken back.');
    expect(await onCall('2026-03-03T12:00:00Z')).toBe('Bo');
  });

  test('is not made of a shift that was changed meanwhile, was withdrawn, or has ended', async ({ db }) => {
    await save(db);
    const asked = await talk.types(
      'ana',
      'swap @bo for tuesday --from 2026-03-02T10:00Z --to 2026-03-02T12:00Z',
    );
    expect(asked.text).toContain('from 2026-03-02 10:00 UTC to 2026-03-02 12:00 UTC, and you take theirs');
    await says('vi', 'oncall');
    await talk.types('cy', 'override payments @cy from 2026-03-02T11:00Z to 2026-03-02T13:00Z');
    expect(await presses('bo', 'bo', 'Swap')).toContain('The shift of Ana has changed since that was asked');
    expect((await talk.presses('ana', asked.button('Take it back'))).text).toContain(
      'Nobody is asked to swap any more.',
    );
    expect(await told.instead()).toContain('Ana does not ask for that swap any more.');
    expect(await presses('bo', 'bo', 'Swap')).toContain('who asked for it took it back.');
    await says('ana', 'swap @bo');
    talk.clock.set(new Date('2026-03-02T10:00:00Z'));
    expect(await presses('bo', 'bo', 'Swap')).toContain('The shift of Bo is over. Ask again.');
  });

  test('is refused with oneself, without a shift then, and where it is not clear which schedule', async ({
    db,
  }) => {
    expect(await says('ana', 'swap @bo')).toContain(
      'There is no schedule on which both you and Bo have a shift',
    );
    await save(db);
    expect(await says('ana', 'swap @ana')).toContain('That is you.');
    expect(await says('ana', 'swap payments @cy')).toContain('Cy is not on call by Payments then.');
    expect(await says('ana', 'swap @bo on someday')).toContain('`someday` is no day.'.replaceAll('`', ''));
    expect(await says('ana', 'swap @bo --from 2026-02-28T10:00Z --to 2026-02-28T12:00Z')).toMatch(
      /is over|before it begins/,
    );
    await save(db, { id: 'search', name: 'Search' });
    expect(await says('ana', 'swap @bo')).toContain('Say which one: payments, search.');
  });
});

describe('people are told directly', () => {
  test('of a cover that they alone are asked for, and who asked of the answer', async ({ db }) => {
    await save(db, { team: 'payments' as TeamId });
    expect(await says('ana', 'cover payments to @cy')).toContain('the team Payments’s, and Cy is not in it.');
    expect(await says('ana', 'cover me on payments to @ana')).toContain('That is you.');
    expect(await says('ana', 'cover payments to @bo because of the dentist')).toContain(
      'Bo is asked to take your shift of Payments',
    );
    expect((await told.to('bo')).at(-1)).toContain('Ana asks you to take the shift of Payments from');
    expect(await says('cy', 'cover open')).toBe('Nobody asks for a shift to be taken.');
    expect((await talk.presses('cy', await told.button('bo', 'Take it'))).text).toContain(
      'Ana asks only Bo.',
    );
    expect(await presses('bo', 'bo', 'No')).toContain('You said no');
    expect((await told.to('ana')).at(-1)).toContain('Bo cannot take your shift of Payments');
    expect(await presses('ana', 'ana', 'Ask everybody')).toContain('Ana asks somebody to take the shift');
    expect(await presses('bo', 'bo', 'Take it')).toContain('who was asked said no.');
    const { request = '' } = (await talk.types('bo', 'cover open')).button('Take it').args;
    talk.clock.advance(MINUTE);
    await talk.types('bo', `take-cover ${request} from 08:30 to 08:45`);
    expect((await told.to('ana')).at(-1)).toContain(
      'Bo takes your shift of Payments from 2026-03-01 08:30 UTC to 2026-03-01 08:45 UTC. The rest is still yours, and still asked for.',
    );
    expect(await presses('ana', 'ana', 'Take it back')).toContain('is taken back');
  });

  test('of being put on call or taken off it by somebody else, and of that being taken back', async ({
    db,
  }) => {
    await save(db);
    talk.clock.advance(MINUTE);
    const made = await talk.types('cy', 'override payments @cy from 10:00 to 18:00 because Bo is ill');
    expect((await told.to('bo')).at(-1)).toContain(
      'Cy took you off call for Payments from 2026-03-01 10:00 UTC to 2026-03-01 18:00 UTC: Bo is ill. Cy is on call then.',
    );
    expect(await told.to('cy')).toEqual([]);
    expect(await presses('bo', 'bo', 'Take it back')).toContain('is taken back');
    expect((await told.to('cy')).at(-1)).toContain(
      'Bo took back an override: you are not on call for Payments from 2026-03-01 10:00 UTC',
    );
    expect((await talk.presses('bo', made.button('Take it back'))).text).toContain('There is no override');
    talk.clock.advance(MINUTE);
    await talk.types('ana', 'override payments @cy from 10:00 to 18:00 --how beside');
    expect((await told.to('cy')).at(-1)).toContain(
      'Ana put you on call for Payments from 2026-03-01 10:00 UTC',
    );
    expect((await told.to('bo')).length).toBe(1);
  });
});
