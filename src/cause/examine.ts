import { catalogueOf, type Catalogue } from './catalogue.ts';
import type { AlertFact, CauseFacts, EventFact, Evidence, SimilarFact } from './evidence.ts';
import { signalOf } from './signal.ts';
import { suspectChanges, type SuspectChange } from './suspect-changes.ts';
import { suspectsOf, WEIGHTS, type Suspect } from './suspects.ts';
import { howAlert, howChange, howSimilar } from './words.ts';

/** What the rules make of the facts before they rank anything: who is suspect, and every piece of evidence by its id. */
export interface Examined {
  readonly catalogue: Catalogue;
  readonly suspects: readonly Suspect[];
  readonly changes: readonly SuspectChange[];
  readonly evidence: readonly Evidence[];
}

export function examine(facts: CauseFacts): Examined {
  const catalogue = catalogueOf(facts.services);
  const suspects = suspectsOf(facts.alerts, facts.services);
  const changes = suspectChanges(facts, catalogue);
  const found = { catalogue, suspects, changes };
  return { ...found, evidence: evidenceIn(facts, found) };
}

/** Everything that is known, by what it says: what speaks most for something first. */
export function evidenceOf(facts: CauseFacts): readonly Evidence[] {
  return examine(facts).evidence;
}

export const alertEvidence = (id: string): string => `alert:${id}`;
export const changeEvidence = (id: string): string => `change:${id}`;
export const similarEvidence = (number: number): string => `similar:${number}`;

/** What people say in a room says that they saw it, not what it was. */
const SAID_WEIGHT = 0.1;
const RUNBOOK_WEIGHT = 0.05;
const SIMILAR_WEIGHT = 0.5;

function evidenceIn(facts: CauseFacts, examined: Omit<Examined, 'evidence'>): Evidence[] {
  const { catalogue, changes } = examined;
  const idOf: IdOf = (name) => (name === null ? null : (catalogue.find(name)?.id ?? name));
  return [
    ...facts.alerts.map((it) => ofAlert(it, facts.onset, idOf)),
    ...changes.map(ofChange),
    ...facts.similar.map((it) => ofSimilar(it, idOf)),
    ...facts.events.map(ofEvent),
    ...ofRunbooks(facts, examined, idOf),
  ].toSorted((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : Number(a.id > b.id)));
}

type IdOf = (name: string | null) => string | null;

function ofAlert(alert: AlertFact, onset: Date, idOf: IdOf): Evidence {
  const signal = signalOf(alert);
  return {
    id: alertEvidence(alert.id),
    kind: 'alert',
    at: alert.firstAt,
    service: idOf(signal?.service ?? alert.service),
    text: alert.title,
    weight: rounded(signal ? WEIGHTS[signal.aspect] * signal.strength : 0),
    why: howAlert(alert, signal, onset),
  };
}

function ofChange(it: SuspectChange): Evidence {
  return {
    id: changeEvidence(it.change.id),
    kind: 'change',
    at: it.change.startedAt,
    service: it.service,
    text: it.change.title,
    weight: rounded(it.weight),
    why: howChange(it),
  };
}

function ofSimilar(it: SimilarFact, idOf: IdOf): Evidence {
  return {
    id: similarEvidence(it.number),
    kind: 'similar',
    at: it.closedAt,
    service: idOf(it.service),
    text: it.rootCause === null ? it.title : `${it.title}: ${it.rootCause}`,
    weight: rounded(SIMILAR_WEIGHT * share(it.score)),
    why: howSimilar(it),
  };
}

function ofEvent({ position, at, text }: EventFact): Evidence {
  const [service, weight, why] = [null, SAID_WEIGHT, 'said in its room'] as const;
  return { id: `event:${position}`, kind: 'event', at, service, text, weight, why };
}

/** Of the services that have alerts, and of the one that the incident names. */
function ofRunbooks(
  facts: CauseFacts,
  { catalogue, suspects }: Omit<Examined, 'evidence'>,
  idOf: IdOf,
): Evidence[] {
  const involved = new Set([idOf(facts.service), ...suspects.map((it) => it.service)]);
  return catalogue.services.flatMap(({ id, name, runbook }): Evidence[] =>
    runbook === null || !involved.has(id)
      ? []
      : [
          {
            id: `runbook:${id}`,
            kind: 'runbook',
            at: null,
            service: id,
            text: runbook,
            weight: RUNBOOK_WEIGHT,
            why: `the runbook of ${name}`,
          },
        ],
  );
}

export function rounded(weight: number): number {
  return Math.round(weight * 100) / 100;
}

/** A score as its sender gives it, kept between 0 and 1. */
export function share(score: number): number {
  return Number.isFinite(score) ? Math.min(1, Math.max(0, score)) : 0;
}
