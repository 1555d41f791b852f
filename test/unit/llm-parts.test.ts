import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { Breaker } from '#src/llm/breaker.ts';
import type { About } from '#src/llm/door.ts';
import { Gate, ratesOf, type Rates } from '#src/llm/gate.ts';
import { NO_USAGE } from '#src/llm/model.ts';
import { costOf, worstCost } from '#src/llm/prices.ts';
import { retryAfterMs } from '#src/llm/retry-after.ts';
import { strictSchema } from '#src/llm/strict-schema.ts';
import { checkSchema } from '#test/support/claude/check-schema.ts';
import { ManualClock } from '#test/support/manual-clock.ts';

const AT = new Date('2026-11-21T12:00:00Z');
const FREE: Rates = ratesOf(1_000_000, 1_000_000_000);

describe('the form of an answer', () => {
  test('is one that the API takes, whatever zod says, and its limits are said in words', () => {
    fc.assert(
      fc.property(fc.letrec(schemaOf)['schema'], (schema) => {
        const counted = { optional: 0, unions: 0 };
        try {
          checkSchema('schema', strictSchema(z.object({ it: schema })), counted);
        } catch (error) {
          // Too much of something is for the API to say; a word it does not know is for us never to use.
          expect(String(error)).toContain('too many');
        }
      }),
      { numRuns: 200 },
    );
    expect(strictSchema(z.object({ share: z.number().min(0).max(1).describe('How sure.') }))).toEqual({
      type: 'object',
      properties: { share: { type: 'number', description: 'How sure. {minimum: 0, maximum: 1}' } },
      required: ['share'],
      additionalProperties: false,
    });
  });

  test('is refused where the API has no word for it', () => {
    const tree: z.ZodType = z.lazy(() => z.object({ inner: tree }));
    const cannot = [
      [z.record(z.string(), z.string()), 'keys that are not named'],
      [z.tuple([z.string()]), 'cannot say prefixItems'],
      [tree, 'Cycle'],
    ] as const;
    for (const [schema, why] of cannot) {
      expect(() => strictSchema(z.object({ it: schema }))).toThrow(why);
    }
  });
});

describe('what a call costs', () => {
  test('is by the tier of the whole prompt, with what the cache took and gave', () => {
    const usage = { ...NO_USAGE, input: 400, cacheRead: 1200, output: 150 };
    expect(costOf('claude-haiku-5-5', usage, AT)).toBeCloseTo(
      (400 * 0.1 + 1200 * 0.01 + 150 * 0.5) / 1e6,
      12,
    );
    const large = { ...usage, cacheWrite5m: 99_000 };
    expect(costOf('claude-haiku-5-5', large, AT)).toBeCloseTo(
      (400 * 0.5 + 1200 * 0.05 + 99_000 * 0.625 + 150 * 2.5) / 1e6,
      12,
    );
    const hour = { ...NO_USAGE, cacheWrite1h: 1000, cacheRead: 1000 };
    expect(costOf('claude-opus-5-5', hour, AT)).toBeCloseTo((1000 * 8 + 1000 * 0.2) / 1e6, 12);
  });

  test('is not known of a model that is not known, which counts as the dearest on the budgets', () => {
    expect(costOf('claude-next', NO_USAGE, AT)).toBeNull();
    const size = { bytes: 10_000, maxTokens: 1000 };
    expect(worstCost('claude-next', size, AT)).toBe(worstCost('claude-fable-5', size, AT));
    expect(costOf('qwen3', { ...NO_USAGE, input: 1e6 }, AT, { qwen3: { input: 0, output: 0 } })).toBe(0);
    expect(costOf('claude-opus-4-5-20251101', { ...NO_USAGE, output: 1e6 }, AT)).toBe(25);
  });

  test('is never more than what is reserved for it', () => {
    const models = ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-4-5'];
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.nat(400_000),
        fc.nat(64_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (model, bytes, maxTokens, share) => {
          const prompt = Math.floor(bytes / 2);
          const usage = {
            ...NO_USAGE,
            input: Math.floor(prompt * share),
            cacheWrite5m: prompt - Math.floor(prompt * share),
            output: maxTokens,
          };
          const cost = costOf(model, usage, AT) ?? Number.NaN;
          expect(worstCost(model, { bytes, maxTokens }, AT)).toBeGreaterThanOrEqual(cost);
        },
      ),
    );
  });
});

describe('a breaker', () => {
  test('lets nothing through for a minute once it is open, and never more than one to find out', () => {
    const steps = fc.array(fc.constantFrom('fails', 'answers', 'nothing', 'second', 'minute'), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const clock = new ManualClock();
        const breaker = new Breaker(() => clock.now());
        let failedInARow = 0;
        let openedAt: number | null = null;
        for (const step of all) {
          if (step === 'second') clock.advance(1000);
          if (step === 'minute') clock.advance(60_000);
          if (step === 'second' || step === 'minute') continue;
          const now = clock.now().getTime();
          const passed = breaker.enter();
          if (openedAt !== null && now < openedAt + 60_000) expect(passed).toBeNull();
          if (!passed) continue;
          if (breaker.state === 'probing') expect(breaker.enter()).toBeNull();
          passed(step === 'fails' ? 'failed' : step === 'answers' ? 'answered' : 'none');
          failedInARow = step === 'fails' ? failedInARow + 1 : step === 'answers' ? 0 : failedInARow;
          if (step === 'fails' && failedInARow >= 5) expect(breaker.state).toBe('open');
          openedAt = breaker.state === 'open' ? now : null;
        }
      }),
    );
  });

  test('opens for a model that fails half of the time, and closes after two answers', () => {
    const clock = new ManualClock();
    const breaker = new Breaker(() => clock.now());
    const pass = (it: 'failed' | 'answered') => breaker.enter()?.(it);
    for (let pair = 0; pair < 5; pair += 1) {
      expect(breaker.state).toBe('closed');
      pass('answered');
      pass('failed');
    }
    expect(breaker.state).toBe('open');
    clock.advance(60_000);
    expect(breaker.state).toBe('probing');
    pass('answered');
    pass('answered');
    expect(breaker.state).toBe('closed');
  });
});

describe('the gate', () => {
  test('lets those in first who wait for an answer, and keeps room for them', async () => {
    const gate = new Gate({ ...FREE, atOnce: 4 });
    const { signal } = new AbortController();
    const order: string[] = [];
    const inside: ((tokens: number) => void)[] = [];
    const come = async (priority: About['priority']) => {
      const leave = await gate.enter(priority, signal);
      order.push(priority);
      if (leave) inside.push(leave);
    };
    const all = [come('later'), come('later'), come('later'), come('soon'), come('asked'), come('asked')];
    await Promise.all([all[0], all[1], all[3], all[4]]);
    expect(order).toEqual(['later', 'later', 'soon', 'asked']);
    inside.shift()?.(0);
    await all[5];
    inside.splice(0).forEach((leave) => leave(0));
    await Promise.all(all);
    expect(order).toEqual(['later', 'later', 'soon', 'asked', 'asked', 'later']);
  });

  test('holds back requests and tokens above the rates, until the time of who waits is over', async () => {
    const gate = new Gate({ ...FREE, burst: 2, perMinute: 60 });
    const waiting = new AbortController();
    const start = performance.now();
    for (let asked = 0; asked < 3; asked += 1) (await gate.enter('asked', waiting.signal))?.(0);
    expect(performance.now() - start).toBeGreaterThan(800);
    const byTokens = new Gate({ ...FREE, tokensPerMinute: 1000 });
    (await byTokens.enter('asked', waiting.signal))?.(500_000);
    const held = byTokens.enter('asked', AbortSignal.any([waiting.signal, AbortSignal.timeout(30)]));
    expect(await held).toBeNull();
  });
});

test('how long to wait is read in seconds, milliseconds and dates', () => {
  const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers));
  expect(read({ 'retry-after': '3600' })).toBe(3_600_000);
  expect(read({ 'retry-after-ms': '150', 'retry-after': '9' })).toBe(150);
  const date = 'Sat, 21 Nov 2026 12:00:00 GMT';
  expect(read({ date, 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' })).toBe(30_000);
  expect([read({}), read({ 'retry-after': 'soon' })]).toEqual([null, null]);
});

/** What tasks say their answers are. */
function schemaOf(tie: fc.LetrecTypedTie<{ schema: z.ZodType }>) {
  const leaf = fc.constantFrom<z.ZodType>(
    z.string().min(1).max(40),
    z.string().regex(/^a/),
    z.email(),
    z.int().min(0).max(9),
    z.number().positive(),
    z.boolean(),
    z.enum(['a', 'b']),
    z.literal('a'),
    z.null(),
    z.iso.datetime(),
  );
  const inner = tie('schema');
  const schema = fc.oneof(
    { maxDepth: 3 },
    leaf,
    inner.map((it) => it.nullable()),
    inner.map((it) => it.describe('What it is.')),
    fc.tuple(inner, fc.nat(5)).map(([it, most]) =>
      z
        .array(it)
        .min(most)
        .max(most + 3),
    ),
    fc.tuple(inner, inner).map(([one, other]) => z.object({ one, other: other.optional() })),
    fc.tuple(inner, inner).map(([one, other]) => z.union([one, other])),
    fc
      .tuple(inner, inner)
      .map(([one, other]) =>
        z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('one'), one }),
          z.object({ kind: z.literal('other'), other }),
        ]),
      ),
  );
  return { schema };
}
