import { UserError } from '#src/errors.ts';

import type { AlertInput } from '../alert.ts';
import type { Fields } from '../fields.ts';
import { DEFAULT_SEVERITY, severityOf, squeeze } from '../normalise.ts';
import { clouds } from './clouds.ts';
import { code } from './code.ts';
import { itemsOf } from './items.ts';
import { pagers } from './pagers.ts';
import { pick, says } from './pick.ts';
import type { Shape } from './shape.ts';
import { stateIn } from './state.ts';
import { uptime } from './uptime.ts';
import { viewOf } from './view.ts';

/** Asked in this order; the first that fits reads. */
const SHAPES: readonly Shape[] = [...pagers, ...clouds, ...uptime, ...code];

/** More in one request is no webhook but an import, or an attack. */
const ITEMS_MAX = 1000;

/**
 * The alerts of a payload of any monitoring system. A payload that says
 * nothing of a state is firing: a sender that posts here wants to be heard.
 * Throws UserError('bad_payload') when there is nothing a person could read.
 */
export function readAny(body: unknown): AlertInput[] {
  const items = typeof body === 'string' ? [{ text: body }] : itemsOf(body);
  if (items.length > ITEMS_MAX) {
    throw new UserError(
      'bad_payload',
      `This payload holds ${items.length} alerts; at most ${ITEMS_MAX} are read at once.`,
    );
  }
  const alerts = items.flatMap(readOne);
  if (alerts.length === 0) {
    throw new UserError(
      'bad_payload',
      'Nothing in this payload reads as an alert: it needs at least a title, name or message.',
    );
  }
  return alerts;
}

function readOne(body: Fields): AlertInput[] {
  const seen = viewOf(body);
  const shape = SHAPES.find((it) => it.when(body));
  if (!shape && !says(seen)) return [];
  const state = shape?.state?.(body) ?? stateIn(seen) ?? 'firing';
  const general = pick(seen, state, shape?.scale);
  if (!shape) return [named(general)];
  const own = { ...general, source: shape.vendor, ...shape.fields?.(body) };
  return [named({ ...own, severity: severityOf(own.originalSeverity, shape.scale) ?? DEFAULT_SEVERITY })];
}

/** An alert always has a headline: what happened to what, or at the least who sent it. */
function named(alert: AlertInput): AlertInput {
  if (alert.title.trim() !== '') return alert;
  const { eventType, service, source } = alert;
  const what = eventType === 'alert' ? 'Alert' : squeeze(eventType);
  return { ...alert, title: service === null ? `${what} from ${source}` : `${what}: ${service}` };
}
