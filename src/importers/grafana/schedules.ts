import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Layer, Schedule } from '#src/oncall/schedule.ts';
import { instantAt, zoneOf } from '#src/oncall/zone.ts';

import { whatHolds, type CarriedSchedule, type Note, type Rendered } from '../carried.ts';
import type { Directory } from '../directory.ts';
import { DAY, inOrder, lastWins, together, type Duty, type Span } from '../spans.ts';
import { asTemporaries, dutiesOf } from '../temporaries.ts';
import { readWallTime } from '../wall.ts';
import {
  WEEKDAYS,
  type FinalShifts,
  type GrafanaExport,
  type GrafanaSchedule,
  type GrafanaShift,
} from './answers.ts';
import { calendarDuties } from './calendar.ts';
import { layersOf, type Shift } from './layers.ts';

interface Ours {
  readonly id: string;
  readonly name: string;
  readonly team: TeamId | null;
}

/**
 * A schedule of shifts by levels: the highest level with somebody on call counts.
 * One that cannot be said as layers, or that is a calendar from elsewhere, is
 * carried over shift by shift, as far as the export goes.
 */
export function carrySchedule(
  their: GrafanaSchedule,
  ours: Ours,
  found: GrafanaExport,
  people: Directory,
  notes: Note[],
): CarriedSchedule | null {
  const zone = zoneOf(their.time_zone ?? 'UTC');
  const rendered = renderedOf(found.final.get(their.id) ?? [], people);
  const shifts = (their.shifts ?? []).flatMap((it) => found.shifts.get(it) ?? []);
  const missing = (their.shifts ?? []).filter((it) => !found.shifts.has(it));
  const blank = { ...ours, timezone: zone.id, holidays: [], enabled: true };
  const shiftByShift = (why: string) =>
    singly({ ...blank, layers: [], overrides: [], temporaries: [] }, why, {
      their,
      found,
      rendered,
      people,
      notes,
    });
  if (their.type === 'ical') return shiftByShift('It is a calendar from elsewhere');
  if (missing.length > 0) return shiftByShift(`${missing.length} of its shifts are not in the export`);
  const layers: Layer[] = [];
  for (const shift of shifts.filter((it) => it.type !== 'override')) {
    const made = layersOf(shiftOf(shift, their, people));
    if (typeof made === 'string') {
      return shiftByShift(`Shift ${shift.name ?? shift.id} cannot be said as a layer (${made})`);
    }
    layers.push(...made);
  }
  const since = rendered?.from ?? -Infinity;
  const bare = { ...blank, layers, overrides: [], temporaries: [] };
  const overridden = together(shifts.flatMap((it) => overrideOf(it, their, people)));
  const covers = swapped(bare, overridden, swapsOf(their.id, found, people)).filter((it) => it.until > since);
  const schedule = whatHolds({ ...bare, temporaries: asTemporaries(ours.id, covers) }, notes);
  return schedule && { schedule, as: 'rules', rendered, reasons: [] };
}

/** The zone of a shift: its own, or the schedule's; shifts made on the web are in UTC if they have none. */
function zoneIn(it: GrafanaShift, { type, time_zone }: GrafanaSchedule) {
  return zoneOf(it.time_zone ?? (type === 'web' ? 'UTC' : (time_zone ?? 'UTC')));
}

function shiftOf(it: GrafanaShift, their: GrafanaSchedule, people: Directory): Shift {
  const rolling = it.rolling_users ?? [];
  const first = it.start_rotation_from_user_index ?? 0;
  const inTurn =
    it.type === 'rolling_users' ? [...rolling.slice(first), ...rolling.slice(0, first)] : [it.users ?? []];
  const start = readWallTime(it.start);
  return {
    their: it,
    name: it.name?.trim() || 'Shift',
    zone: zoneIn(it, their),
    start,
    length: it.duration * 1000,
    since: it.rotation_start && it.type === 'rolling_users' ? readWallTime(it.rotation_start) : start,
    until: it.until ? readWallTime(it.until) : Infinity,
    every: it.interval ?? 1,
    groups: inTurn.map((all): PersonId[] => [...new Set(all.map((user) => people.personOf(user)))]),
    isWeb: their.type === 'web',
    days: (it.by_day ?? []).map((day) => WEEKDAYS.indexOf(day)),
    weekStart: WEEKDAYS.indexOf(it.week_start ?? 'SU'),
  };
}

function overrideOf(it: GrafanaShift, their: GrafanaSchedule, people: Directory) {
  if (it.type !== 'override') return [];
  const zone = zoneIn(it, their);
  const start = readWallTime(it.start);
  const span = { from: instantAt(zone, start), until: instantAt(zone, start + it.duration * 1000) };
  const users = it.users?.length ? it.users : (it.rolling_users ?? []).flat();
  return users.map((user) => ({ ...span, person: people.personOf(user) }));
}

interface Swap extends Span {
  readonly person: PersonId;
  readonly by: PersonId;
}

/** Swaps that somebody took. */
function swapsOf(their: string, { swaps }: GrafanaExport, people: Directory): Swap[] {
  return swaps
    .filter((it) => it.schedule === their)
    .flatMap((it): Swap[] => {
      if (!it.benefactor) return [];
      const [person, by] = [people.personOf(it.beneficiary), people.personOf(it.benefactor)];
      return [{ from: Date.parse(it.swap_start), until: Date.parse(it.swap_end), person, by }];
    });
}

/** What overrides and swaps make of the layers, the swaps in their order. */
function swapped(bare: Schedule, overridden: readonly Duty[], swaps: readonly Swap[]): readonly Duty[] {
  return swaps.reduce((covers, { person, by, ...stretch }) => {
    const before = dutiesOf({ ...bare, temporaries: asTemporaries(bare.id, covers) }, stretch);
    const changed = before
      .filter(({ people }) => people.includes(person))
      .map((it) => ({ ...it, people: inOrder(it.people.map((one) => (one === person ? by : one))) }));
    return lastWins([...covers, ...changed]);
  }, overridden);
}

interface Source {
  readonly their: GrafanaSchedule;
  readonly found: GrafanaExport;
  readonly rendered: Rendered | null;
  readonly people: Directory;
  readonly notes: Note[];
}

function singly(
  schedule: Schedule,
  why: string,
  { their, found, rendered, people, notes }: Source,
): CarriedSchedule | null {
  const about = `schedule ${schedule.name}`;
  const calendars = found.calendars.get(their.id);
  const todo = 'Write its layers in the file before then, and compare again.';
  if (!rendered) {
    notes.push({
      about,
      says: `It is left out. ${why}, and the export does not say who is on call.`,
      todo: 'Ask for /schedules/<id>/final_shifts?start_date=...&end_date=... and export again.',
    });
    return null;
  }
  const read = calendars && calendarDuties(calendars, found.users, people, rendered, about, notes);
  const duties: readonly Duty[] = read ?? rendered.duties;
  const until = new Date(rendered.until).toISOString().slice(0, 10);
  const said = read ? 'is carried over from its calendar' : 'is copied from the shifts that were shown';
  notes.push({ about, says: `${why}, so it ${said}, until ${until} and no longer.`, todo });
  const whole = whatHolds({ ...schedule, temporaries: asTemporaries(schedule.id, duties, true) }, notes);
  return whole && { schedule: whole, as: read ? 'calendar' : 'copied', rendered, reasons: [] };
}

/** Without the days that were asked for, from the first shift to the end of the last. */
function renderedOf(pages: readonly FinalShifts[], people: Directory): Rendered | null {
  const duties = together(
    pages.flatMap(({ shifts }) =>
      shifts.map((it) => ({
        from: Date.parse(it.shift_start),
        until: Date.parse(it.shift_end),
        person: people.personOf(it.user_pk, it.user_username),
      })),
    ),
  );
  const [asked] = pages;
  const from = asked?.start ? Date.parse(`${asked.start}T00:00:00Z`) : duties[0]?.from;
  const until = asked?.end ? Date.parse(`${asked.end}T00:00:00Z`) + DAY : duties.at(-1)?.until;
  return from === undefined || until === undefined ? null : { from, until, duties };
}
