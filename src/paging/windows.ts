/**
 * Hours of the day and days of the week, in a zone. A window holds by what the
 * clock on the wall says, so daylight saving needs no rule of its own.
 */
export interface Window {
  /** 0 is Sunday. None: every day. A window past midnight belongs to the day on which it begins. */
  readonly days: readonly number[];
  /** `HH:MM`, from 00:00; the first minute that is in it. */
  readonly from: string;
  /** `HH:MM`, up to 24:00; the first minute that is not. Not after `from`: on the next day; equal to it: a day long. */
  readonly to: string;
}

/** When a rule holds. */
export interface Hours {
  /** An IANA name such as `Europe/Berlin`. */
  readonly zone: string;
  readonly windows: readonly Window[];
}

/** Whether `at` is in one of the windows. None at all: always. */
export function isWithin({ zone, windows }: Hours, at: Date): boolean {
  if (windows.length === 0) return true;
  const local = localTime(at, zone);
  const minute = local.hour * 60 + local.minute;
  const today = local.dayOfWeek % 7;
  const yesterday = (today + 6) % 7;
  return windows.some(({ days, from, to }) => {
    const on = (day: number) => days.length === 0 || days.includes(day);
    const [start, end] = [minutesOf(from), minutesOf(to)];
    if (start < end) return on(today) && minute >= start && minute < end;
    return (on(today) && minute >= start) || (on(yesterday) && minute < end);
  });
}

/**
 * The first instant after `at` at which no window holds, or null where one
 * holds for more than a week. Where the clock is set forward over an end, the
 * change itself is the end; where it is set back over one, each of the two is.
 */
export function endOf(hours: Hours, at: Date): Date | null {
  const ends = [...new Set(hours.windows.map((it) => it.to))];
  const local = localTime(at, hours.zone);
  const change = local.getTimeZoneTransition('next');
  const changes = change ? [new Date(change.epochMilliseconds)] : [];
  let day = local.toPlainDate().subtract({ days: 1 });
  for (let ahead = 0; ahead < 10; ahead += 1, day = day.add({ days: 1 })) {
    const open = ends
      .flatMap((to) => instantsOf(day, to, local.timeZoneId))
      .filter((end) => end > at && !isWithin(hours, end))
      .toSorted((a, b) => a.getTime() - b.getTime())[0];
    if (open) return changes.find((it) => it < open && !isWithin(hours, it)) ?? open;
  }
  return null;
}

/** What is wrong with it, as a sentence that says what to change; null: nothing. */
export function faultOf({ zone, windows }: Hours): string | null {
  if (!isZone(zone)) return `${JSON.stringify(zone)} is no time zone; write it like Europe/Berlin.`;
  for (const { days, from, to } of windows) {
    const wrong = [from, to].find((it) => !isTime(it));
    if (wrong !== undefined) return `${JSON.stringify(wrong)} is no time of day; write it like 09:30.`;
    const day = days.find((it) => !Number.isInteger(it) || it < 0 || it > 6);
    if (day !== undefined) return `${day} is no day of the week; 0 is Sunday and 6 is Saturday.`;
  }
  return null;
}

export function isZone(zone: string): boolean {
  return zoneOrNull(zone) !== null;
}

/** The hour of the day there, 0 to 23. */
export function hourAt(at: Date, zone: string): number {
  return localTime(at, zone).hour;
}

/** A window as people say it: `22:00 to 07:00 Europe/Berlin`. */
export function saidHours({ zone, windows }: Hours): string {
  const said = windows.map(({ days, from, to }) => `${dayNames(days)}${from} to ${to}`);
  return `${said.join(', ')} ${zone}`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function dayNames(days: readonly number[]): string {
  return days.length === 0 ? '' : `${days.map((it) => DAYS[it] ?? '?').join(' ')} `;
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** When the clock on the wall there says so: twice where it is set back. */
function instantsOf(day: Temporal.PlainDate, time: string, zone: string): Date[] {
  const minutes = minutesOf(time);
  const date = minutes < 1440 ? day : day.add({ days: 1 });
  const wall = date.toPlainDateTime({ hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 });
  return (['earlier', 'later'] as const).map(
    (disambiguation) => new Date(wall.toZonedDateTime(zone, { disambiguation }).epochMilliseconds),
  );
}

/** In a zone that nobody knows it counts as UTC: settings are checked at the door, and no page may fail for one. */
function localTime(at: Date, zone: string): Temporal.ZonedDateTime {
  const instant = Temporal.Instant.fromEpochMilliseconds(at.getTime());
  return instant.toZonedDateTimeISO(zoneOrNull(zone) ?? 'UTC');
}

const zones = new Map<string, string | null>();

function zoneOrNull(zone: string): string | null {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let found: string | null;
  try {
    found = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch {
    found = null;
  }
  // Names come from settings; what is not a zone is not kept, so this can grow no larger than the list of zones.
  if (found !== null) zones.set(zone, found);
  return found;
}
