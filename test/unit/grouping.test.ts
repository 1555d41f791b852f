import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan, type Incoming, type Windows } from '#src/incident/grouping.ts';
import type { Severity } from '#src/incident/incident.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { World } from '#test/support/world.ts';

const WINDOWS: Windows = { reopenWindowMs: 15 * 60_000, groupWindowMs: 6 * 3_600_000 };

let count = 0;

/** `checkout/a`: alert a of the group checkout. */
function fires(name: string, changes: Partial<Incoming> = {}): Incoming {
  count += 1;
  return {
    eventId: `e${count}`,
    fingerprint: name,
    groupKey: name.split('/')[0] ?? '',
    state: 'firing',
    title: name,
    severity: 'P2',
    at: null,
    ...changes,
  };
}

function ends(name: string, at: Date | null = null): Incoming {
  return fires(name, { state: 'resolved', at });
}

function verdicts(world: World, batch: readonly Incoming[], at = openedAt): string[] {
  return world.take(batch, at).placed.map(({ verdict, place }) => `${verdict} ${place ?? 'nowhere'}`);
}

describe('where an alert goes', () => {
  it('the first of a group opens, the others join, a repeat is a repeat', () => {
    const world = new World(WINDOWS);
    expect(
      verdicts(world, [fires('checkout/a'), fires('checkout/b'), fires('search/a'), fires('checkout/a')]),
    ).toEqual(['opened -1', 'joined -1', 'opened -2', 'repeated -1']);
    expect(verdicts(world, [fires('checkout/c'), fires('search/a')])).toEqual(['joined 1', 'repeated 2']);
  });

  it('a repeat names the event that first said so, and changes neither that nor when it fired', () => {
    const world = new World(WINDOWS);
    const first = fires('checkout/a', { at: minutes(-1) });
    world.take([first], openedAt);
    const { placed } = world.take([fires('checkout/a', { at: minutes(-1) })], minutes(5));
    expect(placed[0]?.duplicateOf).toBe(first.eventId);
    expect(world.alerts.get('checkout/a')).toMatchObject({ firedAt: minutes(-1), firedBy: first.eventId });
  });

  it('five hundred at once are one incident', () => {
    const { placed, effects } = plan(
      Array.from({ length: 500 }, (_, index) => fires(`checkout/${index}`)),
      new World(WINDOWS).known(),
      WINDOWS,
      openedAt,
    );
    expect(new Set(placed.map((it) => it.place))).toEqual(new Set([-1]));
    expect([...effects.values()]).toMatchObject([{ joined: { length: 499 }, refired: [] }]);
  });

  it('after the group has been quiet for its window, another alert of it opens a new one', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    expect(verdicts(world, [fires('checkout/b')], minutes(360))).toEqual(['joined 1']);
    expect(verdicts(world, [fires('checkout/c')], minutes(360 + 361))).toEqual(['opened -1']);
  });

  it('a repeat keeps the window open', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    world.take([fires('checkout/a')], minutes(300));
    expect(verdicts(world, [fires('checkout/b')], minutes(600))).toEqual(['joined 1']);
  });

  it('an alert stays in the group it was first seen in', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    world.people('CLOSED', 1, minutes(1));
    world.take([fires('checkout/b')], minutes(2));
    expect(verdicts(world, [fires('checkout/a', { groupKey: 'elsewhere' })], minutes(3))).toEqual([
      'joined 2',
    ]);
  });

  it('one that is acknowledged, or only talked about, opens nothing', () => {
    const world = new World(WINDOWS);
    expect(
      verdicts(world, [
        fires('checkout/a', { state: 'acknowledged' }),
        fires('checkout/b', { state: 'other' }),
      ]),
    ).toEqual(['recorded nowhere', 'recorded nowhere']);
  });
});

describe('an alert that is resolved', () => {
  it('clears its incident when it was the last one that fired', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a'), fires('checkout/b')], openedAt);
    const first = world.take([ends('checkout/a')], minutes(1));
    expect(first.effects.get(1)).toMatchObject({ resolved: 1, clears: false });
    const last = world.take([ends('checkout/b')], minutes(2));
    expect(last.effects.get(1)).toMatchObject({ resolved: 1, clears: true });
  });

  it('does not clear it when another one fires in the same batch, or it does itself', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    const { effects } = world.take([ends('checkout/a'), fires('checkout/b')], minutes(1));
    expect(effects.get(1)).toMatchObject({ clears: false });
    const again = world.take([ends('checkout/b'), fires('checkout/b')], minutes(2));
    expect(again.effects.get(1)).toMatchObject({ clears: false, refired: ['checkout/b'] });
  });

  it('is only recorded when it never fired, or is resolved already', () => {
    const world = new World(WINDOWS);
    expect(verdicts(world, [ends('checkout/a')])).toEqual(['recorded nowhere']);
    world.take([fires('checkout/a')], openedAt);
    world.take([ends('checkout/a')], minutes(1));
    expect(verdicts(world, [ends('checkout/a')], minutes(2))).toEqual(['recorded 1']);
  });

  it('is only recorded when it was on its way so long that the alert fired again since', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { at: minutes(-1) })], openedAt);
    expect(verdicts(world, [ends('checkout/a', minutes(-2))], minutes(1))).toEqual(['recorded 1']);
    expect(world.alerts.get('checkout/a')?.state).toBe('firing');
  });

  it('counts although a repeat of the alert was received after it happened', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { at: minutes(0) })], minutes(1));
    world.take([fires('checkout/a', { at: minutes(0) })], minutes(10));
    expect(verdicts(world, [ends('checkout/a', minutes(9))], minutes(11))).toEqual(['resolved 1']);
  });
});

describe('an alert that fires again', () => {
  const resolved = (after: number) => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a'), fires('checkout/b')], openedAt);
    world.take([ends('checkout/a'), ends('checkout/b')], minutes(1));
    world.people('RESOLVED', 1, minutes(after));
    return world;
  };

  it('goes back to its incident while that is open', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    world.take([ends('checkout/a')], minutes(1));
    const { placed, effects } = world.take([fires('checkout/a')], minutes(500));
    expect(placed).toMatchObject([{ verdict: 'refired', place: 1, duplicateOf: null }]);
    expect(effects.get(1)?.reopens).toBe(false);
  });

  it('reopens it within the window after it was resolved', () => {
    const { placed, effects } = resolved(2).take([fires('checkout/a')], minutes(17));
    expect(placed).toMatchObject([{ verdict: 'refired', place: 1 }]);
    expect(effects.get(1)?.reopens).toBe(true);
  });

  it.each([1, 2, 3, 4])('reopens it when %i of them come at once', (number) => {
    const batch = ['checkout/a', 'checkout/b', 'checkout/c', 'checkout/d']
      .slice(0, number)
      .map((it) => fires(it));
    const world = resolved(2);
    const { effects } = world.take(batch, minutes(3));
    expect(effects.get(1)?.reopens).toBe(true);
    expect(new Set([...world.alerts.values()].map((it) => it.place))).toEqual(new Set([1]));
  });

  it('opens a new one later', () => {
    expect(verdicts(resolved(2), [fires('checkout/a')], minutes(17.1))).toEqual(['opened -1']);
  });

  it('opens a new one when it was closed: that was the last word of a person', () => {
    const world = resolved(2);
    world.people('CLOSED', 1, minutes(3));
    expect(verdicts(world, [fires('checkout/a')], minutes(4))).toEqual(['opened -1']);
  });

  it('joins the one its group has open, rather than have two', () => {
    const world = resolved(2);
    world.take([fires('checkout/new')], minutes(3));
    expect(verdicts(world, [fires('checkout/a')], minutes(4))).toEqual(['joined 2']);
  });

  it('moves to a new one when it fired on in one that was closed', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    world.people('CLOSED', 1, minutes(1));
    expect(verdicts(world, [fires('checkout/a')], minutes(2))).toEqual(['opened -1']);
    expect(world.alerts.get('checkout/a')?.place).toBe(2);
  });

  it('is counted once when it fired on in one that was resolved', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a')], openedAt);
    world.people('RESOLVED', 1, minutes(1));
    const { effects } = world.take([fires('checkout/a'), ends('checkout/a')], minutes(2));
    expect(effects.get(1)).toMatchObject({ reopens: true, clears: true });
  });
});

describe('how bad it is', () => {
  const worst = (world: World, batch: readonly Incoming[], at = openedAt) =>
    [...world.take(batch, at).effects.values()].map((it) => it.worst);

  it('is the worst of what came', () => {
    const batch = (['P3', 'P0', 'P2'] as const).map((severity, index) =>
      fires(`checkout/${index}`, { severity }),
    );
    expect(worst(new World(WINDOWS), batch)).toEqual(['P0']);
  });

  it('an alert that got worse while it fires is told, one that got milder is not', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { severity: 'P2' })], openedAt);
    expect(worst(world, [fires('checkout/a', { severity: 'P3' })], minutes(1))).toEqual([]);
    expect(worst(world, [fires('checkout/a', { severity: 'P0' })], minutes(2))).toEqual(['P0']);
  });

  it('one that says the same again is not: a person may have set the incident lower', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { severity: 'P1' })], openedAt);
    expect(worst(world, [fires('checkout/a', { severity: 'P1' })], minutes(1))).toEqual([]);
  });
});

describe('whatever comes, in whatever order', () => {
  const anyWindows = fc.constantFrom<Windows>(
    WINDOWS,
    { reopenWindowMs: 0, groupWindowMs: 0 },
    { reopenWindowMs: 60_000, groupWindowMs: 120_000 },
    { reopenWindowMs: 1e9, groupWindowMs: 1e9 },
  );

  it('a batch cut in two comes to the same incidents as in one', () => {
    fc.assert(
      fc.property(anyWindows, history(), batch(), fc.nat(), (windows, before, last, cut) => {
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
      fc.property(anyWindows, history(), batch(), (windows, before, last) => {
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
      fc.property(anyWindows, history(), batch(), (windows, before, last) => {
        const world = live(windows, before);
        world.take(last, minutes(before.length));
        for (const name of new Set(last.filter((it) => it.state === 'firing').map((it) => it.fingerprint))) {
          const known = world.alerts.get(name);
          expect(known).toBeDefined();
          if (known?.state === 'firing') expect(world.isOpen(known.place)).toBe(true);
        }
      }),
    );
  });

  it('a group never has two open incidents within its window', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 60_000, 1e9), history(), (reopenWindowMs, steps) => {
        const world = live({ reopenWindowMs, groupWindowMs: 1e9 }, steps);
        const open = [...world.alerts.values()].filter((it) => world.isOpen(it.place));
        for (const [, all] of Map.groupBy(open, (it) => it.groupKey)) {
          expect(new Set(all.map((it) => it.place)).size).toBe(1);
        }
      }),
    );
  });

  it('an incident is cleared exactly when the last of its alerts stops', () => {
    fc.assert(
      fc.property(anyWindows, history(), batch(), (windows, before, last) => {
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
  return fc.array(fc.record({ batch: batch(), people }), { maxLength: 6 });
}

function batch(): fc.Arbitrary<Incoming[]> {
  const one = fc
    .record({
      group: fc.constantFrom('checkout', 'search'),
      alert: fc.constantFrom('a', 'b', 'c'),
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
