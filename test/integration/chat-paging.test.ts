import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect } from 'vitest';

import { savePolicy, saveRoutingRule, saveSchedule } from '#src/db/on-call.ts';
import { settleNotification, receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { escalate } from '#src/engine/escalation.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { EscalationPolicy } from '#src/paging/policy.ts';
import { Talk } from '#test/support/chat.ts';
import { engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { layer, schedule } from '#test/support/oncall.ts';
import { bo, level, payments, policy } from '#test/support/paging.ts';

const MINUTE = 60_000;
const ana = 'ana' as PersonId;
let talk: Talk;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.begin();
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

/** Ana is on call; after five minutes it is the team that nobody is in; then Bo. */
async function setUp(db: Db, changes: Partial<EscalationPolicy> = {}): Promise<void> {
  const levels = [
    level({ name: 'On call', targets: [payments] }),
    level({ name: 'Empty', targets: [{ kind: 'team', id: 'nobody' }] }),
    level({ name: 'Last', targets: [bo] }),
  ];
  await db.transaction().execute(async (tx) => {
    await saveSchedule(tx, schedule({ layers: [layer({ shifts: [[ana]] })] }), talk.clock.now());
    await savePolicy(tx, policy({ levels, ...changes }), talk.clock.now());
  });
}

async function look(db: Db, incident: number): Promise<void> {
  await escalate(engineContext(db, { clock: talk.clock }), incident);
}

describe('why', () => {
  test('somebody was paged is told from the receipts: level, shift, rule, and what came of it', async ({
    db,
  }) => {
    await setUp(db);
    await talk.types('ana', 'declare sev2 search is down');
    await look(db, 2);
    const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
    const id = receipt?.notifications[0]?.id ?? randomUUID();
    await settleNotification(db, id, { state: 'sent', at: talk.clock.now(), detail: null });
    const answer = await talk.types('ana', 'why INC-2');
    expect(answer.text.split('\n').slice(0, 3)).toEqual([
      'Why Ana was paged for INC-2',
      '- Ana was paged for INC-2 at 2026-03-01 08:00 UTC, at level 1.',
      expect.stringMatching(
        /^- INC-2 is P1, so level 1 \(On call\) of policy Payments pages .*Ana has the shift/,
      ),
    ]);
    expect(answer.text).toContain('Sent by web at 2026-03-01 08:00 UTC: the provider took it.');
    expect(answer.visible).toBe('private');
  });

  test('somebody was not paged is told from the escalation as it stands', async ({ db }) => {
    await setUp(db);
    await talk.types('ana', 'declare sev2 search is down');
    await look(db, 2);
    const bos = (await talk.types('ana', 'why INC-2 @bo')).text;
    expect(bos).toContain('Why Bo was not paged for INC-2');
    expect(bos).toContain('- Bo comes at level 3 of policy Payments.');
    expect(bos).toContain('It is at level 1 still');
    expect((await talk.types('vi', 'why INC-2')).text).toContain(
      'None of the 3 levels of policy Payments comes to Vi',
    );
  });

  test('nobody was paged is told: nothing is set up, no policy matches, or a rule silences it', async ({
    db,
  }) => {
    expect((await talk.types('ana', 'why INC-1')).text).toContain('No escalation policy is set up');
    await setUp(db, { conditions: { severity: ['P0'] } });
    await talk.types('ana', 'declare sev2 search is down');
    await look(db, 2);
    expect((await talk.types('ana', 'why INC-2')).text).toContain('No policy matched');
    await db.transaction().execute(async (tx) => {
      const rows = [{ field: 'title', operator: 'contains', value: 'search' }] as const;
      const common = { description: '', enabled: true, hours: null, strategy: 'direct', skills: [] } as const;
      const quiet = { id: 'r1', name: 'Noise', priority: 1, rows, actions: [{ do: 'suppress' }] } as const;
      await saveRoutingRule(tx, { ...common, ...quiet }, talk.clock.now());
    });
    expect((await talk.types('ana', 'why INC-2')).text).toContain('Noise');
  });
});

describe('what would happen', () => {
  test('is told minute by minute, with the steps that reach nobody', async ({ db }) => {
    await setUp(db);
    const answer = await talk.types('vi', 'simulate search P0 at 22:00');
    const lines = answer.text.split('\n');
    expect(lines[0]).toBe('P0 critical at search, declared by hand 2026-03-01 22:00 UTC: policy Payments');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^- \+0 min \(22:00 UTC\), level 1: Ana by chat\. The incident is P0, so level 1/,
      ),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^- \+5 min .*Reaches nobody\. .*level 2/i));
    expect(lines).toContainEqual(expect.stringMatching(/^- \+5 min \(22:05 UTC\), level 3: Bo by chat\./));
    expect(answer.text).toMatch(/Nobody was paged for this\. \d steps? can reach nobody\./);
    expect(answer.message.tone).toBe('warn');
    expect(await receiptsOf(db, { limit: 1 })).toEqual([]);
  });

  test('is nothing where no policy is for it', async ({ db }) => {
    expect((await talk.types('vi', 'simulate search')).text).toContain('nobody would be paged.');
    await setUp(db, { conditions: { service: ['checkout'] } });
    expect((await talk.types('vi', 'simulate search')).text).toContain('nobody would be paged.');
    expect((await talk.types('vi', 'simulate checkout')).text).toContain('policy Payments');
  });
});

describe('a snooze', () => {
  test('stops the paging for a while, and its level is paged again', async ({ db }) => {
    await setUp(db);
    await talk.types('ana', 'declare sev2 search is down');
    await look(db, 2);
    expect((await talk.types('bo', 'snooze INC-2 for 30m')).text).toBe(
      'Nobody is paged for INC-2 until 2026-03-01 08:30 UTC; then its level is paged again.',
    );
    const [waiting] = await receiptsOf(db, { incident: 2, limit: 1 });
    expect(waiting?.notifications.map(({ state }) => state)).toEqual(['cancelled']);
    talk.clock.advance(20 * MINUTE);
    await look(db, 2);
    expect(await receiptsOf(db, { incident: 2, limit: 9 })).toHaveLength(1);
    expect((await talk.types('ana', 'why INC-2 @bo')).text).toContain('It is snoozed until');
    talk.clock.advance(10 * MINUTE);
    await look(db, 2);
    const [again] = await receiptsOf(db, { incident: 2, limit: 9 });
    expect(again).toMatchObject({ page: { recipient: 'ana', level: 1 } });
  });

  test('is refused where nobody is being paged, and beyond 7 days', async ({ db }) => {
    expect((await talk.types('ana', 'snooze INC-1 30m')).text).toContain(
      'Nobody is being paged for INC-1: no escalation runs for it.',
    );
    await setUp(db);
    await talk.types('ana', 'declare sev2 search is down');
    await look(db, 2);
    expect((await talk.types('ana', 'snooze INC-2 for 8d')).text).toContain('up to 7 d');
  });
});

describe('a policy', () => {
  test('is shown level by level, by the names of those who are paged', async ({ db }) => {
    expect((await talk.types('vi', 'policy')).text).toContain('No escalation policy is set up');
    await setUp(db, { conditions: { severity: ['P0', 'P1'] }, repeat: { times: 2, afterMs: 0 } });
    expect((await talk.types('vi', 'policy')).text).toBe(
      'Escalation policies\n- payments Payments: for severity P0 and P1, 3 levels',
    );
    expect((await talk.types('vi', 'policy Payments')).text).toBe(
      [
        'Payments: for severity P0 and P1.',
        '- 1. On call: whoever is on call for Payments; then 5 minutes to answer',
        '- 2. Empty: the team nobody; then 5 minutes to answer',
        '- 3. Last: Bo; then 5 minutes to answer',
        'All of it comes 2 more times. It stops when somebody acknowledges.',
      ].join('\n'),
    );
    expect((await talk.types('vi', 'policy paymnts')).text).toContain('Did you mean payments?');
  });
});
