import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

import { claude } from '#src/llm/claude.ts';
import type { Inquiry } from '#src/llm/task.ts';
import { startClaude } from '#test/support/claude/double.ts';
import type { Billed } from '#test/support/claude/ledger.ts';
import { ABOUT, BY_RULES, GOOD, testDoor, testTask } from '#test/support/model-door.ts';

describe('Claude, by its own SDK over HTTP', () => {
  test('a question is answered, and every request is one that the API takes', async () => {
    const { door, double, ledger, left } = await set();
    double.replies.next({ json: GOOD });
    const answer = await door.ask(testTask(), 'The shop is down', ABOUT);
    expect(answer).toMatchObject({ value: GOOD, source: 'model', model: 'claude-haiku-5-5', why: null });
    expect(double.journal.map(({ refusal }) => refusal)).toEqual([null]);
    expect(ledger.calls.map(({ end }) => end?.verdict)).toEqual(['accepted']);
    expect(ledger.calls[0]?.call.id).toBe(answer.call);
    expect(left).toMatchObject([{ call: answer.call, incident: 42, text: '{"title":"The shop is down"}' }]);
  });

  test('what an answer costs is written down to the token, also where it is of no use', async () => {
    const { door, double, ledger } = await set();
    const odd = [
      { json: GOOD },
      { text: 'I would say P1.' },
      { text: '{"severity":"P1"', stop: 'max_tokens' },
      { text: 'I will not.', stop: 'refusal' },
      { stop: 'refusal' },
      { json: { severity: 'P9', confidence: 7, words: 'x' } },
      { json: GOOD },
    ];
    for (const reply of odd) double.replies.next(reply);
    for (const size of ['small', 'middle', 'large'] as const) {
      await door.ask(testTask({ size, maxTokens: size === 'large' ? 9000 : 300 }), `Down in ${size}`, ABOUT);
    }
    while (double.journal.length < odd.length) {
      await door.ask(testTask({ size: 'middle' }), 'Once more', ABOUT);
    }
    expect(double.journal.every(({ refusal }) => refusal === null)).toBe(true);
    const written = ledger.calls.map(({ end, call }) => ({ ...end?.usage, model: call.model }));
    const billed = double.ledger.map(tokensOf);
    expect(written).toEqual(billed);
    const cost = ledger.calls.reduce((sum, { end }) => sum + (end?.usd ?? Number.NaN), 0);
    expect(cost).toBeCloseTo(
      double.ledger.reduce((sum, it) => sum + it.usd, 0),
      9,
    );
  });

  test('an inquiry uses tools over several turns, with one prefix that is read from the cache', async () => {
    const { door, double } = await set();
    double.replies.next(
      {
        calls: [
          { name: 'look', input: { at: '<EMAIL_1>' } },
          { name: 'look', input: { at: 7 } },
          { name: 'leap', input: {} },
        ],
      },
      { text: 'It was written by <EMAIL_1>.' },
      { text: 'Yes.' },
      { json: { cause: 'the cache' } },
    );
    const talk = door.open(INQUIRY, ABOUT);
    const first = await talk.say([{ type: 'data', data: { title: LONG, by: 'ana@example.com' } }]);
    expect(first.ok && first.calls.map(({ name, input }) => [name, input])).toEqual([
      ['look', { at: 'ana@example.com' }],
      ['look', null],
      ['leap', null],
    ]);
    const ids = first.ok ? first.calls.map(({ id }) => id) : [];
    const second = await talk.say(
      ids.map((id, index) => ({ type: 'result', id, data: { lines: [LONG] }, isError: index > 0 })),
    );
    expect(second).toMatchObject({ ok: true, calls: [], text: 'It was written by ana@example.com.' });
    await talk.say([{ type: 'instruction', text: 'Are you sure?' }]);
    const last = await talk.say([{ type: 'instruction', text: 'Now say it.' }], CAUSE);
    expect(last).toMatchObject({ ok: true, value: { cause: 'the cache' } });
    expect(double.journal.map(({ refusal }) => refusal)).toEqual([null, null, null, null]);
    const [began, went, ended] = double.ledger;
    expect(went?.cacheRead).toBeGreaterThanOrEqual(promptOf(began) * 0.9);
    expect(ended?.cacheRead).toBeGreaterThanOrEqual(promptOf(went) * 0.9);
    expect(double.journal.some(({ text }) => text.includes('ana@'))).toBe(false);
    expect(talk.used()).toMatchObject({ turns: 4, model: 'claude-opus-5-5' });
    expect(talk.used().usd).toBeCloseTo(
      double.ledger.reduce((sum, it) => sum + it.usd, 0),
      9,
    );
  });

  test('an answer that does not hold is asked for once more, with what is wrong', async () => {
    const { door, double, ledger } = await set();
    double.replies.next({ json: { ...GOOD, confidence: 7 } }, { json: GOOD });
    const answer = await door.ask(testTask(), 'The shop is down', ABOUT);
    expect(answer.value).toEqual(GOOD);
    expect(ledger.calls.map(({ end }) => end?.verdict)).toEqual(['invalid', 'repaired']);
    expect(double.journal[1]?.text).toContain('did not have the form');
  });

  test('a request that never came there was not paid', async () => {
    const { door, double, ledger } = await set();
    await double.goDown();
    await door.ask(testTask({ deadlineMs: 500 }), 'The shop is down', ABOUT);
    expect(ledger.calls[0]).toMatchObject({ chargedUsd: 0, end: { verdict: 'failed', usd: 0 } });
  });

  test('a redirect takes neither the key nor what is told to somebody else', async () => {
    const { double } = await set();
    const moved = createServer((request, response) => {
      request.resume();
      response.writeHead(307, { location: `${double.url}${request.url ?? ''}` }).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void moved.close());
    await once(moved, 'listening');
    const { port } = moved.address() as AddressInfo;
    const provider = claude({ apiKey: double.key, baseUrl: `http://127.0.0.1:${port}` });
    const { door } = testDoor({ providers: [provider] });
    expect((await door.ask(testTask(), 'The shop is down', ABOUT)).source).toBe('rules');
    expect(double.journal).toEqual([]);
  });

  test('a long answer comes as a stream, and costs the same as it says', async () => {
    const { door, double, ledger } = await set();
    double.replies.next({ json: GOOD });
    const answer = await door.ask(testTask({ maxTokens: 30_000, size: 'middle' }), 'The shop is down', ABOUT);
    expect(answer.value).toEqual(GOOD);
    expect(double.journal[0]?.body).toMatchObject({ stream: true });
    expect(ledger.calls[0]?.end).toMatchObject({ requestId: double.journal[0]?.requestId });
    expect(ledger.calls[0]?.end?.usd).toBeCloseTo(double.ledger[0]?.usd ?? Number.NaN, 9);
  });

  test.for(['stream error', 'stall', 'cut', 'ends', 'truncated'] as const)(
    'a stream with %s leads to rules in time, and is on the budget as far as it may have been paid',
    async (fault) => {
      const { door, double, ledger } = await set();
      double.faults.next(fault);
      const start = performance.now();
      const answer = await door.ask(
        testTask({ deadlineMs: 700, maxTokens: 9000 }),
        'The shop is down',
        ABOUT,
      );
      expect(answer).toMatchObject({ value: BY_RULES, source: 'rules' });
      expect(performance.now() - start).toBeLessThan(2000);
      const charged = ledger.calls.reduce((sum, it) => sum + it.chargedUsd, 0);
      expect(charged).toBeGreaterThanOrEqual(double.ledger.reduce((sum, it) => sum + it.usd, 0));
    },
  );

  test.for(['rate limit, 1 h', 'overloaded', 'reset', 'cut', 'html for an answer', 'silence'] as const)(
    'with %s rules answer in time, after two requests at the most',
    async (fault) => {
      const { door, double } = await set();
      double.faults.always(fault);
      const start = performance.now();
      const answer = await door.ask(testTask({ deadlineMs: 1500 }), 'The shop is down', ABOUT);
      expect(answer).toMatchObject({ value: BY_RULES, source: 'rules' });
      expect(performance.now() - start).toBeLessThan(3000);
      expect(double.journal.length).toBeLessThanOrEqual(2);
    },
  );
});

function tokensOf({ model, input, cacheWrite5m, cacheWrite1h, cacheRead, output, thinking }: Billed) {
  return { model, input, cacheWrite5m, cacheWrite1h, cacheRead, output, thinking };
}

/** All of it, in tokens. */
function promptOf(billed: Billed | undefined): number {
  return billed ? billed.input + billed.cacheWrite5m + billed.cacheRead : Number.NaN;
}

const CAUSE = z.object({ cause: z.string() });
const LONG = 'The shop is down, and nobody knows why. '.repeat(200);

const INQUIRY: Inquiry = {
  name: 'test-cause',
  version: 1,
  size: 'large',
  effort: 'high',
  maxTokens: 4000,
  system: 'Find the cause.',
  tools: [
    { name: 'look', description: 'Looks there.', input: z.object({ at: z.string().max(50) }) },
    { name: 'listen', description: 'Listens.', input: z.object({}) },
  ],
};

async function set() {
  const double = await startClaude();
  onTestFinished(async () => await double.stop());
  const provider = claude({ apiKey: double.key, baseUrl: double.url });
  return { ...testDoor({ providers: [provider] }), double };
}
