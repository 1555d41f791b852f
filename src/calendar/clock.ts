import ICAL from 'ical.js';

import { UserError } from '#src/errors.ts';
import { instantAt, wallAt, zoneOf } from '#src/oncall/zone.ts';

/** What wall time is where an event takes place; both in milliseconds, as `#src/oncall/wall.ts` counts them. */
export interface Clock {
  readonly instantAt: (wall: number) => number;
  readonly wallAt: (instant: number) => number;
}

/**
 * The clock of a property: UTC, the zone that it names, or `timezone` where it
 * names none. A zone that only the file knows is read from the file.
 * @throws UserError where nobody knows it
 */
export function clockOf(property: ICAL.Property, component: ICAL.Component, timezone: string): Clock {
  const value = property.getFirstValue();
  if (value instanceof ICAL.Time && value.zone === ICAL.Timezone.utcTimezone) return known('UTC');
  const tzid = property.getFirstParameter('tzid');
  if (!tzid) return known(timezone);
  const own = component.getTimeZoneByID(tzid);
  const location = own?.component.getFirstPropertyValue('x-lic-location');
  return tryKnown(tzid) ?? tryKnown(String(location ?? '')) ?? fromFile(tzid, own);
}

/** As the clocks show it. */
export function wallOf(time: ICAL.Time): number {
  return Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
}

export function timeAt(wall: number, zone: ICAL.Timezone): ICAL.Time {
  const date = new Date(wall);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
    },
    zone,
  );
}

function known(name: string): Clock {
  const zone = zoneOf(name);
  return { instantAt: (wall) => instantAt(zone, wall), wallAt: (instant) => wallAt(zone, instant) };
}

function tryKnown(name: string): Clock | null {
  try {
    return known(name);
  } catch {
    return null;
  }
}

function fromFile(tzid: string, zone: ICAL.Timezone | null): Clock {
  if (!zone) throw new UserError('bad_payload', `nobody knows its time zone "${tzid.slice(0, 60)}".`);
  return {
    instantAt: (wall) => timeAt(wall, zone).toUnixTime() * 1000,
    wallAt: (instant) => wallOf(timeAt(instant, ICAL.Timezone.utcTimezone).convertToZone(zone)),
  };
}
