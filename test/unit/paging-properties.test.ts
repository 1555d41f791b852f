import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { escalatedTo } from '#src/paging/escalating.ts';
import { keyOf } from '#src/paging/reach.ts';
import {
  policyOf,
  type EscalationRun,
  type Outcome,
  type Page,
  type RunFacts,
  type World,
} from '#src/paging/run.ts';
import {
  acknowledged,
  begin,
  cancelled,
  reopened,
  replan,
  resolved,
  severityChanged,
  snooze,
  touched,
  unacknowledged,
} from '#src/paging/running.ts';
import { ON_TIME_MS, slaBreached, stillFiring, timeUp } from '#src/paging/times.ts';
import { openedAt } from '#test/support/incident.ts';
import { anyPlan, anySeverity, bo, facts, shifting } from '#test/support/paging.ts';

const RUNS = { numRuns: 300 };

type Event =
  | { readonly does: 'time' | 'touch' | 'resolve' | 'reopen' | 'cancel' | 'fire' }
  | { readonly does: 'ack' | 'unack'; readonly by: PersonId }
  | { readonly does: 'severity'; readonly to: Severity }
  | { readonly does: 'replan'; readonly plan: RunFacts['plan'] }
  | { readonly does: 'breach'; readonly promise: 'acknowledgment' | 'resolution' | 'manager' }
  | { readonly does: 'escalate'; readonly level: number }
  | { readonly does: 'ask' }
  | { readonly does: 'snooze'; readonly minutes: number };

interface Step {
  /** Milliseconds after the step before. */
  readonly after: number;
  readonly event: Event;
  readonly isFiring: boolean;
}

const somebody = fc.constantFrom('ana', 'bo', 'cy') as fc.Arbitrary<PersonId>;
const time: fc.Arbitrary<Event> = fc.constant({ does: 'time' });
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: time, weight: 10 },
  {
    arbitrary: fc.record({ does: fc.constantFrom('ack' as const, 'unack' as const), by: somebody }),
    weight: 3,
  },
  fc.record({
    does: fc.constantFrom('touch' as const, 'resolve' as const, 'reopen' as const, 'fire' as const),
  }),
  fc.record({ does: fc.constant('cancel' as const) }),
  fc.record({ does: fc.constant('severity' as const), to: anySeverity }),
  fc.record({ does: fc.constant('replan' as const), plan: anyPlan }),
  fc.record({
    does: fc.constant('breach' as const),
    promise: fc.constantFrom('acknowledgment' as const, 'resolution' as const, 'manager' as const),
  }),
  fc.record({ does: fc.constant('escalate' as const), level: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ does: fc.constant('ask' as const) }),
  fc.record({ does: fc.constant('snooze' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  after: fc.oneof(fc.nat(10_000), fc.nat(600_000), fc.nat(20_000_000)),
  event: anyEvent,
  isFiring: fc.boolean(),
});
const anySteps = fc.array(anyStep, { maxLength: 25 });
const anyFacts = fc.tuple(anyPlan, anySeverity).map(([plan, severity]) => facts({ plan, severity }));

function apply(run: EscalationRun, event: Event, world: World, at: Date): Outcome {
  switch (event.does) {
    case 'time':
      return timeUp(run, world, at);
    case 'touch':
      return touched(run, at);
    case 'resolve':
      return resolved(run, at);
    case 'reopen':
      return reopened(run, world, at);
    case 'cancel':
      return cancelled(run, 'ana' as PersonId, at);
    case 'fire':
      return stillFiring(run, world, at);
    case 'ack':
      return acknowledged(run, event.by, at);
    case 'unack':
      return unacknowledged(run, world, event.by, at);
    case 'severity':
      return severityChanged(run, world, event.to, at);
    case 'replan':
      return replan(run, world, event.plan, at);
    case 'breach':
      return slaBreached(run, world, event.promise, at);
    case 'escalate': {
      const most = Math.min(...run.plan.map((it) => it.levels.length));
      return escalatedTo(run, world, { level: Math.min(event.level, most) }, 'bo' as PersonId, at);
    }
    case 'ask':
      return escalatedTo(run, world, { target: bo }, 'bo' as PersonId, at);
    case 'snooze':
      return snooze(run, new Date(at.getTime() + event.minutes * 60_000), 'bo' as PersonId, at);
  }
}

/** Plays a history; `look` sees each step with the run before and after it. */
function play(
  start: RunFacts,
  steps: readonly Step[],
  look: (step: {
    event: Event | null;
    before: EscalationRun | null;
    out: Outcome;
    at: Date;
    world: World;
  }) => void,
): void {
  let out = begin(start, { resolve: shifting });
  look({ event: null, before: null, out, at: start.at, world: { resolve: shifting } });
  let now = start.at.getTime();
  for (const { after, event, isFiring } of steps) {
    now += after;
    const at = new Date(now);
    const world = { resolve: shifting, isFiring };
    const before = out.run;
    out = apply(before, event, world, at);
    look({ event, before, out, at, world });
  }
}

/** That managers are told how long it takes is another page than that of their level. */
const once = ({ to, level, cycle, isForManagers = false }: Page) =>
  `${cycle} ${isForManagers ? 'managers ' : ''}${level} ${keyOf(to)}`;

describe('whatever happens to an escalation, whenever', () => {
  it('nobody is paged twice at one level of one round', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        const all: string[] = [];
        play(start, steps, ({ out }) => all.push(...out.pages.map(once)));
        expect(new Set(all).size).toBe(all.length);
      }),
      RUNS,
    );
  });

  it('asked twice it does nothing twice', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        play(start, steps, ({ event, out, at, world }) => {
          if (!event) return;
          const again = apply(out.run, event, world, at);
          expect([again.pages, again.notes]).toEqual([[], []]);
          expect(again.run).toEqual(out.run);
        });
      }),
      RUNS,
    );
  });

  it('nobody is paged by time or severity for what somebody has, or what is over', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        const quiet = new Set(['time', 'severity', 'touch', 'replan', 'ack', 'resolve', 'cancel', 'snooze']);
        play(start, steps, ({ event, before, out }) => {
          if (!before || !event || !quiet.has(event.does)) return;
          const isOver = before.status === 'resolved' || before.status === 'cancelled';
          const isHeld = before.status === 'acknowledged' && out.run.status === 'acknowledged';
          if (isOver || isHeld) expect(out.pages).toEqual([]);
          // Taken up again by its settings alone, and then by name.
          if (before.status === 'acknowledged' && out.pages.length > 0) {
            expect(event.does).toBe('time');
            const { unackAfterMs, resumeIfStillFiringAfterMs } = policyOf(before);
            expect(unackAfterMs ?? resumeIfStillFiringAfterMs).not.toBe(null);
          }
        });
      }),
      RUNS,
    );
  });

  it('what is active has a next time, and what has none says why', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        play(start, steps, ({ before, out, at }) => {
          const { status, nextAt, acknowledgedAt } = out.run;
          if (status === 'active' || status === 'snoozed') expect(nextAt).not.toBe(null);
          if (status === 'completed' && before?.status !== 'completed') {
            expect(out.notes.length).toBeGreaterThan(0);
            expect(nextAt).toBe(null);
          }
          if (status === 'resolved' || status === 'cancelled') expect(nextAt).toBe(null);
          expect(acknowledgedAt !== null).toBe(status === 'acknowledged');
          expect(out.nextAt?.getTime() ?? null).toBe(nextAt);
          expect(out.run.levelReachedAt).toBeLessThanOrEqual(at.getTime());
        });
      }),
      RUNS,
    );
  });

  it('a level that reached nobody is told in the room', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        play(start, steps, ({ before, out }) => {
          const known = before?.history.length ?? 0;
          for (const { what, text } of out.run.history.slice(known)) {
            if (what === 'empty') expect(out.notes.map((it) => it.text)).toContain(text);
          }
        });
      }),
      RUNS,
    );
  });

  it('time takes levels up and never down, and each is reached its window after the one before', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        play(start, steps, ({ event, before, out }) => {
          if (!before) return;
          const { run } = out;
          expect(run.cycle).toBeGreaterThanOrEqual(before.cycle);
          if (event?.does === 'reopen') return;
          expect(run.incidentLevel).toBeGreaterThanOrEqual(before.incidentLevel);
          if (event?.does !== 'time') return;
          if (run.cycle === before.cycle) expect(run.level).toBeGreaterThanOrEqual(before.level);
          const window = policyOf(run).levels[run.level - 1]?.ackWindowMs ?? 0;
          if (run.status === 'active' && run.waitingFor === 'level' && run !== before) {
            expect(run.nextAt).toBe(run.levelReachedAt + window);
          }
        });
      }),
      RUNS,
    );
  });

  it('a run is the same after having been written down as JSON', () => {
    fc.assert(
      fc.property(anyFacts, anySteps, (start, steps) => {
        play(start, steps, ({ out }) => {
          expect(JSON.parse(JSON.stringify(out.run))).toEqual(out.run);
        });
      }),
      RUNS,
    );
  });
});

describe('a timer', () => {
  /** All that comes by time alone, each timer as late as `lateness` says in turn. */
  function ticked(start: RunFacts, lateness: readonly number[], ticks = 40) {
    let out = begin(start, { resolve: shifting });
    const seen: Outcome[] = [out];
    for (let nth = 0; nth < ticks && out.nextAt; nth += 1) {
      const late = lateness[nth % lateness.length] ?? 0;
      out = timeUp(out.run, { resolve: shifting }, new Date(out.nextAt.getTime() + late));
      seen.push(out);
    }
    return seen;
  }

  it('that comes a little late changes nothing at all', () => {
    fc.assert(
      fc.property(anyFacts, fc.array(fc.nat(ON_TIME_MS), { minLength: 1 }), (start, lateness) => {
        expect(ticked(start, lateness)).toEqual(ticked(start, [0]));
      }),
      RUNS,
    );
  });

  it('that comes very late pages one level, which then has its whole window', () => {
    const anyLate = fc.array(fc.integer({ min: ON_TIME_MS + 1, max: 86_400_000 }), { minLength: 1 });
    fc.assert(
      fc.property(anyFacts, anyLate, (start, lateness) => {
        const seen = ticked(start, lateness);
        let now = openedAt.getTime();
        seen.forEach(({ pages, run, nextAt }, nth) => {
          const before = seen[nth - 1];
          if (before?.nextAt) now = before.nextAt.getTime() + (lateness[(nth - 1) % lateness.length] ?? 0);
          expect(new Set(pages.map((it) => it.level)).size).toBeLessThanOrEqual(1);
          const window = policyOf(run).levels[run.level - 1]?.ackWindowMs ?? 0;
          if (pages.length > 0) expect(nextAt).toEqual(new Date(now + window));
        });
      }),
      RUNS,
    );
  });

  it('comes to an end by itself, whatever the policy', () => {
    fc.assert(
      fc.property(anyFacts, (start) => {
        expect(ticked(start, [0], 200).at(-1)?.run.status).toBe('completed');
      }),
      RUNS,
    );
  });
});
