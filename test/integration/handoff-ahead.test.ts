import { describe, expect } from 'vitest';

import { failedGroups } from '#src/db/handoff-groups.ts';
import { saveSchedule } from '#src/db/on-call.ts';
import { linkIdentity, savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { resumeHandoffs } from '#src/engine/handoff.ts';
import { overrideSchedule } from '#src/engine/override.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import { HANDOFF_DEFAULTS } from '#src/oncall/handoff.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { later, soon } from '#test/support/passing.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test, type Reacting } from '#test/support/reacting.ts';

const HOUR = 3_600_000;
const [ana, bo] = ['ana', 'bo'] as PersonId[] as [PersonId, PersonId];
const ROOM = { rooms: ['web/web-room-1'] };
const QUIET = { ...HANDOFF_DEFAULTS, ...ROOM, reminders: [], lookAhead: false, warnBefore: 0 };

/** Bo and Ana in turn, each for a day from nine; it is eight on a Sunday, and Ana's day. */
async function setUp(db: Db, changes: Partial<Schedule>): Promise<PlainPlatform> {
  for (const id of [ana, bo]) {
    const person = {
      id,
      name: id === ana ? 'Ana' : 'Bo',
      role: 'responder',
      timezone: 'Europe/Berlin',
    } as const;
    await savePerson(db, { ...person, email: null, active: true }, new Date('2026-01-01'));
    await linkIdentity(db, 'other', `there-${id}`, id);
  }
  const made = schedule({ layers: [layer({ shifts: [[bo], [ana]] })], ...changes });
  await db.transaction().execute(async (tx) => await saveSchedule(tx, made, new Date('2026-03-01')));
  const web = new PlainPlatform('web');
  await web.openRoom({ name: 'payments', topic: '', title: '', isPrivate: false, links: [] });
  return web;
}

function room(web: PlainPlatform): string[] {
  return web.named('payments').flatMap((it) => web.said(it));
}

async function off({ ctx }: Reacting, start: string, end: string): Promise<void> {
  const by = { ...ctx, actor: { type: 'user', id: ana, name: 'Ana' } } as const;
  const times = { start: new Date(start), end: new Date(end) };
  const asked = {
    schedule: 'payments',
    change: { kind: 'remove', person: bo } as const,
    ...times,
    reason: null,
  };
  await overrideSchedule(by, asked, async () => {});
}

describe('before a shift', () => {
  test('its person is reminded once, by the clocks where they live', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: { ...QUIET, rooms: [], reminders: [HOUR / 2] } });
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    await later(bot, HOUR / 2);
    await soon(bot, () =>
      expect(web.directs).toEqual([
        {
          to: 'bo',
          text: [
            'Your on-call shift of Payments begins Sun 1 Mar 10:00 (Europe/Berlin)',
            'Bo, you are on call for Payments then. It lasts until Mon 2 Mar 10:00 (Europe/Berlin).',
          ].join('\n'),
        },
      ]),
    );
    await resumeHandoffs(bot.ctx);
    await bot.settled();
    expect(web.directs).toHaveLength(1);
  });

  test('the week is told on Monday, and a time that nobody covers a day before, once; else there is silence', async ({
    db,
    reacting,
  }) => {
    const web = await setUp(db, { handoff: { ...HANDOFF_DEFAULTS, ...ROOM, reminders: [] } });
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    await bot.settled();
    expect(room(web)).toEqual([]);
    await off(bot, '2026-03-02T02:00:00Z', '2026-03-02T05:00:00Z');
    await off(bot, '2026-03-03T20:00:00Z', '2026-03-03T23:00:00Z');
    await soon(bot, () =>
      expect(room(web)).toEqual([
        expect.stringContaining(
          'Payments: nobody is on call from 2026-03-02 02:00 UTC to 2026-03-02 05:00 UTC.',
        ),
      ]),
    );
    await later(bot, 25 * HOUR);
    await soon(bot, () => expect(room(web).join('\n')).toContain('Payments: on call this week'));
    const week =
      room(web)
        .find((it) => it.includes('this week'))
        ?.split('\n') ?? [];
    expect(week.slice(1, 5)).toEqual([
      '- From 2026-03-02 09:00 UTC: Ana',
      '- From 2026-03-03 09:00 UTC: Bo',
      '- From 2026-03-03 20:00 UTC: nobody (an override says so)',
      '- From 2026-03-03 23:00 UTC: Bo',
    ]);
  });
});

describe('the group of those who are on call', () => {
  test('follows the shift on its platform, and what the platform refuses is said once', async ({
    db,
    reacting,
  }) => {
    const web = await setUp(db, { handoff: QUIET, groups: { other: 'oncall' } });
    const other = new PlainPlatform('other');
    const bot = await reacting([web, other]);
    await resumeHandoffs(bot.ctx);
    await soon(bot, () => expect(other.groups.get('oncall')).toEqual(['there-ana']));
    await resumeHandoffs(bot.ctx);
    await bot.settled();
    expect(other.count('setGroup')).toBe(1);
    await later(bot, HOUR);
    await soon(bot, () => expect(other.groups.get('oncall')).toEqual(['there-bo']));
    other.onCall = (method) => {
      if (method !== 'setGroup') return;
      throw new ProviderError('other', 'groups are not for bots', { retry: false });
    };
    await later(bot, 24 * HOUR);
    await soon(bot, async () =>
      expect(await failedGroups(db)).toEqual([
        { platform: 'other', name: 'oncall', failed: 'other: groups are not for bots' },
      ]),
    );
    await later(bot, 24 * HOUR);
    await bot.settled();
    expect((await bot.jobs.dead(10)).map(({ kind }) => kind)).toEqual(['group@other']);
  });
});
