import { CATEGORIES, ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';

import { cleaned, type Alert, type AlertInput } from './alert.ts';
import { isFields, isPlainFields } from './fields.ts';

/**
 * What `Alert.parse` makes of an alert that a source has read, in a tenth of its time; null where something is not
 * what it should be, and then `Alert.safeParse` says what. Every alert that comes in goes through here.
 */
export function quickAlert(input: AlertInput): Alert | null {
  const { eventId, key, originalSeverity, category, service, environment, resource, at, links } = input;
  const isWell =
    isTexts(input.source, input.eventType, input.rule, input.title, input.description) &&
    isTextsOrNull(eventId, key, originalSeverity, service) &&
    STATES.has(input.state) &&
    SEVERITY.has(input.severity) &&
    (category === null || CATEGORY.has(category)) &&
    (environment === null || ENVIRONMENT.has(environment)) &&
    (at === null || (at instanceof Date && !Number.isNaN(at.getTime()))) &&
    isRecordOf(input.labels, 'string') &&
    isRecordOf(input.metrics, 'number') &&
    Array.isArray(links) &&
    links.every((it) => isFields(it) && isTexts(it['label'], it['url']));
  if (!isWell || !isResource(resource)) return null;
  return cleaned(input);
}

const STATES: ReadonlySet<unknown> = new Set(['firing', 'resolved', 'acknowledged', 'other']);
const SEVERITY: ReadonlySet<unknown> = new Set(SEVERITIES);
const CATEGORY: ReadonlySet<unknown> = new Set(CATEGORIES);
const ENVIRONMENT: ReadonlySet<unknown> = new Set(ENVIRONMENTS);

function isTexts(...values: readonly unknown[]): boolean {
  return values.every((it) => typeof it === 'string');
}

function isTextsOrNull(...values: readonly unknown[]): boolean {
  return values.every((it) => it === null || typeof it === 'string');
}

function isRecordOf(value: unknown, type: 'string' | 'number'): boolean {
  if (!isPlainFields(value)) return false;
  for (const name of Object.keys(value)) {
    const it = value[name];
    if (typeof it !== type || (type === 'number' && !Number.isFinite(it))) return false;
  }
  return true;
}

function isResource(value: unknown): boolean {
  if (value === null) return true;
  if (!isFields(value)) return false;
  return isTexts(value['type'], value['id'], value['name']) && isPlainFields(value['metadata']);
}
