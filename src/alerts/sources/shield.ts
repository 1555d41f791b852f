import type { z } from 'zod';

import { fromDecision, fromFlat, fromScan, fromSignals } from '../shield/read.ts';
import { samples } from '../shield/samples.ts';
import { Decision, FlatEvent, Scan, Signals } from '../shield/schema.ts';
import { defineSource } from '../source.ts';
import { oneOf } from '../variants.ts';

const SOURCE = 'llm-shield';

/**
 * LLM-Shield: the event of its documentation, both DecisionEvents of its code
 * and the result of its scan API. It never sends the text it looked at, only
 * hashes. What it judged harmless (severity none) is recorded and opens nothing.
 */
export const shield = defineSource({
  name: 'shield',
  title: 'LLM-Shield',
  docs: '/api/v1/openapi.json',

  payload: oneOf((body) => {
    if ('decision_type' in body) return Decision.transform((decision) => [fromDecision(decision)]);
    if ('signals' in body) return Signals.transform(fromSignals);
    if ('scannerResults' in body || 'isValid' in body) return Scan.transform((scan) => [fromScan(scan)]);
    return FlatEvent.transform((event) => [fromFlat({ ...event, source: SOURCE })]);
  }) satisfies z.ZodType,

  read: (alerts) => alerts.map((alert) => ({ ...alert, source: SOURCE })),
  samples,
});
