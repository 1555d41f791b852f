import { UserError } from '#src/errors.ts';

import { stretchAt, type Beat, type Stretch } from './beat.ts';
import type { Length, Rotation } from './schedule.ts';
import { addMonths, DAY, HOUR, MINUTE, monthsBetween, readWall } from './wall.ts';
import { instantAt, type Zone } from './zone.ts';

/** A turn by its number, counted from the anchor's, which is 0; negative before it. */
export type Turn = Stretch & { readonly index: number };

/** Finds the turn that an instant belongs to. Turns follow each other without end in both directions. */
export function turnsOf(rotation: Rotation, zone: Zone): (instant: number) => Turn {
  const anchor = readWall(rotation.anchor ?? rotation.start);
  const { months, days, elapsed } = readLength(rotation);
  if (elapsed > 0) return elapsedTurns(instantAt(zone, anchor), elapsed);
  const beat = months > 0 ? monthlyBeat(anchor, months) : dailyBeat(anchor, days * DAY);
  return (instant) => stretchAt(zone, beat, instant);
}

/** Exactly one of them is not 0. `elapsed` is in milliseconds. @throws UserError */
export function readLength(length: Length): { months: number; days: number; elapsed: number } {
  if (length.unit === 'custom') return readDuration(length.duration);
  const { unit, every } = length;
  if (!Number.isInteger(every) || every < 1 || every > 1000) {
    throw new UserError('bad_arguments', `A turn lasts a whole number of ${unit}s from 1 to 1000.`);
  }
  return {
    months: unit === 'month' ? every : 0,
    days: unit === 'week' ? every * 7 : unit === 'day' ? every : 0,
    elapsed: unit === 'hour' ? every * HOUR : 0,
  };
}

const SHORTEST_TURN = 15 * MINUTE;

function readDuration(text: string): { months: number; days: number; elapsed: number } {
  const pattern =
    /^P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?$/;
  const match = pattern.exec(text);
  const [years, months, weeks, days, hours, minutes] = (match ?? []).slice(1).map((it) => Number(it ?? 0));
  const length = {
    months: (years ?? 0) * 12 + (months ?? 0),
    days: (weeks ?? 0) * 7 + (days ?? 0),
    elapsed: (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE,
  };
  const said = `A turn of "${text.slice(0, 40)}"`;
  const parts = Object.values(length).filter((it) => it > 0).length;
  if (parts === 0) {
    throw new UserError('bad_arguments', `${said} is no length. Write it like P10D, P1M or PT36H.`);
  }
  if (parts > 1) {
    throw new UserError(
      'bad_arguments',
      `${said} mixes what clocks show with elapsed time or months with days. Use one: PT36H, not P1DT12H.`,
    );
  }
  if (length.elapsed > 0 && length.elapsed < SHORTEST_TURN) {
    throw new UserError('bad_arguments', `${said} is too short. The shortest is PT15M.`);
  }
  return length;
}

/** Exactly that much time each, whatever the clocks do. */
function elapsedTurns(anchor: number, length: number): (instant: number) => Turn {
  return (instant) => {
    const index = Math.floor((instant - anchor) / length);
    const from = anchor + index * length;
    return { index, from, until: from + length };
  };
}

function dailyBeat(anchor: number, length: number): Beat {
  return {
    at: (index) => anchor + index * length,
    indexOf: (wall) => Math.floor((wall - anchor) / length),
  };
}

/** Each counted from the anchor, so that day 31 comes back after a short month. */
function monthlyBeat(anchor: number, months: number): Beat {
  return {
    at: (index) => addMonths(anchor, index * months),
    indexOf: (wall) => Math.floor(monthsBetween(anchor, wall) / months),
  };
}
