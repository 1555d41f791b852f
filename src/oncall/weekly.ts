import { DAY, readTime } from './wall.ts';
import { instantAt, wallAt, zoneOf } from './zone.ts';

/** A time of the week, as the clocks of a zone show it. */
export interface Weekly {
  /** 0 is Sunday. */
  readonly day: number;
  /** `10:00` */
  readonly time: string;
  readonly zone: string;
}

/** 1970-01-01 was a Thursday. */
const FIRST_DAY = 4;

/**
 * The first such time after an instant. What the clocks show twice is its first time, and what they
 * jump over is the moment of the jump.
 * @throws UserError for a zone or a time that there is not
 */
export function nextWeekly({ day, time, zone: name }: Weekly, after: Date): Date {
  const zone = zoneOf(name);
  const today = Math.floor(wallAt(zone, after.getTime()) / DAY);
  const ahead = (day - ((today + FIRST_DAY) % 7) + 7) % 7;
  const [soon, then] = [ahead, ahead + 7].map((days) =>
    instantAt(zone, (today + days) * DAY + readTime(time)),
  );
  return new Date(soon !== undefined && soon > after.getTime() ? soon : (then ?? 0));
}
