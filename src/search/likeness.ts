import { respelt } from './spelling.ts';
import { wordsOf } from './words.ts';

/** What is compared of an incident. */
export interface Described {
  readonly service: string | null;
  /** The alert rules that fired in it. */
  readonly rules: readonly string[];
  /** Everything it says of itself, as `described` puts it. */
  readonly text: string;
}

/** One that is over, with how near its vector is; null where it has none of the same model. */
export interface Past extends Described {
  readonly overAt: Date;
  readonly cosine: number | null;
}

export type Reason = 'same alert rule' | 'same service' | 'similar words';

export interface Likeness<P extends Past> {
  readonly past: P;
  /** From 0 to 1; says which is nearer, not how probable it is. */
  readonly score: number;
  readonly why: readonly Reason[];
  /** So near that it may be named to somebody who did not ask: the same rule on the same service. */
  readonly isClear: boolean;
}

/** What each sign weighs; together 1. A rule that fires again says more than a service that fails again. */
const WEIGHTS = { vector: 0.3, words: 0.35, rule: 0.2, service: 0.15 } as const;
/** Below both of these, and without the same rule, two incidents have nothing in common that helps. */
const LEAST_WORDS = 0.4;
const LEAST_COSINE = 0.45;

/**
 * Half a year: by then most services have been deployed hundreds of times, and a confirmed cause is as likely
 * outdated as not. Age takes at most 0.3 of a score away, so that the same alert of last year still stands
 * before a stranger of last week.
 */
const HALF_LIFE_MS = 180 * 86_400_000;
const AGE_TAKES = 0.3;

/**
 * Those of the pool that are like it, the nearest first. The sum of its signs, each from 0 to 1, weakened by
 * age. A sum and not a fusion of ranks, since "the same rule" is a fact and has no rank.
 */
export function rankByLikeness<P extends Past>(
  asked: Described,
  pool: readonly P[],
  now: Date,
): Likeness<P>[] {
  const has = pool.map((past) => new Set(wordsOf(past.text)));
  const wanted = respelt(new Set(wordsOf(asked.text)), new Set(has.flatMap((it) => [...it])));
  const rarity = rarityOf(wanted, has);
  return pool
    .map((past, at) => likeness(asked, past, { words: shareOf(wanted, has[at], rarity), now }))
    .filter(({ why }) => why.some((it) => it !== 'same service'))
    .toSorted((a, b) => b.score - a.score || b.past.overAt.getTime() - a.past.overAt.getTime());
}

/** One text of what is known of an incident, for its words and its vector. */
export function described(of: {
  readonly title: string;
  readonly service: string | null;
  readonly rules: readonly string[];
  readonly labels: readonly string[];
  readonly more: readonly (string | null)[];
}): string {
  const { title, service, rules, labels, more } = of;
  const lines = [title, service, ...rules, ...labels, ...more];
  return [...new Set(lines.filter((it) => it !== null && it !== ''))].join('\n').slice(0, LONGEST);
}

/** Where it runs and what it is part of: `cluster=eu-1`. What names one machine or one request is left out. */
const TELLING: ReadonlySet<string> = new Set([
  'app',
  'application',
  'cluster',
  'component',
  'container',
  'database',
  'datacenter',
  'deployment',
  'device',
  'job',
  'namespace',
  'queue',
  'reason',
  'region',
  'statefulset',
  'team',
  'topic',
  'zone',
]);
const MOST_LABELS = 30;

/** Each once, in order; of several alerts those that any of them has. */
export function tellingLabels(all: readonly Readonly<Record<string, string>>[]): string[] {
  const found = all.flatMap((labels) =>
    Object.entries(labels)
      .filter(([key]) => TELLING.has(key))
      .map(([key, value]) => `${key}=${value}`),
  );
  return [...new Set(found)].toSorted().slice(0, MOST_LABELS);
}

/** UTF-16 units: what is said beyond is a log, not a description. */
const LONGEST = 4000;

function likeness<P extends Past>(
  asked: Described,
  past: P,
  { words, now }: { readonly words: number; readonly now: Date },
): Likeness<P> {
  const sameRule = asked.rules.some((it) => past.rules.includes(it));
  const sameService = asked.service !== null && asked.service === past.service;
  const near = Math.max(0, past.cosine ?? words);
  const sum =
    WEIGHTS.vector * near +
    WEIGHTS.words * words +
    (sameRule ? WEIGHTS.rule : 0) +
    (sameService ? WEIGHTS.service : 0);
  const why: Reason[] = [
    ...(sameRule ? (['same alert rule'] as const) : []),
    ...(sameService ? (['same service'] as const) : []),
    ...(words >= LEAST_WORDS || near >= LEAST_COSINE ? (['similar words'] as const) : []),
  ];
  const score = sum * (1 - AGE_TAKES * (1 - halved(now.getTime() - past.overAt.getTime())));
  return { past, score, why, isClear: sameRule && sameService };
}

function halved(ageMs: number): number {
  return 0.5 ** (Math.max(0, ageMs) / HALF_LIFE_MS);
}

/** What everybody says counts little: the fewer of the pool have a word, the more it weighs. */
function rarityOf(wanted: ReadonlySet<string>, has: readonly ReadonlySet<string>[]): Map<string, number> {
  return new Map(
    [...wanted].map((word) => {
      const having = has.filter((words) => words.has(word)).length;
      return [word, Math.log(1 + (has.length + 1) / (having + 1))];
    }),
  );
}

/** How much of what is wanted is there, by weight: 0 to 1. What else is there, a long cause, takes nothing away. */
function shareOf(
  wanted: ReadonlySet<string>,
  has: ReadonlySet<string> | undefined,
  rarity: ReadonlyMap<string, number>,
): number {
  let [all, found] = [0, 0];
  for (const word of wanted) {
    const weight = rarity.get(word) ?? 0;
    all += weight;
    if (has?.has(word)) found += weight;
  }
  return all === 0 ? 0 : found / all;
}
