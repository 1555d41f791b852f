/**
 * Wall times: what the clocks of a zone show, as milliseconds that UTC would
 * show the same for. All pure. Zones are IANA names.
 */

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A calendar day in a zone: 23, 24 or 25 hours long, or what else its clocks make of it. */
export interface Day {
  /** The wall time of its midnight, which is the same in every zone. */
  readonly wall: number;
  readonly from: number;
  readonly until: number;
}

/** What the clocks of the zone show at an instant. */
export function wallAt(at: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

/** The instant at which the clocks show `wall`: the first where they show it twice, the jump over it where never. */
export function instantAt(wall: number, zone: string): number {
  const [before, after] = [offsetAt(wall - DAY, zone), offsetAt(wall + DAY, zone)];
  if (before === after) return wall - before;
  const [first, second] = [wall - before, wall - after];
  if (offsetAt(first, zone) === before) return first;
  if (offsetAt(second, zone) === after) return second;
  let [low, high] = [second, first];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** So many days one after the other, without a hole between them. */
export function daysFrom(wall: number, count: number, zone: string): Day[] {
  const starts = Array.from({ length: count + 1 }, (_, index) => instantAt(wall + index * DAY, zone));
  return starts.slice(0, count).map((from, index) => ({
    wall: wall + index * DAY,
    from,
    until: starts[index + 1] ?? from,
  }));
}

/** The midnight before a wall time. */
export function midnight(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

/** The Monday of its week. */
export function monday(wall: number): number {
  // The epoch was a Thursday.
  return midnight(wall) - ((((Math.floor(wall / DAY) + 3) % 7) + 7) % 7) * DAY;
}

/** The first day of its month, or of the one so many months later. */
export function firstOfMonth(wall: number, later = 0): number {
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1);
}

/** `2026-11-20T14:45`, as `datetime-local` inputs want it. */
export function written(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16);
}

/** The other way round; null for what is no time. */
export function read(text: string): number | null {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : wall;
}

/** The browser's own zone. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** How far its clocks are ahead of UTC. */
function offsetAt(at: number, zone: string): number {
  return wallAt(at, zone) - at;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}
