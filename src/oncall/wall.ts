import { UserError } from '#src/errors.ts';

import type { WallTime } from './schedule.ts';

/**
 * Wall time as a number: milliseconds from 1970-01-01T00:00 to what the clocks
 * show, each day counted with 24 hours. Only a zone can say when that was.
 */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Years that are planned for. Zones are known from the first of these to the end of the last. */
export const YEARS = { first: 1970, last: 2199 } as const;

/** @throws UserError where there is no such date or time. */
export function readWall(text: WallTime): number {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)$/.exec(text);
  if (!match) {
    throw new UserError(
      'bad_arguments',
      `"${text.slice(0, 40)}" is not a date and time. Write it like 2026-03-29T09:00, as the clocks show it.`,
    );
  }
  return readDate(match[1] ?? '') + readTime(match[2] ?? '');
}

/** The wall time at which a date such as `2026-12-25` begins. @throws UserError where there is no such date. */
export function readDate(text: string): number {
  const wall = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== text) {
    throw new UserError('bad_arguments', `"${text.slice(0, 40)}" is not a date. Write it like 2026-12-25.`);
  }
  const year = new Date(wall).getUTCFullYear();
  if (year < YEARS.first || year > YEARS.last) {
    throw new UserError('bad_arguments', `${text} is out of reach: use ${YEARS.first} to ${YEARS.last}.`);
  }
  return wall;
}

/** Milliseconds from midnight to `22:00` or `22:00:30`; `24:00` is the end of the day. @throws UserError */
export function readTime(text: string): number {
  const match = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  const [hours, minutes, seconds] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)];
  const time = hours * HOUR + minutes * MINUTE + seconds * 1000;
  if (!match || minutes > 59 || seconds > 59 || time > DAY) {
    throw new UserError('bad_arguments', `"${text.slice(0, 40)}" is not a time of day. Write it like 09:00.`);
  }
  return time;
}

/** The same day and time so many months later, or the last day of that month where it is shorter. */
export function addMonths(wall: number, months: number): number {
  const date = new Date(wall);
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), month, day) + timeOf(wall);
}

/** Whole months from one wall time's month to the other's. */
export function monthsBetween(from: number, to: number): number {
  const [one, other] = [new Date(from), new Date(to)];
  return (other.getUTCFullYear() - one.getUTCFullYear()) * 12 + (other.getUTCMonth() - one.getUTCMonth());
}

function timeOf(wall: number): number {
  return wall - Math.floor(wall / DAY) * DAY;
}
