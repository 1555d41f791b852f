import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { explainRouting, route, validateRouting, type RoutingRule } from '#src/paging/routing.ts';
import { faultOfRow, fitsPattern, holds, PATTERN, type RouteFacts, type Row } from '#src/paging/rows.ts';
import { choose, type Crew, type Profile, type Strategy } from '#src/paging/strategies.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { resolving } from '#test/support/paging.ts';

const facts: RouteFacts = {
  severity: 'P1',
  category: 'availability',
  source: 'alertmanager',
  tags: { region: 'eu' },
  environment: 'production',
  service: 'checkout',
  title: 'Checkout answers with errors',
  team: null,
  region: 'eu',
  labels: ['paid', 'public'],
  metrics: { errors: 12 },
};

describe('a condition', () => {
  const met = (field: string, operator: Row['operator'], value: Row['value']) =>
    holds({ field, operator, value }, facts).isMet;

  it.each([
    ['severity', 'equals', 'p1', true],
    ['severity', 'greater_than', 'P2', true],
    ['severity', 'greater_than', 'P1', false],
    ['severity', 'less_than', 'P0', true],
    ['severity', 'greater_than', 'bad', false],
    ['source', 'in', ['pagerduty', 'Alertmanager'], true],
    ['source', 'not_in', ['alertmanager'], false],
    ['title', 'contains', 'ERRORS', true],
    ['title', 'not_contains', 'slow', true],
    ['title', 'matches', 'checkout * errors', true],
    ['title', 'matches', 'checkout', false],
    ['label', 'equals', 'public', true],
    ['label', 'not_equals', 'public', false],
    ['label', 'not_equals', 'secret', true],
    ['tag.region', 'equals', 'eu', true],
    ['tag.toString', 'equals', 'eu', false],
    ['metric.errors', 'greater_than', 9, true],
    ['metric.errors', 'less_than', '9', false],
    ['metric.latency', 'less_than', 9, false],
    ['team', 'equals', 'payments', false],
    ['team', 'not_equals', 'payments', true],
  ] as const)('%s %s %j: %s', (field, operator, value, expected) => {
    expect(met(field, operator, value)).toBe(expected);
  });

  it.each([
    [
      { field: 'sevrity', operator: 'equals', value: 'P1' },
      /^"sevrity" is no field; use severity, category,/,
    ],
    [{ field: 'title', operator: 'like', value: 'x' }, /^"like" is no operator; use equals,/],
    [
      { field: 'title', operator: 'equals', value: ['a', 'b'] },
      /^title equals takes one value; for a list use in or not_in\./,
    ],
    [
      { field: 'severity', operator: 'less_than', value: 'high' },
      /^Compare severity with P0 to P4, not high\./,
    ],
    [
      { field: 'metric.x', operator: 'less_than', value: 'many' },
      /^metric.x less_than needs a number, not "many"\./,
    ],
    [
      { field: 'title', operator: 'matches', value: 'x'.repeat(201) },
      /^A pattern has at most 200 characters/,
    ],
    [{ field: 'source', operator: 'in', value: [] }, /^source in needs a value\./],
  ])('that cannot be read says what to change: %j', (row, sentence) => {
    expect(faultOfRow(row as Row)).toMatch(sentence);
  });

  it('with a pattern fits what the same pattern as a regular expression fits', () => {
    const some = (letters: string) =>
      fc.array(fc.constantFrom(...letters.split('')), { maxLength: 12 }).map((it) => it.join(''));
    fc.assert(
      fc.property(some('ab*?'), some('ab.'), (pattern, text) => {
        const same = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'is');
        expect(fitsPattern(pattern, text)).toBe(same.test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('with the worst of patterns is answered at once', () => {
    const began = performance.now();
    expect(fitsPattern('*a'.repeat(PATTERN.most / 2), `${'a'.repeat(100_000)}b`)).toBe(true);
    expect(fitsPattern(`${'*a'.repeat(90)}*b`, 'a'.repeat(100_000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

const rule = (id: string, changes: Partial<RoutingRule> = {}): RoutingRule => ({
  id,
  name: id.toUpperCase(),
  description: '',
  enabled: true,
  priority: 0,
  rows: [],
  hours: null,
  strategy: 'direct',
  skills: [],
  actions: [{ do: 'policy', policy: `${id}-policy` }],
  ...changes,
});
const profile = (id: string, changes: Partial<Profile> = {}): Profile => ({
  id: id as PersonId,
  skills: [],
  region: null,
  timezone: 'UTC',
  openIncidents: 0,
  recentPages: 0,
  ...changes,
});
const crew: Crew = {
  resolve: resolving({ db: ['ana', 'bo', 'cy'] }),
  profiles: [
    profile('ana', {
      openIncidents: 2,
      skills: ['postgres', 'redis'],
      region: 'us',
      timezone: 'America/New_York',
    }),
    profile('bo', {
      openIncidents: 1,
      recentPages: 3,
      skills: ['postgres'],
      region: 'eu',
      timezone: 'Europe/Berlin',
    }),
    profile('cy', { openIncidents: 1, recentPages: 1, region: 'asia', timezone: 'Asia/Tokyo' }),
  ],
  schedules: { db: 'db-oncall' },
};
const go = (rules: RoutingRule[], at = openedAt) => route(rules, facts, 'default', crew, at);

describe('routing', () => {
  it('goes by the first rule that matches, and names it and why', () => {
    const rules = [
      rule('b', { rows: [{ field: 'service', operator: 'equals', value: 'checkout' }], priority: 1 }),
      rule('a', { rows: [{ field: 'severity', operator: 'equals', value: 'P0' }], priority: 9 }),
      rule('c'),
    ];
    expect(go(rules)).toMatchObject({
      rule: 'b',
      policy: 'b-policy',
      why: 'Rule B matched: service is checkout (asked: equals checkout).',
      considered: [
        { rule: 'a', matched: false, why: 'severity is P1 (asked: equals P0)' },
        { rule: 'b', matched: true },
      ],
    });
    expect(explainRouting(rules, facts, openedAt)).toEqual([
      'A did not match: severity is P1 (asked: equals P0).',
      'B matched: service is checkout (asked: equals checkout).',
      'C would match (it is for every incident), but B comes before it.',
    ]);
  });

  it('goes to the default policy where none matches, or where the one that does names none', () => {
    expect(go([rule('a', { enabled: false })])).toMatchObject({
      rule: null,
      policy: 'default',
      why: 'No routing rule matched: the default policy default is used.',
    });
    const labels = rule('a', {
      actions: [
        { do: 'label', labels: ['x', 'x'] },
        { do: 'assign', team: 'db' },
        { do: 'severity', severity: 'P0' },
      ],
    });
    expect(go([labels])).toMatchObject({ policy: 'default', labels: ['x'], team: 'db', severity: 'P0' });
  });

  it('can hold its tongue, and says so', () => {
    const quiet = rule('a', { actions: [{ do: 'suppress' }, { do: 'label', labels: ['noise'] }] });
    expect(go([quiet])).toMatchObject({ isSuppressed: true, policy: null, labels: ['noise'] });
    expect(go([quiet]).why).toBe(
      'Rule A matched and suppresses it: it is for every incident. Nobody is told.',
    );
  });

  it('knows the time of day', () => {
    const nightly = rule('a', {
      hours: { zone: 'UTC', windows: [{ days: [], from: '22:00', to: '06:00' }] },
    });
    expect(go([nightly]).considered[0]?.why).toBe('it is for 22:00 to 06:00 UTC only');
    expect(go([nightly], minutes(-180)).rule).toBe('a');
  });

  it('tells of each rule that cannot work', () => {
    const rules = [
      rule('a', { actions: [] }),
      rule('b', {
        strategy: 'skill_based',
        actions: [{ do: 'notify', targets: [{ kind: 'team', id: 'x' }] }],
      }),
    ];
    expect(
      validateRouting(
        rules,
        () => false,
        () => false,
      ).map((it) => it.message),
    ).toEqual([
      'Rule a: it does nothing; add an action.',
      'Rule b: it chooses by skill; name the skills.',
      'Rule b: team x does not exist; add it or name another.',
    ]);
  });
});

describe('of a team is meant', () => {
  const team = { kind: 'team', id: 'db' } as const;
  const by = (
    strategy: Strategy,
    changes: { skills?: string[]; region?: string | null } = {},
    at = openedAt,
  ) => choose({ targets: [team], strategy, skills: [], region: null, ...changes }, crew, at);

  it('directly: all of it', () => {
    expect(by('direct')).toEqual({ targets: [team], why: 'all of them: team db' });
  });

  it('on call: its schedule, and all of it where that is empty', () => {
    expect(by('on_call').targets).toEqual([{ kind: 'schedule', id: 'db-oncall', fallback: team }]);
  });

  it('by load: who has least to do', () => {
    expect(by('load_balanced')).toEqual({
      targets: [{ kind: 'person', id: 'cy' }],
      why: 'cy has 1 open incident and 1 page, the least',
    });
  });

  it('by skill: who knows most of it', () => {
    expect(by('skill_based', { skills: ['postgres', 'redis'] }).targets).toEqual([
      { kind: 'person', id: 'ana' },
    ]);
    expect(by('skill_based', { skills: ['postgres'] }).targets).toEqual([{ kind: 'person', id: 'bo' }]);
    expect(by('skill_based', { skills: ['cobol'] })).toEqual({
      targets: [team],
      why: 'nobody of them knows cobol, so all of them: team db',
    });
  });

  it('by place: who is near and awake, else who is awake, else all', () => {
    expect(by('geo_based', { region: 'eu' }).why).toBe(
      'bo is in eu, awake (Europe/Berlin), and has 1 open incident and 3 pages',
    );
    expect(by('geo_based', { region: 'us' }).targets).toEqual([{ kind: 'person', id: 'cy' }]);
    const asleep = { ...crew, profiles: crew.profiles.filter((it) => it.id === 'ana') };
    expect(
      choose({ targets: [team], strategy: 'geo_based', skills: [], region: 'us' }, asleep, openedAt).targets,
    ).toEqual([team]);
  });

  it('never nobody, whoever is known', () => {
    const strategies = fc.constantFrom<Strategy>(
      'direct',
      'on_call',
      'load_balanced',
      'skill_based',
      'geo_based',
    );
    const anyProfiles = fc.subarray([...crew.profiles]);
    fc.assert(
      fc.property(strategies, anyProfiles, fc.nat(10_000), (strategy, profiles, at) => {
        const wanted = { targets: [team], strategy, skills: ['redis'], region: 'eu' };
        expect(choose(wanted, { ...crew, profiles }, minutes(at)).targets.length).toBeGreaterThan(0);
      }),
    );
  });
});
