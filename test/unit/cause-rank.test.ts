import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { AlertFact, CauseFacts, SimilarFact } from '#src/cause/evidence.ts';
import { evidenceOf } from '#src/cause/examine.ts';
import { rankCauses } from '#src/cause/rank.ts';
import { CHANGE_KINDS, CHANGE_STATUSES, type Change } from '#src/changes/change.ts';
import { ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';

const ONSET = Date.parse('2026-03-01T08:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number) => new Date(ONSET + minutes * MINUTE);

/** The front calls the cart and the search; the cart calls its database. */
const SERVICES = [
  service('front', ['cart', 'search']),
  service('cart', ['db'], { aliases: ['cartservice'], runbook: 'https://wiki.example.com/cart' }),
  service('search', []),
  service('db', []),
];

function service(id: string, dependsOn: string[], more: Partial<CatalogueService> = {}): CatalogueService {
  return { id, name: id, aliases: [], team: null, dependsOn, runbook: null, tier: null, ...more };
}

function alert(rule: string, of: string | null, more: Partial<AlertFact> = {}): AlertFact {
  const id = `${rule} ${of ?? ''}`;
  const rest = { severity: 'P1', firstAt: at(0), metrics: { z: 20 }, labels: {} } as const;
  return { id, rule, title: id, service: of, ...rest, ...more };
}

function change(id: string, of: string | null, startedAt: Date, more: Partial<Change> = {}): Change {
  return {
    id,
    source: 'generic',
    kind: 'deploy',
    service: of,
    environment: null,
    title: `Deploy ${of ?? ''}`,
    author: null,
    url: null,
    startedAt,
    endedAt: startedAt,
    status: 'succeeded',
    size: null,
    details: {},
    ...more,
  };
}

function facts(more: Partial<CauseFacts>): CauseFacts {
  const [onset, until] = [at(0), at(30)];
  const none = { service: null, environment: null, alerts: [], changes: [], similar: [], events: [] };
  return { onset, until, services: SERVICES, ...none, ...more };
}

const entities = (more: Partial<CauseFacts>) => rankCauses(facts(more)).map(({ entity }) => entity.name);

describe('where the alerts begin', () => {
  it('is the deepest service that is ill, and not those that call it', () => {
    const slow = ['front', 'cart', 'db'].map((of) => alert('HighLatency', of));
    expect(entities({ alerts: slow })[0]).toBe('db');
    const [first, second] = rankCauses(facts({ alerts: slow }));
    expect(first?.why).toMatch(
      /^db: its strongest alert is HighLatency.*nothing that it calls explains it better/,
    );
    expect(second).toMatchObject({ against: ['alert:HighLatency db'] });
    expect(second?.why).toContain('but db, which it calls, has stronger ones');
  });

  it('is the service that ran out of something, though others deviate more', () => {
    const alerts = [
      alert('HighLatency', 'front', { metrics: { z: 300 } }),
      alert('HighCpuUsage', 'cart', { metrics: { z: 40 }, labels: { pod: 'cart-7b5' } }),
    ];
    const [first] = rankCauses(facts({ alerts }));
    expect(first?.entity).toEqual({ kind: 'pod', name: 'cart-7b5', service: 'cart' });
  });

  it('is the one that is called where a call between two is slow, also where only the alert knows of the call', () => {
    const labels = { source_workload: 'web', destination_workload: 'mail' };
    expect(entities({ alerts: [alert('HighRequestLatency', 'web', { labels })] })[0]).toBe('mail');
    expect(
      entities({ alerts: [alert('HighCallLatency', null, { labels: { metric: 'web -> mail' } })] })[0],
    ).toBe('mail');
  });

  it('is the caller where it cannot reach most of what it calls', () => {
    const services = [
      service('front', ['a', 'b', 'c', 'd']),
      ...['a', 'b', 'c', 'd'].map((id) => service(id, [])),
    ];
    const alerts = ['a', 'b', 'c'].map((of) => alert('PacketLoss', of));
    const [first] = rankCauses(facts({ alerts, services }));
    expect(first).toMatchObject({
      entity: { name: 'front' },
      evidence: alerts.map(({ id }) => `alert:${id}`),
    });
    expect(first?.why).toContain('3 of the services that it calls');
  });

  it('is not where there is only less to do than usual', () => {
    const quiet = alert('TrafficDrop', 'front', { metrics: { value: 3, baseline: 90 } });
    expect(entities({ alerts: [quiet, alert('HighErrorRate', 'search', { metrics: { z: 4 } })] })[0]).toBe(
      'search',
    );
  });
});

describe('a change', () => {
  const alerts = [alert('HighErrorRate', 'front', { metrics: { z: 15 } })];

  it('just before the first alert on a service that has alerts comes first, with those alerts behind it', () => {
    const [first, ...others] = rankCauses(facts({ alerts, changes: [change('c', 'front', at(-4))] }));
    expect(first).toMatchObject({
      entity: { kind: 'change', name: 'c', service: 'front' },
      confidence: 'likely',
      evidence: ['change:c', 'alert:HighErrorRate front'],
    });
    expect(first?.why).toContain('ended 4 minutes before the first alert');
    expect(others.map(({ entity }) => entity.service)).not.toContain('front');
  });

  it('is found by an alias, and counts where callers of what was changed are ill', () => {
    const [first] = rankCauses(facts({ alerts, changes: [change('c', 'cartservice', at(-4))] }));
    expect(first?.entity).toEqual({ kind: 'change', name: 'c', service: 'cart' });
  });

  it('counts for less the longer ago, the farther away, and elsewhere', () => {
    const weight = (it: Change) =>
      evidenceOf(facts({ alerts, environment: 'production', changes: [it] })).find(
        ({ kind }) => kind === 'change',
      )?.weight ?? 0;
    const near = weight(change('c', 'front', at(-4)));
    for (const other of [
      change('c', 'front', at(-120)),
      change('c', 'cart', at(-4)),
      change('c', 'nobody-knows', at(-4)),
      change('c', null, at(-4)),
      change('c', 'front', at(-4), { environment: 'staging' }),
      change('c', 'front', at(-4), { kind: 'other' }),
      change('c', 'front', at(-4), { status: 'cancelled' }),
    ]) {
      expect(weight(other)).toBeLessThan(near);
    }
    expect(weight(change('c', 'front', at(-4), { environment: 'production' }))).toBe(near);
  });

  it('is no cause of what was there before it began', () => {
    expect(entities({ alerts, changes: [change('c', 'front', at(1))] })).toEqual(['front']);
    const [evidence] = evidenceOf(facts({ changes: [change('c', 'front', at(1))] }));
    expect(evidence).toMatchObject({
      weight: 0,
      why: expect.stringContaining('began 1 minute after the first alert'),
    });
  });

  it('on a service that is only quiet is not taken for one on a service that is ill', () => {
    const quiet = alert('TrafficDrop', 'search', { metrics: { z: -9 } });
    const changes = [change('c', 'search', at(-4)), change('d', 'front', at(-9))];
    expect(entities({ alerts: [...alerts, quiet], changes })[0]).toBe('d');
  });

  it('that goes on since before the first alert is as suspect as one that has just ended', () => {
    const open = change('c', 'front', at(-300), { endedAt: null, status: 'started' });
    expect(entities({ alerts, changes: [open, change('d', 'front', at(-120))] })[0]).toBe('c');
  });
});

describe('past incidents', () => {
  const past = (more: Partial<SimilarFact>): SimilarFact => ({
    number: 7,
    title: 'Cart slow',
    service: 'cart',
    score: 0.9,
    closedAt: at(-9000),
    rootCause: 'the pool was too small',
    ...more,
  });

  it('decide between two that are as suspect, and are named', () => {
    const alerts = ['search', 'cart'].map((of) => alert('HighErrorRate', of));
    expect(entities({ alerts, similar: [past({})] })[0]).toBe('cart');
    const [first] = rankCauses(facts({ alerts, similar: [past({})] }));
    expect(first?.evidence).toContain('similar:7');
    expect(first?.why).toContain('a past incident like this was there');
  });

  it('say nothing where nobody said what it was', () => {
    expect(entities({ similar: [past({ rootCause: null })] })).toEqual([]);
  });
});

describe('whatever is known', () => {
  const NAMES = ['front', 'cart', 'cartservice', 'db', 'elsewhere', ''];
  const anyName = fc.constantFrom<string | null>(...NAMES, null);
  const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, -1, Infinity, NaN, 1e300));
  const anyFacts: fc.Arbitrary<CauseFacts> = fc.record({
    onset: fc.constant(at(0)),
    until: fc.constant(at(30)),
    service: anyName,
    environment: fc.constantFrom(null, ...ENVIRONMENTS),
    alerts: fc.uniqueArray(
      fc.record({
        id: fc.nat(30).map(String),
        rule: fc.constantFrom(
          'HighCpuUsage',
          'HighLatency',
          'PacketLoss',
          'TrafficDrop',
          'PodDown',
          '',
          'a->b',
        ),
        title: fc.oneof(fc.string(), fc.constant('CPU\nhigh')),
        severity: fc.constantFrom(null, ...SEVERITIES),
        service: anyName,
        firstAt: fc.integer({ min: -60, max: 60 }).map(at),
        metrics: fc.dictionary(fc.constantFrom('z', 'value', 'baseline', '__proto__'), anyNumber),
        labels: fc.dictionary(
          fc.constantFrom('pod', 'caller', 'callee', 'metric', 'direction'),
          fc.constantFrom('front', 'db', 'down', 'a -> cart'),
        ),
      }),
      { maxLength: 8, selector: (it) => it.id },
    ),
    changes: fc.uniqueArray(
      fc
        .record({
          id: fc.nat(30).map((it) => `c${it}`),
          kind: fc.constantFrom(...CHANGE_KINDS),
          status: fc.constantFrom(...CHANGE_STATUSES),
          service: anyName,
          environment: fc.constantFrom(null, ...ENVIRONMENTS),
          from: fc.integer({ min: -2000, max: 30 }),
          length: fc.option(fc.nat(60)),
          size: fc.option(fc.nat()),
        })
        .map(({ from, length, id, ...it }) =>
          change(id, it.service, at(from), { ...it, endedAt: length === null ? null : at(from + length) }),
        ),
      { maxLength: 5, selector: (it) => it.id },
    ),
    services: fc.constantFrom(SERVICES, [], [service('front', ['cart']), service('cart', ['front'])]),
    similar: fc.uniqueArray(
      fc.record({
        number: fc.nat(9),
        title: fc.string(),
        service: anyName,
        score: anyNumber,
        closedAt: fc.constant(at(-9000)),
        rootCause: fc.option(fc.string()),
      }),
      { maxLength: 3, selector: (it) => it.number },
    ),
    events: fc.constantFrom([], [{ position: 3, at: at(2), text: 'Noted' }]),
  });

  it('the same facts give the same answer, byte for byte, in whatever order they come', () => {
    fc.assert(
      fc.property(anyFacts, (it) => {
        const said = JSON.stringify(rankCauses(it));
        expect(JSON.stringify(rankCauses(structuredClone(it)))).toBe(said);
        const reversed = {
          ...it,
          alerts: it.alerts.toReversed(),
          changes: it.changes.toReversed(),
          services: it.services.toReversed(),
          similar: it.similar.toReversed(),
        };
        expect(JSON.stringify(rankCauses(reversed))).toBe(said);
      }),
      { numRuns: 60 },
    );
  });

  it('at most five are named, the best first, each with evidence that there is and a reason', () => {
    fc.assert(
      fc.property(anyFacts, (it) => {
        const ranked = rankCauses(it);
        const known = new Set(evidenceOf(it).map(({ id }) => id));
        expect(known.size).toBe(evidenceOf(it).length);
        expect(ranked.length).toBeLessThanOrEqual(5);
        expect(ranked.map(({ score }) => score)).toEqual(
          ranked.map(({ score }) => score).toSorted((a, b) => b - a),
        );
        expect(new Set(ranked.map(({ entity }) => JSON.stringify(entity))).size).toBe(ranked.length);
        for (const { score, evidence, against, why, entity } of ranked) {
          expect(score >= 0.15 && score <= 1).toBe(true);
          expect(evidence.length).toBeGreaterThan(0);
          for (const id of [...evidence, ...against]) expect(known).toContain(id);
          expect(why).toMatch(/^[^\n]+\.$/);
          expect(entity.name).not.toBe('');
        }
        for (const { entity } of ranked.filter((one) => one.entity.kind === 'change')) {
          const found = it.changes.find(({ id }) => id === entity.name);
          expect(found && found.startedAt <= it.onset).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('one more alert of its own never makes a service less suspect than another', () => {
    fc.assert(
      fc.property(anyFacts, (it) => {
        const of = (alerts: CauseFacts['alerts']) =>
          rankCauses({ ...it, alerts, changes: [], similar: [] }).find(
            ({ entity }) => entity.service === 'db',
          )?.score ?? 0;
        const more = alert('MemorySaturation', 'db', { id: 'new', metrics: { z: 500 }, firstAt: at(61) });
        expect(of([...it.alerts, more])).toBeGreaterThanOrEqual(of(it.alerts));
      }),
      { numRuns: 60 },
    );
  });

  it('the cause is unknown where nothing speaks for any', () => {
    expect(rankCauses(facts({}))).toEqual([]);
    expect(rankCauses(facts({ alerts: [alert('HighLatency', null)], service: 'cart' }))).toEqual([]);
  });
});
