/// <reference lib="esnext.temporal" />

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/**
 * The day somebody means, from its begin to its end in their zone: `today`, `tomorrow`, `friday` or
 * `fri` (today, if it is one, else the next), `2026-03-06`. Null for anything else. An unknown zone is UTC.
 */
export function dayOf(
  word: string,
  now: Date,
  timeZone: string,
): { readonly start: Date; readonly end: Date } | null {
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(known(timeZone));
  const day = dateOf(word.trim().toLowerCase(), here.toPlainDate());
  if (!day) return null;
  const begin = (of: Temporal.PlainDate) => new Date(of.toZonedDateTime(here.timeZoneId).epochMilliseconds);
  return { start: begin(day), end: begin(day.add({ days: 1 })) };
}

function dateOf(word: string, today: Temporal.PlainDate): Temporal.PlainDate | null {
  if (word === 'today') return today;
  if (word === 'tomorrow') return today.add({ days: 1 });
  const weekday = word.length < 3 ? -1 : DAYS.findIndex((it) => it.startsWith(word));
  if (weekday >= 0) return today.add({ days: (weekday + 1 - today.dayOfWeek + 7) % 7 });
  if (!/^\d{4}-\d\d-\d\d$/.test(word)) return null;
  try {
    return Temporal.PlainDate.from(word);
  } catch {
    return null;
  }
}

function known(timeZone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId;
  } catch {
    return 'UTC';
  }
}
