/// <reference lib="esnext.temporal" />
import * as fc from 'fast-check';

import {
  anyTime,
  anyWindow,
  at,
  CHANGING_ZONES,
  DAY,
  HOUR,
  iso,
  NAMES,
  stacked,
  wallOf,
  within,
  type Interval,
} from './intervals.ts';

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
type Weekday = (typeof DAYS)[number];

interface Shift {
  readonly type: 'single_event' | 'recurrent_event' | 'rolling_users' | 'override';
  readonly level: number;
  readonly time_zone: string | null;
  /** As the clocks show it. */
  readonly start: string;
  readonly rotation_start: string;
  /** In UTC. */
  readonly until: string | null;
  readonly duration: number;
  readonly frequency: 'hourly' | 'daily' | 'weekly';
  readonly interval: number;
  readonly week_start: Weekday;
  readonly by_day: readonly Weekday[] | null;
  readonly users: readonly string[];
  readonly rolling_users: readonly (readonly string[])[];
  readonly start_rotation_from_user_index: number;
}

export interface GrafanaCase {
  readonly type: 'web' | 'calendar';
  readonly zone: string;
  readonly window: { from: number; until: number };
  readonly shifts: readonly Shift[];
}

/**
 * Every shift as the events of a calendar, as RFC 5545 counts them; at each
 * instant those of the highest level, all together, and overrides above all.
 */
export function renderGrafana({ type, zone, window, shifts }: GrafanaCase): Interval[] {
  const levels = [...new Set(shifts.map(({ level }) => level))].toSorted((a, b) => b - a);
  const events = (some: readonly Shift[]) =>
    some.flatMap((it) => eventsOf(it, it.time_zone ?? (type === 'web' ? 'UTC' : zone), type, window));
  const overrides = events(shifts.filter((it) => it.type === 'override'));
  const below = levels.map((level) =>
    events(shifts.filter((it) => it.type !== 'override' && it.level === level)),
  );
  return within(stacked([overrides, ...below]), [window]);
}

/** What the API answers about it, in files of their own. */
export function grafanaFiles(
  it: GrafanaCase,
  rendered: readonly Interval[] | null = renderGrafana(it),
): { name: string; text: string }[] {
  const page = (results: readonly unknown[]) => ({ count: results.length, next: null, results });
  const ids = it.shifts.map((_, number) => `O${number}`);
  const schedule = {
    id: 'S1',
    name: 'Payments',
    type: it.type,
    team_id: null,
    time_zone: it.zone,
    shifts: ids,
  };
  const shifts = it.shifts.map((shift, number) => ({ id: ids[number], name: `Shift ${number}`, ...shift }));
  const day = (instant: number) => iso(instant).slice(0, 10);
  const address = `/api/v1/schedules/S1/final_shifts?start_date=${day(it.window.from)}&end_date=${day(it.window.until - DAY)}`;
  const final = (rendered ?? []).map(({ from, until, who }) => ({
    user_pk: who,
    user_email: `${who}@example.com`,
    user_username: who,
    shift_start: iso(from),
    shift_end: iso(until),
  }));
  const users = NAMES.map((id) => ({ id, username: id, email: `${id}@example.com` }));
  return [
    { name: 'schedules.json', text: JSON.stringify(page([schedule])) },
    { name: 'on_call_shifts.json', text: JSON.stringify(page(shifts)) },
    { name: 'users.json', text: JSON.stringify(page(users)) },
    ...(rendered ? [{ name: 'final.json', text: JSON.stringify({ [address]: page(final) }) }] : []),
  ];
}

function eventsOf(
  it: Shift,
  zone: string,
  type: GrafanaCase['type'],
  window: { from: number; until: number },
): Interval[] {
  const start = Temporal.PlainDateTime.from(it.start);
  const event = (begin: Temporal.PlainDateTime, users: readonly string[]): Interval[] => {
    const span = { from: at(begin, zone), until: at(begin.add({ seconds: it.duration }), zone) };
    return users.map((who) => ({ ...span, who }));
  };
  if (it.type === 'single_event' || it.type === 'override') return event(start, it.users);
  const { start_rotation_from_user_index: first, rolling_users: rolling } = it;
  const groups =
    it.type === 'rolling_users' ? [...rolling.slice(first), ...rolling.slice(0, first)] : [it.users];
  const end = wallOf(window.until + 2 * DAY, zone);
  return begins(it, start, groups.length, end).flatMap(({ begin, group }) => {
    const isThere =
      it.type === 'recurrent_event' ||
      (type === 'web'
        ? Temporal.PlainDateTime.compare(begin.add({ seconds: it.duration }), it.rotation_start) > 0
        : Temporal.PlainDateTime.compare(begin, it.rotation_start) >= 0);
    const isOver = it.until !== null && at(begin, zone) > Date.parse(`${it.until}Z`);
    return isThere && !isOver ? event(begin, groups[group] ?? []) : [];
  });
}

/** When events begin, and the number of the group whose they are. */
function begins(
  it: Shift,
  start: Temporal.PlainDateTime,
  groups: number,
  end: Temporal.PlainDateTime,
): { begin: Temporal.PlainDateTime; group: number }[] {
  const found: { begin: Temporal.PlainDateTime; group: number }[] = [];
  const isIn = (day: Temporal.PlainDateTime) => it.by_day?.includes(DAYS[day.dayOfWeek - 1] ?? 'MO') ?? true;
  const fromWeekStart = (day: Temporal.PlainDateTime) =>
    (((day.dayOfWeek - 1 - DAYS.indexOf(it.week_start)) % 7) + 7) % 7;
  // A rotation whose first day is none of its days begins with the first of its week that comes next.
  let first = start;
  if (it.by_day && !isIn(start)) {
    const wanted = [0, 1, 2, 3, 4, 5, 6]
      .map((days) => start.subtract({ days: fromWeekStart(start) }).add({ days }))
      .find(isIn);
    while (first.dayOfWeek !== wanted?.dayOfWeek) first = first.add({ days: 1 });
  }
  if (it.frequency === 'weekly') {
    const week = first.subtract({ days: fromWeekStart(first) });
    const days = it.by_day
      ? [0, 1, 2, 3, 4, 5, 6].filter((each) => isIn(week.add({ days: each })))
      : [fromWeekStart(first)];
    for (let turn = 0; ; turn += 1) {
      const begin = week.add({ weeks: turn * it.interval });
      if (Temporal.PlainDateTime.compare(begin, end) > 0) return found;
      for (const each of days) {
        const day = begin.add({ days: each });
        if (Temporal.PlainDateTime.compare(day, first) < 0) continue;
        found.push({ begin: day, group: turn % groups });
      }
    }
  }
  if (it.by_day) {
    let number = 0;
    for (let day = first; Temporal.PlainDateTime.compare(day, end) < 0; day = day.add({ days: 1 })) {
      if (!isIn(day)) continue;
      found.push({ begin: day, group: Math.floor(number / it.interval) % groups });
      number += 1;
    }
    return found;
  }
  for (let turn = 0; ; turn += 1) {
    const begin = first.add({ days: turn * it.interval });
    if (Temporal.PlainDateTime.compare(begin, end) > 0) return found;
    found.push({ begin, group: turn % groups });
  }
}

export function anyGrafana(): fc.Arbitrary<GrafanaCase> {
  return anyWindow().chain((window) =>
    fc.record({
      type: fc.constantFrom('web' as const, 'calendar' as const),
      zone: fc.constantFrom(...CHANGING_ZONES),
      window: fc.constant(window),
      shifts: fc.array(anyShift(window), { minLength: 1, maxLength: 4 }),
    }),
  );
}

const HALF_DAY = 12 * 3600;

function anyShift(window: { from: number; until: number }): fc.Arbitrary<Shift> {
  const people = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 });
  const day = (days: number) => iso(window.from + days * DAY).slice(0, 10);
  return fc
    .record({
      type: fc.constantFrom(
        'rolling_users' as const,
        'rolling_users' as const,
        'rolling_users' as const,
        'recurrent_event' as const,
        'single_event' as const,
        'override' as const,
      ),
      level: fc.nat(3),
      time_zone: fc.option(fc.constantFrom(...CHANGING_ZONES)),
      time: anyTime(),
      ago: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 20, max: 300 })),
      later: fc.nat(40),
      hour: anyTime(),
      until: fc.option(
        fc
          .tuple(fc.integer({ min: -5, max: 120 }), anyTime())
          .map(([days, time]) => `${day(days)}T${time}:00`),
        { freq: 2 },
      ),
      frequency: fc.constantFrom('daily' as const, 'weekly' as const),
      interval: fc.constantFrom(1, 1, 1, 2, 3),
      week_start: fc.constantFrom(...DAYS),
      by_day: fc.option(fc.subarray([...DAYS], { minLength: 1 })),
      users: people,
      rolling_users: fc.array(people, { minLength: 1, maxLength: 4 }),
      index: fc.nat(3),
      share: fc.constantFrom('whole' as const, 'whole' as const, 'part' as const, 'day' as const),
      hours: fc.integer({ min: 1, max: 30 }),
    })
    .map(({ time, ago, later, hour, share, hours, index, ...it }) => {
      const isSingle = it.type === 'single_event' || it.type === 'override';
      const whole = (it.frequency === 'daily' ? 86_400 : 604_800) * it.interval;
      const part = Math.min(whole, hours * (HOUR / 1000));
      const duration = share === 'day' ? 86_400 : share === 'whole' && !it.by_day ? whole : part;
      const started = isSingle ? -Math.abs(ago % 80) : ago;
      return {
        ...it,
        start: `${day(-started)}T${time}:00`,
        rotation_start: `${day(later - started)}T${later === 0 ? time : hour}:00`,
        duration: isSingle ? HALF_DAY * (1 + later) : duration,
        start_rotation_from_user_index: index % it.rolling_users.length,
      };
    });
}
