import { describe, expect } from 'vitest';

import { tellHandoff } from '#src/chat/handoff-tell.ts';
import { savePersonalRules } from '#src/db/contacts.ts';
import { lastHandoff } from '#src/db/handoffs.ts';
import { findIncident } from '#src/db/incidents.ts';
import { saveSchedule } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { saveTeam } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { reach } from '#src/engine/act.ts';
import { bookOf } from '#src/engine/book.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import { takeShift } from '#src/engine/handoff-take.ts';
import { resumeHandoffs } from '#src/engine/handoff.ts';
import { overrideSchedule } from '#src/engine/override.ts';
import { pageByHand } from '#src/engine/pages.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { HANDOFF_DEFAULTS } from '#src/oncall/handoff.ts';
import type { Schedule } from '#src/oncall/schedule.ts';
import { DEFAULT_RULES } from '#src/paging/rules.ts';
import { addPerson } from '#test/support/context.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { later, soon } from '#test/support/passing.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test, type Reacting } from '#test/support/reacting.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const [ana, bo, cy] = ['ana', 'bo', 'cy'] as PersonId[] as [PersonId, PersonId, PersonId];
const QUIET = { ...HANDOFF_DEFAULTS, reminders: [], lookAhead: false, warnBefore: 0 };

/** Bo and Ana in turn, each for a day from nine; it is eight, and Ana's day. */
async function setUp(db: Db, changes: Partial<Schedule> = {}): Promise<PlainPlatform> {
  for (const id of ['ana', 'bo', 'cy']) await addPerson(db, id);
  await saveTeam(
    db,
    { id: 'payments' as TeamId, name: 'Payments', members: [ana, bo, cy] },
    new Date('2026-01-01'),
  );
  const web = new PlainPlatform('web');
  await web.openRoom({ name: 'payments', topic: '', title: '', isPrivate: false, links: [] });
  await save(db, changes);
  return web;
}

async function save(db: Db, changes: Partial<Schedule> = {}): Promise<void> {
  const made = schedule({
    team: 'payments' as TeamId,
    layers: [layer({ shifts: [[bo], [ana]] })],
    handoff: { ...QUIET, rooms: ['web/web-room-1'] },
    ...changes,
  });
  await db.transaction().execute(async (tx) => await saveSchedule(tx, made, new Date('2026-03-01')));
}

const accepting = {
  ...QUIET,
  rooms: ['web/web-room-1'],
  acceptance: true,
  backup: { kind: 'person', id: 'cy' },
} as const;

function room(web: PlainPlatform): string[] {
  return web.named('payments').flatMap((it) => web.said(it));
}

function told(web: PlainPlatform, who: string): string[] {
  return web.directs.filter(({ to }) => to === who).map(({ text }) => text);
}

/** As far as people may press. */
function as({ ctx }: Reacting, id: PersonId): Context {
  return { ...ctx, actor: { type: 'user', id, name: id }, role: 'responder' };
}

async function onCall({ ctx }: Reacting): Promise<readonly string[]> {
  const { resolve } = await bookOf(ctx, ctx.db);
  return resolve({ kind: 'schedule', id: 'payments' }, ctx.now()).people;
}

const take = async (bot: Reacting, who: PersonId, handoff: string | null = null) =>
  await takeShift(as(bot, who), { schedule: 'payments', handoff }, tellHandoff);

describe('a hand-off', () => {
  test('is told in the room and to both: who comes, what is open and what happened, and nothing private', async ({
    db,
    reacting,
  }) => {
    const web = await setUp(db);
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    const { number } = await declare(bot.ctx, { title: 'Checkout is down', severity: 'P1' });
    const secret = await declare(bot.ctx, { title: 'A breach', severity: 'P1', isPrivate: true });
    const again = await declare(bot.ctx, { title: 'Search is slow', severity: 'P3' });
    const team = 'payments' as TeamId;
    await db.updateTable('incidents').set({ team }).execute();
    await db.updateTable('incidents').set({ assignee: ana }).where('number', '=', secret.number).execute();
    await db.transaction().execute(async (tx) => {
      const page = { to: ana, reason: 'It is down.', urgency: 'high', by: bot.ctx.actor } as const;
      await pageByHand({ ctx: bot.ctx, tx }, await findIncident(tx, number), { ...page, key: 'one' });
    });
    for (const action of ['resolve', 'reopen', 'resolve'] as const) {
      await reach(bot.ctx, again.number, action);
    }
    await later(bot, HOUR);
    await soon(bot, () => {
      expect(room(web)).toHaveLength(1);
      expect(told(web, 'ana').join()).toContain('your shift is over');
      expect(told(web, 'bo')).toHaveLength(1);
    });
    const [said = ''] = room(web);
    expect(said.split('\n')).toEqual([
      'Payments: @Bo is on call until 2026-03-02 09:00 UTC after Ana.',
      'Open: 1',
      expect.stringMatching(
        /^- INC-1 P1 · .* · Checkout is down · was to be acknowledged by 2026-03-01 08:15 UTC$/,
      ),
      'May come back',
      `- INC-${again.number} Search is slow: resolved 2026-03-01 08:00 UTC, reopened once`,
      'Since 2026-03-01 08:00 UTC: 2 incidents (1 P1, 1 P3), 1 page, acknowledged after less than a minute on average.',
    ]);
    expect(told(web, 'bo')[0]).toContain(
      'Payments: you are on call now until 2026-03-02 09:00 UTC after Ana.',
    );
    expect(told(web, 'bo')[0]).not.toContain('breach');
    const toAna = told(web, 'ana').find((it) => it.includes('your shift is over'));
    expect(toAna).toContain('Payments: your shift is over; Bo is on call now until 2026-03-02 09:00 UTC.');
    expect(toAna).toContain('A breach');
  });

  test('follows overrides, and is said once and as it is after the program was away, whatever was changed', async ({
    db,
    reacting,
  }) => {
    const web = await setUp(db);
    const first = await reacting([web]);
    await resumeHandoffs(first.ctx);
    const [start, end] = [new Date('2026-03-01T08:10:00Z'), new Date('2026-03-01T08:30:00Z')];
    const change = { kind: 'cover', people: [cy] } as const;
    const asked = { schedule: 'payments', change, start, end, reason: null };
    await overrideSchedule(as(first, cy), asked, async () => {});
    for (const length of [1, 2]) {
      await later(first, length === 1 ? 10 * MINUTE : 20 * MINUTE);
      await soon(first, () => expect(room(web)).toHaveLength(length));
    }
    expect(room(web).map((it) => it.split('\n')[0])).toEqual([
      'Payments: @Cy is on call until 2026-03-01 08:30 UTC after Ana.',
      'Payments: @Ana is on call until 2026-03-01 09:00 UTC after Cy.',
    ]);
    await first.stop();
    first.clock.advance(72 * HOUR);
    await save(db, { layers: [layer({ shifts: [[cy], [bo]] })] });
    const second = await reacting([web], { clock: first.clock });
    await resumeHandoffs(second.ctx);
    await resumeHandoffs(second.ctx);
    await second.settled();
    expect(
      room(web)
        .slice(2)
        .map((it) => it.split('\n')[0]),
    ).toEqual(['Payments: @Cy is on call until 2026-03-04 09:00 UTC after Ana.']);
  });

  test('that leaves nobody says so loudly', async ({ db, reacting }) => {
    const web = await setUp(db);
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    const [start, end] = [bot.clock.now(), new Date('2026-03-01T08:30:00Z')];
    const change = { kind: 'remove', person: ana } as const;
    const asked = { schedule: 'payments', change, start, end, reason: null };
    await overrideSchedule(as(bot, bo), asked, async () => {});
    await soon(bot, () => {
      expect(room(web)[0]).toContain('Payments: nobody is on call now. The shift of Ana is over.');
      expect(told(web, 'ana').join()).toContain('your shift is over; nobody is on call now.');
    });
  });
});

describe('a shift that is to be accepted', () => {
  test('stays where it is until the next one presses, once, whoever else does', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: accepting });
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    await later(bot, HOUR);
    await soon(bot, () => expect(told(web, 'bo')[0]).toContain('Ana has it until you take it.'));
    expect(told(web, 'bo')[0]).toContain('[I have it]');
    await soon(bot, () => {
      expect(told(web, 'ana')[0]).toContain('Bo has to take it first. You have it until then.');
      expect(room(web)[0]).toContain('@Bo is to take over from Ana, who has it until then.');
    });
    expect(await onCall(bot)).toEqual(['ana']);
    await expect(take(bot, ana)).rejects.toThrow(
      'You have the shift of Payments until Bo takes it; it is for Bo to press.',
    );
    await expect(take(bot, cy)).rejects.toThrow('The shift of Payments is for Bo to take.');
    await later(bot, 5 * MINUTE);
    const presses = await Promise.all([take(bot, bo), take(bot, bo)]);
    expect(presses.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await onCall(bot)).toEqual(['bo']);
    await soon(bot, () => {
      expect(room(web)).toHaveLength(1);
      expect(room(web)[0]).toContain(
        'Payments: Bo is on call until 2026-03-02 09:00 UTC after Ana, taken at 09:05 UTC.',
      );
      expect(told(web, 'ana')[1]).toBe('Payments: Bo has taken the shift. You are off.');
    });
    await later(bot, HOUR);
    await bot.settled();
    expect(await receiptsOf(db, { person: cy, limit: 5 })).toEqual([]);
    expect([room(web).length, told(web, 'ana').length, told(web, 'bo').length]).toEqual([1, 2, 1]);
  });

  test('is given to the backup where nobody takes it, also over a restart', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: accepting });
    const first = await reacting([web]);
    await resumeHandoffs(first.ctx);
    await later(first, HOUR);
    await soon(first, () => expect(room(web)).toHaveLength(1));
    await first.stop();
    first.clock.advance(20 * MINUTE);
    const bot = await reacting([web], { clock: first.clock });
    await resumeHandoffs(bot.ctx);
    await soon(bot, () => {
      expect(room(web)[1]).toContain(
        'Payments: @Bo has not taken the shift for 15 minutes. Ana still has it. Cy is paged.',
      );
      expect(told(web, 'cy')[0]).toContain('Nobody has taken the on-call shift of Payments');
    });
    const [receipt] = await receiptsOf(db, { person: cy, limit: 5 });
    expect(receipt?.page).toMatchObject({ kind: 'handoff', urgency: 'high', answeredAt: null });
    expect(await onCall(bot)).toEqual(['ana']);
    await take(bot, cy);
    expect(await onCall(bot)).toEqual(['cy']);
    expect((await receiptsOf(db, { person: cy, limit: 5 }))[0]?.page.answeredBy).toBe('cy');
    await expect(take(bot, bo)).rejects.toThrow('There is no shift of Payments to take now: Cy is on call.');
    await soon(bot, () => expect(told(web, 'bo').at(-1)).toContain('Cy has taken the shift.'));
    await bot.settled();
    expect([room(web).length, told(web, 'cy').length]).toEqual([2, 1]);
  });

  test('calls nobody any more once somebody else is put there', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: accepting });
    const bot = await reacting([web]);
    const contact = 'chat:cy';
    const high = [
      { delayMs: 0, contact },
      { delayMs: 5 * MINUTE, contact },
    ];
    await savePersonalRules(db, cy, { rules: { ...DEFAULT_RULES, high }, quiet: null });
    await resumeHandoffs(bot.ctx);
    await later(bot, HOUR);
    await soon(bot, () => expect(room(web)).toHaveLength(1));
    await later(bot, 15 * MINUTE);
    await soon(bot, () => expect(told(web, 'cy')).toHaveLength(1));
    const [start, end] = [bot.clock.now(), new Date('2026-03-01T12:00:00Z')];
    const change = { kind: 'cover', people: [cy] } as const;
    await overrideSchedule(
      as(bot, cy),
      { schedule: 'payments', change, start, end, reason: null },
      async () => {},
    );
    await soon(bot, () => expect(room(web).at(-1)).toContain('Payments: @Cy is on call until'));
    await soon(bot, async () => {
      const [receipt] = await receiptsOf(db, { person: cy, limit: 5 });
      expect(receipt?.notifications.map(({ state }) => state)).toEqual(['sent', 'cancelled']);
    });
  });

  test('moves by the clock again once nothing has to be accepted any more', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: accepting });
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    await later(bot, HOUR);
    await soon(bot, () => expect(room(web)).toHaveLength(1));
    await save(db);
    await resumeHandoffs(bot.ctx);
    await soon(bot, async () => {
      expect(await onCall(bot)).toEqual(['bo']);
      expect(room(web)[1]).toContain('Payments: @Bo is on call until');
    });
  });

  test('that nobody takes goes on to the one after, and an old button says so', async ({ db, reacting }) => {
    const web = await setUp(db, { handoff: { ...accepting, backup: null } });
    const bot = await reacting([web]);
    await resumeHandoffs(bot.ctx);
    await later(bot, HOUR);
    await soon(bot, () => expect(room(web)).toHaveLength(1));
    const old = await lastHandoff(db, 'payments');
    await later(bot, 15 * MINUTE);
    await soon(bot, () => expect(told(web, 'bo').join()).toContain('Nobody has taken the on-call shift'));
    await later(bot, 24 * HOUR);
    await bot.settled();
    // Ana's own shift came, and she has had it all along.
    expect(await onCall(bot)).toEqual(['ana']);
    await expect(take(bot, bo, old?.id ?? '')).rejects.toThrow(
      'There is no shift of Payments to take now: Ana is on call.',
    );
  });
});
