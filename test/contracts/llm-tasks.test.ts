import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { claude as claudeProvider } from '#src/llm/claude.ts';
import type { Talk } from '#src/llm/door.ts';
import { closedDoor } from '#src/llm/door.ts';
import { inquiryOf, Verdict } from '#src/llm/investigate-words.ts';
import { openAiCompatible } from '#src/llm/openai-compatible.ts';
import type { Inquiry } from '#src/llm/task.ts';
import { TOOLS } from '#src/llm/tools/index.ts';
import { startClaude, type Claude } from '#test/support/claude/double.ts';
import { allTasks, type AnyTask } from '#test/support/claude/tasks.ts';
import { ABOUT, testDoor, type TestDoor } from '#test/support/model-door.ts';
import { startOpenAi, type OpenAi } from '#test/support/openai/double.ts';

/** What holds for every task: its requests are ones that the APIs take, and without a model it answers all the same. */

const tasks = (await allTasks()).map((it): AnyTask => ({ ...it, isCached: false }));
const each = tasks.map((it) => [it.name, it] as const);

let claude: Claude;
let openAi: OpenAi;

beforeAll(async () => {
  claude = await startClaude();
  openAi = await startOpenAi({ models: ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5'] });
});

afterAll(async () => {
  await claude.stop();
  await openAi.stop();
});

function doorTo(where: 'claude' | 'openai' = 'claude'): TestDoor {
  const provider =
    where === 'claude'
      ? claudeProvider({ apiKey: claude.key, baseUrl: claude.url })
      : openAiCompatible({ baseUrl: openAi.baseUrl, apiKey: openAi.key ?? undefined });
  return testDoor({ providers: [provider] });
}

const wire = { requests: 0, refused: 0, byModel: 0, answers: 0 };

describe('every task', () => {
  it('has a name of its own, instructions that never change, and samples', () => {
    expect(tasks.length).toBeGreaterThan(0);
    expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
    for (const { name, version, system, samples, deadlineMs, maxTokens } of tasks) {
      expect(name).toMatch(/^[a-z][a-z-]*$/);
      expect(version).toBeGreaterThan(0);
      // A time or an id in it would make every call another prefix.
      expect(system).not.toMatch(/\d{4}-\d{2}-\d{2}T|[0-9a-f]{8}-[0-9a-f]{4}-/);
      expect(system.length).toBeGreaterThan(20);
      expect(samples.length).toBeGreaterThan(0);
      expect(deadlineMs).toBeGreaterThan(0);
      expect(maxTokens).toBeGreaterThan(0);
    }
  });

  it.each(each)('%s answers by rules in the form of its answers, for every sample', async (_name, task) => {
    for (const input of task.samples) {
      const { value, source } = await closedDoor().ask(task, input, ABOUT);
      expect(source).toBe('rules');
      expect(task.answer(input).safeParse(value).error).toBeUndefined();
    }
  });

  it.each(each)('%s asks in a way that the API takes, and its answer is valid', async (_name, task) => {
    const { door, logged } = doorTo();
    const from = claude.journal.length;
    for (const input of task.samples) {
      const answer = await door.ask(task, input, ABOUT);
      expect(task.answer(input).safeParse(answer.value).error).toBeUndefined();
      wire.answers += 1;
      if (answer.source === 'model') wire.byModel += 1;
    }
    const requests = claude.journal.slice(from);
    wire.requests += requests.length;
    wire.refused += requests.filter(({ refusal }) => refusal !== null).length;
    expect(requests.length).toBeGreaterThanOrEqual(task.samples.length);
    expect(requests.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
    expect(logged).toEqual([]);
    const prefixes = requests.map(({ body }) => JSON.stringify([body?.['tools'], body?.['system']]));
    expect(new Set(prefixes).size).toBe(1);
  });

  it.each(each)('%s asks in a way that servers like OpenAI take', async (_name, task) => {
    const { door, logged } = doorTo('openai');
    const from = openAi.journal.length;
    for (const input of task.samples) {
      const answer = await door.ask(task, input, ABOUT);
      expect(task.answer(input).safeParse(answer.value).error).toBeUndefined();
    }
    const requests = openAi.journal.slice(from);
    wire.requests += requests.length;
    wire.refused += requests.filter(({ refusal }) => refusal !== null).length;
    expect(requests.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
    expect(logged).toEqual([]);
  });

  it.each(each)(
    '%s answers by rules where the model is slow, down, refuses or talks nonsense',
    async (_name, task) => {
      const troubles = ['silence', 'overloaded', 'refusal', 'nonsense'] as const;
      for (const trouble of troubles) {
        if (trouble === 'nonsense') claude.replies.always('Well, it depends.');
        else claude.faults.always(trouble);
        const { door } = doorTo();
        for (const input of task.samples) {
          const deadlineMs = trouble === 'silence' || trouble === 'overloaded' ? 100 : 20_000;
          const answer = await door.ask(task, input, { ...ABOUT, deadlineMs });
          expect({ trouble, source: answer.source, value: answer.value }).toEqual({
            trouble,
            source: 'rules',
            value: task.fallback(input),
          });
        }
        claude.faults.always('none');
        claude.replies.simulated();
      }
    },
  );

  it.each(each)(
    '%s stays valid and within its choices where the model does what the data orders',
    async (_name, task) => {
      claude.replies.obedient();
      const { door } = doorTo();
      for (const input of task.samples) {
        const answer = await door.ask(task, input, ABOUT);
        const read = task.answer(input).safeParse(answer.value);
        expect(read.error).toBeUndefined();
        const fault = read.success && answer.source === 'model' ? task.fault?.(read.data, input) : null;
        expect(fault ?? null).toBeNull();
      }
      claude.replies.simulated();
    },
  );

  it('was refused by none of the two', () => {
    process.stdout.write(
      `wire: ${tasks.length} tasks, ${wire.requests} requests, ${wire.refused} refused; ${wire.byModel} of ${wire.answers} simulated answers hold\n`,
    );
    expect(wire.refused).toBe(0);
  });
});

describe('an inquiry', () => {
  const inquiry: Inquiry = {
    name: 'look-around',
    version: 1,
    size: 'large',
    effort: 'high',
    maxTokens: 9000,
    system: 'Find out why.',
    tools: ['changes', 'alerts', 'logs'].map((name) => ({
      name,
      description: `Looks at ${name}.`,
      input: z.object({
        service: z.enum(['checkout', 'search']),
        minutes: z.int().min(1).max(60).nullable(),
      }),
    })),
  };
  const verdict = z.object({ cause: z.string().max(80), evidence: z.array(z.string()).max(3) });
  const FIRST = [{ type: 'data', data: { title: 'checkout is slow', alerts: [{ id: 'alert:7' }] } }] as const;

  async function talkThrough(talk: Talk, form: z.ZodType, inputs: unknown[]): Promise<unknown> {
    let said = await talk.say(FIRST);
    for (let turn = 0; turn < 12 && said.ok && said.calls.length > 0; turn += 1) {
      inputs.push(...said.calls.map(({ input }) => input));
      const results = said.calls.map(
        ({ id }) => ({ type: 'result', id, data: { id: 'change:1' }, isError: false }) as const,
      );
      said = await talk.say(results);
    }
    return await talk.say([{ type: 'instruction', text: 'Now answer.' }], form);
  }

  it.each(['claude', 'openai'] as const)(
    'of several turns is taken whole by %s, and ends in the form asked for',
    async (where) => {
      const double = where === 'claude' ? claude : openAi;
      const from = double.journal.length;
      const inputs: unknown[] = [];
      const said = await talkThrough(doorTo(where).door.open(inquiry, ABOUT), verdict, inputs);
      expect(inputs).toHaveLength(inquiry.tools.length);
      expect(inputs).not.toContain(null);
      expect(said).toMatchObject({
        ok: true,
        value: { cause: expect.stringMatching(/^Simulated:/) as string, evidence: ['alert:7', 'change:1'] },
      });
      const requests = double.journal.slice(from);
      expect(requests.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
      expect(requests.length).toBe(4);
    },
  );

  it.each(['claude', 'openai'] as const)(
    'of an investigation, with every tool that there is, is taken by %s and ends with a verdict',
    async (where) => {
      const double = where === 'claude' ? claude : openAi;
      const from = double.journal.length;
      const { door, logged } = doorTo(where);
      const said = await talkThrough(door.open(inquiryOf(TOOLS), ABOUT), Verdict, []);
      expect(said).toMatchObject({ ok: true, value: { hypotheses: [{ confidence: 'low' }] } });
      const requests = double.journal.slice(from);
      expect(requests.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
      expect(requests.length).toBeGreaterThan(TOOLS.length / 2);
      expect(logged).toEqual([]);
    },
  );

  it('ends without an exception where anything goes wrong, at any turn', async () => {
    const troubles = [
      'overloaded',
      'reset',
      'stream error',
      'cut',
      'ends',
      'stall',
      'malformed',
      'refusal',
      'truncated',
    ] as const;
    for (const trouble of troubles) {
      for (const turn of [0, 1]) {
        claude.faults.next(...Array.from({ length: turn }, () => 'none' as const), trouble, trouble);
        const talk = doorTo().door.open(inquiry, { ...ABOUT, deadlineMs: 700 });
        let said = await talk.say(FIRST);
        if (turn === 1 && said.ok) {
          const results = said.calls.map(
            ({ id }) => ({ type: 'result', id, data: {}, isError: false }) as const,
          );
          said = await talk.say(results);
        }
        expect({ trouble, turn, ok: said.ok }).toEqual({ trouble, turn, ok: false });
        expect((await talk.say(FIRST)).ok).toBe(false);
        // What was meant for a second try that was not made.
        while (claude.faults.take() !== null);
      }
    }
  });
});
