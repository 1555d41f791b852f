import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Incoming, Windows } from '#src/incident/grouping.ts';
import type { Severity } from '#src/incident/incident.ts';
import { minutes } from '#test/support/incident.ts';
import { fires, WINDOWS } from '#test/support/incoming.ts';
import { World } from '#test/support/world.ts';

describe('whatever comes, in whatever order', () => {
  const anyWindows = fc.constantFrom<Windows>(
    WINDOWS,
    { reopenWindowMs: 0, groupWindowMs: 0, stormWindowMs: 0, stormSize: 0 },
    { reopenWindowMs: 60_000, groupWindowMs: 120_000, stormWindowMs: 60_000, stormSize: 0 },
    { reopenWindowMs: 1e9, groupWindowMs: 1e9, stormWindowMs: 1e9, stormSize: 0 },
  );

  it('a batch cut in two comes to the same incidents as in one', () => {
    fc.assert(
      fc.property(anyWindows, history(), anyBatch(), fc.nat(), (windows, before, last, cut) => {
        const at = minutes(before.length);
        const [one, two] = [live(windows, before), live(windows, before)];
        const place = cut % (last.length + 1);
        one.take(last, at);
        two.take(last.slice(0, place), at);
        two.take(last.slice(place), at);
        expect(two.snapshot()).toEqual(one.snapshot());
      }),
    );
  });

  it('what happens to one group does not depend on when the others come', () => {
    fc.assert(
      fc.property(anyWindows, history(), anyBatch(), (windows, before, last) => {
        const at = minutes(before.length);
        const [mixed, sorted] = [live(windows, before), live(windows, before)];
        mixed.take(last, at);
        sorted.take(
          last.toSorted((a, b) => (a.groupKey < b.groupKey ? -1 : a.groupKey > b.groupKey ? 1 : 0)),
          at,
        );
        expect(sorted.partition()).toEqual(mixed.partition());
      }),
    );
  });

  it('every alert that fires is in one incident, and that is open', () => {
    fc.assert(
      fc.property(anyWindows, history(), anyBatch(), (windows, before, last) => {
        const world = live(windows, before);
        world.take(last, minutes(before.length));
        for (const name of new Set(last.filter((it) => it.state === 'firing').map((it) => it.fingerprint))) {
          const known = world.alerts.get(name);
          expect(known).toBeDefined();
          expect(known?.copies.length === 0).toBe(known?.state === 'resolved');
          if (known?.state === 'firing') expect(world.isOpen(known.place)).toBe(true);
        }
      }),
    );
  });

  it('a group never has two open incidents within its window', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 60_000, 1e9), history(), (reopenWindowMs, steps) => {
        const world = live({ ...WINDOWS, reopenWindowMs, groupWindowMs: 1e9 }, steps);
        const open = [...world.alerts.values()].filter((it) => world.isOpen(it.place));
        for (const [, all] of Map.groupBy(open, (it) => it.groupKey)) {
          expect(new Set(all.map((it) => it.place)).size).toBe(1);
        }
      }),
    );
  });

  it('an incident is cleared exactly when the last of its alerts stops', () => {
    fc.assert(
      fc.property(anyWindows, history(), anyBatch(), (windows, before, last) => {
        const world = live(windows, before);
        const { effects } = world.take(last, minutes(before.length));
        const firing = world.known().firing;
        for (const [place, { resolved, clears }] of effects) {
          const number = place > 0 ? place : world.numberOf(place);
          expect(clears).toBe(resolved > 0 && (firing.get(number) ?? 0) === 0);
        }
      }),
    );
  });
});

interface Step {
  readonly batch: Incoming[];
  readonly people: { readonly nth: number; readonly does: 'RESOLVED' | 'CLOSED' } | null;
}

/** What went before: batches a minute apart, and people who resolve and close. */
function history(): fc.Arbitrary<Step[]> {
  const people = fc.option(
    fc.record({ nth: fc.nat(4), does: fc.constantFrom('RESOLVED' as const, 'CLOSED' as const) }),
  );
  return fc.array(fc.record({ batch: anyBatch(), people }), { maxLength: 6 });
}

function anyBatch(): fc.Arbitrary<Incoming[]> {
  const one = fc
    .record({
      group: fc.constantFrom('checkout', 'search'),
      alert: fc.constantFrom('a', 'b', 'c'),
      copy: fc.constantFrom('one', 'two'),
      state: fc.constantFrom<Incoming['state']>('firing', 'firing', 'resolved', 'other'),
      severity: fc.constantFrom<Severity>('P0', 'P2', 'P4'),
      at: fc.option(fc.integer({ min: -3, max: 8 })),
    })
    .map(({ group, alert, at, ...rest }) =>
      fires(`${group}/${alert}`, { ...rest, at: at === null ? null : minutes(at) }),
    );
  return fc.array(one, { maxLength: 8 });
}

function live(windows: Windows, steps: readonly Step[]): World {
  const world = new World(windows);
  for (const [index, step] of steps.entries()) {
    world.take(step.batch, minutes(index));
    if (step.people) world.people(step.people.does, step.people.nth, minutes(index));
  }
  return world;
}
