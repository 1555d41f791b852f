import type { CauseFacts, Evidence, SimilarFact } from './evidence.ts';
import {
  alertEvidence,
  changeEvidence,
  examine,
  rounded,
  share,
  similarEvidence,
  type Examined,
} from './examine.ts';
import type { SuspectChange } from './suspect-changes.ts';
import type { Suspect } from './suspects.ts';
import { whyChange, whyPast, whyService } from './words.ts';

export type CauseConfidence = 'likely' | 'possible' | 'weak';

/** What is taken for the cause: a service, one pod of it, or a change to it. */
export interface CauseEntity {
  readonly kind: 'service' | 'pod' | 'change';
  /** The service's id or name, the pod's name, or the change's id. */
  readonly name: string;
  /** The service that it belongs to; the same as `name` for a service, null where it is not known. */
  readonly service: string | null;
}

export interface RankedCause {
  readonly entity: CauseEntity;
  /** 0 to 1, two decimals; only its order means something. */
  readonly score: number;
  readonly confidence: CauseConfidence;
  /** Ids of `Evidence`, the strongest first. */
  readonly evidence: readonly string[];
  /** Ids of what speaks against it. */
  readonly against: readonly string[];
  /** One sentence: why it stands where it stands. */
  readonly why: string;
}

/** The most that is named. */
const CAUSES_MAX = 5;
/** The most evidence that is named for one cause. */
const EVIDENCE_MAX = 6;
/** What has less is not named: nothing speaks for it. */
const LEAST = 0.15;
/** A change with less than this is named as evidence, but not taken for the cause by itself. */
const CHANGE_LEAST = 0.2;
/** How much of the score past incidents may fill that is still open. */
const PAST_SHARE = 0.25;
/** From which score on, and how far before the second. */
const LIKELY = { score: 0.7, ahead: 0.1 };
const POSSIBLE = 0.4;

type Candidate = Omit<RankedCause, 'confidence'>;

/** The most likely first, at most five; none where nothing speaks for anything: the cause is unknown. */
export function rankCauses(facts: CauseFacts): RankedCause[] {
  const examined = examine(facts);
  const past = pastByService(facts.similar, examined);
  const changes = byChange(examined, past);
  const taken = new Set(changes.map(({ entity }) => entity.service));
  const services = examined.suspects
    .filter((it) => !taken.has(it.service))
    .map((it) => byService(it, examined, past));
  const known = new Set([...taken, ...examined.suspects.map((it) => it.service)]);
  const others = [...past]
    .filter(([service]) => !known.has(service))
    .map(([service, all]) => byPast(service, all));
  const ranked = [...changes, ...services, ...others]
    .filter(({ score }) => score >= LEAST)
    .toSorted((a, b) => b.score - a.score || (a.entity.name < b.entity.name ? -1 : 1))
    .slice(0, CAUSES_MAX);
  return ranked.map((it, place) => ({
    ...it,
    score: rounded(it.score),
    confidence: confidenceOf(it.score, place, ranked[1]?.score ?? 0),
    evidence: it.evidence.slice(0, EVIDENCE_MAX),
    against: it.against.slice(0, EVIDENCE_MAX),
  }));
}

/** Only the first can be likely, and only where it is ahead. */
function confidenceOf(score: number, place: number, second: number): CauseConfidence {
  if (place === 0 && score >= LIKELY.score && score - second >= LIKELY.ahead) return 'likely';
  return score >= POSSIBLE ? 'possible' : 'weak';
}

type Past = ReadonlyMap<string, readonly SimilarFact[]>;

/** Only what people said the cause of is evidence. */
function pastByService(similar: readonly SimilarFact[], { catalogue }: Examined): Past {
  const told = similar
    .filter((it) => it.rootCause !== null && Boolean(it.service))
    .toSorted((a, b) => share(b.score) - share(a.score) || a.number - b.number);
  return Map.groupBy(told, (it) => catalogue.find(it.service ?? '')?.id ?? it.service ?? '');
}

/** Each change that is suspect enough; the most suspect of a service has the service's alerts behind it too. */
function byChange({ changes, suspects, evidence }: Examined, past: Past): Candidate[] {
  const named = new Set<string | null>();
  return changes
    .filter((it) => it.weight >= CHANGE_LEAST)
    .map((it) => {
      const isFirst = it.service !== null && !named.has(it.service);
      named.add(it.service);
      const suspect = isFirst ? (suspects.find(({ service }) => service === it.service) ?? null) : null;
      const before = isFirst ? (past.get(it.service ?? '') ?? []) : [];
      const { id } = it.change;
      return {
        entity: { kind: 'change', name: id, service: it.service },
        score: or(it.weight, suspect ? strengthOf(suspect) : 0, pastScore(before)),
        evidence: [
          changeEvidence(id),
          ...alertsOf(suspect),
          ...before.map((one) => similarEvidence(one.number)),
        ],
        against: earlierAlerts(it, evidence),
        why: whyChange(it, suspect, before.length),
      } satisfies Candidate;
    });
}

/** Alerts from before it began to be at work; there are some where a change is told of in the middle of it. */
function earlierAlerts({ change, service }: SuspectChange, evidence: readonly Evidence[]): string[] {
  return evidence
    .filter(
      (it) => it.kind === 'alert' && it.at !== null && it.at < change.startedAt && it.service === service,
    )
    .map((it) => it.id);
}

function byService(suspect: Suspect, { suspects, changes }: Examined, past: Past): Candidate {
  const { service, pod, signals, excusedBy } = suspect;
  const before = past.get(service) ?? [];
  const isLocal = signals[0]?.aspect === 'saturation' || signals[0]?.aspect === 'down';
  const excuse = suspects.find((it) => it.service === excusedBy) ?? null;
  const weak = changes.filter((it) => it.service === service && it.weight > 0);
  return {
    entity:
      pod !== null && isLocal
        ? { kind: 'pod', name: pod, service }
        : { kind: 'service', name: service, service },
    score: or(strengthOf(suspect), pastScore(before), weak[0]?.weight ?? 0),
    evidence: [
      ...alertsOf(suspect),
      ...alertsOfCutOff(suspect, suspects),
      ...weak.map((it) => changeEvidence(it.change.id)),
      ...before.map((one) => similarEvidence(one.number)),
    ],
    against: alertsOf(excuse).slice(0, 2),
    why: whyService(suspect, before.length),
  };
}

function byPast(service: string, before: readonly SimilarFact[]): Candidate {
  return {
    entity: { kind: 'service', name: service, service },
    score: pastScore(before),
    evidence: before.map((one) => similarEvidence(one.number)),
    against: [],
    why: whyPast(service, before.length),
  };
}

/** Those of the callees that it cannot reach speak for it as well. */
function alertsOfCutOff({ cutOff }: Suspect, suspects: readonly Suspect[]): string[] {
  const callees = suspects.filter(({ service }) => cutOff.includes(service));
  return callees.flatMap(({ signals }) =>
    signals.filter(({ aspect }) => aspect === 'network').map(({ alert }) => alertEvidence(alert.id)),
  );
}

function alertsOf(suspect: Suspect | null): string[] {
  return [...new Set(suspect?.signals.map(({ alert }) => alertEvidence(alert.id)))];
}

/** Of a weight without an upper end, 0 to 1 in the same order. */
function strengthOf({ weight }: Suspect): number {
  return 1 - Math.exp(-weight);
}

function pastScore(before: readonly SimilarFact[]): number {
  return PAST_SHARE * Math.max(0, ...before.map(({ score }) => share(score)));
}

/** Each fills a part of what the others leave open, so that the order does not matter and 1 is never passed. */
function or(...scores: readonly number[]): number {
  return 1 - scores.reduce((open, score) => open * (1 - share(score)), 1);
}
