import { cleanLine } from '#src/incident/text.ts';

import type { AlertFact, SimilarFact } from './evidence.ts';
import { measured, type Signal } from './signal.ts';
import type { Relation, SuspectChange } from './suspect-changes.ts';
import type { Suspect } from './suspects.ts';

/** What the rules say of what they found, in our words. The names in it are those of others. */

/** `first to fire, 40 times its usual spread`. */
export function howAlert({ firstAt, metrics }: AlertFact, signal: Signal | null, onset: Date): string {
  if (!signal) return 'it names no service';
  const afterMs = firstAt.getTime() - onset.getTime();
  const when = afterMs <= 0 ? 'first to fire' : `${span(afterMs)} after the first`;
  return [when, deviation(metrics), ASPECTS[signal.aspect]].filter((it) => it !== '').join(', ');
}

const ASPECTS: Readonly<Record<Signal['aspect'], string>> = {
  down: 'it does not run as it should',
  saturation: 'a resource of its own is used up',
  busy: 'its own work takes longer',
  slow: 'it answers late',
  errors: 'it fails',
  call: 'calls to it are slow or fail',
  network: 'the way to it is slow',
  waiting: 'it waits for others',
  load: 'it has more to do',
  quiet: 'it has less to do, which others may cause',
  other: '',
};

function deviation(metrics: AlertFact['metrics']): string {
  const { z, value, baseline } = measured(metrics);
  if (z !== null) return `${figure(Math.abs(z))} times its usual spread`;
  if (value === null || baseline === null) return '';
  return `${figure(value)} where ${figure(baseline)} is usual`;
}

const RELATIONS: Readonly<Record<Relation, string>> = {
  same: 'on a service that has alerts',
  calledBy: 'on a service that those with alerts depend on',
  calls: 'on a service that depends on those with alerts',
  unknown: 'and nobody says which of the services with alerts it has to do with',
  apart: 'on a service that has to do with none that has alerts, as far as the catalogue says',
};

/** `ended 4 minutes before the first alert, on a service that has alerts`. */
export function howChange({ change, beforeMs, relation }: SuspectChange): string {
  return `${whenChange(change, beforeMs)}, ${RELATIONS[relation]}`;
}

function whenChange({ endedAt }: SuspectChange['change'], beforeMs: number): string {
  if (beforeMs < 0) return `began ${span(-beforeMs)} after the first alert`;
  if (beforeMs === 0) return 'was under way at the first alert';
  return `${endedAt === null ? 'began' : 'ended'} ${span(beforeMs)} before the first alert`;
}

export function howSimilar({ score, rootCause }: SimilarFact): string {
  const alike = `alike by ${Math.round(Math.min(1, Math.max(0, score)) * 100)} %`;
  return rootCause === null
    ? `${alike}, but nobody said what it was`
    : `${alike}, and people said what it was`;
}

/** One sentence: why this service, or pod of it. */
export function whyService(suspect: Suspect, pastIncidents: number): string {
  const { service, signals, excusedBy, cutOff, isFirst } = suspect;
  const strongest = signals[0];
  const first = isFirst ? ', among the first to fire' : '';
  const own = strongest ? `its strongest alert is ${named(strongest)}${first}` : 'it has no alert of its own';
  const rest = excusedBy
    ? `but ${excusedBy}, which it calls, has stronger ones`
    : cutOff.length > 0
      ? `and ${cutOff.length} of the services that it calls answer it late at once`
      : 'and nothing that it calls explains it better';
  return `${cleanLine(service, NAME_MAX)}: ${own}, ${rest}${before(pastIncidents)}.`;
}

/** A name of somebody else's in a sentence of ours. */
const NAME_MAX = 80;

function named({ alert }: Signal): string {
  return cleanLine(alert.rule === '' ? alert.title : alert.rule, NAME_MAX);
}

/** One sentence: why this change. */
export function whyChange(it: SuspectChange, suspect: Suspect | null, pastIncidents: number): string {
  const strongest = suspect?.signals[0];
  const alerts = strongest === undefined ? '' : `; its strongest alert is ${named(strongest)}`;
  const lead = it.service === null ? 'It' : `${cleanLine(it.service, NAME_MAX)}: it`;
  return `${lead} ${howChange(it)}${alerts}${before(pastIncidents)}.`;
}

/** One sentence: why nothing but the past. */
export function whyPast(service: string, pastIncidents: number): string {
  return `${cleanLine(service, NAME_MAX)}: it has no alert now${before(pastIncidents)}.`;
}

function before(pastIncidents: number): string {
  if (pastIncidents === 0) return '';
  return pastIncidents === 1
    ? '; a past incident like this was there'
    : `; ${pastIncidents} past incidents like this were there`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function span(ms: number): string {
  for (const [name, size] of UNITS) {
    const many = Math.floor(ms / size);
    if (many > 0) return `${many} ${name}${many === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}

/** At most three digits that say something. */
function figure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 4 });
}
