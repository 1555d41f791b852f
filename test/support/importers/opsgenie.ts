import * as fc from 'fast-check';

import {
  anyUsers,
  anyWindow,
  CHANGING_ZONES,
  DAY,
  HOUR,
  iso,
  NAMES,
  turns,
  weekly,
  within,
  without,
  type Interval,
} from './intervals.ts';
import { anyOverride } from './pagerduty.ts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const LENGTH = { hourly: HOUR, daily: DAY, weekly: 7 * DAY } as const;

interface Times {
  readonly startHour: number;
  readonly startMin: number;
  readonly endHour: number;
  readonly endMin: number;
}

type TimeRestriction =
  | { readonly type: 'time-of-day'; readonly restriction: Times }
  | {
      readonly type: 'weekday-and-time-of-day';
      readonly restrictions: readonly (Times & {
        readonly startDay: (typeof DAYS)[number];
        readonly endDay: (typeof DAYS)[number];
      })[];
    };

interface Rotation {
  readonly users: readonly string[];
  readonly type: 'hourly' | 'daily' | 'weekly';
  readonly length: number;
  readonly start: number;
  readonly end: number | null;
  readonly timeRestriction: TimeRestriction | null;
}

export interface OgCase {
  readonly zone: string;
  readonly window: { from: number; until: number };
  readonly rotations: readonly Rotation[];
  /** Of the rotations with these numbers; none: of all. The later in the list wins. */
  readonly overrides: readonly (Interval & { readonly rotations: readonly number[] })[];
}

/** Each rotation by itself: its overrides, and where there is none its turns. All are on call together. */
export function renderOpsgenie({ zone, window, rotations, overrides }: OgCase): Interval[][] {
  return rotations.map((it, number) => {
    const mine = overrides.filter((one) => one.rotations.length === 0 || one.rotations.includes(number));
    const last = mine.reduce<Interval[]>((kept, one) => [...without(kept, [one]), one], []);
    const all = turns(it.users, it.start, LENGTH[it.type] * it.length, zone, window);
    const alive = within(all, [{ from: it.start, until: it.end ?? Infinity }]);
    const open = it.timeRestriction ? within(alive, opened(it.timeRestriction, zone, window)) : alive;
    return within([...last, ...without(open, last)], [window]);
  });
}

/** What the API answers about it, in files of their own. */
export function opsgenieFiles(
  it: OgCase,
  rendered: readonly (readonly Interval[])[] | null = renderOpsgenie(it),
): { name: string; text: string }[] {
  const user = (id: string) => ({ type: 'user', id, username: `${id}@example.com` });
  const rotations = it.rotations.map((one, number) => ({
    id: `r${number}`,
    name: `Rotation ${number}`,
    startDate: iso(one.start),
    ...(one.end === null ? null : { endDate: iso(one.end) }),
    type: one.type,
    length: one.length,
    participants: one.users.map(user),
    ...(one.timeRestriction ? { timeRestriction: one.timeRestriction } : null),
  }));
  const schedule = { id: 's1', name: 'Payments', timezone: it.zone, enabled: true, rotations };
  const overrides = it.overrides.map(({ from, until, who, rotations: only }, number) => ({
    alias: `o${number}`,
    user: user(who),
    startDate: iso(from),
    endDate: iso(until),
    rotations: only.map((one) => ({ id: `r${one}`, name: `Rotation ${one}` })),
  }));
  const timeline = {
    _parent: { id: 's1', name: 'Payments', enabled: true },
    startDate: iso(it.window.from),
    endDate: iso(it.window.until),
    finalTimeline: {
      rotations: (rendered ?? []).map((periods, number) => ({
        id: `r${number}`,
        periods: periods.map(({ from, until, who }) => ({
          startDate: iso(from),
          endDate: iso(until),
          type: 'default',
          recipient: { type: 'user', id: who, name: `${who}@example.com` },
        })),
      })),
    },
  };
  const users = NAMES.map((id) => ({ id, username: `${id}@example.com`, fullName: id, timeZone: it.zone }));
  const file = (name: string, data: unknown) => ({ name, text: JSON.stringify({ data, requestId: 'x' }) });
  return [
    file('v2/schedules.json', [schedule]),
    file('v2/schedules/s1/overrides.json', overrides),
    ...(rendered ? [file('v2/schedules/s1/timeline.json', timeline)] : []),
    file('v2/users.json', users),
  ];
}

export function anyOpsgenie(): fc.Arbitrary<OgCase> {
  return fc.tuple(fc.constantFrom(...CHANGING_ZONES), anyWindow()).chain(([zone, window]) =>
    fc
      .record({
        rotations: fc.array(anyRotation(window), { minLength: 1, maxLength: 3 }),
        overrides: fc.array(fc.tuple(anyOverride(window), fc.subarray([0, 1, 2])), { maxLength: 5 }),
      })
      .map(({ rotations, overrides }) => ({
        zone,
        window,
        rotations,
        overrides: overrides.map(([it, only]) => ({
          ...it,
          rotations: only.filter((number) => number < rotations.length),
        })),
      })),
  );
}

function opened(
  it: TimeRestriction,
  zone: string,
  window: { from: number; until: number },
): { from: number; until: number }[] {
  const minutes = (one: Times) => one.endHour * 60 + one.endMin - one.startHour * 60 - one.startMin;
  const time = (one: Times) =>
    `${String(one.startHour).padStart(2, '0')}:${String(one.startMin).padStart(2, '0')}`;
  if (it.type === 'time-of-day') {
    const length = minutes(it.restriction);
    return weekly(
      [1, 2, 3, 4, 5, 6, 7],
      time(it.restriction),
      length > 0 ? length : length + 1440,
      zone,
      window,
    );
  }
  return it.restrictions.flatMap((one) => {
    const length = minutes(one) + (DAYS.indexOf(one.endDay) - DAYS.indexOf(one.startDay)) * 1440;
    const days = [DAYS.indexOf(one.startDay) + 1];
    return weekly(days, time(one), length > 0 ? length : length + 7 * 1440, zone, window);
  });
}

function anyRotation(window: { from: number; until: number }): fc.Arbitrary<Rotation> {
  const before = fc.integer({ min: 2, max: 20_000 }).map((half) => window.from - half * (HOUR / 2));
  const noon = fc.integer({ min: 1, max: 80 }).map((days) => window.from + days * DAY + DAY / 2);
  return fc.record({
    users: anyUsers(),
    type: fc.constantFrom('hourly' as const, 'daily' as const, 'weekly' as const),
    length: fc.integer({ min: 1, max: 13 }),
    start: fc.oneof({ weight: 4, arbitrary: before }, { weight: 1, arbitrary: noon }),
    end: fc.option(
      noon.map((it) => it + 100 * DAY),
      { freq: 1 },
    ),
    timeRestriction: fc.option(anyTimeRestriction()),
  });
}

function anyTimeRestriction(): fc.Arbitrary<TimeRestriction> {
  const half = fc.constantFrom(0, 30);
  const times = {
    startHour: fc.nat(23),
    startMin: half,
    endHour: fc.nat(23),
    endMin: half,
  };
  const day = fc.constantFrom(...DAYS);
  return fc.oneof(
    fc.record({ type: fc.constant('time-of-day' as const), restriction: fc.record(times) }),
    fc.record({
      type: fc.constant('weekday-and-time-of-day' as const),
      restrictions: fc.array(fc.record({ ...times, startDay: day, endDay: day }), {
        minLength: 1,
        maxLength: 4,
      }),
    }),
  );
}
