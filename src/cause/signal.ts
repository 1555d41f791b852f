import { rank, type Severity } from '#src/incident/incident.ts';

import type { AlertFact } from './evidence.ts';

/**
 * What an alert is about. Some speak for the place where they fire (`down`, `saturation`), some are as well the
 * effect of what that place calls (`slow`, `errors`), some lie between two services (`call`, `network`), and some
 * are an effect more often than not (`waiting`, `load`, `quiet`).
 */
export type Aspect =
  | 'down'
  | 'saturation'
  | 'busy'
  | 'slow'
  | 'errors'
  | 'call'
  | 'network'
  | 'waiting'
  | 'load'
  | 'quiet'
  | 'other';

/** An alert as the ranking reads it. */
export interface Signal {
  readonly alert: AlertFact;
  readonly aspect: Aspect;
  /** The service it fires for; for what lies between two, the one that is called. As it is named there. */
  readonly service: string;
  /** The one that calls, where the alert says so. */
  readonly caller: string | null;
  readonly pod: string | null;
  /** 0 to 1: how far from usual, or where no number says so how severe. */
  readonly strength: number;
}

/** Null for an alert that names no service: it speaks for none. */
export function signalOf(alert: AlertFact): Signal | null {
  const edge = edgeOf(alert);
  const service = edge?.callee ?? alert.service;
  if (service === null || service === '') return null;
  const aspect = aspectOf(alert, edge !== null);
  // Whose pod it is where a call is at fault is only sure for the service that the alert itself names.
  const isOwn = edge === null || alert.service === edge.callee;
  const pod = isOwn ? (alert.labels['pod'] ?? alert.labels['pod_name'] ?? null) : null;
  return { alert, aspect, service, caller: edge?.caller ?? null, pod, strength: strengthOf(alert) };
}

/** By which labels meshes and tracing name the two ends of a call. */
const ENDS = [
  ['caller', 'callee'],
  ['client', 'server'],
  ['source_workload', 'destination_workload'],
  ['source_service', 'destination_service'],
  ['source', 'destination'],
] as const;

const ARROW = /([\w.-]+)\s*(?:->|→)\s*([\w.-]+)/;

function edgeOf({ labels, title }: AlertFact): { readonly caller: string; readonly callee: string } | null {
  for (const [from, to] of ENDS) {
    const [caller, callee] = [labels[from], labels[to]];
    if (caller && callee) return { caller, callee };
  }
  const [, caller, callee] = ARROW.exec(labels['metric'] ?? '') ?? ARROW.exec(title) ?? [];
  return caller !== undefined && callee !== undefined ? { caller, callee } : null;
}

/**
 * By the words with which rules and metrics of the field are named: Kubernetes, node exporter, the service meshes and
 * the tracing tools. The first that matches counts.
 */
const WORDS: readonly (readonly [Aspect, RegExp])[] = [
  [
    'down',
    /\b(?:crash\w*|oom\w*|restart\w*|not ?ready|unavailable|unreachable|down|absent|evicted|failed)\b/,
  ],
  [
    'network',
    /\b(?:network (?:gap|delay|latency|loss)|packets?|retransmi\w*|rtt|dns|connection (?:refused|reset|timeout)s?)\b/,
  ],
  [
    'saturation',
    /\b(?:cpu|memory|mem|disk|filesystem|inodes?|throttl\w*|saturat\w*|heap|gc|swap|iowait|threads?|pool|quota|descriptors?)\b/,
  ],
  ['busy', /\b(?:self time|processing time|own time)\b/],
  ['errors', /\b(?:errors?|exceptions?|failures?|5xx|4xx|availability)\b/],
  ['waiting', /\b(?:client (?:latency|duration)|outbound|upstream)\b/],
  ['slow', /\b(?:latency|duration|slow\w*|response time|p9\d|timeouts?|apdex)\b/],
  ['load', /\b(?:traffic|throughput|requests?|rps|qps|workload|ops|bytes|network|spans|queue|lag)\b/],
];

function aspectOf(alert: AlertFact, isBetween: boolean): Aspect {
  const words = wordsOf(alert);
  const found = WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
  if (isFall(alert) && found !== 'down') return 'quiet';
  return isBetween && (found === 'slow' || found === 'waiting' || found === 'errors') ? 'call' : found;
}

/** `HighCallLatencyP50` as `high call latency p50`. Where no rule has a name its title says what it is. */
function wordsOf({ rule, title, labels }: AlertFact): string {
  return [rule === '' ? title : rule, labels['kind'] ?? '', labels['metric'] ?? '']
    .join(' ')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_.:/-]+/g, ' ')
    .toLowerCase();
}

/** Less than usual: somebody else is quiet, or nobody comes. */
function isFall({ labels, metrics }: AlertFact): boolean {
  const direction = labels['direction'];
  if (direction !== undefined) return direction === 'down';
  const { z, value, baseline } = measured(metrics);
  if (z !== null) return z < 0;
  return value !== null && baseline !== null && value < baseline;
}

export interface Measured {
  readonly value: number | null;
  /** What is usual. */
  readonly baseline: number | null;
  /** How many times the usual spread the value is away from it. */
  readonly z: number | null;
}

/** By the names that detectors have for them; null where an alert says none. */
export function measured(metrics: AlertFact['metrics']): Measured {
  return {
    value: firstOf(metrics, ['value', 'current', 'current_value', 'observed', 'actual']),
    baseline: firstOf(metrics, [
      'baseline',
      'baseline_median',
      'baseline_mean',
      'expected',
      'median',
      'mean',
    ]),
    z: firstOf(metrics, ['z', 'z_score', 'zscore', 'deviation_sigma', 'sigma']),
  };
}

function firstOf(metrics: AlertFact['metrics'], names: readonly string[]): number | null {
  const name = names.find((it) => Object.hasOwn(metrics, it) && Number.isFinite(metrics[it]));
  return name === undefined ? null : (metrics[name] ?? null);
}

/** A deviation of so many times the usual spread is as clear as it gets; more says nothing more. */
const CLEAR_Z = 1000;
/** A value of so many times the usual. */
const CLEAR_RATIO = 100;
/** Of an alert without a number, by severity: P0 to P4. */
const BY_SEVERITY: readonly number[] = [0.7, 0.6, 0.45, 0.35, 0.25];

/** On a logarithmic scale, since what hardly ever moves at all deviates by millions when it does. */
function strengthOf({ metrics, severity }: AlertFact): number {
  const { z, value, baseline } = measured(metrics);
  if (z !== null) return logarithmic(Math.abs(z), CLEAR_Z);
  if (value !== null && baseline !== null && value > 0 && baseline > 0) {
    const ratio = Math.max(value / baseline, baseline / value) - 1;
    if (Number.isFinite(ratio)) return logarithmic(ratio, CLEAR_RATIO);
  }
  return severityStrength(severity);
}

function severityStrength(severity: Severity | null): number {
  return BY_SEVERITY[severity === null ? 2 : rank(severity)] ?? 0;
}

function logarithmic(value: number, clear: number): number {
  return Math.min(1, Math.log1p(value) / Math.log1p(clear));
}
