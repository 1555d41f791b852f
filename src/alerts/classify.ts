/**
 * Severity, category and service from what the alert says, without a model.
 * Every answer says why, in words that can be shown, and that it comes from
 * rules.
 */
import type { Category, Severity } from '#src/incident/incident.ts';

import type { Alert } from './alert.ts';
import { areaOf, type Area } from './area.ts';
import { DEFAULT_SEVERITY } from './normalise.ts';

interface Finding<T> {
  readonly value: T;
  /** A reason as a clause: `the sender says "critical"`, `the text says "is down"`. */
  readonly why: string;
  readonly by: 'rules';
}

export interface Classification {
  readonly severity: Finding<Severity>;
  readonly category: Finding<Category>;
  /** Null when nothing names one. */
  readonly service: Finding<string> | null;
}

export type Classified = Pick<
  Alert,
  | 'rule'
  | 'title'
  | 'description'
  | 'severity'
  | 'originalSeverity'
  | 'category'
  | 'service'
  | 'resource'
  | 'labels'
  | 'eventType'
>;

/**
 * What the payload says counts; rules over the text answer where it is silent,
 * the title and the rule's name before the description.
 */
export function classify(alert: Classified): Classification {
  return { severity: severityFor(alert), category: categoryFor(alert), service: serviceFor(alert) };
}

/**
 * The technology it is about. Asked once an incident, not once an alert: reading
 * every word takes ten times as long as all of `classify`.
 */
export function areaFor({
  rule,
  title,
  description,
  labels,
  service,
}: Pick<Alert, 'rule' | 'title' | 'description' | 'labels' | 'service'>): Finding<Area> {
  const named = LABELS_OF_AREA.map((name) => labels[name] ?? '').join(' ');
  const known = areaOf([
    { text: rule.slice(0, TEXT_MAX), weight: 2 },
    { text: `${service ?? ''} ${named}`.slice(0, TEXT_MAX), weight: 2 },
    { text: title.slice(0, TEXT_MAX), weight: 2 },
    { text: description.slice(0, TEXT_MAX), weight: 1 },
  ]);
  if (known === null) return found('other', 'nothing in the text names a technology');
  return found(known.area, `the text says "${known.word}"`);
}

type Rule<T> = readonly [value: T, pattern: RegExp];

/**
 * The first that fits counts: what is lost for everybody, then a level that the
 * text names itself, then what is told and asks for nothing, then what is a
 * matter of degree (`a high rate of errors`), and then what has failed.
 */
const SEVERITY_RULES: readonly Rule<Severity>[] = [
  [
    'P0',
    /\b(?:critical|outage|data loss|los(?:t|es|ing) data|breach(?:ed)?|ransomware|compromised|corrupt(?:ed|ion)?|split.?brain|quorum (?:is )?lost|no quorum|no leader|disaster|emergency|fatal|panic)\b/i,
  ],
  [
    'P0',
    /\b(?:all|every|whole|entire|total(?:ly)?|complete(?:ly)?)\b.{0,40}\b(?:down|unavailable|unreachable|offline|missing|failed|lost)\b/i,
  ],
  ['P2', /\b(?:warn(?:ing)?|degraded)\b/i],
  [
    'P4',
    /\b(?:info(?:rmational)?|completed|succeeded|deployed|restarted|rebooted|(?:has |was |been |is )?(?:changed|replaced|created|added|removed|modified|updated|upgraded|disabled|started)|watchdog|heartbeat|test (?:alert|notification|message)|(?:new|update) .{0,20}available|uptime)\b/i,
  ],
  ['P1', /\b(?:very (?:low|high|soon)|extremely|almost full)\b/i],
  [
    'P2',
    /\b(?:high(?:er)?|slow(?:ly)?|latency|lag(?:ging)?|increas(?:e|ed|ing)|exceed(?:s|ed|ing)?|above|over|more than|less than|lower than|longer than|too (?:many|much|long|high|low|few)|approaching|near(?:ing|ly)?|pending|waiting|saturat\w+|throttl\w+|quota|limit|retr(?:y|ies)|backlog|spike|usage|utili[sz]ation|threshold|percentage|rate|filling|mismatch|failures|errors|anomal\w+)\b/i,
  ],
  [
    'P1',
    /\b(?:down|unavailable|unreachable|offline|missing|absent|disappeared|dead|unhealthy|not (?:responding|ready|reachable|available|running|working|healthy)|no (?:data|response|longer)|crash(?:ed|es|ing|loop\w*|looping)?|stopped|stuck|cannot|can't|unable to|fail(?:ed|ing|s|ure)?|exhausted|out of (?:memory|disk|space)|oom\w*|(?:disk|volume|filesystem|queue)\b.{0,20}\bfull|expired|refused|rejected|inject(?:ed|ion)|jailbreak|leak(?:ed|age)?|intrusion|unauthori[sz]ed|errors?|fault(?:y|ed)?|overheat\w*|trouble|on battery|revoked|almost full|very (?:low|high|soon)|extremely|defective|broken|loss|lost)\b/i,
  ],
  [
    'P3',
    /\b(?:deprecated|outdated|unused|idle|low (?:usage|utili[sz]ation)|will expire in \d{2,} days|minor|notice)\b/i,
  ],
];

const CATEGORY_RULES: readonly Rule<Category>[] = [
  [
    'security',
    /\b(?:securit\w+|attack\w*|intrusion|malware|ransomware|breach\w*|vulnerab\w+|cve-\d+|exploit\w*|unauthori[sz]ed|brute.?force|inject\w+|jailbreak\w*|credentials?|secrets?|pii|leak(?:ed|age)|exfiltrat\w+|phishing|honeypot|canary ?token|suspicious|privilege|login attempt|port ?scan\w*|ddos|waf|falco)\b/i,
  ],
  ['cost', /\b(?:costs?|budget\w*|billing|spend\w*|invoice|price|pricing|\$\s?\d|usd|token usage)\b/i],
  [
    'compliance',
    /\b(?:complian\w+|audit\w*|gdpr|hipaa|pci|sox|soc ?2|policy (?:violation|breach)|retention|governance|unsupported modification|toxicity|moderation)\b/i,
  ],
  [
    'availability',
    /\b(?:down|outage|unavailab\w+|unreachable|offline|absent|missing|dead|crash\w*|not (?:ready|responding|running|available|reachable)|unhealthy|restart\w*|evicted|oom\w*|errors?|error rate|5xx|50[0-4]|fail\w*|refused|timed? ?out|timeouts?|quorum|no leader|replicas?|expir\w+|certificate|up == 0|circuit breaker|backup|sync|stuck|no data|disconnected|lost|data loss|corrupt\w*)\b/i,
  ],
  [
    'performance',
    /\b(?:latenc\w+|slow\w*|p9[059]|percentile|response time|throughput|lag\w*|queue\w*|cpu|memory|heap|gc|disk|inode\w*|storage|filling|full|iops|bandwidth|network|saturat\w+|load|throttl\w+|utili[sz]ation|usage|capacity|quota|limit|cache|connections?|drift|hallucinat\w+|quality|high|spike|exceed\w*|duration)\b/i,
  ],
];

/** A name in front of what is wrong with it: `checkout is down`, `High latency on search-api`. */
const SERVICE_RULES: readonly RegExp[] = [
  /\b(?:service|app|application|component|deployment|job|host|server)[ :=]+["'`]?([a-z0-9][\w.-]{2,60})/i,
  /\b(?:on|in|for|of|at)\s+["'`]?([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+)\b/i,
  /^["'`]?([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+)["'`]?\s+(?:is|are|has|was|uses?|takes?)\b/i,
];

const LABELS_OF_SERVICE = [
  'service',
  'service_name',
  'app',
  'application',
  'component',
  'job',
  'deployment',
  'host',
  'instance',
];

function severityFor(alert: Classified): Finding<Severity> {
  if (alert.originalSeverity !== null) {
    return found(alert.severity, `the sender says "${alert.originalSeverity}"`);
  }
  return (
    byText(SEVERITY_RULES, alert) ??
    found(DEFAULT_SEVERITY, 'the sender says nothing of how bad it is, and neither does the text')
  );
}

function categoryFor(alert: Classified): Finding<Category> {
  if (alert.category !== null) return found(alert.category, 'the sender says so');
  return byText(CATEGORY_RULES, alert) ?? found('other', 'nothing in the text points to another category');
}

function serviceFor({ service, labels, resource, title, description }: Classified): Finding<string> | null {
  if (service !== null && service !== '') return found(service, 'the sender names it');
  const label = LABELS_OF_SERVICE.find((name) => (labels[name] ?? '') !== '');
  if (label !== undefined) return found(labels[label] ?? '', `the label ${label} names it`);
  if (resource !== null && resource.name !== '') {
    return found(resource.name, `it is the ${resource.type || 'resource'} of the alert`);
  }
  for (const text of [title, description]) {
    for (const pattern of SERVICE_RULES) {
      const name = pattern.exec(text.slice(0, TEXT_MAX))?.[1];
      if (name !== undefined) return found(name, `the text names "${name}"`);
    }
  }
  return null;
}

const LABELS_OF_AREA = ['component', 'job', 'service', 'app'];

/** What matters stands near the beginning; the bound keeps the patterns fast on any input. */
const TEXT_MAX = 2000;

function byText<T>(rules: readonly Rule<T>[], alert: Classified): Finding<T> | null {
  const headline = `${spaced(alert.rule)} ${alert.title} ${spaced(alert.eventType)}`;
  for (const text of [headline, alert.description]) {
    const said = text.slice(0, TEXT_MAX);
    for (const [value, pattern] of rules) {
      const words = pattern.exec(said)?.[0];
      if (words !== undefined) return found(value, `the text says "${words.slice(0, 60)}"`);
    }
  }
  return null;
}

/** `HighErrorRate` and `error_rate` as words. */
function spaced(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.]/g, ' ');
}

function found<T>(value: T, why: string): Finding<T> {
  return { value, why, by: 'rules' };
}
