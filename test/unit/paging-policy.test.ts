import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chainOf, choosePolicy, type PolicyFacts, type Target } from '#src/paging/policy.ts';
import { validatePolicies } from '#src/paging/validate.ts';
import { endOf, isWithin, type Hours } from '#src/paging/windows.ts';
import { ana, anyPolicy, bo, level, policy } from '#test/support/paging.ts';

const messages = (...args: Parameters<typeof validatePolicies>) =>
  validatePolicies(...args).map((it) => it.message);
const known = () => true;

describe('a policy is refused with what to change', () => {
  const one = (changes: Parameters<typeof level>[0]) => policy({ levels: [level(changes)] });

  it.each([
    [policy({ levels: [] }), 'Policy payments: it has no levels; add one with somebody to page.'],
    [one({ targets: [] }), 'Policy payments, level 1: it pages nobody; add a target.'],
    [
      one({ ackWindowMs: 1000 }),
      'Policy payments, level 1: its acknowledge window must be 30 s to 1 d, not 1 s.',
    ],
    [
      one({ ackWindowMs: NaN }),
      'Policy payments, level 1: its acknowledge window must be 30 s to 1 d, not NaN.',
    ],
    [one({ acksNeeded: 0 }), 'Policy payments, level 1: 1 to 20 acknowledgments can be needed, not 0.'],
    [
      one({ when: { severity: [], hours: { zone: 'Mars/Base', windows: [] } } }),
      'Policy payments, level 1: "Mars/Base" is no time zone; write it like Europe/Berlin.',
    ],
    [
      one({
        when: { severity: [], hours: { zone: 'UTC', windows: [{ days: [], from: '25:00', to: '06:00' }] } },
      }),
      'Policy payments, level 1: "25:00" is no time of day; write it like 09:30.',
    ],
    [
      policy({
        conditions: { severity: ['P3'] },
        levels: [level({ when: { hours: null, severity: ['P0', 'P1'] } })],
      }),
      'Policy payments, level 1: it is for P0 or P1 only and the policy for P3, so it never applies.',
    ],
    [policy({ handTo: 'gone' }), 'Policy payments: it hands on to "gone", which does not exist.'],
    [
      policy({ handTo: 'payments' }),
      'Policies hand on in a circle (payments → payments); take one of these steps away.',
    ],
    [policy({ managerLevel: 9 }), 'Policy payments: its manager level is 9, and it has 3 levels.'],
    [policy({ repeat: { times: 99, afterMs: 0 } }), 'Policy payments: it can repeat 0 to 20 times, not 99.'],
    [
      policy({ repeat: { times: 1, afterMs: 5 } }),
      'Policy payments: the time before it repeats must be 30 s to 1 d, not 0 s.',
    ],
    [
      one({ targets: [{ ...ana, fallback: { ...bo, fallback: ana } }] }),
      'Policy payments, level 1: its fallbacks come back to ana (ana → bo → ana); end them with somebody else.',
    ],
  ])('%#', (wrong, sentence) => {
    expect(messages([wrong], known)).toEqual([sentence]);
  });

  it('where a target does not exist, also behind others', () => {
    const hidden = level({ targets: [{ ...ana, fallback: { kind: 'team', id: 'db' } }] });
    expect(messages([policy({ levels: [hidden] })], ({ kind }) => kind !== 'team')).toEqual([
      'Policy payments, level 1: team db does not exist; add it or name another target.',
    ]);
  });

  it('where its fallbacks are a ring in memory, without going round for ever', () => {
    const ring: { -readonly [K in keyof Target]: Target[K] } = { ...ana };
    ring.fallback = ring;
    expect(messages([policy({ levels: [level({ targets: [ring] })] })], known)).toHaveLength(1);
  });

  it('where two have one id, and each circle of policies once', () => {
    const twice = [policy(), policy()];
    expect(messages(twice, known)).toEqual(['2 policies have the id "payments"; give each its own.']);
    const circle = ['a', 'b', 'c'].map((id, nth) => policy({ id, handTo: ['b', 'c', 'a'][nth] ?? null }));
    expect(messages([...circle, policy({ id: 'in', handTo: 'b' })], known)).toEqual([
      'Policies hand on in a circle (a → b → c → a); take one of these steps away.',
    ]);
  });

  it('and not where all is well', () => {
    fc.assert(
      fc.property(anyPolicy, (any) => {
        expect(messages([any], known)).toEqual([]);
      }),
    );
  });
});

describe('the policy of an incident', () => {
  const facts: PolicyFacts = {
    severity: 'P1',
    category: 'availability',
    source: 'alertmanager',
    tags: { region: 'eu' },
    environment: 'production',
    service: 'checkout',
  };
  const all = policy({ id: 'all', name: 'All' });
  const worst = policy({ id: 'worst', name: 'Worst', conditions: { severity: ['P0'] }, priority: 9 });
  const checkout = policy({
    id: 'checkout',
    name: 'Checkout',
    conditions: { service: ['checkout'], tags: { region: 'eu' } },
  });

  it('is the one of highest priority that matches, and among equals the more particular one', () => {
    const chosen = choosePolicy([all, worst, checkout], facts, null);
    expect(chosen.policy?.id).toBe('checkout');
    expect(chosen.why).toBe('Policy Checkout matched: service is checkout and tag region is eu.');
    expect(chosen.considered).toEqual([
      { policy: 'worst', matched: false, why: 'severity is P1, and it is for P0' },
      { policy: 'checkout', matched: true, why: 'service is checkout and tag region is eu' },
      { policy: 'all', matched: true, why: 'it is for every incident' },
    ]);
  });

  it('is the default one where none matches, and nobody is guessed where there is none', () => {
    expect(choosePolicy([worst, { ...all, enabled: false }], facts, 'worst').why).toBe(
      'No policy matched, so the default policy Worst is used.',
    );
    expect(choosePolicy([worst], facts, null)).toMatchObject({
      policy: null,
      why: 'No policy matched, and no default policy is set: name one in the settings. Nobody is paged.',
    });
    expect(choosePolicy([], facts, 'gone').why).toBe(
      'There is no policy, and the default policy "gone" is missing or switched off. Nobody is paged.',
    );
  });

  it('hands on to others, each once, as far as they are there and on', () => {
    const [a, b, c] = [
      policy({ id: 'a', handTo: 'b' }),
      policy({ id: 'b', handTo: 'c' }),
      policy({ id: 'c', handTo: 'a' }),
    ];
    expect(chainOf(a, [a, b, c]).map((it) => it.id)).toEqual(['a', 'b', 'c']);
    expect(chainOf(a, [a, { ...b, enabled: false }, c]).map((it) => it.id)).toEqual(['a']);
  });
});

describe('hours of the day', () => {
  const night = (days: number[] = []): Hours => ({
    zone: 'Europe/Berlin',
    windows: [{ days, from: '22:00', to: '06:00' }],
  });

  it.each([
    ['2026-03-06T20:59:00Z', false],
    ['2026-03-06T21:00:00Z', true],
    ['2026-03-07T04:59:59Z', true],
    ['2026-03-07T05:00:00Z', false],
    ['2026-03-06T03:00:00Z', false],
  ])('that wrap midnight belong to the day on which they begin: Friday night at %s', (at, expected) => {
    expect(isWithin(night([5]), new Date(at))).toBe(expected);
  });

  it('end by the clock on the wall, also where it is changed', () => {
    expect(endOf(night(), new Date('2026-03-28T22:00:00Z'))).toEqual(new Date('2026-03-29T04:00:00Z'));
    const gap: Hours = { zone: 'Europe/Berlin', windows: [{ days: [], from: '22:00', to: '02:30' }] };
    expect(endOf(gap, new Date('2026-03-28T22:00:00Z'))).toEqual(new Date('2026-03-29T01:00:00Z'));
    expect(endOf(gap, new Date('2026-10-25T01:10:00Z'))).toEqual(new Date('2026-10-25T01:30:00Z'));
    expect(endOf({ zone: 'UTC', windows: [{ days: [], from: '08:00', to: '08:00' }] }, new Date(0))).toBe(
      null,
    );
  });

  it('end at the first minute at which they do not hold', () => {
    const anyTime = fc
      .tuple(fc.nat(23), fc.nat(59))
      .map(([h, m]) => [h, m].map((it) => String(it).padStart(2, '0')).join(':'));
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'Asia/Kolkata',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'UTC',
    );
    const instants = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2027, 0, 1) / 60_000 });
    fc.assert(
      fc.property(
        zones,
        anyTime,
        anyTime,
        fc.subarray([0, 1, 2, 3, 4, 5, 6]),
        instants,
        (zone, from, to, days, minute) => {
          const hours = { zone, windows: [{ days, from, to }] };
          const at = new Date(minute * 60_000);
          fc.pre(isWithin(hours, at));
          const end = endOf(hours, at);
          fc.pre(end !== null);
          let first = at.getTime();
          while (isWithin(hours, new Date(first))) first += 60_000;
          expect(end).toEqual(new Date(first));
        },
      ),
      { numRuns: 60 },
    );
  });
});
