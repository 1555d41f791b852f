import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Chain, DoorSettings } from '#src/llm/door-settings.ts';
import { ratesOf } from '#src/llm/gate.ts';
import { ModelError, NO_USAGE, type ModelReply } from '#src/llm/model.ts';
import { costOf } from '#src/llm/prices.ts';
import { makeLog } from '#src/log.ts';
import { ABOUT, BY_RULES, GOOD, testDoor, testTask } from '#test/support/model-door.ts';
import { failing, said, scripted, USAGE, type Step } from '#test/support/scripted-model.ts';

describe('whether a model is asked at all', () => {
  test('nothing leaves where nothing may, and none is asked', async () => {
    const model = scripted();
    const { door, left, ledger } = testDoor({ providers: [model], maySend: false });
    const answer = await door.ask(testTask(), 'Down', ABOUT);
    expect(answer).toMatchObject({
      value: BY_RULES,
      source: 'rules',
      why: 'no data leaves this installation',
    });
    expect([model.requests.length, left.length, ledger.calls.length]).toEqual([0, 0, 0]);
  });

  test('a private incident stays here', async () => {
    const model = scripted();
    const { door } = testDoor({ providers: [model] });
    const answer = await door.ask(testTask(), 'Down', { ...ABOUT, isPrivate: true });
    expect(answer.why).toBe('private incidents are not sent to a model');
    expect(model.requests).toHaveLength(0);
  });

  test('a budget that is used up stops the next request, and says so once a day', async () => {
    const model = scripted();
    const settings = { budgets: { dayUsd: 0.000_5, incidentUsd: 1000 } };
    const { door, logged, clock } = testDoor({ providers: [model], settings });
    const answers = [];
    for (let asked = 0; asked < 30; asked += 1) {
      answers.push(await door.ask(testTask(), `Down ${asked}`, ABOUT));
    }
    expect(answers.at(0)?.source).toBe('model');
    expect(answers.at(-1)).toMatchObject({ source: 'rules', why: 'the budget of today is used up' });
    const before = model.requests.length;
    await door.ask(testTask(), 'Down', ABOUT);
    expect(model.requests).toHaveLength(before);
    expect(logged.filter((it) => it.includes('budget'))).toHaveLength(1);
    clock.advance(86_400_000);
    expect((await door.ask(testTask(), 'Down', ABOUT)).source).toBe('model');
  });

  test('what was surely not billed leaves the budgets as they were, whatever the model may cost', async () => {
    const model = scripted(async () => await failing());
    const { door, ledger } = testDoor({
      providers: [model],
      settings: { sizes: sizesOf('a-model-with-no-price') },
    });
    await door.ask(testTask(), 'Down', ABOUT);
    expect(ledger.calls.map(({ end }) => [end?.verdict, end?.usd])).toEqual([['failed', 0]]);
  });

  test('where as much was asked as the settings allow, rules answer at once and say so', async () => {
    const { door } = testDoor({
      providers: [scripted()],
      settings: { rates: { ...ratesOf(1_000_000, 1_000_000), tokensPerDay: 100 } },
    });
    expect((await door.ask(testTask(), 'Down', ABOUT)).source).toBe('model');
    const start = performance.now();
    const answer = await door.ask(testTask(), 'Down again', ABOUT);
    expect(answer).toMatchObject({ value: BY_RULES, source: 'rules' });
    expect(answer.why).toContain('LLM_TOKENS_PER_MINUTE');
    expect(performance.now() - start).toBeLessThan(2500);
  });

  test('one incident does not use up the budget of the others', async () => {
    const model = scripted();
    const { door } = testDoor({
      providers: [model],
      settings: { budgets: { dayUsd: 1000, incidentUsd: 0.000_5 } },
    });
    for (let asked = 0; asked < 30; asked += 1) await door.ask(testTask(), `Down ${asked}`, ABOUT);
    const [same, other, none] = await Promise.all([
      door.ask(testTask(), 'Down', ABOUT),
      door.ask(testTask(), 'Down', { ...ABOUT, incident: 43 }),
      door.ask(testTask(), 'Down', { ...ABOUT, incident: null }),
    ]);
    expect(same.why).toBe('the budget of this incident is used up');
    expect([other.source, none.source]).toEqual(['model', 'model']);
  });

  test('the same question within the hour is answered from what was said before, at no cost', async () => {
    const model = scripted();
    const { door, clock, ledger } = testDoor({ providers: [model] });
    const task = testTask({ isCached: true });
    const ask = async (title: string) => await door.ask(task, title, ABOUT);
    expect((await ask('Down')).source).toBe('model');
    expect(await ask('Down')).toMatchObject({ value: GOOD, source: 'cache', model: 'claude-haiku-5-5' });
    expect((await ask('Slow')).source).toBe('model');
    clock.advance(3_600_000);
    expect((await ask('Down')).source).toBe('model');
    expect(model.requests).toHaveLength(3);
    expect(ledger.calls.map(({ end }) => end?.verdict)).toEqual([
      'accepted',
      'cached',
      'accepted',
      'accepted',
    ]);
    const ofAnotherProcess = testDoor({ providers: [scripted()], ledger, now: () => clock.now() });
    expect((await ofAnotherProcess.door.ask(task, 'Down', ABOUT)).source).toBe('cache');
    expect((await door.ask(testTask({ isCached: true, version: 2 }), 'Down', ABOUT)).source).toBe('model');
  });

  test('what stood in for somebody else in an answer of before stands for whom it is about now', async () => {
    const model = scripted(async (request) =>
      said({ ...GOOD, words: /<EMAIL_\d>/.exec(JSON.stringify(request.turns))?.[0] ?? 'nobody' }),
    );
    const { door } = testDoor({ providers: [model] });
    const task = testTask({ isCached: true });
    const first = await door.ask(task, 'ana@example.com is locked out', ABOUT);
    const second = await door.ask(task, 'bob@example.com is locked out', ABOUT);
    expect([first.value.words, second.value.words]).toEqual(['ana@example.com', 'bob@example.com']);
    expect([first.source, second.source]).toEqual(['model', 'cache']);
  });
});

describe('a model that fails', () => {
  test('is left alone after five failures, and asked by one at a time after a minute', async () => {
    const model = scripted();
    model.says(async () => await failing());
    const { door, clock } = testDoor({ providers: [model] });
    const ask = async () => await door.ask(testTask(), 'Down', ABOUT);
    for (let asked = 0; asked < 8; asked += 1) await ask();
    expect(model.requests).toHaveLength(5);
    expect((await ask()).why).toBe('claude-haiku-5-5 is left alone for a minute after failures');
    expect(door.setup?.().models.find((it) => it.model === 'claude-haiku-5-5')?.state).toBe('open');
    clock.advance(60_000);
    model.says(async () => {
      await new Promise((resolve) => void setTimeout(resolve, 20));
      return said(GOOD);
    });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.filter(({ source }) => source === 'model')).toHaveLength(1);
    await ask();
    expect(door.setup?.().models.find((it) => it.model === 'claude-haiku-5-5')?.state).toBe('closed');
  });

  test('has another in its place, where there is one', async () => {
    const model = scripted(async () => await failing());
    const other = scripted(async () => said(GOOD), 'openai');
    const { door, ledger } = testDoor({ providers: [model, other] });
    const answer = await door.ask(testTask(), 'Down', ABOUT);
    expect(answer).toMatchObject({ value: GOOD, source: 'model', model: 'stand-in' });
    expect(ledger.calls.map(({ call, end }) => [call.provider, end?.verdict, end?.usd])).toEqual([
      ['anthropic', 'failed', 0],
      ['openai', 'accepted', null],
    ]);
  });

  test('and hangs leaves time for the other', async () => {
    const model = scripted(async () => await new Promise(() => {}));
    const other = scripted(async () => said(GOOD), 'openai');
    const { door, ledger } = testDoor({ providers: [model, other] });
    const answer = await door.ask(testTask({ deadlineMs: 500 }), 'Down', ABOUT);
    expect(answer.model).toBe('stand-in');
    expect(ledger.calls[0]).toMatchObject({ end: { verdict: 'timed-out', usd: null } });
    expect(ledger.calls[0]?.chargedUsd).toBeGreaterThan(0);
  });

  test('is not waited for longer than there is time', async () => {
    const model = scripted(async () => await failing({ mayRetry: true, retryAfterMs: 3_600_000 }));
    const { door } = testDoor({ providers: [model] });
    const start = performance.now();
    await door.ask(testTask({ deadlineMs: 60_000 }), 'Down', ABOUT);
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(model.requests).toHaveLength(1);
  });

  test('is not left alone because those who asked stopped it', async () => {
    const model = scripted(async () => await new Promise(() => {}));
    const { door, ledger } = testDoor({ providers: [model] });
    for (let asked = 1; asked <= 6; asked += 1) {
      const stop = new AbortController();
      const answer = door.ask(testTask(), 'Down', { ...ABOUT, signal: stop.signal });
      await expect.poll(() => model.requests.length).toBe(asked);
      stop.abort();
      expect((await answer).why).toBe('it was stopped');
    }
    expect(ledger.calls.map(({ end }) => end?.verdict)).toEqual(Array(6).fill('stopped'));
    expect(door.setup?.().models[0]?.state).toBe('closed');
  });
});

describe('what nobody who asks has to fear', () => {
  test('whatever a model does, the answer comes in time, has the form asked for, and says who gave it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep(), { minLength: 1, maxLength: 3 }),
        fc.array(anyStep(), { maxLength: 2 }),
        fc.boolean(),
        async (first, second, isCached) => {
          const others = second.length > 0 ? [scripted(...second).as('openai')] : [];
          const { door } = testDoor({ providers: [scripted(...first), ...others] });
          const task = testTask({ deadlineMs: 150, isCached });
          const start = performance.now();
          for (let asked = 0; asked < 2; asked += 1) {
            const answer = await door.ask(task, 'Down', ABOUT);
            expect(task.answer('Down').safeParse(answer.value).success).toBe(true);
            expect(answer.source === 'rules').toBe(answer.why !== null);
            expect(answer.source === 'rules').toBe(answer.model === null);
          }
          expect(performance.now() - start).toBeLessThan(15_000);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('the budgets are never overrun, however many ask at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.000_01, max: 0.003, noNaN: true }),
        fc.double({ min: 0.000_01, max: 0.003, noNaN: true }),
        async (many, dayUsd, incidentUsd) => {
          const model = scripted(async () => said(GOOD));
          const { door, ledger } = testDoor({
            providers: [model],
            settings: { budgets: { dayUsd, incidentUsd } },
          });
          await Promise.all(
            Array.from({ length: many }, async (_, index) => {
              await door.ask(testTask(), `Down ${index}`, { ...ABOUT, incident: index % 3 });
            }),
          );
          const spent = (incident: number | null) =>
            ledger.calls
              .filter(({ call }) => incident === null || call.incident === incident)
              .reduce((sum, { end }) => sum + (end?.usd ?? Number.NaN), 0);
          expect(spent(null)).toBeLessThanOrEqual(dayUsd);
          for (const incident of [0, 1, 2]) expect(spent(incident)).toBeLessThanOrEqual(incidentUsd);
          expect(model.requests).toHaveLength(ledger.calls.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a record that cannot be written keeps everything here', async () => {
    const model = scripted();
    const broken = async () => await Promise.reject(new Error('the database is away'));
    const ledger = { reserve: broken, settle: broken, find: broken, keep: broken, reused: broken };
    const { door, left } = testDoor({ providers: [model], ledger });
    const answer = await door.ask(testTask({ isCached: true }), 'Down', ABOUT);
    expect(answer).toMatchObject({ source: 'rules', why: 'calls cannot be written down now' });
    expect([model.requests.length, left.length]).toEqual([0, 0]);
  });

  test('what the other side says of a request that it refuses is not logged: it may repeat what was sent', async () => {
    const lines: string[] = [];
    const refusing = scripted(async () => {
      const cause = new Error('400 messages.0: "the words of a stranger" is too long');
      throw new ModelError('request', 'the request was refused (400)', {
        mayRetry: false,
        requestId: 'req_7',
        usage: NO_USAGE,
        cause,
      });
    });
    const { door } = testDoor({
      providers: [refusing],
      log: makeLog({ level: 'info' }, { write: (line) => void lines.push(line) }),
    });
    expect((await door.ask(testTask(), 'Down', ABOUT)).source).toBe('rules');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('req_7');
    expect(lines[0]).not.toContain('a stranger');
  });

  test('a mistake in a task leads to its rules', async () => {
    const { door } = testDoor({ providers: [scripted()] });
    const broken = testTask({
      data: () => {
        throw new Error('a mistake');
      },
    });
    expect(await door.ask(broken, 'Down', ABOUT)).toMatchObject({ value: BY_RULES, source: 'rules' });
  });
});

function sizesOf(model: string): DoorSettings['sizes'] {
  const chain: Chain = [{ provider: 'anthropic', model, effort: null }];
  return { small: chain, middle: chain, large: chain };
}

function anyStep(): fc.Arbitrary<Step> {
  const replies = fc.oneof(
    fc.constant(said(GOOD)),
    fc.anything().map((it) => said(JSON.stringify(it) ?? 'undefined')),
    fc.string().map((it) => said(it)),
    fc.constantFrom('cut', 'refused', 'tools', 'unreadable').map((stop) => said(GOOD, { stop })),
    fc.constant(said(GOOD, { usage: null })),
    fc.constant(said({ ...GOOD, __proto__: { polluted: true }, words: 'x'.repeat(5000) })),
  );
  return fc.oneof(
    replies.map(
      (reply): Step =>
        async () =>
          reply,
    ),
    fc.constant<Step>(async () => await failing()),
    fc.constant<Step>(async () => await failing({ mayRetry: true })),
    fc.constant<Step>(async () => await Promise.reject(new Error('no error of ours'))),
    fc.constant<Step>(async () => await new Promise(() => {})),
    fc.constant<Step>(async () => null as unknown as ModelReply),
  );
}

test('a price that is not known is not nothing', () => {
  expect(costOf('claude-next', USAGE, new Date('2026-11-21'))).toBeNull();
  expect(costOf('claude-haiku-5-5', USAGE, new Date('2026-11-21'))).toBeCloseTo(0.000_045, 12);
});
