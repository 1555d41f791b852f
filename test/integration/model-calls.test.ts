import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import { keepHouse } from '#src/db/housekeeping.ts';
import { insertIncidents } from '#src/db/incidents.ts';
import { modelLedger } from '#src/db/model-calls.ts';
import { incidentCalls, incidentSpend, lastAnswers, modelSpend } from '#src/db/model-figures.ts';
import type { CallBegun, CallEnded } from '#src/llm/ledger.ts';
import { NO_USAGE } from '#src/llm/model.ts';
import { test } from '#test/support/database.ts';
import { incident } from '#test/support/incident.ts';

const AT = new Date('2026-11-21T12:00:00Z');
const BUDGETS = { dayUsd: 1, incidentUsd: 0.5 };

describe('the record of calls', () => {
  test('holds a budget to the last cent, however many calls begin at once', async ({ db }) => {
    const ledger = modelLedger(db);
    const calls = Array.from({ length: 40 }, () => call({ reservedUsd: 0.03, incident: null }));
    const stopped = await Promise.all(calls.map(async (it) => await ledger.reserve(it, BUDGETS)));
    expect(stopped.filter((it) => it === null)).toHaveLength(33);
    expect(stopped.filter((it) => it?.isFirst)).toEqual([{ budget: 'day', isFirst: true }]);
    const tomorrow = call({ at: new Date('2026-11-22T00:00:00Z'), incident: null });
    expect(await ledger.reserve(tomorrow, BUDGETS)).toBeNull();
  });

  test('holds the budget of a tenant, and others have theirs', async ({ db }) => {
    const of = async (tags: Record<string, string>) => {
      const [inserted] = await db
        .transaction()
        .execute((tx) => insertIncidents(tx, [incident({}, { tags })], AT));
      if (!inserted) throw new Error('the incident was not written');
      return inserted.number;
    };
    const [acme, again, other, nobodys] = [
      await of({ tenant_id: 'acme' }),
      await of({ tenant_id: 'acme' }),
      await of({ tenant_id: 'other' }),
      await of({}),
    ];
    const ledger = modelLedger(db);
    const ask = async (number: number) =>
      await ledger.reserve(call({ incident: number, reservedUsd: 0.1 }), { ...BUDGETS, tenantUsd: 0.15 });
    expect(await ask(acme)).toBeNull();
    expect(await ask(again)).toEqual({ budget: 'tenant', isFirst: true });
    expect(await ask(acme)).toEqual({ budget: 'tenant', isFirst: false });
    expect(await ask(other)).toBeNull();
    for (let asked = 0; asked < 3; asked += 1) expect(await ask(nobodys)).toBeNull();
  });

  test('gives back what a call did not cost, and keeps what is not known', async ({ db }) => {
    const ledger = modelLedger(db);
    const cheap = call({ reservedUsd: 0.4 });
    const unknown = call({ reservedUsd: 0.3 });
    const next = call({ reservedUsd: 0.1 });
    expect(await ledger.reserve(cheap, BUDGETS)).toBeNull();
    expect(await ledger.reserve(unknown, BUDGETS)).toEqual({ budget: 'incident', isFirst: true });
    await ledger.settle(cheap.id, ended({ usd: 0.000_045 }));
    expect(await ledger.reserve(unknown, BUDGETS)).toBeNull();
    await ledger.settle(unknown.id, ended({ verdict: 'timed-out', why: 'slow', usage: null, usd: null }));
    expect(await ledger.reserve(next, { ...BUDGETS, incidentUsd: 0.4 })).toMatchObject({ isFirst: false });
    expect(await ledger.reserve(call({ reservedUsd: 0.4, incident: 43 }), BUDGETS)).toBeNull();
    const [spend] = await incidentSpend(db, 42);
    expect(spend).toEqual({
      task: 'classify',
      calls: 2,
      cached: 0,
      used: 1,
      underWay: 0,
      usd: 0.000_045,
      unknown: 1,
      chargedUsd: 0.300_045,
    });
  });

  test('says what was asked about an incident, of which task, and what came of it', async ({ db }) => {
    const ledger = modelLedger(db);
    const asked = call({});
    await ledger.reserve(asked, BUDGETS);
    const usage = { ...NO_USAGE, input: 300, cacheWrite5m: 20, cacheRead: 1200, output: 40, thinking: 10 };
    await ledger.settle(asked.id, ended({ usage, usd: 0.0001, requestId: 'req_1' }));
    const failed = call({ at: new Date(AT.getTime() + 1000) });
    await ledger.reserve(failed, BUDGETS);
    await ledger.settle(failed.id, ended({ verdict: 'failed', why: 'it is down', usage: NO_USAGE, usd: 0 }));
    await ledger.reused(call({ incident: null }));
    const rows = await incidentCalls(db, 42, 10);
    expect(rows.map(({ id }) => id)).toEqual([failed.id, asked.id]);
    expect(rows[1]).toMatchObject({ ...usage, usd: 0.0001, verdict: 'accepted', requestId: 'req_1' });
    const day = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-22T00:00:00Z') };
    expect(await modelSpend(db, day)).toMatchObject([
      { task: 'classify', calls: 2, cached: 1, used: 1, usd: 0.0001 },
    ]);
    expect(await lastAnswers(db, day.from)).toEqual([
      { model: 'claude-haiku-5-5', answeredAt: AT, failedAt: failed.at, why: 'it is down' },
    ]);
  });

  test('has an answer for an hour, and it is forgotten afterwards', async ({ db }) => {
    const ledger = modelLedger(db);
    const until = new Date(AT.getTime() + 3_600_000);
    for (const value of [{ severity: 'P2' }, { severity: 'P1', words: ['<EMAIL_1>'] }]) {
      await ledger.keep('key', { value, model: 'claude-haiku-5-5', at: AT, until });
    }
    expect(await ledger.find('key', AT)).toEqual({
      value: { severity: 'P1', words: ['<EMAIL_1>'] },
      model: 'claude-haiku-5-5',
      until,
    });
    expect(await ledger.find('other', AT)).toBeNull();
    expect(await ledger.find('key', until)).toBeNull();
    await keepHouse(db, until, 90);
    expect(await db.selectFrom('modelAnswers').selectAll().execute()).toEqual([]);
  });
});

function call(more: Partial<CallBegun>): CallBegun {
  return {
    id: randomUUID(),
    at: AT,
    task: 'classify',
    version: 1,
    provider: 'anthropic',
    model: 'claude-haiku-5-5',
    incident: 42,
    priority: 'soon',
    inputHash: 'a'.repeat(64),
    reservedUsd: 0.01,
    ...more,
  };
}

function ended(more: Partial<CallEnded>): CallEnded {
  return {
    verdict: 'accepted',
    why: null,
    usage: NO_USAGE,
    usd: 0,
    latencyMs: 12.4,
    requestId: null,
    ...more,
  };
}
