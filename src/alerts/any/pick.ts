/** Which field of an unknown payload is the title, the service, the key: by the field's name. */
import type { AlertInput, AlertState, Link } from '../alert.ts';
import { get, numbers, text } from '../fields.ts';
import { labelsFrom, labelsInText } from '../labels.ts';
import { linksTo } from '../links.ts';
import { DEFAULT_SEVERITY, environmentOf, instantOf, type Scale, severityOf } from '../normalise.ts';
import { isStatusWord } from '../status.ts';
import {
  DESCRIPTION,
  ENDED,
  ENTITY_FIELDS,
  ENVIRONMENT,
  EVENT_TYPE,
  KEY,
  LABEL_FIELDS,
  LABEL_PARENTS,
  MOMENT,
  RULE,
  SCOPE,
  SERVICE,
  SEVERITY,
  SHARED_KEYS,
  STARTED,
  TITLE,
} from './names.ts';
import { best, type View, withParents } from './view.ts';

/** Reads each field from the payload; what a vendor's row knows better overrides it. */
export function pick(view: View, state: AlertState, scale?: Scale): AlertInput {
  const description = best(view, DESCRIPTION) ?? '';
  const labels = labelsOf(view, description);
  const isSeverity = (value: string): boolean => severityOf(value, scale) !== null;
  const original = best(view, SEVERITY, isSeverity) ?? labels['severity'] ?? null;
  return {
    eventId: null,
    source: sourceOf(view),
    state,
    eventType: best(view, EVENT_TYPE) ?? 'alert',
    rule: labels['alertname'] ?? best(view, RULE, isName) ?? '',
    title: firstLine(best(view, TITLE, isName) ?? labels['alertname'] ?? nameIn(view) ?? ''),
    description,
    severity: severityOf(original, scale) ?? DEFAULT_SEVERITY,
    originalSeverity: original,
    category: null,
    service: labels['service'] ?? best(view, SERVICE, isName),
    environment: environmentOf(best(view, ENVIRONMENT) ?? labels['env'] ?? labels['environment']),
    resource: null,
    labels,
    metrics: numbers(get(view.body, 'metrics')),
    links: linksOf(view),
    key: keyOf(view),
    at: timeOf(view, state),
  };
}

/** True when there is something in it that a person could read as an alert. */
export function says({ found }: View): boolean {
  return found.some(({ key, value }) => (READABLE.has(key) || TELLING.test(key)) && text(value) !== null);
}

const READABLE = new Set([...TITLE, ...DESCRIPTION, ...RULE, ...SERVICE, ...EVENT_TYPE]);
const TELLING = /(?:name|title|subject|message|summary|text|reason|error|state|status|severity)$/;

/** A name, that is neither a status word (`trigger: "failure"`) nor a definition written out as JSON. */
function isName(value: string): boolean {
  return !/^\s*\{\s*"/.test(value) && !isStatusWord(value);
}

/** The nearest field called a name of something: `jobName`, `clusterName`. */
function nameIn({ found }: View): string | null {
  const name = found.find(
    ({ key, value }) => /(?:title|name|subject)$/.test(key) && typeof value === 'string',
  );
  return name === undefined ? null : String(name.value);
}

function firstLine(value: string): string {
  return value.trim().split('\n', 1)[0] ?? '';
}

const SOURCE_WORD = /^[a-z][a-z0-9_-]{1,39}$/i;

/** The sender's own word for itself where it is one; an object, a host or a sentence is not. */
function sourceOf({ body }: View): string {
  const named = text(get(body, 'source')) ?? text(get(body, 'monitoring_tool')) ?? '';
  return SOURCE_WORD.test(named) ? named.toLowerCase() : 'webhook';
}

function labelsOf(view: View, description: string): Record<string, string> {
  const written = view.found.flatMap(({ value }) =>
    Object.entries(typeof value === 'string' ? labelsInText(value) : {}),
  );
  const given = LABEL_PARENTS.flatMap((parent) =>
    LABEL_FIELDS.flatMap((name) => Object.entries(labelsFrom(get(view.body, parent + name)))),
  );
  const labels = Object.fromEntries([...Object.entries(labelsInText(description)), ...written, ...given]);
  return Object.keys(labels).length > 0 ? labels : entityOf(view);
}

function entityOf({ found }: View): Record<string, string> {
  return Object.fromEntries(
    found
      .filter(({ key, above }) => above.length === 0 && ENTITY_FIELDS.has(key))
      .map(({ key, value }) => [key, String(value)]),
  );
}

function keyOf(view: View): string | null {
  const fields = withParents(view).found;
  for (const name of KEY) {
    const field = fields.find(
      ({ key, value, above }) => key === name && typeof value !== 'boolean' && above.length <= 2,
    );
    if (field) {
      const scope = SHARED_KEYS.has(name) ? best(view, SCOPE) : null;
      return scope === null ? String(field.value) : `${field.value}|${scope}`;
    }
  }
  return null;
}

/** Deeper than this, or inside one of these, a time is that of something else. */
const TIME_DEPTH = 3;
const NOT_THE_ALERT = new Set(['project', 'monitor', 'service', 'check', 'rule', 'repository', 'app']);

function timeOf({ found }: View, state: AlertState): Date | null {
  const fields = found.filter(
    ({ above }) => above.length <= TIME_DEPTH && !above.some((it) => NOT_THE_ALERT.has(it)),
  );
  for (const name of [...(state === 'resolved' ? ENDED : STARTED), ...MOMENT]) {
    for (const { key, value } of fields) {
      const at = key === name ? instantOf(value) : null;
      if (at !== null) return at;
    }
  }
  return null;
}

const LINK_FIELD = /(?:url|link|href|uri|permalink)$/;
const NO_LINK =
  /image|icon|avatar|logo|unsubscribe|webhook|acknowledge|snapshot|thumb|badge|callback|favicon|^self$|apiurl/;

function linksOf({ found }: View): Link[] {
  return found
    .filter(({ key, above }) => above.length <= 3 && LINK_FIELD.test(key) && !NO_LINK.test(key))
    .flatMap(({ key, value }) => linksTo([labelFor(key), value]))
    .slice(0, 5);
}

function labelFor(key: string): string {
  if (key.includes('runbook')) return 'Runbook';
  return key.includes('dashboard') ? 'Dashboard' : 'Open at the sender';
}
