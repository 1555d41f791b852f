import { UserError } from '#src/errors.ts';

/** Names of fields and places of lists, from 0, as they are in the file. */
export type Path = readonly (string | number)[];

/** Something in the file that cannot be, or that would not hold any more. */
export interface Fault {
  readonly path: Path;
  /** A clause or a sentence that says what to change. */
  readonly says: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** More than these tell nobody more. */
const MOST = 20;

/**
 * Every fault on a line of its own: `Line 12, schedules.payments.layers.1: ...`.
 * Lists are counted from 1. One that is in no line is about what the file leaves as it is.
 */
export function refusal(faults: readonly Fault[], placeOf: (path: Path) => Place | null): UserError {
  const found = faults
    .map(({ path, says }) => ({ path: saidPath(path), says, ...placeOf(path) }))
    .toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity))
    .slice(0, MOST);
  const texts = found.map(({ path, says, line }) => {
    const where = line === undefined ? 'Not in the file, but no more possible with it' : `Line ${line}`;
    const whole = `${where}${path === '' || line === undefined ? '' : `, ${path}`}: ${says}`;
    return /[.!?]$/.test(whole) ? whole : `${whole}.`;
  });
  const more = faults.length > found.length ? [`There are ${faults.length - found.length} more.`] : [];
  return new UserError('bad_arguments', [...texts, ...more].join('\n'), { faults: found });
}

function saidPath(path: Path): string {
  return path.map((it) => (typeof it === 'number' ? String(it + 1) : it)).join('.');
}
