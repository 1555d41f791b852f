import { describe, expect, test } from 'vitest';

import { Pace } from '#src/engine/intake-pace.ts';

describe('the pace at which alerts are stored', () => {
  test('is not told by few, most of whose time is the commit', () => {
    const pace = new Pace();
    pace.took(50, 400);
    expect(pace.waitFor(1000)).toBe(0);
    pace.took(100, 100);
    pace.took(50, 400);
    expect(pace.waitFor(1000)).toBe(1000);
  });

  test('is that of late where many were slow once and few are quick: nobody is refused for good', () => {
    const pace = new Pace();
    pace.took(100, 2000);
    expect(pace.waitFor(101)).toBeGreaterThan(2000);
    for (let time = 0; time < 20; time += 1) pace.took(50, 50);
    expect(pace.waitFor(1000)).toBeLessThan(2000);
  });
});
