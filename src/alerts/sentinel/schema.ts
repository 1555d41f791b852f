/** The shapes of contracts 4.1. Sentinel sends nulls for what is absent. */
import { z } from 'zod';

import { CreateEvent } from '../event.ts';

/** An anomaly or a method of a kind that Sentinel does not know itself: `{"custom": "name"}`. */
const kind = z.union([z.string(), z.object({ custom: z.string() }).transform(({ custom }) => custom)]);
const severity = z.enum(['low', 'medium', 'high', 'critical']);
const anything = z.record(z.string(), z.unknown()).nullish();

export const Anomaly = z.object({
  alert_id: z.string().min(1),
  timestamp: z.string(),
  severity,
  anomaly_type: kind,
  service_name: z.string(),
  model: z.string().nullish(),
  detection_method: kind.nullish(),
  confidence: z.number().nullish(),
  details: z
    .object({
      metric: z.string().nullish(),
      value: z.number().nullish(),
      baseline: z.number().nullish(),
      threshold: z.number().nullish(),
      deviation_sigma: z.number().nullish(),
      additional: anything,
    })
    .nullish(),
  context: z
    .object({
      trace_id: z.string().nullish(),
      region: z.string().nullish(),
      time_window: z.string().nullish(),
      sample_count: z.number().nullish(),
      additional: anything,
    })
    .nullish(),
  root_cause: z.string().nullish(),
  remediation: z.array(z.string()).nullish(),
  runbook_url: z.string().nullish(),
});
export type Anomaly = z.output<typeof Anomaly>;

/** The webhook. `event_type` is always `anomaly.detected`. */
export const Envelope = z.object({
  event_type: z.literal('anomaly.detected'),
  timestamp: z.string(),
  data: Anomaly,
});

export const AlertEvent = z.object({
  alert_id: z.string().min(1),
  timestamp: z.string(),
  severity,
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()).nullish(),
  anomaly: Anomaly,
});
export type AlertEvent = z.output<typeof AlertEvent>;

/** Several signals that Sentinel has already put together. */
export const Candidate = z.object({
  incident_id: z.string().min(1),
  title: z.string(),
  description: z.string(),
  signal_ids: z.array(z.string()),
  primary_service: z.string(),
  affected_services: z.array(z.string()).nullish(),
  affected_models: z.array(z.string()).nullish(),
  severity,
  correlation_confidence: z.number().nullish(),
  correlation_reasoning: z.union([z.string(), z.array(z.string())]).nullish(),
  recommended_actions: z.array(z.unknown()).nullish(),
  time_window: z.unknown(),
});
export type Candidate = z.output<typeof Candidate>;

/** The form of the integration guide: an event whose `source` is fixed. */
export const FlatEvent = CreateEvent.extend({ source: z.string().nullish() });
