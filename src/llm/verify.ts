import { cleanLine } from '#src/incident/text.ts';

import type { CauseType, Confidence, Verdict } from './investigate-words.ts';
import { said } from './said.ts';
import type { Edge, Finding, Window } from './tools/sight.ts';
import { isWithin } from './tools/tool.ts';

/** What may be believed of what a model concluded. */
export interface Hypothesis {
  /** What is the cause, as the evidence names it. */
  readonly cause: string;
  readonly type: CauseType;
  readonly mechanism: string;
  /** From the cause to where it was noticed, each hop an edge of the graph; empty: it did not travel, or that is not proved. */
  readonly path: readonly string[];
  /** Ids; at least one, and one at least names the cause. */
  readonly evidence: readonly string[];
  readonly against: readonly string[];
  readonly confidence: Confidence;
  /** Null: none was named. */
  readonly nextCheck: string | null;
}

/** What a claim is held against. */
export interface Proof {
  /** Everything that the model was told, by its id. */
  readonly sent: ReadonlyMap<string, Finding>;
  readonly window: Window;
  readonly edges: readonly Edge[];
  /** The ids of those that whoever reads the answer may see. */
  readonly visible: ReadonlySet<string>;
}

/** What is left of a verdict. No hypothesis: the cause is unknown. */
export interface Verified {
  /** The most likely first. */
  readonly hypotheses: readonly Hypothesis[];
  /** Ids, hops and hypotheses that were claimed and not proved. */
  readonly dropped: number;
}

const MOST_HYPOTHESES = 3;
const MOST_EVIDENCE = 8;

/**
 * Drops every claim that is not proved: evidence that was not sent, lies outside the window or may not be
 * seen; a way that is no way of the graph; a cause that none of its evidence names; a figure that is in none of
 * it. A hypothesis with no evidence left is dropped.
 */
export function verify(verdict: Verdict, proof: Proof): Verified {
  const kept: Hypothesis[] = [];
  let dropped = 0;
  for (const claimed of verdict.hypotheses) {
    const checked = check(claimed, proof);
    dropped += checked.dropped;
    const { hypothesis } = checked;
    const isNew = hypothesis && kept.every((it) => folded(it.cause) !== folded(hypothesis.cause));
    if (isNew && kept.length < MOST_HYPOTHESES) kept.push(hypothesis);
    else dropped += 1;
  }
  return { hypotheses: kept, dropped };
}

type Claimed = Verdict['hypotheses'][number];

function check(
  claimed: Claimed,
  proof: Proof,
): { readonly hypothesis: Hypothesis | null; readonly dropped: number } {
  const cause = plainLine(claimed.cause_entity, 200);
  const against = proved(claimed.counter_evidence_ids, proof);
  const evidence = proved(claimed.evidence_ids, proof).filter((id) => !against.includes(id));
  const path = wayOf(cause, claimed.propagation, proof.edges);
  const findings = evidence.flatMap((id) => proof.sent.get(id) ?? []);
  const mechanism = withoutFigures(plainLine(claimed.mechanism, 600), findings);
  const dropped =
    new Set(claimed.evidence_ids).size +
    new Set(claimed.counter_evidence_ids).size -
    evidence.length -
    against.length +
    (claimed.propagation.length > 0 && path.length === 0 ? 1 : 0);
  const isNamed = findings.some((it) => names(it, cause));
  if (!isNamed || mechanism === '') return { hypothesis: null, dropped };
  return {
    hypothesis: {
      cause,
      type: claimed.cause_type,
      mechanism,
      path,
      evidence,
      against,
      confidence: confidenceOf(claimed.confidence, evidence.length),
      nextCheck: withoutFigures(plainLine(claimed.next_check, 300), findings) || null,
    },
    dropped,
  };
}

/** What a model wrote, without what it may not say: addresses, mentions, code. */
export function plainLine(text: string, max: number): string {
  return cleanLine(said(text, NOTHING_TRUSTED, max), max);
}

const NOTHING_TRUSTED = { urls: new Set<string>(), hosts: new Set<string>() };

/** Ids that were sent, lie in the window, and may be seen; each once. */
function proved(ids: readonly string[], { sent, window, visible }: Proof): string[] {
  return [...new Set(ids)]
    .filter((id) => {
      const finding = sent.get(id);
      return finding !== undefined && visible.has(id) && isWithin(finding.at, window);
    })
    .slice(0, MOST_EVIDENCE);
}

/** The whole way or none of it: half a way says something else. A fault travels along a call in either direction. */
function wayOf(cause: string, claimed: readonly string[], edges: readonly Edge[]): string[] {
  const way = claimed.map((it) => plainLine(it, 200));
  if (way.length < 2 || folded(way[0] ?? '') !== folded(cause)) return [];
  const known = new Set(edges.flatMap(({ from, to }) => [hop(from, to), hop(to, from)]));
  const isWay = way.slice(1).every((to, at) => known.has(hop(way[at] ?? '', to)));
  return isWay ? way : [];
}

function hop(from: string, to: string): string {
  return JSON.stringify([folded(from), folded(to)]);
}

/** Whether a finding is about something: it is what the finding is about, or stands in its words by itself. */
function names({ id, about, text }: Finding, cause: string): boolean {
  const wanted = folded(cause);
  if (wanted === '') return false;
  const isWord = ` ${wordsOf(text)} `.includes(` ${wordsOf(cause)} `) && wordsOf(cause) !== '';
  return folded(about ?? '') === wanted || folded(id.slice(id.indexOf(':') + 1)) === wanted || isWord;
}

function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `Payments DB`, `payments_db` and `payments-db` are one name. */
function folded(name: string): string {
  return wordsOf(name).replaceAll(' ', '-');
}

/** Figures come from evidence alone: a word with a digit in it that stands in none is left out. */
function withoutFigures(text: string, findings: readonly Finding[]): string {
  const known = findings.map((it) => `${it.text} ${it.about ?? ''} ${it.id}`.toLowerCase());
  return text
    .split(' ')
    .map((word) => {
      const bare = word.toLowerCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
      const isKnown = !/\p{N}/u.test(bare) || known.some((it) => hasWhole(it, bare));
      return isKnown ? word : '…';
    })
    .join(' ');
}

/** Not as a part of another figure or name: 4 is not in 14. */
function hasWhole(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}

/** One piece of evidence makes nobody sure. */
function confidenceOf(claimed: Confidence, pieces: number): Confidence {
  return claimed === 'high' && pieces < 2 ? 'medium' : claimed;
}
