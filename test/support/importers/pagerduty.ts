import * as fc from 'fast-check';

import {
  anyTime,
  anyUsers,
  anyWindow,
  CHANGING_ZONES,
  DAY,
  HOUR,
  iso,
  NAMES,
  stacked,
  turns,
  weekly,
  within,
  without,
  type Interval,
} from './intervals.ts';

interface Restriction {
  readonly type: 'daily_restriction' | 'weekly_restriction';
  readonly start_time_of_day: string;
  readonly duration_seconds: number;
  readonly start_day_of_week?: number;
}

export interface PdCase {
  readonly zone: string;
  readonly window: { from: number; until: number };
  /** The uppermost first, as the answer has them. */
  readonly layers: readonly {
    readonly users: readonly string[];
    readonly seconds: number;
    readonly virtualStart: number;
    readonly start: number;
    readonly end: number | null;
    readonly restrictions: readonly Restriction[];
  }[];
  readonly overrides: readonly Interval[];
}

/** Who is on call: overrides over layers over each other, each layer in its turns and its restrictions. */
export function renderPagerDuty({ zone, window, layers, overrides }: PdCase): Interval[] {
  const rendered = layers.map((it) => {
    const all = turns(it.users, it.virtualStart, it.seconds * 1000, zone, window);
    const alive = within(all, [{ from: it.start, until: it.end ?? Infinity }]);
    if (it.restrictions.length === 0) return alive;
    const open = it.restrictions.flatMap((one) => {
      const days = one.start_day_of_week === undefined ? [1, 2, 3, 4, 5, 6, 7] : [one.start_day_of_week];
      return weekly(days, one.start_time_of_day, one.duration_seconds / 60, zone, window);
    });
    return oneAtATime(within(alive, open));
  });
  return within(stacked([overrides, ...rendered]), [window]);
}

/** What the API answers about it, in files of their own. */
export function pagerDutyFiles(
  it: PdCase,
  rendered: readonly Interval[] | null = renderPagerDuty(it),
): { name: string; text: string }[] {
  const user = (id: string) => ({ id, type: 'user_reference', summary: id });
  const entries = (all: readonly Interval[]) => ({
    rendered_schedule_entries: all
      .toSorted((a, b) => a.from - b.from)
      .map(({ from, until, who }) => ({ start: iso(from), end: iso(until), user: user(who) })),
  });
  const schedule = {
    id: 'PS1',
    type: 'schedule',
    name: 'Payments',
    time_zone: it.zone,
    teams: [{ id: 'PT1', type: 'team_reference' }],
    schedule_layers: it.layers.map((layer, place) => ({
      id: `PL${it.layers.length - place}`,
      name: `Layer ${it.layers.length - place}`,
      start: iso(layer.start),
      end: layer.end === null ? null : iso(layer.end),
      rotation_virtual_start: iso(layer.virtualStart),
      rotation_turn_length_seconds: layer.seconds,
      users: layer.users.map((id) => ({ user: user(id) })),
      restrictions: layer.restrictions,
    })),
    overrides_subschedule: entries(it.overrides),
    ...(rendered ? { final_schedule: entries(rendered) } : null),
  };
  const address = `/schedules/PS1?since=${iso(it.window.from)}&until=${iso(it.window.until)}`;
  const users = NAMES.map((id) => ({ id, name: id, email: `${id}@example.com`, time_zone: it.zone }));
  return [
    { name: 'all.json', text: JSON.stringify({ [address]: { schedule } }) },
    { name: 'users.json', text: JSON.stringify({ users, more: false, offset: 0 }) },
    { name: 'teams.json', text: JSON.stringify({ teams: [{ id: 'PT1', name: 'Payments' }] }) },
  ];
}

export function anyPagerDuty(): fc.Arbitrary<PdCase> {
  return fc.tuple(fc.constantFrom(...CHANGING_ZONES), anyWindow()).chain(([zone, window]) =>
    fc
      .record({
        layers: fc.array(anyLayer(window), { minLength: 1, maxLength: 3 }),
        overrides: fc.array(anyOverride(window), { maxLength: 4 }),
      })
      .map(({ layers, overrides }) => ({ zone, window, layers, overrides: oneAtATime(overrides) })),
  );
}

function anyLayer(window: { from: number; until: number }) {
  const before = fc.integer({ min: 2, max: 20_000 }).map((half) => window.from - half * (HOUR / 2));
  const noon = fc.integer({ min: 1, max: 80 }).map((days) => window.from + days * DAY + DAY / 2);
  return fc.record({
    users: anyUsers(),
    seconds: fc.constantFrom(5 * 3600, 12 * 3600, 86_400, 3 * 86_400, 604_800, 1_209_600),
    virtualStart: before,
    start: fc.oneof({ weight: 4, arbitrary: before }, { weight: 1, arbitrary: noon }),
    end: fc.option(
      noon.map((it) => it + 100 * DAY),
      { freq: 1 },
    ),
    restrictions: fc.array(anyRestriction(), { maxLength: 3 }),
  });
}

function anyRestriction(): fc.Arbitrary<Restriction> {
  const start = anyTime().map((it) => `${it}:00`);
  return fc.oneof(
    fc.record({
      type: fc.constant('daily_restriction' as const),
      start_time_of_day: start,
      duration_seconds: fc.integer({ min: 1, max: 48 }).map((it) => it * 1800),
    }),
    fc.record({
      type: fc.constant('weekly_restriction' as const),
      start_time_of_day: start,
      duration_seconds: fc.integer({ min: 1, max: 336 }).map((it) => it * 1800),
      start_day_of_week: fc.integer({ min: 1, max: 7 }),
    }),
  );
}

export function anyOverride(window: { from: number; until: number }): fc.Arbitrary<Interval> {
  return fc
    .tuple(fc.nat(4000), fc.integer({ min: 1, max: 100 }), fc.constantFrom(...NAMES))
    .map(([half, length, who]) => {
      const from = window.from + half * (HOUR / 2);
      return { from, until: from + length * (HOUR / 2), who };
    })
    .filter((it) => it.until <= window.until);
}

function oneAtATime(all: readonly Interval[]): Interval[] {
  return all.reduce<Interval[]>((kept, it) => [...kept, ...without([it], kept)], []);
}
