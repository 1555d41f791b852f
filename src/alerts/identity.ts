/**
 * When two messages are about the same alert. The database asks with one
 * string, `identity`; a copy that reached us on another channel, and so lost
 * its labels, is found by `crossKey` and decided by `sameAlert`.
 */
import { fingerprint } from '#src/incident/fingerprint.ts';
import { remembered } from '#src/incident/remembered.ts';

import type { Alert } from './alert.ts';
import { severityOf, squeeze } from './normalise.ts';
import { isStatusWord, readStatus } from './status.ts';

export type AlertIdentity = Pick<
  Alert,
  'source' | 'eventType' | 'rule' | 'title' | 'description' | 'service' | 'resource' | 'labels' | 'key'
>;

/**
 * The fingerprint that the database keeps unique: 64 hex digits, the same when
 * the alert fires again with other values, changes its severity, comes from a
 * new pod of the same ReplicaSet, or is resolved.
 *
 * 1. An alert with an `alertname` label is what its labels say, whichever way
 *    it came (Alertmanager, Grafana, or a pager that repeats the labels). The
 *    sender's own key is not used: it changes with severity and pod.
 * 2. Else the sender's key, within that sender.
 * 3. Else rule, service, resource and labels within that sender; the title,
 *    without its figures and its `[Resolved]`, where there is no rule or nothing to tell one entity
 *    from another.
 */
export function identity(alert: AlertIdentity): string {
  const labels = identifyingLabels(alert.labels);
  if (alert.labels['alertname'] !== undefined) {
    return fingerprint({ family: 'prometheus', ...prefix(labels) });
  }
  const { source, key } = alert;
  if (key !== null) return fingerprint({ family: 'key', source, key });
  const named = alert.rule !== '' && (Object.keys(labels).length > 0 || alert.resource !== null);
  return fingerprint({
    family: 'fields',
    source,
    rule: alert.rule,
    service: alert.service ?? '',
    resource: alert.resource === null ? '' : withoutPodHash(`${alert.resource.type}/${alert.resource.id}`),
    title: named ? '' : bareTitle(alert.title),
    ...prefix(labels),
  });
}

/**
 * A second, indexed key: which rule the alert is about, and whether it has
 * labels of its own (`labels:`) or is text only (`text:`). Null when no rule
 * can be read from it. Store it beside the fingerprint.
 */
export function crossKey(alert: AlertIdentity): string | null {
  const rule = ruleOf(alert);
  return rule === null ? null : `${isTextOnly(alert) ? 'text' : 'labels'}:${rule}`;
}

/**
 * The cross keys under which copies of this alert from other sources would be
 * stored: a text-only alert looks for either kind, one with labels only for
 * text (another with labels would have the same fingerprint). Ask `sameAlert`
 * about each open alert found.
 */
export function crossLookups(alert: AlertIdentity): string[] {
  const rule = ruleOf(alert);
  if (rule === null) return [];
  return isTextOnly(alert) ? [`labels:${rule}`, `text:${rule}`] : [`text:${rule}`];
}

/**
 * True when both are the same alert: the same identity, or copies that came
 * through different sources, one of them as text only. A copy must name the
 * same rule, contain every identifying label value of the other, list nothing
 * else in its title's parentheses, and say the same sentence once figures are
 * set aside. So it fails to see a shortened copy sooner than it joins two
 * alerts.
 */
export function sameAlert(a: AlertIdentity, b: AlertIdentity): boolean {
  if (identity(a) === identity(b)) return true;
  if (a.source === b.source || (!isTextOnly(a) && !isTextOnly(b))) return false;
  const [copy, original] = isTextOnly(b) ? [b, a] : [a, b];
  const rule = ruleOf(original);
  return (
    rule !== null &&
    rule === ruleOf(copy) &&
    containsLabels(copy, original) &&
    listsNothingElse(copy, original) &&
    saysTheSame(copy, original)
  );
}

/** Labels that describe the moment, the path or the copy, not the thing that is wrong. */
const VOLATILE = new Set(
  (
    'severity severity_level alert_severity value values current_value threshold_value score ' +
    'confidence timestamp time date starts_at startsat ends_at endsat duration receiver alertmanager prometheus ' +
    'prometheus_replica replica __replica__ rule_replica thanos_replica ruler_replica monitor_replica ' +
    'alertstate __alert_rule_uid__ __alert_rule_namespace_uid__ __value_string__ ' +
    'uid pod_uid pod_ip podip container_id containerid id_hash trace_id traceid span_id request_id session_id ' +
    'correlation_id parent_event_id event_id inputs_hash execution_ref detection_method detection_algorithm ' +
    'alert_cycle_key aggreg_key snapshot'
  ).split(' '),
);

const POD_LABELS = ['pod', 'pod_name', 'kubernetes_pod_name', 'k8s_pod_name', 'k8s.pod.name'];
const ADDRESS_LABELS = new Set(['instance', 'host_ip', 'ip']);
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\])(?::\d+)?$/i;

/** Often a severity, and then no part of what the alert is about. */
const MAYBE_SEVERITY = new Set(['level', 'priority', 'urgency', 'criticality']);

/** Label names and values that tell one alert of a rule from another; values without what changes at each restart. */
function identifyingLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  // A pod of a ReplicaSet gets a new name and a new address together.
  const moves = POD_LABELS.some((name) => labels[name] !== undefined && POD_HASH.test(labels[name]));
  const identifying: [string, string][] = [];
  for (const [name, value] of Object.entries(labels)) {
    if (tellsApart(name, value, moves)) identifying.push([name, withoutPodHash(value)]);
  }
  return Object.fromEntries(identifying);
}

function tellsApart(name: string, value: string, moves: boolean): boolean {
  if (value === '') return false;
  const plain = name.toLowerCase();
  if (VOLATILE.has(plain)) return false;
  if (MAYBE_SEVERITY.has(plain) && severityOf(value) !== null) return false;
  return !(moves && ADDRESS_LABELS.has(name) && IP_ADDRESS.test(value));
}

/** Kubernetes draws these from consonants and digits that spell nothing; before 1.9 the first part was decimal. */
const POD_HASH =
  /(?<=[a-z0-9])-(?:[bcdfghjklmnpqrstvwxz2456789]{6,10}|\d{8,10})-[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9-])/;
const EVERY_POD_HASH = new RegExp(POD_HASH, 'g');

function withoutPodHash(value: string): string {
  // Two hyphens at least, which most values do not have.
  if (value.indexOf('-') === value.lastIndexOf('-')) return value;
  return value.replaceAll(EVERY_POD_HASH, '-*');
}

function prefix(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [`label ${name}`, value]));
}

const UNITS =
  '%|percent|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?|d|days?|weeks?|[kmgtp]i?b(?:ps|/s)?|bytes?|b|' +
  'ghz|mhz|rps|qps|rpm|errors?|failures?|requests?|times|connections?|messages?|replicas?|pods?|retries|restarts?';
const WHOLE = String.raw`\d{1,20}(?:,\d{3}){0,6}`;
/** Not inside a name or an address: `web-1`, `10.0.0.7` and `v1.2` are no figures. */
const FIGURE = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.-])[-+]?${WHOLE}(?:[.,]\d{1,20}(?![.,]?\d)(?:\s?(?:${UNITS}))?|\s?(?:${UNITS}))(?![\p{L}\p{N}_-])`,
  'giu',
);

/**
 * Text with its measurements replaced by `#`: figures with a unit or a decimal
 * point. A bare whole number stays, for it may be a port or a shard.
 */
export function withoutFigures(text: string): string {
  return withoutPodHash(text).replaceAll(FIGURE, '#').replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

function isTextOnly({ labels, resource }: AlertIdentity): boolean {
  return (
    labels['alertname'] === undefined &&
    resource === null &&
    Object.keys(identifyingLabels(labels)).length === 0
  );
}

/** The rule as a lookup key: the field, or the name that a notification's title begins with. */
function ruleOf({ rule, title, labels }: AlertIdentity): string | null {
  const name = labels['alertname'] ?? (rule === '' ? ruleInTitle(title) : rule);
  return ruleKey(name) || null;
}

/** Empty where there is too little to tell a rule from another. */
const ruleKey = remembered((name) => {
  const key = squeeze(name.slice(0, 200)).replaceAll(' ', '').slice(0, 120);
  return key.length < 3 ? '' : key;
});

/** `[FIRING:1] DiskFull (db-1)`, `[ALERT] DiskFull: disk is full`, `Alert: DiskFull on db-1`: the name in front. */
const ruleInTitle = remembered(
  (title) =>
    withoutState(title)
      .split(/[:(|]| - | on | for /, 1)[0]
      ?.trim() ?? '',
);

const IN_BRACKETS =
  /^[\s\p{Extended_Pictographic}\uFE0F]*(?:\[([^[\]]{1,60})\]|\(([^()]{1,30})\)|([\p{L} -]{2,20}):(?=\s))\s*/u;

/** A title without the state and severity that a notification puts in front of it; other brackets stay. */
export function withoutState(title: string): string {
  let rest = title;
  for (let tag = IN_BRACKETS.exec(rest); tag; tag = IN_BRACKETS.exec(rest)) {
    if (!isTag(tag[1] ?? tag[2], tag[3])) break;
    rest = rest.slice(tag[0].length);
  }
  return rest;
}

const bareTitle = remembered((title) => withoutFigures(withoutState(title)));

function isTag(bracketed: string | undefined, beforeColon: string | undefined): boolean {
  if (bracketed === undefined) {
    return isStatusWord(beforeColon ?? '') || /^(?:re|fwd?)$/i.test(beforeColon ?? '');
  }
  const word = bracketed.replace(/ (?:on|for) .*/, '');
  return readStatus(word) !== null || severityOf(word) !== null;
}

function words(text: string): Set<string> {
  return new Set(
    withoutPodHash(text)
      .toLowerCase()
      .split(/[\s,;()[\]{}'"`<>=]+/)
      .map(trimmed),
  );
}

function trimmed(word: string): string {
  return word.replaceAll(/^[.:!?]+|[.:!?]+$/g, '');
}

function containsLabels(copy: AlertIdentity, original: AlertIdentity): boolean {
  const said = words(`${copy.title} ${copy.description}`);
  return labelWords(original).every((word) => said.has(word));
}

function labelWords({ labels }: AlertIdentity): string[] {
  return Object.entries(identifyingLabels(labels))
    .filter(([name]) => name !== 'alertname')
    .flatMap(([, value]) => [...words(value)])
    .filter((word) => word !== '');
}

/** Grafana and Alertmanager print all label values in the title: one that the original lacks is another entity's. */
function listsNothingElse(copy: AlertIdentity, original: AlertIdentity): boolean {
  return isListed(copy, original) && (!isTextOnly(original) || isListed(original, copy));
}

function isListed({ title }: AlertIdentity, { labels, ...other }: AlertIdentity): boolean {
  const listed = /\(([^()]*)\)\s*$/.exec(title)?.[1];
  if (listed === undefined) return true;
  const all = words(`${Object.values(labels).join(' ')} ${other.title} ${other.description}`);
  return [...words(listed)].every((word) => word === '' || all.has(word));
}

/** Of two texts either may be the shorter one; an empty one says nothing. */
function saysTheSame(copy: AlertIdentity, original: AlertIdentity): boolean {
  return repeats(copy, original) || (isTextOnly(original) && repeats(original, copy));
}

function repeats(copy: AlertIdentity, { title, description }: AlertIdentity): boolean {
  const said = sentence((description === '' ? title : description).slice(0, SAID_MAX));
  return said !== '' && sentence(`${copy.title} ${copy.description}`.slice(0, HEARD_MAX)).includes(said);
}

const SAID_MAX = 1500;
const HEARD_MAX = 2000;
const NUMBER = /(?<![\p{L}\p{N}_.-])\d{1,20}(?:[.,]\d{1,20})?(?![\p{L}\p{N}_-])/gu;

/** What a text says when every number in it is left open; numbers inside names stay. */
function sentence(text: string): string {
  return withoutFigures(text).replaceAll(NUMBER, '#');
}
