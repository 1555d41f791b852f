import { instantAt, wallAt, type Zone } from './zone.ts';

/** From `from` until before `until`, in milliseconds of the epoch. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** Wall times in order, one for each whole number: what begins with number `index` begins at `at(index)`. */
export interface Beat {
  at(index: number): number;
  /** About the number of the last one that is not after `wall`; the search begins there. */
  indexOf(wall: number): number;
}

/**
 * The number that an instant belongs to: that of the last beat that has taken
 * place. Near a change of clocks that may be another one than the clock shows.
 * A number whose wall times are jumped over altogether has no instant.
 */
export function stretchAt(zone: Zone, beat: Beat, instant: number): Stretch & { readonly index: number } {
  let index = beat.indexOf(wallAt(zone, instant));
  let from = instantAt(zone, beat.at(index));
  while (from > instant) from = instantAt(zone, beat.at((index -= 1)));
  let until = instantAt(zone, beat.at(index + 1));
  while (until <= instant) {
    index += 1;
    from = until;
    until = instantAt(zone, beat.at(index + 1));
  }
  return { index, from, until };
}
