import type { PersonId } from '#src/incident/person.ts';

import type { Stretch } from './beat.ts';
import { followed, holidaysOf } from './holidays.ts';
import { turnsOf } from './rotation.ts';
import type { Holiday, Layer } from './schedule.ts';
import { readWall } from './wall.ts';
import { windowsOf } from './windows.ts';
import { instantAt, zoneOf } from './zone.ts';

/** A stretch in which a layer has the same people on duty, or nobody. It may go on in the next one. */
export interface LayerDuty extends Stretch {
  readonly people: readonly PersonId[];
}

/** @throws UserError where a zone, a time or a length cannot be read. */
export function compileLayer(
  layer: Layer,
  timezone: string,
  holidays: readonly Holiday[],
): (instant: number) => LayerDuty {
  const zone = zoneOf(layer.timezone ?? timezone);
  const start = instantAt(zone, readWall(layer.rotation.start));
  const end = layer.rotation.end === null ? Infinity : instantAt(zone, readWall(layer.rotation.end));
  const turnAt = turnsOf(layer.rotation, zone);
  const windowAt = windowsOf(layer.restrictions, zone);
  const holidayAt =
    layer.onHolidays === 'as-usual' ? null : holidaysOf(followed(holidays, layer.calendar), zone);
  const { shifts } = layer;

  return (instant) => {
    if (instant < start) return { from: -Infinity, until: start, people: [] };
    if (instant >= end) return { from: end, until: Infinity, people: [] };
    const window = windowAt?.(instant);
    if (window && !window.isOn) return { from: window.from, until: window.until, people: [] };
    const holiday = holidayAt?.(instant);
    if (holiday && holiday.isOn !== (layer.onHolidays === 'only')) {
      return { from: holiday.from, until: holiday.until, people: [] };
    }
    const turn = turnAt(instant);
    return {
      from: Math.max(start, turn.from, window?.from ?? start, holiday?.from ?? start),
      until: Math.min(end, turn.until, window?.until ?? end, holiday?.until ?? end),
      people: shifts[modulo(turn.index, shifts.length)] ?? [],
    };
  };
}

function modulo(index: number, length: number): number {
  return ((index % length) + length) % length;
}
