import { describe, expect, it } from 'vitest';

import { plan, type Incoming } from '#src/incident/grouping.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { ends, fires, WINDOWS } from '#test/support/incoming.ts';
import { World } from '#test/support/world.ts';

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

  it('is over when none of the names it fires under is left', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { copy: 'one' }), fires('checkout/a', { copy: 'two' })], openedAt);
    const first = world.take([{ ...ends('checkout/a'), copy: 'one' }], minutes(1));
    expect(first.placed).toMatchObject([{ verdict: 'resolved', place: 1 }]);
    expect(first.effects.get(1)).toBe(undefined);
    expect(verdicts(world, [{ ...ends('checkout/a'), copy: 'one' }], minutes(2))).toEqual(['recorded 1']);
    expect(world.alerts.get('checkout/a')?.state).toBe('firing');
    const last = world.take([{ ...ends('checkout/a'), copy: 'two' }], minutes(3));
    expect(last.effects.get(1)).toMatchObject({ resolved: 1, clears: true });
    world.take([fires('checkout/a', { copy: 'one' })], minutes(4));
    expect(world.alerts.get('checkout/a')?.copies).toEqual(['one']);
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

  it('one that fires under two names with two severities in turns is told once', () => {
    const world = new World(WINDOWS);
    const warning = fires('checkout/a', { copy: 'warning', severity: 'P3' });
    const critical = fires('checkout/a', { copy: 'critical', severity: 'P1' });
    expect(worst(world, [warning, critical])).toEqual(['P1']);
    expect(worst(world, [warning, critical, warning, critical], minutes(1))).toEqual([]);
  });

  it('one that says the same again is not: a person may have set the incident lower', () => {
    const world = new World(WINDOWS);
    world.take([fires('checkout/a', { severity: 'P1' })], openedAt);
    expect(worst(world, [fires('checkout/a', { severity: 'P1' })], minutes(1))).toEqual([]);
  });
});
