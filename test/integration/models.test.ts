import { describe, expect } from 'vitest';

import { modelLedger } from '#src/db/model-calls.ts';
import { claude } from '#src/llm/claude.ts';
import { Talk } from '#test/support/chat.ts';
import { startClaude } from '#test/support/claude/double.ts';
import { test as base } from '#test/support/database.ts';
import { openDoor } from '#test/support/http.ts';
import { ABOUT, GOOD, testDoor, testTask } from '#test/support/model-door.ts';

/** INC-1 is for everybody, INC-2 for Ana alone; a model was asked about both, and is simulated. */
const test = base.extend('set', async ({ db }, { onCleanup }) => {
  const double = await startClaude();
  onCleanup(async () => await double.stop());
  const now = () => new Date('2026-03-01T08:00:00Z');
  const provider = claude({ apiKey: double.key, baseUrl: double.url });
  const { door } = testDoor({ providers: [provider], ledger: modelLedger(db), now });
  const talk = new Talk(db, {}, door);
  await talk.begin();
  await talk.types('ana', 'declare customer data was copied --private yes');
  double.replies.next({ json: GOOD }, { stop: 'refusal' }, { json: GOOD });
  const task = testTask({ isCached: true });
  await door.ask(task, 'The shop is down', { ...ABOUT, incident: 1 });
  await door.ask(task, 'The till is down', { ...ABOUT, incident: 1 });
  await door.ask(task, 'Data was copied', { ...ABOUT, incident: 2 });
  await door.ask(task, 'The shop is down', { ...ABOUT, incident: 1 });
  await expect
    .poll(
      async () => await db.selectFrom('modelCalls').select('id').where('verdict', '=', 'cached').execute(),
    )
    .toHaveLength(1);
  return { talk, double, door };
});

describe('what models are, and what they cost', () => {
  test('is said to responders, by task, with the share of the cache', async ({ set: { talk, double } }) => {
    const { text, visible } = await talk.types('bo', 'ai');
    const usd = double.ledger.reduce((sum, it) => sum + it.usd, 0);
    expect(visible).toBe('private');
    expect(text).toContain(`USD ${usd.toFixed(5).replace(/0+$/, '')} of USD 1,000.00`);
    expect(text).toContain('3 requests, 1 of them of no use; 1 more from the cache (25 %)');
    expect(text).toContain('claude-opus-5-5 for large: not asked yet this month');
    expect(text).not.toContain('INC-2');
  });

  test('is said of one that only failed, and what is under way is not taken for wasted', async ({
    db,
    set: { talk },
  }) => {
    const call = { task: 't', version: 1, provider: 'anthropic', incident: null, priority: 'soon' } as const;
    const row = { ...call, at: new Date('2026-03-01T08:00:00Z'), inputHash: 'x', chargedUsd: 0, usd: 0 };
    const model = 'claude-opus-5-5';
    await db
      .insertInto('modelCalls')
      .values([
        { ...row, model, id: 'failed', verdict: 'failed', why: 'the API failed (500)' },
        { ...row, model, id: 'open', task: 'open' },
      ])
      .execute();
    const { text } = await talk.types('bo', 'ai');
    expect(text).toContain('claude-opus-5-5 for large: has not answered this month; the last request failed');
    expect(text).toContain('open: 1 request, USD');
  });

  test('is said of one incident to those who see it', async ({ set: { talk } }) => {
    const { text } = await talk.types('bo', 'ai INC-1');
    expect(text).toContain(
      'Asked about INC-1: 2 requests, 1 of them of no use; 1 more from the cache (33 %)',
    );
    expect(text).toContain('refused, USD');
    expect((await talk.types('bo', 'ai INC-2')).text).not.toContain('Asked about');
  });

  test('can be found out by asking each for a word', async ({ set: { talk, double } }) => {
    double.replies.next({ json: { word: 'ready' } });
    double.replies.always({ stop: 'refusal' });
    const { text } = await talk.types('bo', 'ai --check yes');
    expect(text.match(/answers, after \d+\.\d s/g)).toHaveLength(1);
    expect(text.match(/no: the model refused/g)).toHaveLength(2);
  });

  test('is the same over REST, for admins, and of an incident for those who work on it', async ({
    db,
    set,
  }) => {
    const http = await openDoor(db, { setupOfModels: () => set.door.setup?.() });
    try {
      const { body } = await http.call('GET', '/api/v1/models');
      expect(body.models).toHaveLength(3);
      expect(body.today).toMatchObject([
        { task: 'test-severity', calls: 3, cached: 1, used: 2, cost_unknown: 0 },
      ]);
      expect(body.budgets).toEqual({ day_usd: 1000, incident_usd: 1000, tenant_usd: null });
      const one = await http.call('GET', '/api/v1/incidents/INC-1/models');
      expect(one.body.calls.map(({ verdict }: { verdict: string }) => verdict).toSorted()).toEqual([
        'accepted',
        'cached',
        'refused',
      ]);
    } finally {
      await http.close();
    }
  });
});
