import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { claude as claudeProvider } from '#src/llm/claude.ts';
import { casesFor } from '#test/support/claude/corpus.ts';
import { startClaude, type Claude } from '#test/support/claude/double.ts';
import { allTasks, type AnyTask } from '#test/support/claude/tasks.ts';
import { ABOUT, testDoor } from '#test/support/model-door.ts';

/**
 * Whatever a model answers, what reaches the product is valid, and by rules where the answer was of no use.
 * It shows that nothing slips through; it does not show how often a model answers so.
 */

const tasks = await allTasks();

let double: Claude;

beforeAll(async () => {
  double = await startClaude();
});

afterAll(async () => {
  await double.stop();
});

const counts = { replies: 0, valid: 0, rules: 0, model: 0, thrown: 0 };

describe('answers of every kind', () => {
  it.each(tasks.map((it) => [it.name, it] as const))(
    'to %s are valid, or rules answer',
    async (_name, task) => {
      const { door } = testDoor({
        providers: [claudeProvider({ apiKey: double.key, baseUrl: double.url })],
      });
      const asked: AnyTask = { ...task, isCached: false };
      const [input] = task.samples;
      const right = task.fallback(input) as Readonly<Record<string, unknown>>;
      const isRight = (task.fault?.(right, input) ?? null) === null;
      // What depends on the fields goes to every task; what does not, to every third.
      const isThird = tasks.indexOf(task) % 3 === 0;
      for (const { name, reply, is } of casesFor(right).filter((it) => isThird || it.is !== 'bad')) {
        double.replies.always(reply);
        counts.replies += 1;
        const answer = await door.ask(asked, input, ABOUT).catch((error: unknown) => {
          counts.thrown += 1;
          throw new Error(`${name}: escaped`, { cause: error });
        });
        const read = task.answer(input).safeParse(answer.value);
        expect({ name, error: read.error?.message }).toEqual({ name, error: undefined });
        counts.valid += 1;
        const isByRules = answer.source === 'rules';
        counts[isByRules ? 'rules' : 'model'] += 1;
        const { value, why } = answer;
        const said = { name, value, hasWhy: Boolean(why) };
        if (isByRules) expect(said).toEqual({ name, value: right, hasWhy: true });
        const wrong = read.success ? (task.fault?.(read.data, input) ?? null) : null;
        if (!isByRules) expect({ name, wrong }).toEqual({ name, wrong: null });
        if (is === 'bad') expect({ name, isByRules }).toEqual({ name, isByRules: true });
        if (is === 'good' && isRight) expect({ name, isByRules }).toEqual({ name, isByRules: false });
      }
      expect(double.journal.every(({ refusal }) => refusal === null)).toBe(true);
    },
  );

  it('are more than two hundred, and none escapes', () => {
    process.stdout.write(
      `replies: ${counts.replies} to ${tasks.length} tasks, ${counts.valid} valid (${counts.model} by the model, ${counts.rules} by rules), ${counts.thrown} exceptions\n`,
    );
    expect(counts.valid).toBe(counts.replies);
    expect(counts.replies).toBeGreaterThan(200);
    expect(counts.thrown).toBe(0);
  });
});
