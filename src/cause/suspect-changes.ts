import type { Change, ChangeKind, ChangeStatus } from '#src/changes/change.ts';

import type { Catalogue } from './catalogue.ts';
import type { CauseFacts } from './evidence.ts';
import { signalOf } from './signal.ts';

/** A change, and how much it looks like what the trouble came from. */
export interface SuspectChange {
  readonly change: Change;
  /** The id of the catalogue where its service is known there, else as it is named; null: not said. */
  readonly service: string | null;
  /** 0 to 1; 0 where it cannot be: it began after the first alert. */
  readonly weight: number;
  /** From its end, or where it was under way from then on, to the first alert; negative where it began later. Milliseconds. */
  readonly beforeMs: number;
  readonly relation: Relation;
}

/** How it stands to the services that have alerts: `calledBy`: they call what was changed; `calls`: the other way round. */
export type Relation = 'same' | 'calledBy' | 'calls' | 'unknown' | 'apart';

/** Half of the changes that break something are seen at once; what has run for this long is half as suspect. */
const HALF_LIFE_MS = 30 * 60_000;
/** What is older than a few half-lives may still be it: a leak, a certificate, a job of the night. */
const OLD_STILL = 0.06;

const KINDS: Readonly<Record<ChangeKind, number>> = {
  deploy: 1,
  config: 1,
  flag: 1,
  /** Pushed or released, and so not yet running. */
  other: 0.4,
};

const STATUSES: Readonly<Record<ChangeStatus, number>> = {
  started: 1,
  succeeded: 1,
  /** It may have gone half of the way. */
  failed: 0.8,
  cancelled: 0.4,
};

/** By how many calls lie between. */
const RELATIONS: Readonly<Record<Relation, (distance: number) => number>> = {
  same: () => 1,
  calledBy: (distance) => 0.75 ** distance,
  calls: (distance) => 0.5 ** distance,
  unknown: () => 0.35,
  apart: () => 0.1,
};

/** The most suspect first. */
export function suspectChanges(facts: CauseFacts, catalogue: Catalogue): SuspectChange[] {
  const ill = illServices(facts, catalogue);
  return facts.changes
    .map((change) => weighed(change, facts, ill, catalogue))
    .toSorted(
      (a, b) => b.weight - a.weight || a.beforeMs - b.beforeMs || (a.change.id < b.change.id ? -1 : 1),
    );
}

/** The services that have alerts of more than being quiet, and the one that the incident names. */
function illServices({ alerts, service }: CauseFacts, catalogue: Catalogue): Set<string> {
  const signals = alerts.map(signalOf).filter((it) => it !== null && it.aspect !== 'quiet');
  const names = [service, ...signals.map((it) => it?.service)].filter((it): it is string => Boolean(it));
  return new Set(names.map((it) => catalogue.find(it)?.id ?? it));
}

function weighed(
  change: Change,
  { onset, environment }: CauseFacts,
  ill: ReadonlySet<string>,
  catalogue: Catalogue,
): SuspectChange {
  const service = change.service === null ? null : (catalogue.find(change.service)?.id ?? change.service);
  const [relation, distance] = relationOf(service, ill, catalogue);
  const beforeMs = beforeOnset(change, onset);
  const isElsewhere =
    environment !== null && change.environment !== null && environment !== change.environment;
  const weight =
    (beforeMs < 0 ? 0 : Math.max(OLD_STILL, 0.5 ** (beforeMs / HALF_LIFE_MS))) *
    KINDS[change.kind] *
    STATUSES[change.status] *
    RELATIONS[relation](distance) *
    sizeOf(change.size) *
    (isElsewhere ? 0.1 : 1);
  return { change, service, weight, beforeMs, relation };
}

function beforeOnset({ startedAt, endedAt }: Change, onset: Date): number {
  if (startedAt > onset) return onset.getTime() - startedAt.getTime();
  return Math.max(0, onset.getTime() - (endedAt ?? onset).getTime());
}

function relationOf(
  service: string | null,
  ill: ReadonlySet<string>,
  catalogue: Catalogue,
): readonly [Relation, number] {
  if (service === null || ill.size === 0) return ['unknown', 0];
  if (ill.has(service)) return ['same', 0];
  if (!catalogue.find(service)) return ['apart', 0];
  const nearest = (all: readonly { readonly id: string; readonly distance: number }[]) =>
    all.find(({ id }) => ill.has(id))?.distance;
  const [callers, callees] = [
    nearest(catalogue.dependents(service)),
    nearest(catalogue.dependencies(service)),
  ];
  if (callers !== undefined) return ['calledBy', callers];
  return callees === undefined ? ['apart', 0] : ['calls', callees];
}

/** Large changes break more; the difference is small, since one line is enough. */
function sizeOf(size: number | null): number {
  return size === null ? 0.9 : 0.85 + 0.15 * Math.min(1, size / 50);
}
