import { expect, test } from 'vitest';

import { Metrics } from '#src/metrics.ts';

test('what models were asked is counted by task, with what it cost where that is known', async () => {
  const metrics = new Metrics({ version: '1' });
  metrics.look({
    incidents: async () => [],
    queue: async () => [],
    intakeDepth: () => 0,
    models: () => [{ provider: 'anthropic', model: 'claude-haiku-5-5', state: 'open' }],
  });
  const call = { task: 'classify', model: 'claude-haiku-5-5', latencyMs: 400 };
  metrics.modelCalled({ ...call, verdict: 'accepted', usd: 0.000_045 });
  metrics.modelCalled({ ...call, verdict: 'timed-out', usd: null });
  metrics.modelCalled({ ...call, verdict: 'cached', usd: 0 });
  const { text } = await metrics.text();
  const of = 'task="classify",model="claude-haiku-5-5"';
  expect(text).toContain(`model_calls_total{${of},verdict="cached"} 1`);
  expect(text).toContain(`model_usd_total{${of}} 0.000045`);
  expect(text).toContain(`model_cost_unknown_total{${of}} 1`);
  expect(text).toContain(`model_call_duration_seconds_count{${of}} 2`);
  expect(text).toContain('model_left_alone{provider="anthropic",model="claude-haiku-5-5"} 1');
});
