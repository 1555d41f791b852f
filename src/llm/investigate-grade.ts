import type { CauseType } from './investigate-words.ts';
import type { Hypothesis } from './verify.ts';

/** What was said of the likely causes, held against what people found in the end: 100 the cause and how, 65 the cause, 35 near it, 0 wrong. */
export const GRADES = [0, 35, 65, 100] as const;
export type Grade = (typeof GRADES)[number];

type Graded = Pick<Hypothesis, 'cause' | 'type' | 'mechanism' | 'path'>;

/**
 * The grade of hypotheses by the root cause that people wrote down at the end. By words alone: the same
 * words have the same grade, and what is said in quite other words gets too low a one. A person's verdict wins over it.
 *
 * @returns null where there is nothing to grade: no hypothesis, or no word of what the cause was
 */
export function gradeOf(rootCause: string | null, hypotheses: readonly Graded[]): Grade | null {
  const truth = wordsOf(rootCause ?? '');
  if (truth.length === 0 || hypotheses.length === 0) return null;
  const grades = hypotheses.map((it, at) => gradeOne(truth, it, at === 0));
  return grades.reduce((best, it) => (it > best ? it : best));
}

/** Named first and with how: 100. Named first, or later with how: 65. On its way, or named last: 35. */
function gradeOne(
  truth: readonly string[],
  { cause, type, mechanism, path }: Graded,
  isFirst: boolean,
): Grade {
  if (hasName(truth, cause)) {
    const isHow =
      TYPE_WORDS[type].some((it) => hasName(truth, it)) || overlap(truth, wordsOf(mechanism)) >= ENOUGH;
    if (isHow) return isFirst ? 100 : 65;
    return isFirst ? 65 : 35;
  }
  return path.some((it) => hasName(truth, it)) ? 35 : 0;
}

/** So much of what people wrote has to be in what the model wrote. */
const ENOUGH = 0.4;

/** What people call each kind of cause. */
const TYPE_WORDS: Readonly<Record<CauseType, readonly string[]>> = {
  deploy: ['deploy', 'deployment', 'release', 'rollout', 'version', 'upgrade'],
  config: ['config', 'configuration', 'setting', 'settings', 'misconfigured', 'misconfiguration'],
  flag: ['flag', 'feature flag', 'toggle'],
  code: ['bug', 'code', 'regression', 'exception', 'leak'],
  resource: [
    'memory',
    'cpu',
    'disk',
    'oom',
    'connections',
    'pool',
    'quota',
    'capacity',
    'saturated',
    'exhausted',
  ],
  network: ['network', 'dns', 'latency', 'packet loss', 'partition', 'firewall', 'certificate', 'tls'],
  dependency: ['dependency', 'upstream', 'downstream'],
  data: ['data', 'migration', 'index', 'schema', 'query', 'corrupt', 'corruption'],
  traffic: ['traffic', 'load', 'spike', 'ddos', 'bot', 'bots'],
  infrastructure: ['node', 'host', 'hardware', 'zone', 'cluster', 'kubernetes', 'vm'],
  external: ['provider', 'vendor', 'third party', 'external'],
  other: [],
};

/** Words that say nothing of a cause. */
const EMPTY = new Set(
  'a an and are as at because by due for from had has in into is it its of on or our out so some that the then there this to too was we were when which with'.split(
    ' ',
  ),
);

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((it) => it !== '' && !EMPTY.has(it));
}

/** All words of a name, one after the other. */
function hasName(truth: readonly string[], name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && ` ${truth.join(' ')} `.includes(` ${words.join(' ')} `);
}

function overlap(truth: readonly string[], said: readonly string[]): number {
  const all = new Set(truth);
  const known = new Set(said);
  return [...all].filter((it) => known.has(it)).length / all.size;
}
