/**
 * Times in words, in the zone and language of the reader. All pure: the zone
 * is the browser's unless a test names one.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Place {
  readonly locale?: string | undefined;
  readonly zone?: string | undefined;
}

/** `14:45`, with the day when it is another one than today. */
export function clockTime(at: number, now: number, place: Place = {}): string {
  const clock = format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place);
  if (dayKey(at, place) === dayKey(now, place)) return clock;
  return `${format(at, { day: 'numeric', month: 'short' }, place)} ${clock}`;
}

/** `20 Nov 2026, 14:45`. */
export function dateTime(at: number, place: Place = {}): string {
  const day = format(at, { day: 'numeric', month: 'short', year: 'numeric' }, place);
  return `${day}, ${format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, place)}`;
}

/** Everything there is to say: weekday, date, seconds and zone; for tooltips. */
export function fullTime(at: number, place: Place = {}): string {
  return format(at, { dateStyle: 'full', timeStyle: 'long' }, place);
}

/** `just now`, `5 min ago`, `in 2 h 10 min`, `3 days ago`. */
export function relativeTime(at: number, now: number): string {
  const gap = at - now;
  // A clock that is a little ahead of the server's must not say that the past lies in the future.
  if (Math.abs(gap) < MINUTE / 2) return 'just now';
  return gap < 0 ? `${duration(-gap)} ago` : `in ${duration(gap)}`;
}

/** Two units at most: `40 s`, `5 min`, `2 h 10 min`, `3 days`. `ms` is not negative. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(1, Math.floor(ms / 1000))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return `${Math.floor(ms / HOUR)} h${minutes > 0 ? ` ${minutes} min` : ''}`;
  }
  const days = Math.floor(ms / DAY);
  return days === 1 ? '1 day' : `${days} days`;
}

/** `Today`, `Yesterday`, else the weekday and date. */
export function dayName(at: number, now: number, place: Place = {}): string {
  const key = dayKey(at, place);
  const today = dayKey(now, place);
  if (key === today) return 'Today';
  if (key === besideKey(today, -1)) return 'Yesterday';
  const sameYear = key.slice(0, 4) === today.slice(0, 4);
  const year = sameYear ? {} : ({ year: 'numeric' } as const);
  return format(at, { weekday: 'long', day: 'numeric', month: 'long', ...year }, place);
}

/** One word a calendar day in the reader's zone: `2026-11-20`. */
export function dayKey(at: number, place: Place = {}): string {
  return format(at, { year: 'numeric', month: '2-digit', day: '2-digit' }, { ...place, locale: 'en-CA' });
}

/** The day after or before one. So many hours from now may be another day still: where clocks change, days differ in length. */
export function besideKey(key: string, by: 1 | -1): string {
  return dayKey(Date.parse(key) + by * DAY, { zone: 'UTC' });
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are costly to make and are kept. */
export function format(at: number, options: Intl.DateTimeFormatOptions, { locale, zone }: Place): string {
  const key = JSON.stringify([options, locale, zone]);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, zone === undefined ? options : { ...options, timeZone: zone });
    formats.set(key, made);
  }
  return made.format(at);
}
