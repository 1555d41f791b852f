import { describe, expect, onTestFinished, test } from 'vitest';

import { readSettings } from '#src/config.ts';
import { examineModels } from '#src/doctor-models.ts';
import { startClaude } from '#test/support/claude/double.ts';

const KEY = { ANTHROPIC_API_KEY: 'sk-ant-test' };

describe('the settings of the models', () => {
  test('are none where no key is set: then rules answer', () => {
    expect(readSettings({}).llm).toMatchObject({ door: undefined, maySend: true, withPrivate: false });
    expect(readSettings({ OPENAI_API_KEY: 'sk-of-something-else' }).llm.door).toBeUndefined();
  });

  test('take the usual models with a key alone, and budgets', () => {
    const { door } = readSettings(KEY).llm;
    expect(door?.sizes.small).toEqual([{ provider: 'anthropic', model: 'claude-haiku-5-5', effort: null }]);
    expect(door?.sizes.large[0].model).toBe('claude-opus-5-5');
    expect(door?.budgets).toEqual({ dayUsd: 10, incidentUsd: 2 });
    expect(door?.rates).toMatchObject({ burst: 10, perMinute: 50, perHour: 2000, tokensPerDay: 5_000_000 });
  });

  test('name models for sizes and tasks, with an effort, and who stands in', () => {
    const { door } = readSettings({
      ...KEY,
      OPENAI_BASE_URL: 'http://localhost:11434/v1/',
      LLM_MODELS:
        'small = claude-haiku-5-5|qwen3:8b, classify=claude-haiku-5-5:low ,post-mortem=org/big:high',
      LLM_PRICES: 'qwen3:8b=0/0, org/big=1.5/6',
    }).llm;
    expect(door?.sizes.small).toEqual([
      { provider: 'anthropic', model: 'claude-haiku-5-5', effort: null },
      { provider: 'openai', model: 'qwen3:8b', effort: null },
    ]);
    expect(door?.sizes.middle[0].model).toBe('claude-sonnet-5-5');
    expect(door?.tasks).toEqual({
      classify: [{ provider: 'anthropic', model: 'claude-haiku-5-5', effort: 'low' }],
      'post-mortem': [{ provider: 'openai', model: 'org/big', effort: 'high' }],
    });
    expect(door?.prices).toEqual({
      'qwen3:8b': { input: 0, output: 0 },
      'org/big': { input: 1.5, output: 6 },
    });
  });

  test('name every size and task as it is called, or the program says which there are', () => {
    const named = (name: string) => () => readSettings({ ...KEY, LLM_MODELS: `${name}=claude-haiku-5-5` });
    for (const name of ['smal', 'summarise', 'constructor']) {
      expect(named(name)).toThrow(/there is no .*There are small,/);
    }
    for (const name of ['all', 'investigate', 'status-update']) expect(named(name)).not.toThrow();
  });

  test('trust our own address in answers, and the hosts that are named', () => {
    const env = {
      ...KEY,
      PUBLIC_URL: 'https://im.example.com',
      LLM_LINK_HOSTS: 'Wiki.example.com, grafana:3000',
    };
    expect(readSettings(env).llm.door?.linkHosts).toEqual([
      'im.example.com',
      'wiki.example.com',
      'grafana:3000',
    ]);
  });

  test('without Claude are all of the other provider, also where a model sounds like Claude', () => {
    const { door } = readSettings({
      OPENAI_BASE_URL: 'http://proxy',
      LLM_MODELS: 'all=claude-sonnet-5-5',
    }).llm;
    expect(door?.sizes.large).toEqual([{ provider: 'openai', model: 'claude-sonnet-5-5', effort: null }]);
  });

  test.for([
    [{ LLM_MODELS: 'small' }, 'is not a name and a model'],
    [{ LLM_MODELS: 'Small=claude-haiku-5-5' }, 'is not a name and a model'],
    [{ LLM_MODELS: 'small=a|b|c' }, 'more than 2 models'],
    [{ LLM_PRICES: 'qwen3=free' }, 'is not a model and two prices'],
    [{ LLM_BUDGET_DAY: '-1' }, 'LLM_BUDGET_DAY'],
    [{ LLM_SEND: 'maybe' }, 'LLM_SEND'],
    [{ LLM_MASK: 'ip,shoe-size' }, 'none of these'],
    [{ LLM_LINK_HOSTS: 'https://wiki.example.com/x' }, 'write hosts'],
    [{ ANTHROPIC_API_KEY: '', OPENAI_API_KEY: 'sk', LLM_MODELS: 'small=gpt-5-mini' }, 'stands for middle'],
  ] as const)('%o is refused with a word on what to change', ([env, says]) => {
    expect(() => readSettings({ ...KEY, ...env })).toThrow(says);
  });
});

test('the doctor says which models there are, and which go away', async () => {
  const double = await startClaude();
  onTestFinished(async () => await double.stop());
  const models = 'small=claude-haiku-5-5,middle=claude-sonnet-4-5,large=claude-nobody';
  const { llm } = readSettings({ ...double.env, LLM_MODELS: models });
  const found = await examineModels(llm, new Date('2026-11-21'));
  expect(found).toEqual([
    { ok: true, says: 'at most USD 10 a day and USD 2 for one incident' },
    { ok: true, says: 'claude-haiku-5-5 is there' },
    { ok: false, says: 'claude-sonnet-4-5 goes away on 2026-11-30; name another in LLM_MODELS before.' },
    { ok: false, says: 'there is no model claude-nobody any more; name another in LLM_MODELS.' },
  ]);
  expect(double.journal.every(({ method }) => method === 'GET')).toBe(true);
  const sealed = await examineModels(
    readSettings({ ...double.env, LLM_SEND: 'off' }).llm,
    new Date('2026-11-21'),
  );
  expect(sealed[0]?.says).toContain('LLM_SEND=off');
});
