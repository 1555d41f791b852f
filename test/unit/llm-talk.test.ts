import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import type { ModelReply } from '#src/llm/model.ts';
import type { Inquiry } from '#src/llm/task.ts';
import { ABOUT, testDoor } from '#test/support/model-door.ts';
import { failing, said, scripted } from '#test/support/scripted-model.ts';

const INQUIRY: Inquiry = {
  name: 'test-cause',
  version: 1,
  size: 'large',
  effort: 'high',
  maxTokens: 4000,
  system: 'Find the cause.',
  tools: [{ name: 'look', description: 'Looks there.', input: z.object({ at: z.string() }) }],
};

const CAUSE = z.object({ cause: z.string() });

function looking(...at: readonly string[]): ModelReply {
  const calls = at.map((it, index) => ({ id: `call-${index}`, name: 'look', input: { at: it } }));
  return said('', { stop: 'tools', calls, content: { opaque: ['looking'] } });
}

describe('an inquiry', () => {
  test('sends everything that was said before again, as it was, with a result for all that was asked for', async () => {
    const model = scripted(
      async () => looking('cache', 'disk'),
      async () => said({ cause: 'the cache' }),
    );
    const { door, left } = testDoor({ providers: [model] });
    const talk = door.open(INQUIRY, ABOUT);
    await talk.say([
      { type: 'data', data: { by: 'ana@example.com' } },
      { type: 'instruction', text: 'Begin.' },
    ]);
    await talk.say(
      [{ type: 'result', id: 'call-1', data: { by: 'ana@example.com' }, isError: false }],
      CAUSE,
    );
    const [first, second] = model.requests;
    expect(second?.system).toBe(first?.system);
    expect(second?.tools).toEqual(first?.tools);
    expect(second?.turns.map((it) => (it.role === 'user' ? it.parts : it.content))).toMatchObject([
      [{ text: '{"by":"<EMAIL_1>"}' }, { text: 'Begin.' }],
      { opaque: ['looking'] },
      [
        { type: 'result', id: 'call-0', isError: true },
        { type: 'result', id: 'call-1', text: '{"by":"<EMAIL_1>"}', isError: false },
      ],
    ]);
    expect([first?.mayUseTools, second?.mayUseTools]).toEqual([true, false]);
    expect(left.map(({ removed }) => removed)).toEqual([{ email: 1 }, {}]);
  });

  test('asks once more for an answer that has not the form, and ends when it has none again', async () => {
    const model = scripted(
      async () => said({ reason: 'the cache' }),
      async () => said({ cause: 'the cache' }),
    );
    const { door, ledger } = testDoor({ providers: [model] });
    const good = await door.open(INQUIRY, ABOUT).say([{ type: 'data', data: {} }], CAUSE);
    expect(good).toMatchObject({ ok: true, value: { cause: 'the cache' } });
    expect(ledger.calls.map(({ end }) => end?.verdict)).toEqual(['invalid', 'repaired']);
    model.says(async () => said({ reason: 'the cache' }));
    const talk = door.open(INQUIRY, ABOUT);
    expect(await talk.say([{ type: 'data', data: {} }], CAUSE)).toMatchObject({ ok: false });
    const before = model.requests.length;
    expect(await talk.say([{ type: 'data', data: {} }])).toMatchObject({ ok: false });
    expect(model.requests).toHaveLength(before);
    expect(talk.used()).toMatchObject({ turns: 2, tokens: 500 });
  });

  test('goes to another model only before anything was answered', async () => {
    const model = scripted(async () => await failing());
    const other = scripted(
      async () => looking('cache'),
      async () => await failing(),
    ).as('openai');
    const { door } = testDoor({ providers: [model, other] });
    const talk = door.open(INQUIRY, ABOUT);
    expect(await talk.say([{ type: 'data', data: {} }])).toMatchObject({ ok: true });
    expect(talk.used()).toMatchObject({ model: 'stand-in', usd: null });
    expect(await talk.say([])).toMatchObject({ ok: false });
    expect([model.requests.length, other.requests.length]).toEqual([1, 2]);
  });

  test.for([
    ['cut', 'its turn was cut off'],
    ['refused', 'the model refused'],
    ['unreadable', 'it said nothing that can be used'],
    ['done', 'it said nothing that can be used'],
  ] as const)('that is %s ends with a word on why', async ([stop, why]) => {
    const { door } = testDoor({ providers: [scripted(async () => said('', { stop }))] });
    expect(await door.open(INQUIRY, ABOUT).say([{ type: 'data', data: {} }])).toEqual({ ok: false, why });
  });

  test('ends with its time, all turns together, and never asks where nothing may leave', async () => {
    const model = scripted(
      async () => looking('cache'),
      async () => await new Promise(() => {}),
    );
    const { door } = testDoor({ providers: [model] });
    const talk = door.open(INQUIRY, { ...ABOUT, deadlineMs: 300 });
    expect(await talk.say([{ type: 'data', data: {} }])).toMatchObject({ ok: true });
    const over = { ok: false, why: 'claude-opus-5-5 did not answer in time' };
    expect(await talk.say([])).toEqual(over);
    const secret = await door.open(INQUIRY, { ...ABOUT, isPrivate: true }).say([{ type: 'data', data: {} }]);
    expect(secret).toEqual({ ok: false, why: 'private incidents are not sent to a model' });
    expect(model.requests).toHaveLength(2);
  });

  test('that cannot be said to a model ends at once', async () => {
    const tools = [
      { name: 'look', description: 'Looks.', input: z.object({ at: z.record(z.string(), z.string()) }) },
    ];
    const model = scripted();
    const { door, logged } = testDoor({ providers: [model] });
    const talk = door.open({ ...INQUIRY, tools }, ABOUT);
    expect(await talk.say([{ type: 'data', data: {} }])).toEqual({ ok: false, why: 'the inquiry broke off' });
    expect([model.requests.length, logged.length]).toEqual([0, 1]);
  });
});
