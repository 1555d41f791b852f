import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { claude as claudeProvider } from '#src/llm/claude.ts';
import type { DoorSettings } from '#src/llm/door-settings.ts';
import type { Door } from '#src/llm/door.ts';
import { inquiryOf } from '#src/llm/investigate-words.ts';
import { strictSchema } from '#src/llm/strict-schema.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import { startClaude, type Claude } from '#test/support/claude/double.ts';
import type { Billed } from '#test/support/claude/ledger.ts';
import { allTasks, type AnyTask } from '#test/support/claude/tasks.ts';
import { ABOUT, GOOD, testDoor, testTask, type TestDoor } from '#test/support/model-door.ts';

/**
 * What the product writes down that it used is what the double has billed, and budgets stop it. It shows that the
 * books are right; what a token is, and how many a real call takes, it does not show.
 */

const tasks = (await allTasks()).map((it): AnyTask => ({ ...it, isCached: false }));

let double: Claude;

beforeEach(async () => {
  double = await startClaude();
});

afterEach(async () => {
  await double.stop();
});

/** A line of the double's ledger in the words of the product's. */
function billedAs({ model, input, cacheRead, cacheWrite5m, cacheWrite1h, output, thinking }: Billed) {
  return { model, input, cacheRead, cacheWrite5m, cacheWrite1h, output, thinking };
}

function doorTo(settings: Partial<DoorSettings> = {}): TestDoor {
  return testDoor({
    providers: [claudeProvider({ apiKey: double.key, baseUrl: double.url })],
    settings,
  });
}

describe('the books', () => {
  it('say to the token what was billed, and what it cost by the list of prices', async () => {
    const { door, ledger } = doorTo();
    for (const [index, task] of tasks.entries()) {
      const [input] = task.samples;
      const right = { json: task.fallback(input) };
      const wrong = ['no JSON', { text: '{"a":', stop: 'max_tokens' }, { stop: 'refusal' }] as const;
      // A good one, and one that has to be repaired, refused or cut; every second is let in only at the second try.
      double.replies.next(right, wrong[index % 3] ?? '', right);
      if (index % 2 === 0) {
        double.faults.next('none', { kind: 'status', status: 500, headers: { 'retry-after-ms': '1' } });
      }
      await door.ask(task, input, ABOUT);
      await door.ask(task, task.samples.at(-1), ABOUT);
    }
    const answered = ledger.calls.filter(({ end }) => (end?.usage?.output ?? 0) > 0);
    const written = answered.map(({ call, end }) => ({ model: call.model, ...end?.usage }));
    expect(written.length).toBeGreaterThan(tasks.length);
    expect(written).toEqual(double.ledger.map(billedAs));
    const off = answered.map(({ end }, index) =>
      Math.abs((end?.usd ?? Number.NaN) - (double.ledger[index]?.usd ?? 0)),
    );
    expect(Math.max(...off)).toBeLessThan(1e-9);
    const sum = double.ledger.reduce((all, { usd }) => all + usd, 0);
    process.stdout.write(
      `cost: ${written.length} calls of ${tasks.length} tasks equal to the token, USD ${sum.toFixed(6)}, off by at most ${Math.max(...off).toExponential(1)}\n`,
    );
  });

  it('take the dearer tier for a long prompt', async () => {
    const { door, ledger } = doorTo();
    double.replies.always({ json: GOOD });
    await door.ask(testTask({ system: 'rule '.repeat(80_000) }), 'The shop is down', ABOUT);
    const [billed] = double.ledger;
    expect((billed?.cacheWrite5m ?? 0) + (billed?.input ?? 0)).toBeGreaterThan(100_000);
    expect(ledger.calls[0]?.end?.usd).toBeCloseTo(billed?.usd ?? Number.NaN, 9);
  });

  it('say of a model without a price that its cost is not known, and never that it is nothing', async () => {
    const choice = { provider: 'anthropic', model: 'claude-fable-5-2', effort: null };
    const { door, ledger } = doorTo({ tasks: { 'test-severity': [choice] } });
    double.replies.always({ json: GOOD });
    const answer = await door.ask(testTask(), 'The shop is down', ABOUT);
    expect(answer).toMatchObject({ source: 'model', model: 'claude-fable-5-2' });
    const [kept] = ledger.calls;
    expect(kept?.end?.usd).toBeNull();
    expect(kept?.end?.usage?.output).toBe(double.ledger[0]?.output);
    // On the budgets stays what it can have cost at the most.
    expect(kept?.chargedUsd).toBeGreaterThan(double.ledger[0]?.usd ?? Number.NaN);
  });
});

describe('a budget', () => {
  const asking = async (door: Door, incident: number, times: number): Promise<readonly string[]> => {
    const sources: string[] = [];
    for (let at = 0; at < times; at += 1) {
      const { source } = await door.ask(testTask(), `Down for the ${at}th time`, { ...ABOUT, incident });
      sources.push(source);
    }
    return sources;
  };

  it.each(['day', 'incident'] as const)(
    'of %s stops every request after it, with one notice',
    async (kind) => {
      double.replies.always({ json: GOOD });
      const dayUsd = kind === 'day' ? 0.002 : 1000;
      const incidentUsd = kind === 'incident' ? 0.002 : 1000;
      const { door, ledger, logged } = doorTo({ budgets: { dayUsd, incidentUsd } });
      const sources = await asking(door, 42, 60);
      const stopped = sources.indexOf('rules');
      expect(stopped).toBeGreaterThan(0);
      // Not one more, once it was used up.
      expect(sources.slice(stopped).every((it) => it === 'rules')).toBe(true);
      expect(double.journal).toHaveLength(stopped);
      const spent = double.ledger.reduce((sum, { usd }) => sum + usd, 0);
      expect(spent).toBeLessThanOrEqual(0.002);
      expect(logged.filter((it) => it.includes('budget'))).toHaveLength(1);
      // Another incident has its own; a day has only one.
      expect(await asking(door, 43, 1)).toEqual([kind === 'day' ? 'rules' : 'model']);
      process.stdout.write(
        `budget of ${kind}: ${stopped} requests, then ${sources.length - stopped} questions and no request; 1 notice; USD ${spent.toFixed(6)} of 0.002\n`,
      );
      expect(ledger.calls.length).toBe(stopped + (kind === 'day' ? 0 : 1));
    },
  );

  it('holds for questions that come at once', async () => {
    double.replies.always({ json: GOOD });
    const { door } = doorTo({ budgets: { dayUsd: 0.002, incidentUsd: 1000 } });
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, at) => await door.ask(testTask(), `${at}`, ABOUT)),
    );
    expect(answers.some(({ source }) => source === 'rules')).toBe(true);
    expect(double.ledger.reduce((sum, { usd }) => sum + usd, 0)).toBeLessThanOrEqual(0.002);
  });
});

describe('the prefix cache', () => {
  it('is found by the next call of the same task: nothing that changes stands before the mark', async () => {
    const { door } = doorTo();
    const shares: number[] = [];
    const own: string[] = [];
    for (const task of tasks) {
      const [input] = task.samples;
      // A form that names what was sent is a prefix of its own; then only the same data find it again.
      const hasOneForm = formOf(task, input) === formOf(task, task.samples.at(-1));
      if (!hasOneForm) own.push(task.name);
      const before = double.ledger.length;
      double.replies.always({ json: task.fallback(input) });
      // As long as a taxonomy of one's own makes it; what is shorter than the least is not cached at all.
      const longer: AnyTask = { ...task, system: `${task.system}\n${'Words of the house. '.repeat(200)}` };
      await door.ask(longer, input, { ...ABOUT, incident: 1 });
      await door.ask(longer, hasOneForm ? task.samples.at(-1) : input, { ...ABOUT, incident: 2 });
      const [first, second] = double.ledger.slice(before);
      expect(first?.prefix).toBeGreaterThan(1000);
      shares.push((second?.cacheRead ?? 0) / (second?.prefix ?? 1));
    }
    process.stdout.write(
      `prefix cache: ${tasks.length} tasks, a second call with other data reads at least ${(Math.min(...shares) * 100).toFixed(1)} % of the prefix; with the same data alone: ${own.join(', ') || 'none'}\n`,
    );
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.9);
  });

  it('is found by the next turn of an investigation, up to all that was said before', async () => {
    const { door } = doorTo();
    const talk = door.open(inquiryOf(TOOLS), ABOUT);
    let said = await talk.say([{ type: 'data', data: { title: 'checkout is slow' } }]);
    while (said.ok && said.calls.length > 0) {
      const data = { findings: 'a line of a log. '.repeat(50) };
      said = await talk.say(said.calls.map(({ id }) => ({ type: 'result', id, data, isError: false })));
    }
    const shares = double.ledger
      .slice(1)
      .map(({ cacheRead }, at) => cacheRead / (double.ledger[at]?.prefix ?? 0));
    expect(shares.length).toBeGreaterThan(3);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.9);
    const prompt = double.ledger.reduce((sum, it) => sum + it.input + it.cacheRead + it.cacheWrite5m, 0);
    const read = double.ledger.reduce((sum, it) => sum + it.cacheRead, 0);
    process.stdout.write(
      `prefix cache of an investigation: ${shares.length + 1} turns, each reads at least ${(Math.min(...shares) * 100).toFixed(1)} % of the prefix before; ${((100 * read) / prompt).toFixed(0)} % of all that was sent\n`,
    );
  });
});

function formOf(task: AnyTask, input: unknown): string {
  return JSON.stringify(strictSchema(task.answer(input)));
}
