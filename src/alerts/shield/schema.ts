/** The shapes of contracts 4.2. */
import { z } from 'zod';

import { CreateEvent } from '../event.ts';

const severity = z.enum(['none', 'low', 'medium', 'high', 'critical']);
export type ShieldSeverity = z.output<typeof severity>;

const constraints = z
  .array(z.object({ policy_id: z.string(), policy_version: z.string().nullish() }))
  .nullish()
  .transform((all) => all ?? []);
const telemetry = z
  .object({
    content_source: z.string().nullish(),
    caller_id: z.string().nullish(),
    session_id: z.string().nullish(),
    environment: z.string().nullish(),
  })
  .nullish();

/** DecisionEvent v1, of the agents' contracts. */
export const Decision = z.object({
  agent_id: z.string(),
  decision_type: z.string().min(1),
  execution_ref: z.string().min(1),
  timestamp: z.string(),
  confidence: z.number().nullish(),
  outputs: z.looseObject({
    risk_score: z.number().nullish(),
    severity: severity.nullish(),
    confidence: z.number().nullish(),
    pattern_match_count: z.number().nullish(),
    entity_count: z.number().nullish(),
    detected_categories: z.array(z.string()).nullish(),
  }),
  constraints_applied: constraints,
  telemetry,
});
export type Decision = z.output<typeof Decision>;

/** DecisionEvent v2, of the agents' library: one message, several signals. */
export const Signals = z.object({
  source_agent: z.string(),
  domain: z.string().nullish(),
  event_type: z.string(),
  execution_ref: z.string().min(1),
  timestamp: z.string(),
  confidence: z.number().nullish(),
  signals: z.array(
    z.object({
      signal_type: z.string().min(1),
      category: z.string().nullish(),
      severity,
      confidence: z.number().nullish(),
      count: z.number().nullish(),
    }),
  ),
  constraints_applied: constraints,
  telemetry,
});
export type Signals = z.output<typeof Signals>;

/** What the scan API answers; somebody's gateway passes it on. */
export const Scan = z.object({
  isValid: z.boolean(),
  riskScore: z.number(),
  scannerResults: z
    .array(
      z.object({
        scanner: z.string(),
        isValid: z.boolean(),
        riskScore: z.number(),
        riskFactors: z.array(z.unknown()).nullish(),
      }),
    )
    .nullish()
    .transform((all) => all ?? []),
  scanTimeMs: z.number().nullish(),
});
export type Scan = z.output<typeof Scan>;

/** The documented form: an event whose `source` is fixed. */
export const FlatEvent = CreateEvent.extend({ source: z.string().nullish() });
