import { Unclear } from './grammar-values.ts';
import type { Piece, Sense } from './senses.ts';
import type { Dimension, Metric, Moment, Subject } from './spec.ts';

interface Asked {
  readonly metric: Metric;
  readonly moment: Moment;
}

interface Of {
  readonly subject: Subject;
  readonly groups: readonly Dimension[];
}

/** What is to be computed, and which moment the time is about. Throws Unclear where the words say several things, or none. */
export function metricOf(pieces: readonly Piece[], of: Of): Asked {
  if (of.subject !== 'incidents') return { metric: ofOthers(pieces, of.subject), moment: 'opened' };
  const moments = momentsIn(pieces);
  const span = spanIn(pieces, moments, of);
  if (span) return span;
  if (has(pieces, 'statistic')) {
    throw new Unclear('Of what? I know the time to detect, to acknowledge and to resolve.');
  }
  if (has(pieces, 'how-long')) throw new Unclear('I know how long it took to acknowledge and to resolve.');
  const moment = oneOf(moments) ?? 'opened';
  const share = shareIn(pieces, moments);
  if (share) return share;
  if (has(pieces, 'who') && moments.length > 0) {
    throw new Unclear(`I do not count by who ${moment} it; ask by assignee.`);
  }
  return { metric: listOrCount(pieces, of), moment };
}

function listOrCount(pieces: readonly Piece[], { groups }: Of): Metric {
  const isRanked = has(pieces, 'rank');
  if (has(pieces, 'how-many')) {
    if (isRanked) throw new Unclear('Is a number asked for, or a list?');
    return 'count';
  }
  if (groups.length > 0 || has(pieces, 'order')) {
    if (isRanked) throw new Unclear('I can put a list in that order, but not groups.');
    return 'count';
  }
  return has(pieces, 'who') ? 'count' : 'list';
}

const METRICS = {
  detect: { mean: 'mttd', p50: null, p95: null },
  acknowledge: { mean: 'mtta', p50: 'acknowledge-p50', p95: 'acknowledge-p95' },
  resolve: { mean: 'mttr', p50: 'resolve-p50', p95: 'resolve-p95' },
} as const;

/** `time to resolve`, `how long does it take to resolve`, `which team is the slowest to resolve`. */
function spanIn(pieces: readonly Piece[], moments: readonly Moment[], { groups }: Of): Asked | null {
  const spans = pieces.flatMap(({ sense }) => (sense.is === 'span' ? [sense] : []));
  const [said, other] = spans;
  if (other) throw new Unclear('It asks for two lengths of time; ask for one of them.');
  const isRanked = groups.length > 0 && has(pieces, 'rank');
  const isLong = has(pieces, 'how-long') || isRanked;
  const verb = said || !isLong ? null : verbOf(moments, isRanked);
  const of = said?.of ?? verb;
  if (!of) return null;
  if (has(pieces, 'how-many')) throw new Unclear('Is a number asked for, or a length of time?');
  if (has(pieces, 'open')) throw new Unclear('What is open has not taken its time yet.');
  if (has(pieces, 'share') || has(pieces, 'in-time')) {
    throw new Unclear('Is a share asked for, or a length of time?');
  }
  const metric = METRICS[of][statisticIn(pieces, said?.statistic ?? null)];
  if (metric === null) throw new Unclear('Of the time to detect I know only the mean.');
  const moment = verb ? oneOf(moments.filter((it) => it !== OF_VERB[verb])) : oneOf(moments);
  return { metric, moment: moment ?? 'opened' };
}

const OF_VERB = { acknowledge: 'acknowledged', resolve: 'resolved' } as const;

function verbOf(moments: readonly Moment[], isRanked: boolean): 'acknowledge' | 'resolve' | null {
  const verbs = (['acknowledge', 'resolve'] as const).filter((it) => moments.includes(OF_VERB[it]));
  const [verb, other] = verbs;
  if (other) throw new Unclear('Is the time to acknowledge asked for, or that to resolve?');
  if (!verb && !isRanked) throw new Unclear('I know how long it took to acknowledge and to resolve.');
  return verb ?? null;
}

function statisticIn(pieces: readonly Piece[], own: 'mean' | null): 'mean' | 'p50' | 'p95' {
  const said = new Set(pieces.flatMap(({ sense }) => (sense.is === 'statistic' ? [sense.statistic] : [])));
  if (own) said.add(own);
  const [one = 'mean', ...others] = said;
  if (others.length > 0) throw new Unclear('It asks for two kinds of average; ask for one of them.');
  return one;
}

/** `what share of incidents was acknowledged in time`. */
function shareIn(pieces: readonly Piece[], moments: readonly Moment[]): Asked | null {
  const said = pieces.flatMap(({ sense }) => (sense.is === 'in-time' ? [sense] : []));
  const promises = said.map((it) => it.of);
  const isShare = has(pieces, 'share') || said.some((it) => it.share);
  const [promise, other] = promises;
  if (!isShare && !promise) return null;
  if (!isShare || !promise || other || moments.some((it) => it !== 'opened') || has(pieces, 'how-many')) {
    throw new Unclear(
      'I know the share that was acknowledged in time, and the share that was resolved in time.',
    );
  }
  return {
    metric: promise === 'acknowledgment' ? 'acknowledged-in-time' : 'resolved-in-time',
    moment: 'opened',
  };
}

const NOT_OF_OTHERS = new Set<Sense['is']>([
  'statistic',
  'span',
  'share',
  'in-time',
  'open',
  'rank',
  'how-long',
  'moment',
]);

function ofOthers(pieces: readonly Piece[], subject: Exclude<Subject, 'incidents'>): Metric {
  const odd = pieces.find(({ sense }) => NOT_OF_OTHERS.has(sense.is));
  if (odd) throw new Unclear(`I do not know what \`${odd.text}\` means of ${subject}.`);
  if (subject === 'on-call') return onCall(pieces);
  if (subject === 'pages') return has(pieces, 'night') ? 'night-pages' : 'pages';
  if (subject === 'changes') return 'changes';
  return has(pieces, 'noise') ? 'noise' : 'alerts';
}

function onCall(pieces: readonly Piece[]): Metric {
  const known = new Set<Sense['is']>(['on-call', 'who', 'list', 'which', 'now', 'filter']);
  const odd = pieces.find(({ sense }) => !known.has(sense.is));
  if (odd) throw new Unclear(`I can only say who is on call now, without \`${odd.text}\`.`);
  return 'on-call';
}

function momentsIn(pieces: readonly Piece[]): Moment[] {
  return [...new Set(pieces.flatMap(({ sense }) => (sense.is === 'moment' ? [sense.moment] : [])))];
}

/** Two moments in one question would need two times. */
function oneOf(moments: readonly Moment[]): Moment | undefined {
  const [one, other] = moments;
  if (other) throw new Unclear(`It asks for what was ${moments.join(' and ')}; ask for one of them.`);
  return one;
}

function has(pieces: readonly Piece[], is: Sense['is']): boolean {
  return pieces.some(({ sense }) => sense.is === is);
}
