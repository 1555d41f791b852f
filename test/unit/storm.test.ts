import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { catalogueOf } from '#src/cause/catalogue.ts';
import { namesNear } from '#src/cause/near.ts';
import { foldAlerts } from '#src/chat/story.ts';
import type { Incoming } from '#src/incident/grouping.ts';
import { describe as tell } from '#src/incident/timeline.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { ends, fires, WINDOWS } from '#test/support/incoming.ts';
import { logged } from '#test/support/view.ts';
import { World } from '#test/support/world.ts';

const STORMS = { ...WINDOWS, stormSize: 3 };

function verdict(world: World, alert: Incoming, at: Date): string {
  const [placed] = world.take([alert], at).placed;
  return `${placed?.verdict} ${placed?.place ?? 'nowhere'}`;
}

describe('alerts of services next to each other', () => {
  const basket = (changes: Partial<Incoming> = {}) =>
    fires('basket/a', { near: ['till', 'stock'], ...changes });

  it('are one incident while it is new', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], openedAt);
    expect(verdict(world, basket(), minutes(5))).toBe('joined 1');
    expect(verdict(world, fires('basket/b'), minutes(60))).toBe('joined 1');
  });

  it('are two once it is older than the window, however many joined of late', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], openedAt);
    world.take([fires('stock/a', { near: ['till'] })], minutes(4));
    expect(verdict(world, basket(), minutes(6))).toBe('opened -1');
  });

  it('are two where the first is over, where no service is next to them, and where the window is 0', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], openedAt);
    expect(verdict(world, fires('search/a', { near: ['catalogue'] }), minutes(1))).toBe('opened -1');
    world.people('RESOLVED', 1, minutes(1));
    expect(verdict(world, basket(), minutes(2))).toBe('opened -1');
    const still = new World({ ...WINDOWS, stormWindowMs: 0 });
    still.take([fires('till/a')], openedAt);
    expect(verdict(still, basket(), openedAt)).toBe('opened -1');
  });

  it('are two where the first is private: whoever is called to the other would not see it', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], openedAt);
    const till = world.incidents.get(1);
    if (till) world.incidents.set(1, { ...till, isPrivate: true });
    expect(verdict(world, basket(), minutes(1))).toBe('opened -1');
    expect(verdict(world, fires('till/b'), minutes(2))).toBe('joined 1');
  });

  it('join the earliest of several, and go back to their own incident before anything else', () => {
    const world = new World(WINDOWS);
    world.take([fires('stock/a')], openedAt);
    world.take([fires('till/a')], minutes(1));
    expect(verdict(world, basket(), minutes(2))).toBe('joined 1');
    const own = new World(WINDOWS);
    own.take([fires('basket/a')], openedAt);
    own.take([ends('basket/a')], minutes(1));
    own.people('RESOLVED', 1, minutes(1));
    own.take([fires('till/a')], minutes(2));
    expect(verdict(own, basket(), minutes(3))).toBe('refired 1');
  });

  it('that come in one batch are one incident, as they are one after the other', () => {
    const world = new World(WINDOWS);
    const { placed } = world.take([fires('till/a'), basket()], openedAt);
    expect(placed.map((it) => it.place)).toEqual([-1, -1]);
  });
});

describe('the timeline of an incident that took in a storm', () => {
  it.each([
    [{ count: 1, storm: 1 }, 'It came from elsewhere'],
    [{ count: 2, storm: 2 }, 'They came from elsewhere'],
    [{ count: 3, storm: 1 }, '1 of them came from elsewhere'],
  ])('says so of %j', (data, words) => {
    expect(tell(logged('incident.alerts_joined', { titles: ['a'], ...data }))).toContain(
      `${words} within minutes of its opening`,
    );
  });

  it('says nothing of it where all are of its own group', () => {
    expect(tell(logged('incident.alerts_joined', { count: 2, titles: ['a'] }))).not.toContain('elsewhere');
  });

  it('keeps the number where a run of them is told in one line', () => {
    const joined = { count: 2, titles: ['a', 'b'], storm: 1 };
    const events = [joined, { count: 3, titles: ['c'] }].map((it) => logged('incident.alerts_joined', it));
    expect(foldAlerts(events)).toMatchObject([{ data: { count: 5, storm: 1 } }]);
  });

  it('counts those that came from another group, and not those that follow them', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], openedAt);
    const batch = [fires('basket/a', { near: ['till'] }), fires('basket/b'), fires('till/b')];
    expect(world.take(batch, minutes(1)).effects.get(1)).toMatchObject({ joined: { length: 3 }, swept: 1 });
  });
});

describe('many incidents at once', () => {
  const somewhere = (name: string) => fires(`${name}/a`, { around: 'production' });

  it('are a storm from the size on that is set: what else comes joins the first', () => {
    const world = new World(STORMS);
    const verdicts = ['a', 'b', 'c', 'd', 'e'].map((it, index) =>
      verdict(world, somewhere(it), minutes(index)),
    );
    expect(verdicts).toEqual(['opened -1', 'opened -1', 'opened -1', 'joined 1', 'joined 1']);
  });

  it('are none in another environment, later than the window, or where no size is set', () => {
    const world = new World(STORMS);
    for (const name of ['a', 'b', 'c']) world.take([somewhere(name)], openedAt);
    expect(verdict(world, fires('d/a', { around: 'staging' }), openedAt)).toBe('opened -1');
    expect(verdict(world, somewhere('e'), minutes(6))).toBe('opened -1');
    const calm = new World(WINDOWS);
    for (const name of ['a', 'b', 'c']) calm.take([somewhere(name)], openedAt);
    expect(verdict(calm, somewhere('d'), openedAt)).toBe('opened -1');
  });

  it('never take in what comes later than the window after the first, whoever is next to whom', () => {
    const anyAlert = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      near: fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']),
      around: fc.constantFrom('production', 'staging', null),
      after: fc.nat({ max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(anyAlert, { maxLength: 30 }), (alerts) => {
        const world = new World({ ...STORMS, groupWindowMs: -1 });
        let minute = 0;
        for (const [index, { name, near, around, after }] of alerts.entries()) {
          minute += after;
          const { placed } = world.take([fires(`${name}/${index}`, { near, around })], minutes(minute));
          const place = placed[0]?.verdict === 'joined' ? placed[0].place : null;
          const opened = place === null ? undefined : world.incidents.get(place)?.createdAt;
          if (opened) expect(minutes(minute).getTime() - opened.getTime()).toBeLessThanOrEqual(5 * 60_000);
        }
      }),
    );
  });
});

describe('an alert that goes on and off', () => {
  function flaps(world: World, from: number, times: number): string[] {
    return Array.from({ length: times }, (_, index) => {
      const at = from + index * 10;
      const said = verdict(world, fires('till/a'), minutes(at));
      world.take([ends('till/a')], minutes(at + 5));
      for (const number of world.incidents.keys()) world.people('RESOLVED', number, minutes(at + 5));
      return said;
    });
  }

  it('reopens its incident while that is young, and then is news', () => {
    const said = flaps(new World(WINDOWS), 0, 7);
    expect(said).toEqual([
      'opened -1',
      ...Array.from({ length: 4 }, () => 'refired 1'),
      'opened -1',
      'refired 2',
    ]);
  });

  it('reopens one that went on for long, once', () => {
    const world = new World(WINDOWS);
    world.take([fires('till/a')], minutes(-300));
    world.take([ends('till/a')], minutes(-1));
    world.people('RESOLVED', 1, minutes(-1));
    expect(flaps(world, 0, 2)).toEqual(['refired 1', 'opened -1']);
  });
});

describe('the services next to one', () => {
  const catalogue = catalogueOf(
    [
      { id: 'shop', dependsOn: ['till', 'search'], aliases: ['shop-web'] },
      { id: 'till', dependsOn: ['ledger'], aliases: [] },
      { id: 'search', dependsOn: [], aliases: [] },
      { id: 'ledger', dependsOn: [], aliases: ['ledger-db'] },
    ].map((it) => ({ ...it, name: it.id.toUpperCase(), team: null, runbook: null, tier: null })),
  );

  it('are those it calls and those that call it, under all their names', () => {
    expect(namesNear(catalogue, 'till', 1).toSorted()).toEqual(
      ['LEDGER', 'SHOP', 'TILL', 'ledger', 'ledger-db', 'shop', 'shop-web'].toSorted(),
    );
  });

  it('are its own other names where it stands alone, and none where nobody knows it', () => {
    expect(namesNear(catalogue, 'shop-web', 0).toSorted()).toEqual(['SHOP', 'shop']);
    expect(namesNear(catalogue, 'stranger', 1)).toEqual([]);
  });
});
