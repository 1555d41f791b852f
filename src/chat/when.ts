/// <reference lib="esnext.temporal" />
import { durationOf } from './words.ts';

/**
 * The instant people mean, in their own time zone: `14:45` and `2:45pm` (the
 * next time it is that late), `today 17:00`, `tomorrow 9:00`, `30m` and `in 30m`
 * from now, `2026-03-01T08:00Z`, `2026-03-01 08:00` as their clocks show it.
 * Null for anything else. A time that a change of clocks leaves out is the one
 * after the change; one that comes twice is the first. An unknown zone is UTC.
 */
export function whenOf(words: string, now: Date, timeZone: string): Date | null {
  const text = words.trim().replaceAll(/\s+/g, ' ');
  if (text.length > 40) return null;
  const length = durationOf(text.replace(/^in /i, ''));
  if (length !== null) return new Date(now.getTime() + length);
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i;
  if (instant.test(text)) return tryRead(() => Temporal.Instant.from(text.toUpperCase()));

  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(knownZone(timeZone));
  const full = /^(\d{4}-\d\d-\d\d)[T ](\d{1,2}:\d\d)$/i.exec(text);
  if (full) {
    return tryRead(() =>
      Temporal.PlainDate.from(full[1] ?? '')
        .toZonedDateTime(onDay(here, full[2]))
        .toInstant(),
    );
  }
  const day = /^(?:(today|tomorrow)(?: at)? |at )?(.{1,10})$/i.exec(text);
  const time = day && clockTime(day[2] ?? '');
  if (!day || !time) return null;
  return nextTime(here, time, day[1]?.toLowerCase());
}

/** True when `whenOf` would read it, whatever the time and place. */
export function isWhen(words: string): boolean {
  return whenOf(words, new Date(0), 'UTC') !== null;
}

function nextTime(
  here: Temporal.ZonedDateTime,
  plainTime: Temporal.PlainTime,
  day: string | undefined,
): Date {
  const today = here.withPlainTime(plainTime);
  const tomorrow = here.add({ days: 1 }).withPlainTime(plainTime);
  const isPast = Temporal.ZonedDateTime.compare(today, here) <= 0;
  const chosen = day === 'tomorrow' || (day === undefined && isPast) ? tomorrow : today;
  return new Date(chosen.epochMilliseconds);
}

function onDay(here: Temporal.ZonedDateTime, time: string | undefined) {
  return { timeZone: here.timeZoneId, plainTime: Temporal.PlainTime.from((time ?? '').padStart(5, '0')) };
}

/** `14:45`, `9:05`, `2:45pm`, `9am`; null for anything else. */
function clockTime(text: string): Temporal.PlainTime | null {
  const match = /^(\d{1,2})(?::(\d\d))? ?(am|pm)?$/i.exec(text);
  if (!match) return null;
  const [, hours, minutes, half] = match;
  if (minutes === undefined && half === undefined) return null;
  const hour = Number(hours);
  const minute = Number(minutes ?? 0);
  if (minute > 59 || hour > 23 || (half && (hour < 1 || hour > 12))) return null;
  const isAfternoon = half?.toLowerCase() === 'pm';
  return new Temporal.PlainTime(half ? (hour % 12) + (isAfternoon ? 12 : 0) : hour, minute);
}

function tryRead(read: () => Temporal.Instant): Date | null {
  try {
    return new Date(read().epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function knownZone(timeZone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId;
  } catch {
    return 'UTC';
  }
}
