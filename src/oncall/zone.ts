/// <reference lib="esnext.temporal" />
import { UserError } from '#src/errors.ts';

import { YEARS } from './wall.ts';

/**
 * A time zone as a table: from `from[i]` on, clocks are ahead of UTC by
 * `offset[i]` milliseconds. Read once from the platform's own zone data, so
 * that a question costs a search in an array.
 */
export interface Zone {
  readonly id: string;
  readonly from: readonly number[];
  readonly offset: readonly number[];
}

const known = new Map<string, Zone>();

/** @throws UserError for anything but the IANA name of a zone. */
export function zoneOf(name: string): Zone {
  const id = idOf(name);
  const zone = known.get(id) ?? tableOf(id);
  known.set(id, zone);
  return zone;
}

/**
 * The instant at which the clocks show `wall`: the first, if they show it
 * twice; the instant at which they jump over it, if never. So a later wall time
 * never comes at an earlier instant, which is why turns leave no hole and never overlap.
 */
export function instantAt(zone: Zone, wall: number): number {
  // No clock is ahead by a day, so whatever ended a day before is out of the question.
  let index = indexAt(zone, wall - 86_400_000);
  while (wall >= (zone.from[index + 1] ?? Infinity) + (zone.offset[index] ?? 0)) index += 1;
  return Math.max(zone.from[index] ?? 0, wall - (zone.offset[index] ?? 0));
}

/** What the clocks show at an instant. */
export function wallAt(zone: Zone, instant: number): number {
  return instant + (zone.offset[indexAt(zone, instant)] ?? 0);
}

function indexAt(zone: Zone, instant: number): number {
  let [low, high] = [0, zone.from.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((zone.from[middle] ?? 0) <= instant) low = middle;
    else high = middle;
  }
  return low;
}

/** Its name in the usual letters. An offset such as +02:00 is no zone: it knows no summer. */
function idOf(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_+/-]{0,60}$/.test(name)) {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
    } catch {
      // Said below.
    }
  }
  throw new UserError(
    'bad_arguments',
    `"${name.slice(0, 60)}" is no time zone. Use an IANA name such as Europe/Berlin or UTC.`,
  );
}

function tableOf(id: string): Zone {
  const end = Date.UTC(YEARS.last + 3, 0, 1);
  const begin = Temporal.Instant.fromEpochMilliseconds(Date.UTC(YEARS.first - 1, 0, 1));
  let at: Temporal.ZonedDateTime | null = begin.toZonedDateTimeISO(id);
  const from = [-Infinity];
  const offset = [at.offsetNanoseconds / 1e6];
  while ((at = at.getTimeZoneTransition('next')) && at.epochMilliseconds < end) {
    from.push(at.epochMilliseconds);
    offset.push(at.offsetNanoseconds / 1e6);
  }
  return { id, from, offset };
}
