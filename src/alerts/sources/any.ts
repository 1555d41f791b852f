import { z } from 'zod';

import { readAny } from '../any/read.ts';
import { samples } from '../any/samples.ts';
import { type Fields, get, isFields } from '../fields.ts';
import { type AlertSource, defineSource } from '../source.ts';
import { alertmanager } from './alertmanager.ts';
import { grafana } from './grafana.ts';
import { sentinel } from './sentinel.ts';
import { shield } from './shield.ts';

/**
 * Any other monitoring system: reads by what its fields are called, with one
 * row for each vendor whose format needs more than that (see ../any). A payload
 * that belongs to one of our own sources is read by that one.
 */
export const any = defineSource({
  name: 'any',
  title: 'any other system',
  docs: '/api/v1/openapi.json',
  payload: z.union([z.custom<Fields>(isFields), z.array(z.unknown()), z.string().min(1)], {
    error: 'must be a JSON object, a list of them, a form or a text',
  }),
  read: (body) => readAsOwn(body) ?? readAny(body),
  samples,
});

function readAsOwn(body: unknown) {
  const source = isFields(body) ? ownerOf(body) : undefined;
  const payload = source?.payload.safeParse(body);
  return source && payload?.success ? source.read(payload.data) : null;
}

function ownerOf(body: Fields): AlertSource | undefined {
  if (isFields(get(body, 'alerts.0.labels'))) return 'orgId' in body ? grafana : alertmanager;
  if ('ruleId' in body && 'ruleName' in body && 'state' in body) return grafana;
  if ('anomaly_type' in body || get(body, 'data.anomaly_type') !== undefined) return sentinel;
  return 'decision_type' in body || ('source_agent' in body && 'signals' in body) ? shield : undefined;
}
