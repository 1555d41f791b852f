import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { described, rankByLikeness, tellingLabels, type Past } from '#src/search/likeness.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const days = (count: number) => new Date(NOW.getTime() - count * 86_400_000);

function past(changes: Partial<Past> = {}): Past {
  const text = 'High latency of checkout\ncheckout\nHighLatency';
  return { service: 'checkout', rules: ['HighLatency'], text, overAt: days(10), cosine: null, ...changes };
}

const asked = { service: 'checkout', rules: ['HighLatency'], text: past().text };

describe('what an incident is like', () => {
  it('is said in words, and clear where rule and service are the same', () => {
    const [found] = rankByLikeness(asked, [past()], NOW);
    expect(found).toMatchObject({ why: ['same alert rule', 'same service', 'similar words'], isClear: true });
    const [other] = rankByLikeness(asked, [past({ service: 'payments' })], NOW);
    expect(other).toMatchObject({ why: ['same alert rule', 'similar words'], isClear: false });
  });

  it('is nothing where only the service is the same', () => {
    const stranger = past({ rules: ['DiskFull'], text: 'Disk full on a node\nDiskFull' });
    expect(rankByLikeness(asked, [stranger], NOW)).toEqual([]);
  });

  it('counts for more the younger it is, but never so that a stranger of today comes first', () => {
    const [old, young] = [past({ overAt: days(700) }), past({ overAt: days(1) })];
    const stranger = past({
      service: 'mail',
      rules: ['QueueBacklog'],
      text: 'High latency of the mail queue',
      overAt: days(0),
    });
    const found = rankByLikeness(asked, [stranger, old, young], NOW).map((it) => it.past);
    expect(found.slice(0, 2)).toEqual([young, old]);
  });

  it('is found by words alone, misspelt ones too', () => {
    const pool = [past(), past({ service: 'mail', rules: ['QueueBacklog'], text: 'Mail queue is full' })];
    const by = (text: string) =>
      rankByLikeness({ service: null, rules: [], text }, pool, NOW).map((it) => it.past.service);
    expect(by('checkout latency')).toEqual(['checkout']);
    expect(by('chekout latncy')).toEqual(['checkout']);
    expect(by('a certificate of the gateway')).toEqual([]);
  });

  it('takes no words of a long cause into account that were not asked for', () => {
    const long = past({ text: `${past().text}\nThe cache was emptied by a change of its configuration.` });
    const [first, second] = rankByLikeness(asked, [long, past({ overAt: long.overAt })], NOW);
    expect(first?.score).toBeCloseTo(second?.score ?? 0, 10);
  });

  it('has a score from 0 to 1, nearest first, and never counts a nearer vector against it', () => {
    const anyPast = fc.record({
      service: fc.constantFrom(null, 'checkout', 'mail'),
      rules: fc.subarray(['HighLatency', 'DiskFull']),
      text: fc.constantFrom('High latency of checkout', 'disk full', ''),
      overAt: fc.integer({ min: -5, max: 4000 }).map(days),
      cosine: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(anyPast, { maxLength: 8 }), (pool) => {
        const found = rankByLikeness(asked, pool, NOW);
        const scores = found.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        expect(scores.every((it) => it >= 0 && it <= 1)).toBe(true);
        expect(found.every(({ why }) => why.length > 0)).toBe(true);
        const nearer = rankByLikeness(
          asked,
          pool.map((it) => ({ ...it, cosine: 1 })),
          NOW,
        );
        expect(nearer.length).toBeGreaterThanOrEqual(found.length);
      }),
    );
  });
});

describe('what is said of an incident', () => {
  it('is each thing once, without labels that name one machine', () => {
    expect(
      tellingLabels([
        { cluster: 'eu-1', pod: 'x-1' },
        { cluster: 'eu-1', team: 'pay' },
      ]),
    ).toEqual(['cluster=eu-1', 'team=pay']);
    const text = described({ title: 'A', service: 'A', rules: ['R'], labels: [], more: [null, '', 'why'] });
    expect(text).toBe('A\nR\nwhy');
  });
});
