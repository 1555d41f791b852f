import { describe, expect, test } from 'vitest';

import { marksOf } from '#src/alerts/marks.ts';
import { flightOf, mayGoBeside } from '#src/engine/intake-flight.ts';
import type { Received } from '#src/engine/prepared.ts';
import { alert } from '#test/support/incident.ts';

const a = said('a');
const b = said('b');
const worse: Received = { ...said('a'), alert: { ...a.alert, severity: 'P0' } };
const ended = said('a', 'resolved');
const unread: Received = { alert: b.alert, payload: {} };

describe('a batch goes beside another', () => {
  test.each([
    ['that says the same', [a], [a]],
    ['about other alerts', [a], [b, b]],
    ['where what ends is of other alerts', [b], [ended]],
    ['of none', [], [a]],
  ])('%s', (_, flight, batch) => {
    expect(mayGoBeside(flightOf(flight), batch)).toBe(true);
  });

  test.each([
    ['in which anything ends, since that may be about an alert by another name', [ended], [b]],
    ['that says the same alert in other words', [a], [worse]],
    ['that says one of many in other words', [b, a], [b, worse]],
    ['of which it said that it fires what now ends', [a], [ended]],
    ['about which nothing is known', [unread], [a]],
    ['when nothing is known of itself', [a], [unread]],
  ])('but not one %s', (_, flight, batch) => {
    expect(mayGoBeside(flightOf(flight), batch)).toBe(false);
  });

  test('and it is known how large that is', () => {
    expect(flightOf([a, b, b]).size).toBe(3);
  });
});

function said(key: string, state: 'firing' | 'resolved' = 'firing'): Received {
  const it = alert({ key, title: `Alert ${key}`, state });
  return { alert: it, marks: marksOf(it), payload: {} };
}
