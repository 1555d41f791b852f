import { hash } from 'node:crypto';

import { z } from 'zod';

import { CATEGORIES, ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';
import { clean, cleanLine, shorten } from '#src/incident/text.ts';

import { cleanJson } from './fields.ts';

/** The longest title kept; contracts 1.3 stores 255 characters. */
export const TITLE_MAX = 255;
export const DESCRIPTION_MAX = 10_000;
/** A label set beyond this many is a mistake at the sender; the first ones, in the sender's order, are kept. */
export const LABELS_MAX = 100;

export interface Link {
  readonly label: string;
  readonly url: string;
}

/**
 * What any monitoring system tells us, in our words. `firing` opens or joins an
 * incident, `resolved` ends it, `acknowledged` is somebody at the sender's side
 * taking it, `other` is recorded and opens nothing (a comment, a test, a
 * deploy, a Shield decision of severity none).
 */
export const Alert = z.object({
  /** The sender's id of this very message; a repeat of it is the same message. Null: the sender gives none. */
  eventId: token(200).nullable(),
  /** The system that sent it: `alertmanager`, `llm-sentinel`, or any other word. */
  source: line(100),
  state: z.enum(['firing', 'resolved', 'acknowledged', 'other']),
  /** anomaly, violation, alert, error, warning, or the sender's own word. */
  eventType: line(100),
  /** The rule that fired, as the sender names it (alertname, monitor, check). */
  rule: line(300),
  title: line(TITLE_MAX),
  description: z.string().transform((it) => shorten(clean(it), DESCRIPTION_MAX)),
  severity: z.enum(SEVERITIES),
  /** What the sender wrote, word for word; null where it wrote nothing and `severity` is a default. */
  originalSeverity: line(100).nullable(),
  category: z.enum(CATEGORIES).nullable(),
  /** The service or component it is about; groups alerts into one incident. */
  service: line(200).nullable(),
  environment: z.enum(ENVIRONMENTS).nullable(),
  resource: z
    .object({
      type: line(100),
      id: line(300),
      name: line(300),
      metadata: z.record(z.string(), z.unknown()).transform(cleanJson),
    })
    .nullable(),
  /** Everything that tells this alert from another of the same rule (labels, tags, dimensions). */
  labels: z.record(z.string(), z.string()).transform(cleanLabels),
  metrics: z.record(z.string(), z.number()).transform(cleanMetrics),
  /** Links a person can open: the graph, the runbook, the sender's own page. What is no http(s) address is dropped. */
  links: z.array(z.object({ label: z.string(), url: z.string() })).transform(openable),
  /** What identifies the alert at its sender (a fingerprint, an alert id, a monitor id); null: built from the fields. */
  key: token(500).nullable(),
  /** When it began to fire, or when it was resolved, at the sender. Null: not said. */
  at: z.date().nullable(),
});
export type Alert = z.output<typeof Alert>;
export type AlertInput = z.input<typeof Alert>;
export type AlertState = Alert['state'];

/** An alert whose fields have the right types, as it is stored. */
export function cleaned(it: AlertInput): Alert {
  const { resource } = it;
  return {
    eventId: it.eventId === null ? null : wholeId(it.eventId, 200),
    source: oneLine(it.source, 100),
    state: it.state,
    eventType: oneLine(it.eventType, 100),
    rule: oneLine(it.rule, 300),
    title: oneLine(it.title, TITLE_MAX),
    description: shorten(clean(it.description), DESCRIPTION_MAX),
    severity: it.severity,
    originalSeverity: it.originalSeverity === null ? null : oneLine(it.originalSeverity, 100),
    category: it.category,
    service: it.service === null ? null : oneLine(it.service, 200),
    environment: it.environment,
    resource: resource && {
      type: oneLine(resource.type, 100),
      id: oneLine(resource.id, 300),
      name: oneLine(resource.name, 300),
      metadata: cleanJson(resource.metadata),
    },
    labels: cleanLabels(it.labels),
    metrics: cleanMetrics(it.metrics),
    links: openable(it.links),
    key: it.key === null ? null : wholeId(it.key, 500),
    at: it.at,
  };
}

function line(max: number) {
  return z.string().transform((it) => oneLine(it, max));
}

/** Words of printable ASCII with single blanks between them; most of what comes in, and clean as it is. */
const CLEAN = /^(?:[\x21-\x7e]+(?: [\x21-\x7e]+)*)?$/;

function oneLine(text: string, max: number): string {
  return text.length <= max && CLEAN.test(text) ? text : cleanLine(text, max);
}

const LINKS_MAX = 10;
const URL_MAX = 2000;

function openable(links: readonly Link[]): Link[] {
  const known = new Set<string>();
  return links
    .slice(0, 50)
    .filter(({ url }) => !known.has(url) && isOpenable(url) && known.add(url))
    .slice(0, LINKS_MAX)
    .map(({ label, url }) => ({ label: oneLine(label, 80), url }));
}

/** An http(s) address without blanks or control characters, which some readers of it would take for its end. */
function isOpenable(url: string): boolean {
  return url.length <= URL_MAX && /^https?:\/\/[\x21-\x7e]+$/i.test(url) && URL.canParse(url);
}

/**
 * An id of the sender's, kept whole so that two ids never become one: where it
 * is longer than the column, its SHA-256 stands for it.
 */
function token(max: number) {
  return z.string().transform((it) => wholeId(it, max));
}

function wholeId(text: string, max: number): string | null {
  const whole = clean(text).trim();
  if (whole === '') return null;
  return whole.length <= max ? whole : `sha256:${hash('sha256', whole, 'hex')}`;
}

function cleanLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .slice(0, LABELS_MAX)
      .map(([name, value]) => [oneLine(name, 200), oneLine(value, 1000)] as const)
      .filter(([name]) => name !== ''),
  );
}

function cleanMetrics(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics)
      .slice(0, LABELS_MAX)
      .map(([name, value]) => [oneLine(name, 200), value] as const),
  );
}
