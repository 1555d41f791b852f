import type { Layer, Length, Restriction, Rotation } from '#src/oncall/schedule.ts';
import { instantAt, wallAt, type Zone } from '#src/oncall/zone.ts';

import { DAY, MINUTE } from './spans.ts';

/** What the clocks of a zone show at an instant, as schedules have it. */
export function wallTime(instant: number, zone: Zone): string {
  return sayWall(wallAt(zone, instant));
}

/** Wall time in milliseconds, as `2026-03-29T09:00`. */
export function sayWall(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19).replace(/:00$/, '');
}

/** `2026-03-29T09:00:00` in milliseconds, as clocks show it. */
export function readWallTime(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`);
}

/**
 * Where turns are counted from. In the hour that clocks show twice a wall time
 * means the first; a rotation that began in the second is counted from a later
 * begin of the same person's turn.
 */
export function anchorOf(instant: number, zone: Zone, turnMs: number, turns: number): string {
  let at = instant;
  for (let step = 0; step < 10 && instantAt(zone, wallAt(zone, at)) !== at; step += 1) at += turnMs * turns;
  return wallTime(at, zone);
}

/** A turn by its length: whole weeks and days are wall time, everything else is elapsed time. */
export function lengthOf(ms: number): Length {
  if (ms % (7 * DAY) === 0) return { unit: 'week', every: ms / (7 * DAY) };
  if (ms % DAY === 0) return { unit: 'day', every: ms / DAY };
  const hours = ms / (60 * MINUTE);
  if (Number.isInteger(hours)) {
    return hours <= 1000 ? { unit: 'hour', every: hours } : { unit: 'custom', duration: `PT${hours}H` };
  }
  return { unit: 'custom', duration: `PT${Math.round(ms / MINUTE)}M` };
}

/** A window that begins on these days at a time and lasts so long, at most a week; both in milliseconds. */
export function windowOf(days: readonly number[], from: number, length: number): Restriction {
  const time = ((from % DAY) + DAY) % DAY;
  const until = (time + length) % DAY;
  const least = until > time ? until - time : until - time + DAY;
  return { days, from: sayTime(time), until: sayTime(until), plusDays: Math.round((length - least) / DAY) };
}

/** A layer with nothing but turns; the rest as it usually is. */
export function plainLayer(
  it: Pick<Layer, 'id' | 'name' | 'priority' | 'shifts'> & { readonly rotation: Rotation } & Partial<Layer>,
): Layer {
  const { start, anchor } = it.rotation;
  return {
    timezone: null,
    restrictions: [],
    onHolidays: 'as-usual',
    calendar: null,
    shadow: false,
    ...it,
    rotation: { ...it.rotation, anchor: anchor === start ? null : anchor },
  };
}

function sayTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19).replace(/:00$/, '');
}
