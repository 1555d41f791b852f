/// <reference lib="esnext.temporal" />
import type { TimeRange, Unit } from './spec.ts';

/** From then on and before then, as instants; null: without a bound. */
export interface Span {
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * What a time means at `now` to somebody in `timeZone`. Days begin when their clocks show midnight (or
 * the first time after it where that is left out), weeks on Monday (ISO 8601). Hours, and what is
 * counted back in hours, are elapsed time. An unknown zone is UTC.
 */
export function spanOf(time: TimeRange, now: Date, timeZone: string): Span {
  const here = zoned(now, timeZone);
  switch (time.kind) {
    case 'all':
      return { from: null, to: null };
    case 'this':
      return { from: instant(begin(here, time.unit)), to: now };
    case 'previous': {
      const to = begin(here, time.unit);
      return { from: instant(begin(back(to, time.unit, 1), time.unit)), to: instant(to) };
    }
    case 'last':
      return { from: instant(back(here, time.unit, time.count)), to: now };
    case 'since_weekday':
      return { from: instant(lastWeekday(here, time.weekday)), to: now };
    case 'weekday': {
      const from = lastWeekday(here, time.weekday);
      return { from: instant(from), to: instant(from.add({ days: 1 })) };
    }
    case 'month': {
      const ago = (here.month - time.month + 12) % 12;
      const from = begin(here.subtract({ months: ago }), 'month');
      return { from: instant(from), to: instant(from.add({ months: 1 })) };
    }
    case 'between':
      return {
        from: dayIn(time.from, here.timeZoneId, 0),
        to: dayIn(time.to, here.timeZoneId, 1),
      };
  }
}

/** The zone, or UTC for one that nobody knows. */
export function knownZone(timeZone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId;
  } catch {
    return 'UTC';
  }
}

/** True for a day that the calendar has. */
export function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

function zoned(now: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(knownZone(timeZone));
}

function begin(at: Temporal.ZonedDateTime, unit: Unit): Temporal.ZonedDateTime {
  if (unit === 'hour') return at.round({ smallestUnit: 'hour', roundingMode: 'floor' });
  const day = at.toPlainDate();
  const first = {
    day,
    week: day.subtract({ days: day.dayOfWeek - 1 }),
    month: day.with({ day: 1 }),
    quarter: day.with({ day: 1, month: day.month - ((day.month - 1) % 3) }),
    year: day.with({ day: 1, month: 1 }),
  }[unit];
  return first.toZonedDateTime(at.timeZoneId);
}

function back(at: Temporal.ZonedDateTime, unit: Unit, count: number): Temporal.ZonedDateTime {
  if (unit === 'quarter') return at.subtract({ months: 3 * count });
  return at.subtract({ [`${unit}s`]: count });
}

function lastWeekday(here: Temporal.ZonedDateTime, weekday: number): Temporal.ZonedDateTime {
  const day = here.toPlainDate();
  const ago = (day.dayOfWeek - weekday + 7) % 7;
  return day.subtract({ days: ago }).toZonedDateTime(here.timeZoneId);
}

function dayIn(text: string | null, timeZone: string, later: number): Date | null {
  if (text === null || !isDay(text)) return null;
  return instant(Temporal.PlainDate.from(text).add({ days: later }).toZonedDateTime(timeZone));
}

function instant(at: Temporal.ZonedDateTime): Date {
  return new Date(at.epochMilliseconds);
}
