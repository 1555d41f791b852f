import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import { LIMITS } from '#src/oncall/refuse.ts';
import type { Layer, Schedule, TemporarySchedule } from '#src/oncall/schedule.ts';

import { inOrder, type Duty, type Span } from './spans.ts';
import { plainLayer, sayWall } from './wall.ts';

/**
 * These people instead of the layers, at these times. They are temporary
 * schedules and not overrides, because a file of a setup holds those only, and
 * what is proven has to be what is written.
 * @param isAlone the schedule has nothing else, so that there is nobody between two duties anyway
 */
export function asTemporaries(of: string, duties: readonly Duty[], isAlone = false): TemporarySchedule[] {
  const runs: Duty[][] = [];
  for (const next of duties.filter(({ people }) => people.length > 0)) {
    const run = runs.at(-1);
    const follows = run && (isAlone || run.at(-1)?.until === next.from);
    if (run && follows && run.length < LIMITS.layers) run.push(next);
    else runs.push([next]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    const [createdBy] = first?.people ?? [];
    if (!first || createdBy === undefined) return [];
    const layers = run.map((it, place) => standing(`shift-${place + 1}`, it));
    return [temporary(of, { from: first.from, until: run.at(-1)?.until ?? 0 }, layers, createdBy)];
  });
}

/** Other layers for a while. */
export function temporary(
  of: string,
  { from, until }: Span,
  layers: readonly Layer[],
  createdBy: PersonId,
): TemporarySchedule {
  const [start, end] = [new Date(from), new Date(until)];
  const name = `Imported ${start.toISOString().slice(0, 10)}`;
  return { id: `${of}-${from / 1000}`, name, layers, start, end, reason: null, createdBy };
}

/** The same people from begin to end. Its times are in UTC, which says each instant once. */
export function standing(id: string, { from, until, people }: Duty): Layer {
  const times = { start: sayWall(from), anchor: null, end: sayWall(until) };
  return plainLayer({
    id,
    name: 'Shift',
    priority: 1,
    timezone: 'UTC',
    rotation: { unit: 'day', every: 1, ...times },
    shifts: [people],
  });
}

/** Who is on call by a schedule in a stretch of time, hand-off by hand-off. */
export function dutiesOf(schedule: Schedule, { from, until }: Span): Duty[] {
  return shiftsBetween(compileSchedule(schedule), new Date(from), new Date(until)).map((it) => ({
    from: it.from.getTime(),
    until: it.until.getTime(),
    people: inOrder(it.people.map(({ person }) => person)),
  }));
}

/** So much of it, the days that come first, with a note for the caller to make of the number left out. */
export function asManyAsMayBe(all: readonly TemporarySchedule[]): {
  readonly kept: readonly TemporarySchedule[];
  readonly leftOut: number;
} {
  const kept = all.toSorted((a, b) => a.start.getTime() - b.start.getTime()).slice(0, LIMITS.temporaries);
  return { kept, leftOut: all.length - kept.length };
}
