import { z } from 'zod';

import type { Log } from '#src/llm/books.ts';
import type { DoorSettings, ModelChoice } from '#src/llm/door-settings.ts';
import type { About, Door } from '#src/llm/door.ts';
import { openEgress, type EgressEntry } from '#src/llm/egress.ts';
import { ratesOf } from '#src/llm/gate.ts';
import type { Ledger } from '#src/llm/ledger.ts';
import type { Provider } from '#src/llm/model.ts';
import { openDoor } from '#src/llm/open-door.ts';
import { defineTask, type Task } from '#src/llm/task.ts';

import { ManualClock } from './manual-clock.ts';
import { MemoryLedger } from './memory-ledger.ts';

/** A door with everything around it that a test looks at. */
export interface TestDoor {
  readonly door: Door;
  readonly ledger: MemoryLedger;
  readonly clock: ManualClock;
  /** What left, oldest first. */
  readonly left: readonly EgressEntry[];
  /** What the program would have logged. */
  readonly logged: readonly string[];
}

interface Around {
  readonly providers: readonly Provider[];
  readonly settings?: Partial<DoorSettings>;
  /** In place of one in memory. */
  readonly ledger?: Ledger;
  readonly maySend?: boolean;
  readonly now?: () => Date;
  /** In place of one that keeps the texts alone. */
  readonly log?: Log;
}

/** Open to these providers: the first has all models, a second stands in for it. Nothing waits for rates. */
export function testDoor({ providers, settings, ledger: other, maySend = true, now, log }: Around): TestDoor {
  const ledger = new MemoryLedger();
  const clock = new ManualClock();
  const left: EgressEntry[] = [];
  const logged: string[] = [];
  let count = 0;
  const door = openDoor({
    providers,
    settings: { ...settingsFor(providers), ...settings },
    ledger: other ?? ledger,
    egress: openEgress(
      () => ({ isOn: true, isSealed: !maySend, withPrivate: false }),
      async (entry) => void left.push(entry),
    ),
    now: now ?? (() => clock.now()),
    newId: () => `call-${(count += 1)}`,
    log: log ?? { warn: (_, text) => void logged.push(text), error: (_, text) => void logged.push(text) },
  });
  return { door, ledger, clock, left, logged };
}

function settingsFor(providers: readonly Provider[]): DoorSettings {
  const choice = (model: string): [ModelChoice, ...ModelChoice[]] => {
    const [first = '', ...others] = providers.map(({ name }) => name);
    const standIns = others.map((provider) => ({ provider, model: 'stand-in', effort: null }));
    return [{ provider: first, model, effort: null }, ...standIns];
  };
  return {
    sizes: {
      small: choice('claude-haiku-5-5'),
      middle: choice('claude-sonnet-5-5'),
      large: choice('claude-opus-5-5'),
    },
    tasks: {},
    budgets: { dayUsd: 1000, incidentUsd: 1000 },
    prices: {},
    rates: ratesOf(1_000_000, 1_000_000_000),
  };
}

export const ABOUT: About = { incident: 42, isPrivate: false, priority: 'asked' };

const Verdict = z.object({
  severity: z.enum(['P0', 'P1', 'P2']),
  confidence: z.number().min(0).max(1),
  words: z.string().max(100),
});

type Judgement = z.output<typeof Verdict>;

/** A task as the others are. */
export function testTask(more: Partial<Task<string, Judgement>> = {}): Task<string, Judgement> {
  return defineTask<string, Judgement>({
    name: 'test-severity',
    version: 1,
    size: 'small',
    effort: 'low',
    deadlineMs: 5000,
    maxTokens: 300,
    isCached: false,
    system: 'Say how severe it is.',
    data: (title) => ({ title }),
    answer: () => Verdict,
    fallback: () => BY_RULES,
    samples: ['The shop is down'],
    ...more,
  });
}

export const BY_RULES: Judgement = { severity: 'P2', confidence: 0.1, words: 'by rules' };
export const GOOD: Judgement = { severity: 'P1', confidence: 0.9, words: 'by the model' };
