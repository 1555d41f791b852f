import { afterEach, beforeEach, describe, expect } from 'vitest';

import { findRun } from '#src/db/escalations.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import { savePolicy, saveSchedule, saveTeamSetup } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { escalate } from '#src/engine/escalation.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { describe as told } from '#src/incident/timeline.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import { policyOf } from '#src/paging/run.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { ana, bo, level, policy } from '#test/support/paging.ts';

let talk: Talk;
const cy = { kind: 'person', id: 'cy' } as const;
const MINUTE = 60_000;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.begin();
  await talk.addPerson('cy');
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

async function save(db: Db, ...policies: readonly EscalationPolicy[]): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const it of policies) await savePolicy(tx, it, talk.clock.now());
  });
}

/** The team payments has this policy. */
async function hand(db: Db, id: string): Promise<void> {
  const payments = { id: 'payments' as TeamId, description: '', lead: null, schedule: null, policy: id };
  await db.transaction().execute(async (tx) => await saveTeamSetup(tx, payments));
}

/** The escalation of INC-1 is brought up to date, as after every event and timer. */
async function react(db: Db): Promise<void> {
  await escalate(engineContext(db, { clock: talk.clock }), 1);
}

/** Who was paged, each with the level; 0 where somebody asked for them. */
async function paged(db: Db): Promise<string[]> {
  const receipts = await receiptsOf(db, { incident: 1, limit: 50 });
  return receipts.map(({ page }) => `${page.level} ${page.recipient}`).toSorted();
}

const ops = policy({
  id: 'ops',
  name: 'Operations',
  conditions: { service: ['checkout'] },
  priority: 9,
  levels: [level({ targets: [ana] }), level({ name: 'Second', targets: [ana] })],
});

describe('escalating to somebody by name', () => {
  test('pages them at once, once, and the escalation goes on if they do not answer', async ({ db }) => {
    await save(db, ops);
    await react(db);
    const said = await talk.types('ana', 'escalate INC-1 to @bo because refunds fail too');
    expect(said.text).toContain('INC-1 is escalated to level 2, to @Bo.');
    expect(said.text).toContain('- Bo: by web at once.');
    await react(db);
    await react(db);
    expect(await paged(db)).toEqual(['0 bo', '1 ana']);
    expect((await findIncident(db, 1)).escalationLevel).toBe(2);
    talk.clock.advance(5 * MINUTE);
    await react(db);
    expect(await paged(db)).toEqual(['0 bo', '1 ana', '2 ana']);
    const why = (await talk.types('ana', 'why INC-1 @bo')).text;
    expect(why).toContain('Bo was paged for INC-1');
    expect(why).toContain('Ana asks you to come to INC-1: refunds fail too.');
  });

  test('pages them also where there is no higher level', async ({ db }) => {
    for (const _ of ['2', '3', '4', '5']) await talk.types('ana', 'escalate INC-1');
    expect((await findIncident(db, 1)).escalationLevel).toBe(5);
    const said = await talk.types('ana', 'escalate INC-1 to @bo');
    expect(said.text).toContain('INC-1 is escalated to level 5, to @Bo.');
    expect(said.text).toContain('- Bo: by web at once.');
    expect(await paged(db)).toEqual(['0 bo']);
  });

  test('hands it to the policy of a team that has one, from its first level, also where somebody has it', async ({
    db,
  }) => {
    const refunds = policy({
      id: 'refunds',
      name: 'Refunds',
      levels: [level({ targets: [cy] })],
      conditions: { service: ['x'] },
    });
    await save(db, ops, refunds);
    await hand(db, 'refunds');
    await react(db);
    await talk.types('bo', 'ack INC-1');
    await react(db);
    expect((await talk.types('bo', 'escalate INC-1 to payments')).text).toContain(
      'INC-1 is escalated to level 2, to Payments. The escalation policy Refunds goes on from here: who it names is paged now.',
    );
    await react(db);
    await react(db);
    expect(await paged(db)).toEqual(['1 ana', '1 cy']);
    const run = (await findRun(db, 1))?.run;
    expect(run && policyOf(run).name).toBe('Refunds');
    expect(run?.status).toBe('active');
    talk.clock.advance(MINUTE);
    await talk.types('bo', 'escalate INC-1 to payments');
    await react(db);
    expect(await paged(db)).toEqual(['1 ana', '1 cy', '1 cy']);
  });

  test('begins again with the policy of a team that has handed on already, also where somebody has it', async ({
    db,
  }) => {
    const next = policy({
      id: 'next',
      name: 'Next',
      levels: [level({ targets: [cy], ackWindowMs: 60 * MINUTE })],
      conditions: { service: ['x'] },
    });
    await save(db, { ...ops, levels: [level({ targets: [bo] })], handTo: 'next' }, next);
    await hand(db, 'ops');
    await react(db);
    talk.clock.advance(5 * MINUTE);
    await react(db);
    expect(await paged(db)).toEqual(['1 bo', '1 cy']);
    for (const before of [2, 3]) {
      const said = await talk.types('ana', 'escalate INC-1 to payments');
      expect(said.text).toContain('The escalation policy Operations goes on from here');
      await react(db);
      await react(db);
      expect((await paged(db)).filter((it) => it === '1 bo')).toHaveLength(before);
      talk.clock.advance(5 * MINUTE);
      await react(db);
      await talk.types('cy', 'ack INC-1');
      await react(db);
      expect((await findRun(db, 1))?.run).toMatchObject({ position: 1, status: 'acknowledged' });
    }
  });

  test('works without any escalation, by whoever is on call, and refuses where that is nobody', async ({
    db,
  }) => {
    const rota = schedule({ layers: [layer({ shifts: [['bo' as PersonId]] })] });
    const empty = schedule({ id: 'search', name: 'Search', enabled: false });
    await db.transaction().execute(async (tx) => {
      await saveSchedule(tx, rota, talk.clock.now());
      await saveSchedule(tx, empty, talk.clock.now());
    });
    expect((await talk.types('ana', 'escalate INC-1 to oncall:search')).text).toContain(
      'Nobody was paged, since the schedule Search comes to nobody',
    );
    expect((await findIncident(db, 1)).escalationLevel).toBe(1);
    expect((await talk.types('ana', 'escalate INC-1 to oncall:payments')).text).toContain(
      'INC-1 is escalated to level 2, to whoever is on call for Payments.',
    );
    expect(await paged(db)).toEqual(['0 bo']);
    expect((await talk.types('ana', 'escalate INC-1')).text).toContain('INC-1 is escalated to level 3.');
    expect(await paged(db)).toEqual(['0 bo']);
  });

  test('lets who is called to a private incident see it', async ({ db }) => {
    await talk.types('ana', 'declare sev2 a leak --private yes');
    await talk.types('ana', 'escalate INC-2 to @cy');
    expect((await findIncident(db, 2)).insiders).toContain('cy');
    await save(db, { ...ops, levels: [level({ targets: [bo] })] });
    await hand(db, 'ops');
    await talk.types('ana', 'escalate INC-2 to payments');
    await escalate(engineContext(db, { clock: talk.clock }), 2);
    expect((await findIncident(db, 2)).insiders).toContain('bo');
  });
});

describe('de-escalating', () => {
  test('holds, also after the second level was paged', async ({ db }) => {
    await save(db, { ...ops, levels: [level({ targets: [ana] }), level({ targets: [bo] })] });
    await react(db);
    talk.clock.advance(5 * MINUTE);
    await react(db);
    expect(await findIncident(db, 1)).toMatchObject({ status: 'ESCALATED', escalationLevel: 2 });
    await talk.types('bo', 'deescalate INC-1');
    await react(db);
    talk.clock.advance(20 * MINUTE);
    await react(db);
    expect(await findIncident(db, 1)).toMatchObject({ status: 'IN_PROGRESS', escalationLevel: 1 });
    expect(await paged(db)).toEqual(['1 ana', '2 bo']);
  });
});

describe('the manager page', () => {
  test('comes when a critical incident is open for too long, once, where the policy names a level for it', async ({
    db,
  }) => {
    const levels = [
      level({ targets: [ana], ackWindowMs: 60 * MINUTE }),
      level({ name: 'Managers', targets: [cy] }),
    ];
    await save(db, { ...ops, levels, managerLevel: 2, stopOnAck: true });
    await react(db);
    const due = async () =>
      (await db.selectFrom('timers').select('dueAt').where('kind', '=', 'manager-page').execute()).map((it) =>
        it.dueAt.toISOString(),
      );
    expect(await due()).toEqual(['2026-03-01T10:00:00.000Z']);
    await talk.types('ana', 'severity P0 INC-1');
    await talk.types('ana', 'ack INC-1');
    await react(db);
    expect(await due()).toEqual(['2026-03-01T08:30:00.000Z']);
    talk.clock.advance(30 * MINUTE);
    await react(db);
    await react(db);
    expect(await paged(db)).toEqual(['1 ana', '2 cy']);
    expect(await due()).toEqual([]);
  });
});

describe('the manager page of a snoozed incident', () => {
  test('comes when the snooze is over', async ({ db }) => {
    const levels = [level({ targets: [ana] }), level({ targets: [bo] }), level({ targets: [cy] })];
    await save(db, { ...ops, levels, managerLevel: 3 });
    await talk.types('ana', 'severity P0 INC-1');
    await react(db);
    await talk.types('ana', 'snooze INC-1 40m');
    talk.clock.advance(30 * MINUTE);
    await react(db);
    await react(db);
    expect(await paged(db)).toEqual(['1 ana']);
    talk.clock.advance(10 * MINUTE);
    await react(db);
    await react(db);
    expect(await paged(db)).toEqual(['1 ana', '1 ana', '3 cy']);
  });
});

describe('what is said of an escalation', () => {
  test('names people, schedules and policies as people call them', async ({ db }) => {
    await talk.addPerson('cy', { name: 'Cy Okoro' });
    const rota = schedule({ id: 'rota-7', name: 'Shop nights', enabled: false });
    const target = { kind: 'schedule', id: 'rota-7', fallback: cy } as const;
    await db.transaction().execute(async (tx) => await saveSchedule(tx, rota, talk.clock.now()));
    await save(db, {
      ...ops,
      id: 'p-1',
      levels: [level({ targets: [target], acksNeeded: 2 }), level({ targets: [bo] })],
    });
    const simulated = (await talk.types('ana', 'simulate checkout')).text;
    expect(simulated).toContain('since this reached nobody: schedule Shop nights');
    expect(simulated).not.toMatch(/rota-7|p-1|\bcy\b/);
    await react(db);
    await talk.types('cy', 'ack INC-1');
    await react(db);
    const why = (await talk.types('ana', 'why INC-1 @bo')).text;
    expect(why).toContain('Bo comes at level 2 of policy Operations.');
    const timeline = (await eventsOf(db, 1)).map((it) => told(it, (id) => id)).join('\n');
    expect(timeline).toContain('Cy Okoro acknowledged INC-1; 1 more person must.');
    expect(`${why}${timeline}`).not.toMatch(/rota-7|p-1/);
  });
});
