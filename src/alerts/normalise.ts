/**
 * The senders' words, numbers and times in ours. Every function answers null
 * for what it does not know, so that the caller decides what silence means.
 */
import type { Category, Environment, Severity } from '#src/incident/incident.ts';
import { remembered } from '#src/incident/remembered.ts';

/**
 * The severity of an alert that names none: worth a look in working hours,
 * wakes nobody. `classify` may say better from the text.
 */
export const DEFAULT_SEVERITY: Severity = 'P2';

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  P0: 'p0 sev0 sev1 s1 critical crit fatal emergency emerg disaster blocker catastrophic panic severe',
  P1: 'p1 sev2 s2 high error err major page urgent alert',
  P2: 'p2 sev3 s3 medium moderate warning warn average med',
  P3: 'p3 sev4 s4 low minor notice',
  P4:
    'p4 p5 sev5 s5 info informational information debug trace verbose trivial success ' +
    'ok okay none normal clear cleared lowest negligible',
};

const SEVERITY: ReadonlyMap<string, Severity> = new Map(
  Object.entries(SEVERITY_WORDS).flatMap(([severity, all]) =>
    all.split(' ').map((word) => [word, severity as Severity] as const),
  ),
);

/**
 * Scales on which a vendor documents a meaning that the plain words do not
 * have: bare numbers, `P1` as the worst of five, `warning` below `average`.
 */
export const SCALES = {
  /** A bare level, as in sev1 to sev5. */
  level: { '0': 'P0', '1': 'P0', '2': 'P1', '3': 'P2', '4': 'P3', '5': 'P4' },
  /** Zabbix trigger severities 0 to 5: not classified, information, warning, average, high, disaster. */
  zabbix: { '5': 'P0', '4': 'P1', '3': 'P2', '2': 'P3', warning: 'P3', '1': 'P4', '0': 'P4' },
  /** Priorities P1 (critical) to P5 (informational): Opsgenie, Datadog, PagerDuty, Jira Service Management. */
  priorityOfFive: {
    p1: 'P0',
    p2: 'P1',
    p3: 'P2',
    p4: 'P3',
    p5: 'P4',
    '1': 'P0',
    '2': 'P1',
    '3': 'P2',
    '4': 'P3',
    '5': 'P4',
  },
  /** Azure Monitor: Sev0 critical, Sev1 error, Sev2 warning, Sev3 informational, Sev4 verbose. */
  azure: {
    sev0: 'P0',
    sev1: 'P1',
    sev2: 'P2',
    sev3: 'P3',
    sev4: 'P4',
    '0': 'P0',
    '1': 'P1',
    '2': 'P2',
    '3': 'P3',
    '4': 'P4',
  },
  /** ServiceNow event severities: 1 critical, 2 major, 3 minor, 4 warning, 5 info, 0 clear. */
  servicenow: { '1': 'P0', '2': 'P1', '3': 'P2', '4': 'P3', '5': 'P4', '0': 'P4' },
  /** RFC 5424: 0 emergency to 7 debug. */
  syslog: { '0': 'P0', '1': 'P0', '2': 'P0', '3': 'P1', '4': 'P2', '5': 'P3', '6': 'P4', '7': 'P4' },
  /** Graylog event priorities: 1 low, 2 normal, 3 high, 4 critical. */
  graylog: { '1': 'P3', '2': 'P2', '3': 'P1', '4': 'P0', normal: 'P2' },
  /** Rollbar and Python logging levels divided into tens. */
  logging: { '50': 'P0', '40': 'P1', '30': 'P2', '20': 'P4', '10': 'P4' },
} as const satisfies Record<string, Readonly<Record<string, Severity>>>;

export type Scale = Readonly<Record<string, Severity>>;

/**
 * A severity word as P0 to P4; null when it is none. `scale` is asked first.
 * Reads words inside longer ones as well (`ALERT_CRITICALITY_LEVEL_WARNING`,
 * `1 - Critical`), the first that is known; a negated word (`non-critical`) is
 * not known.
 */
export function severityOf(word: unknown, scale: Scale = {}): Severity | null {
  if (typeof word !== 'string' && typeof word !== 'number') return null;
  const plain = squeeze(String(word).slice(0, 100));
  const exact = known(plain.replaceAll(' ', ''), scale);
  if (exact !== null) return exact;
  const words = plain.split(' ');
  if (words.length > 6 || words.some((it) => it === 'non' || it === 'not' || it === 'no')) return null;
  for (const [index, it] of words.entries()) {
    const found = /^(?:\d+|alert)$/.test(it) ? null : known(it, scale);
    if (found !== null) return found;
    // `sev 1`, `severity 2`
    const next = words[index + 1];
    if ((it === 'sev' || it === 'severity') && next !== undefined) return known(`sev${next}`, scale);
  }
  return null;
}

function known(word: string, scale: Scale): Severity | null {
  if (Object.hasOwn(scale, word)) return scale[word] ?? null;
  return SEVERITY.get(word.replace(/^severity(?=\d$)/, 'sev')) ?? null;
}

const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  performance:
    'performance perf latency slow slowness capacity saturation throughput resource resources cache cpu memory ' +
    'disk storage network quality drift hallucination token anomaly efficiency',
  security:
    'security sec threat vulnerability intrusion injection malware attack abuse fraud secret credential',
  availability:
    'availability available outage uptime downtime down reliability resilience application providers error errors ' +
    'connectivity connection health crash failure',
  compliance: 'compliance audit policy governance privacy gdpr hipaa pci pii regulatory',
  cost: 'cost costs billing budget spend spending finops price',
  other: 'other unknown misc miscellaneous none general',
};

const CATEGORY: ReadonlyMap<string, Category> = new Map(
  Object.entries(CATEGORY_WORDS).flatMap(([category, all]) =>
    all.split(' ').map((word) => [word, category as Category] as const),
  ),
);

/** A category word as one of ours: exactly, or by the first word inside it that is known. */
export function categoryOf(word: unknown): Category | null {
  if (typeof word !== 'string') return null;
  for (const it of squeeze(word.slice(0, 100)).split(' ')) {
    const found = CATEGORY.get(it);
    if (found !== undefined) return found;
  }
  return null;
}

const ENVIRONMENT_WORDS: Readonly<Record<Environment, string>> = {
  production: 'production prod prd live',
  staging: 'staging stage stg preprod preproduction preprd uat preview nonprod nonproduction',
  development: 'development develop devel dev local localhost sandbox lab',
  qa: 'qa test testing tst ci integration',
};

const ENVIRONMENT: ReadonlyMap<string, Environment> = new Map(
  Object.entries(ENVIRONMENT_WORDS).flatMap(([environment, all]) =>
    all.split(' ').map((word) => [word, environment as Environment] as const),
  ),
);

/** An environment's name as one of ours: `prod`, `live`, `eu-prod-1`, `pre-prod`. */
export function environmentOf(word: unknown): Environment | null {
  if (typeof word !== 'string') return null;
  const plain = squeeze(word.slice(0, 100)).replaceAll(/\b(pre|non) (?=pr)/g, '$1');
  for (const it of plain.split(' ')) {
    const found = ENVIRONMENT.get(it) ?? ENVIRONMENT.get(it.replace(/\d+$/, ''));
    if (found !== undefined) return found;
  }
  return null;
}

/** Times outside these are not times at all: a zero, a year 1, a number that counts something else. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/**
 * A point in time: RFC 3339 with up to nine fraction digits (cut to
 * milliseconds), the same with a blank for the T or without a zone (then UTC),
 * RFC 2822 with a zone, or an epoch in seconds, milli-, micro- or nanoseconds,
 * told apart by size. Null for anything else, and for times before 2000 or
 * after 2099, which senders use for "not set".
 */
export function instantOf(value: unknown): Date | null {
  const ms =
    typeof value === 'number' ? epoch(value) : typeof value === 'string' ? parse(value.trim()) : null;
  return ms === null || ms < EARLIEST || ms >= LATEST ? null : new Date(ms);
}

function epoch(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  if (value < 1e11) return Math.trunc(value * 1000);
  if (value < 1e14) return Math.trunc(value);
  return Math.trunc(value < 1e17 ? value / 1e3 : value / 1e6);
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?\(?(Z|z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?(?: ?\(?UTC\)?)?\)?$/;
/** As most write it, on a day that every month has. */
const USUAL_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC|[+-]\d{4})$/;

function parse(value: string): number | null {
  if (USUAL_TIME.test(value)) return Date.parse(value);
  if (/^\d{10,19}(?:\.\d{1,9})?$/.test(value)) return epoch(Number(value));
  if (RFC_2822.test(value)) return Date.parse(value);
  const parts = TIME.exec(value);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((it) => Number(it ?? 0));
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offset = zone(parts[8] ?? 'Z');
  return offset === null ? null : Date.UTC(year, month - 1, day, hour, minute, second, ms) - offset;
}

/** Milliseconds east of UTC. */
function zone(text: string): number | null {
  const parts = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (!parts) return 0;
  const hours = Number(parts[2]);
  const minutes = Number(parts[3] ?? 0);
  if (hours > 23 || minutes > 59) return null;
  return (parts[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Lower case, everything but letters and digits as one blank: `ALERT_Recovery` is `alert recovery`, `camelCase` is `camel case`. */
export const squeeze: (word: string) => string = remembered((word) =>
  word
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu}\p{Ll})/gu, ' ')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim(),
);
