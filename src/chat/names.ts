import { shortName, type Incident, type Severity, type Status } from '#src/incident/incident.ts';

import { link, type Text } from './message.ts';

/** The names of people and teams by their ids; what is not in it is shown as it is. */
export type Names = ReadonlyMap<string, string>;

export function nameIn(names: Names, id: string): string {
  return names.get(id) ?? id;
}

const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  P0: 'P0 critical',
  P1: 'P1 high',
  P2: 'P2 medium',
  P3: 'P3 low',
  P4: 'P4 informational',
};

/** `P1 high`. */
export function severityName(severity: string): string {
  return SEVERITY_NAMES[severity as Severity] ?? severity;
}

const STATUS_NAMES: Readonly<Record<Status, string>> = {
  NEW: 'new',
  ACKNOWLEDGED: 'acknowledged',
  IN_PROGRESS: 'in progress',
  ESCALATED: 'escalated',
  RESOLVED: 'resolved',
  CLOSED: 'closed',
};

/** `in progress`. */
export function statusName(status: Status): string {
  return STATUS_NAMES[status];
}

/** `INC-42 Checkout is down`. */
export function titleOf({ number, title }: Pick<Incident, 'number' | 'title'>): string {
  return `${shortName(number)} ${title}`;
}

/** `3 alerts`, `1 alert`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

const UNITS = [
  { name: 'day', milliseconds: 86_400_000 },
  { name: 'hour', milliseconds: 3_600_000 },
  { name: 'minute', milliseconds: 60_000 },
] as const;

/** A length of time in its largest unit: `47 minutes`, `2 hours`; `less than a minute`. */
export function span(milliseconds: number): string {
  const unit = UNITS.find((it) => milliseconds >= it.milliseconds);
  return unit ? count(Math.floor(milliseconds / unit.milliseconds), unit.name) : 'less than a minute';
}

/** One incident in a list: its number to open it, how bad, in what state, whose, and what. */
export function incidentLine(
  { number, severity, status, title, assignee }: Incident,
  names: Names,
  publicUrl: string,
): Text {
  const who = assignee ? nameIn(names, assignee) : 'nobody yet';
  return [
    link(shortName(number), `${publicUrl}/incidents/${number}`),
    ` ${severity} · ${statusName(status)} · ${who} · ${title}`,
  ];
}
