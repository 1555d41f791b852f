import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan, type Known } from '#src/incident/grouping.ts';
import { fires, WINDOWS } from '#test/support/incoming.ts';

const now = new Date('2026-03-01T08:00:00Z');
const nothing: Known = { alerts: new Map(), groups: new Map(), incidents: new Map(), firing: new Map() };
const copy = (name: string, state: 'firing' | 'resolved' = 'firing') =>
  fires('checkout/disk', { copy: name, state });

function endsWith(...incoming: readonly ReturnType<typeof fires>[]) {
  const { alerts, effects } = plan(incoming, nothing, WINDOWS, now);
  return { state: alerts.get('checkout/disk')?.state, clears: effects.get(-1)?.clears };
}

describe('an alert that fires under several names', () => {
  it('goes on while one of them fires, and is over with the last', () => {
    const [warning, critical] = [copy('warning'), copy('critical')];
    expect(endsWith(warning, critical, copy('warning', 'resolved'))).toEqual({
      state: 'firing',
      clears: false,
    });
    const both = [warning, critical, copy('critical', 'resolved'), copy('warning', 'resolved')];
    expect(endsWith(...both)).toEqual({ state: 'resolved', clears: true });
  });

  it('is not ended by the end of a name it never had', () => {
    expect(endsWith(copy('warning'), copy('critical', 'resolved'))).toEqual({
      state: 'firing',
      clears: false,
    });
  });

  it('is over exactly when every name that fired was resolved after it', () => {
    const step = fc.tuple(
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom('firing' as const, 'resolved' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const firing = new Set<string>();
        for (const [name, state] of steps) {
          if (state === 'firing') firing.add(name);
          else firing.delete(name);
        }
        const { alerts } = plan(
          steps.map(([name, state]) => copy(name, state)),
          nothing,
          WINDOWS,
          now,
        );
        const known = alerts.get('checkout/disk');
        expect(known?.state ?? 'resolved').toBe(firing.size > 0 ? 'firing' : 'resolved');
        expect(new Set(known?.copies ?? [])).toEqual(firing);
      }),
    );
  });
});
