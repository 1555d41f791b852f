import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { named, parse } from '#src/chat/parse.ts';
import { strictSchema } from '#src/llm/strict-schema.ts';
import { tasks } from '#src/llm/tasks/index.ts';
import { questionTask, type QuestionInput } from '#src/llm/tasks/question.ts';
import type { QuerySpec } from '#src/questions/spec.ts';
import { allTasks } from '#test/support/claude/tasks.ts';
import { VOCABULARY } from '#test/support/questions.ts';

const input: QuestionInput = {
  question: 'where does it hurt, about timeouts?',
  today: '2026-03-18, Wednesday',
  names: VOCABULARY.names,
  me: 'ana',
};
const spec: QuerySpec = {
  metric: 'count',
  moment: 'opened',
  group_by: ['service'],
  filters: [{ field: 'service', op: 'is', values: ['checkout-api'] }],
  time: { kind: 'this', unit: 'week' },
  order: { by: 'value', direction: 'desc' },
  limit: 10,
};

function faultOf(changes: Partial<QuerySpec>): string | null {
  return questionTask.fault?.({ spec: { ...spec, ...changes }, why: '' }, input) ?? null;
}

describe('what a model makes of a question', () => {
  it('has a form that the API takes, and that is the same for every question', () => {
    const forms = questionTask.samples.map((it) => JSON.stringify(strictSchema(questionTask.answer(it))));
    expect(new Set(forms).size).toBe(1);
  });

  it('names only what was sent, and looks only for words that were asked', () => {
    expect(faultOf({})).toBeNull();
    expect(faultOf({ filters: [{ field: 'service', op: 'is', values: ['vault'] }] })).toContain('no service');
    expect(faultOf({ filters: [{ field: 'assignee', op: 'is', values: ['ana'] }] })).toBeNull();
    expect(faultOf({ filters: [{ field: 'text', op: 'has_words', values: ['timeouts'] }] })).toBeNull();
    expect(faultOf({ filters: [{ field: 'text', op: 'has_words', values: ['passwords'] }] })).toContain(
      'words',
    );
    expect(faultOf({ time: { kind: 'between', from: '2026-02-30', to: null } })).toContain('day');
    expect(faultOf({ metric: 'pages' })).not.toBeNull();
    expect(questionTask.fault?.({ spec: null, why: 'no' }, input)).toBeNull();
  });

  it('is nothing where no model answers', () => {
    expect(questionTask.answer(input).parse(questionTask.fallback(input))).toMatchObject({ spec: null });
  });
});

it('every task in its folder is in the list, in order', async () => {
  expect(tasks.map(({ name }) => name)).toEqual((await allTasks()).map(({ name }) => name));
});

describe('a line that is a question', () => {
  const commandOf = (line: string) => parse(line, commands).command.name;

  it('is asked, without its being a command', () => {
    for (const line of [
      'how many incidents this week?',
      'what is our MTTR',
      'which service had the most incidents last month',
      'who was paged most at night?',
      'who is on call',
    ]) {
      expect([line, commandOf(line)]).toEqual([line, 'ask']);
    }
    expect(parse('how many P1 incidents this week?', commands).args).toEqual({
      question: 'how many P1 incidents this week?',
    });
  });

  it('is none where it begins as a command does, or nearly, or is a word alone', () => {
    expect(commandOf('who INC-1')).toBe('who');
    expect(commandOf('why INC-1')).toBe('why');
    expect(commandOf('declare is checkout down?')).toBe('declare');
    for (const line of ['akc INC-1?', 'decalre checkout is down?', 'what', 'how?']) {
      expect(() => commandOf(line)).toThrow(/There is no/);
    }
    expect(named('ask', commands)?.name).toBe('ask');
  });
});
