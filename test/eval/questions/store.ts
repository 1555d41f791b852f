import { CATEGORIES, SEVERITIES, type Category, type Severity, type Status } from '#src/incident/incident.ts';

/** When everything is asked: a Wednesday, 16:30 in Berlin, where the one who asks lives. */
export const NOW = new Date('2026-03-18T15:30:00Z');
export const ZONE = 'Europe/Berlin';
export const ASKER = 'ana';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const SERVICES = ['checkout-api', 'search', 'billing', 'login', 'image-resizer'] as const;
export const TEAMS = ['platform', 'storefront', 'data'] as const;
export const PEOPLE = [
  { id: 'ana', name: 'Ana Silva', timezone: 'Europe/Berlin', hours: 1 },
  { id: 'bo', name: 'Bo Chen', timezone: 'America/Phoenix', hours: -7 },
  { id: 'chidi', name: 'Chidi Okafor', timezone: 'Africa/Lagos', hours: 1 },
  { id: 'dora', name: 'Dora Lind', timezone: 'Asia/Tokyo', hours: 9 },
] as const;
export const RULES = ['HighErrorRate', 'SlowQueries', 'DiskFull', 'PodRestarts'] as const;
export const SOURCES = ['alertmanager', 'grafana', 'datadog'] as const;
export const AREAS = ['production', 'staging', 'development', 'qa'] as const;

/** An incident as the answers are counted from, with nothing of the database in it. */
export interface Seed {
  /** Its number, from 1. */
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly status: Status;
  readonly category: Category;
  readonly environment: (typeof AREAS)[number];
  readonly source: string;
  readonly service: string | null;
  readonly team: string | null;
  readonly assignee: string | null;
  readonly rule: string | null;
  readonly isSecret: boolean;
  readonly mergedInto: number | null;
  readonly detected: Date;
  readonly opened: Date;
  readonly acknowledged: Date | null;
  readonly resolved: Date | null;
  readonly closed: Date | null;
  readonly lateAck: boolean;
  readonly lateFix: boolean;
  readonly reopened: readonly Date[];
  readonly escalated: readonly Date[];
}

export interface Message {
  readonly at: Date;
  readonly firing: boolean;
  readonly repeat: boolean;
  readonly severity: Severity;
  readonly service: string;
  readonly source: string;
  readonly rule: string;
}

export interface Call {
  readonly at: Date;
  readonly person: (typeof PEOPLE)[number]['id'];
  readonly severity: Severity;
}

export interface Rollout {
  readonly at: Date;
  readonly kind: 'deploy' | 'config' | 'flag';
  readonly service: string;
}

export interface Store {
  readonly incidents: readonly Seed[];
  readonly messages: readonly Message[];
  readonly calls: readonly Call[];
  readonly rollouts: readonly Rollout[];
}

/** The same store every time. */
export function makeStore(): Store {
  const random = dice(20260318);
  const incidents = Array.from({ length: 500 }, (_, index) => incident(index + 1, random));
  return {
    incidents,
    messages: Array.from({ length: 900 }, () => message(random)),
    calls: Array.from({ length: 400 }, () => call(random)),
    rollouts: Array.from({ length: 200 }, () => rollout(random)),
  };
}

interface Dice {
  /** From 0 up to, but without, `below`. */
  readonly below: (below: number) => number;
  readonly of: <T>(all: readonly [T, ...T[]] | readonly T[]) => T;
  readonly isSo: (share: number) => boolean;
}

function dice(seed: number): Dice {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (below) => Math.floor(next() * below),
    of: (all) => {
      const found = all[Math.floor(next() * all.length)];
      if (found === undefined) throw new Error('nothing to choose from');
      return found;
    },
    isSo: (share) => next() < share,
  };
}

/** Half of all within the last month, so that short times have something in them. */
function moment({ below, isSo }: Dice): Date {
  const ago = isSo(0.5) ? below(30 * DAY) : below(440 * DAY);
  return new Date(NOW.getTime() - 60_000 - ago);
}

function incident(number: number, random: Dice): Seed {
  const { below, of, isSo } = random;
  const opened = moment(random);
  const later = (from: Date, most: number) => {
    const at = new Date(from.getTime() + 1000 + below(most));
    return at < NOW ? at : null;
  };
  const acknowledged = isSo(0.9) ? later(opened, 3 * HOUR) : null;
  const resolved = acknowledged && isSo(0.85) ? later(acknowledged, 30 * HOUR) : null;
  const closed = resolved && isSo(0.6) ? later(resolved, 60 * HOUR) : null;
  const open = acknowledged ? of(['ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED'] as const) : 'NEW';
  const back = resolved && isSo(0.15) ? later(opened, 60 * HOUR) : null;
  const up = isSo(0.2) ? later(opened, 5 * HOUR) : null;
  return {
    number,
    title: isSo(0.1) ? `Connection pool exhausted ${number}` : `Something is wrong ${number}`,
    severity: of(SEVERITIES),
    status: closed ? 'CLOSED' : resolved ? 'RESOLVED' : open,
    category: of(CATEGORIES),
    environment: of(AREAS),
    source: isSo(0.2) ? 'manual' : of(SOURCES),
    service: isSo(0.9) ? of(SERVICES) : null,
    team: isSo(0.9) ? of(TEAMS) : null,
    assignee: isSo(0.8) ? of(PEOPLE).id : null,
    rule: isSo(0.8) ? of(RULES) : null,
    isSecret: isSo(0.06),
    mergedInto: number > 10 && isSo(0.04) ? 1 + below(9) : null,
    detected: new Date(opened.getTime() - below(600_000)),
    opened,
    acknowledged,
    resolved,
    closed,
    lateAck: isSo(0.2),
    lateFix: isSo(0.25),
    reopened: back ? [back] : [],
    escalated: up ? [up, new Date(up.getTime() + 1000)] : [],
  };
}

function message(random: Dice): Message {
  const { of, isSo } = random;
  return {
    at: moment(random),
    firing: isSo(0.7),
    repeat: isSo(0.6),
    severity: of(SEVERITIES),
    service: of(SERVICES),
    source: of(SOURCES),
    rule: of(RULES),
  };
}

function call(random: Dice): Call {
  return { at: moment(random), person: random.of(PEOPLE).id, severity: random.of(SEVERITIES) };
}

function rollout(random: Dice): Rollout {
  const { of } = random;
  return { at: moment(random), kind: of(['deploy', 'config', 'flag']), service: of(SERVICES) };
}
