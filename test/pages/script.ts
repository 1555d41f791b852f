import type { Severity } from '#src/incident/incident.ts';
import type { EscalationPolicy, Level, Target } from '#src/paging/policy.ts';
import { policy } from '#test/support/paging.ts';

import type { Name } from './cast.ts';
import type { Fault } from './faults.ts';
import { Random } from './random.ts';
import { ANSWERS, CHANNELS, CHAT, type Answers } from './wire.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Runs begin and people act at whole beats, so that much falls on one instant. */
const BEAT_MS = 5 * SECOND;

/** Runs that share a process, and with it what befalls the process. */
export const SIDE_BY_SIDE = 20;
/** Runs begin within this time of the play, and faults of the process within that. */
const BEGIN_MS = 10 * MINUTE;
const FAULTY_MS = 25 * MINUTE;

/** What somebody does in a run, so many milliseconds after it began. */
export interface Deed {
  readonly at: number;
  readonly who: Name;
  readonly what:
    | 'acknowledge'
    | 'start'
    | 'answer'
    | 'escalate'
    | 'note'
    | 'worse'
    | 'snooze'
    | 'resolve'
    | 'reopen';
}

/** One incident's life and what goes wrong for it alone. */
export interface Run {
  readonly number: number;
  readonly at: number;
  readonly severity: Severity;
  readonly policies: readonly [EscalationPolicy, ...EscalationPolicy[]];
  readonly deeds: readonly Deed[];
  readonly answers: Answers;
}

/** Runs that share a process, and what goes wrong for all of them. */
export interface Script {
  readonly runs: readonly Run[];
  readonly faults: readonly Fault[];
  /** When a provider fails for everybody. */
  readonly outages: readonly { readonly channel: string; readonly from: number; readonly until: number }[];
}

/** The same for the same seed and the same numbers of runs: `first` is the number of the first. */
export function writeScript(seed: number, first: number, count: number): Script {
  const random = new Random(seed, first);
  return {
    runs: Array.from({ length: count }, (_, index) =>
      writeRun(new Random(seed, first + index, 1), first + index),
    ),
    faults: [...kills(random), ...drops(random), ...jumps(random)],
    outages: random.times(0, 1, () => {
      const from = random.int(0, FAULTY_MS);
      return { channel: random.of([CHAT, ...CHANNELS]), from, until: from + random.int(5, 150) * SECOND };
    }),
  };
}

function kills(random: Random): Fault[] {
  return random.times(0, 5, () => ({
    kind: 'kill' as const,
    at: random.int(0, FAULTY_MS),
    after: random.int(1, 120),
    downMs: random.of([0, random.int(1, 20) * SECOND, random.int(1, 10) * MINUTE]),
  }));
}

function drops(random: Random): Fault[] {
  return random.times(0, 4, () => ({
    kind: 'drop' as const,
    at: random.int(0, FAULTY_MS),
    after: random.int(1, 120),
    ms: random.int(1, 40) * SECOND,
    share: random.of([1, 0.5, 0.1]),
  }));
}

function jumps(random: Random): Fault[] {
  return random.times(0, 1, () => ({
    kind: 'jump' as const,
    at: random.int(0, FAULTY_MS),
    ms: random.of([random.int(1, 14) * SECOND, random.int(1, 20) * MINUTE]),
  }));
}

function writeRun(random: Random, number: number): Run {
  const id = `run-${number}`;
  const last = writePolicy(random, `${id}-last`, null);
  const first = writePolicy(random, id, random.chance(0.1) ? last.id : null);
  return {
    number,
    at: random.int(0, BEGIN_MS / BEAT_MS) * BEAT_MS,
    severity: random.of(['P0', 'P0', 'P1', 'P1', 'P2', 'P3', 'P4']),
    policies: first.handTo === null ? [first] : [first, last],
    deeds: writeDeeds(random),
    answers: random.chance(0.4) ? {} : writeAnswers(random),
  };
}

function writePolicy(random: Random, id: string, handTo: string | null): EscalationPolicy {
  const levels = Array.from({ length: random.of([1, 2, 2, 3]) }, (_, index) => writeLevel(random, index));
  return policy({
    id,
    name: id,
    levels,
    handTo,
    conditions: { tags: { run: handTo === null && id.endsWith('-last') ? 'none' : id } },
    repeat: { times: random.of([0, 0, 0, 0, 1, 2]), afterMs: random.of([0, MINUTE]) },
    stopOnAck: random.chance(0.85),
    unackAfterMs: random.of([null, null, null, 10 * MINUTE]),
  });
}

const TARGETS: readonly Target[] = [
  { kind: 'person', id: 'ana' },
  { kind: 'person', id: 'bo' },
  { kind: 'person', id: 'cy' },
  { kind: 'person', id: 'dan' },
  { kind: 'person', id: 'eve' },
  { kind: 'person', id: 'fay' },
  { kind: 'schedule', id: 'front' },
  { kind: 'schedule', id: 'empty', fallback: { kind: 'person', id: 'bo' } },
  { kind: 'schedule', id: 'empty' },
  { kind: 'team', id: 'crew' },
  { kind: 'room', id: `${CHAT}/C024` },
];

function writeLevel(random: Random, index: number): Level {
  return {
    name: `Level ${index + 1}`,
    targets: [...new Set(Array.from({ length: random.of([1, 1, 1, 2]) }, () => random.of(TARGETS)))],
    ackWindowMs: random.of([30 * SECOND, MINUTE, random.int(12, 60) * BEAT_MS]),
    when: random.chance(0.1) ? { hours: null, severity: ['P0', 'P1'] } : null,
    strategy: random.chance(0.15) ? 'round-robin' : 'all',
    acksNeeded: random.chance(0.1) ? 2 : 1,
    whenEmpty: random.chance(0.15) ? 'hold' : 'skip',
  };
}

const NAMES: readonly Name[] = ['ana', 'bo', 'cy', 'dan', 'fay'];

function writeDeeds(random: Random): Deed[] {
  const what = random.of<readonly Deed['what'][]>([
    [],
    [],
    ['acknowledge'],
    ['acknowledge', 'start', 'resolve'],
    ['answer', 'resolve'],
    ['answer', 'note', 'resolve', 'reopen'],
    ['start', 'resolve'],
    ['escalate', 'acknowledge'],
    ['escalate', 'escalate', 'acknowledge', 'resolve'],
    ['snooze', 'acknowledge'],
    ['note', 'acknowledge', 'escalate', 'resolve'],
    ['worse', 'acknowledge', 'snooze'],
    ['note', 'worse', 'note', 'resolve'],
    ['resolve', 'reopen', 'acknowledge', 'resolve'],
  ]);
  let at = 0;
  return what.map((it) => {
    at += random.of([random.int(0, 6), random.int(2, 40), random.int(20, 120)]) * BEAT_MS;
    return { at, who: random.of(NAMES), what: it };
  });
}

function writeAnswers(random: Random): Answers {
  const bad = ANSWERS.filter((it) => it !== 'ok');
  return Object.fromEntries(
    [CHAT, ...CHANNELS].map((channel) => [
      channel,
      random.times(0, 5, () => (random.chance(0.5) ? ('ok' as const) : random.of(bad))),
    ]),
  );
}
