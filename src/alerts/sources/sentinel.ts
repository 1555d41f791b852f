import type { z } from 'zod';

import { fingerprint } from '#src/incident/fingerprint.ts';

import { fromEvent } from '../event.ts';
import { fromAlertEvent, fromAnomaly, fromCandidate } from '../sentinel/read.ts';
import { samples } from '../sentinel/samples.ts';
import { AlertEvent, Anomaly, Candidate, Envelope, FlatEvent } from '../sentinel/schema.ts';
import { verifySignature } from '../sentinel/signature.ts';
import { defineSource } from '../source.ts';
import { oneOf } from '../variants.ts';

const SOURCE = 'llm-sentinel';

/**
 * LLM-Sentinel in every form it is known to send: the flat event of its
 * integration guide, and what its code emits (the signed webhook envelope, the
 * bare anomaly of its queue, the AlertEvent wrapper and the IncidentCandidate
 * of its correlation). A repeated `alert_id` is the same message, which is also
 * what protects a signed message against being replayed.
 */
export const sentinel = defineSource({
  name: 'sentinel',
  title: 'LLM-Sentinel',
  docs: '/api/v1/openapi.json',

  payload: oneOf((body) => {
    if ('anomaly' in body) return AlertEvent.transform(fromAlertEvent);
    if ('data' in body) return Envelope.transform(({ data }) => fromAnomaly(data));
    if ('anomaly_type' in body) return Anomaly.transform(fromAnomaly);
    if ('signal_ids' in body) return Candidate.transform(fromCandidate);
    return FlatEvent.transform((event) => fromEvent({ ...event, event_id: idOf(event), source: SOURCE }));
  }) satisfies z.ZodType,

  read: (alert) => [{ ...alert, source: SOURCE }],
  verify: verifySignature,
  samples,
});

/** Without an id of its own a message is known by what it says and when: sent again, it is the same. */
function idOf(event: z.output<typeof FlatEvent>): string {
  const { title, description, severity, timestamp } = event;
  return (
    event.event_id ?? fingerprint({ title, description, severity: String(severity), at: String(timestamp) })
  );
}
