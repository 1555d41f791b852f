import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Layer, Restriction } from '#src/oncall/schedule.ts';
import { zoneOf, type Zone } from '#src/oncall/zone.ts';

import type { CarriedSchedule, Note, Rendered } from '../carried.ts';
import { whatHolds } from '../carried.ts';
import type { Directory } from '../directory.ts';
import { lastWins, together } from '../spans.ts';
import { asTemporaries } from '../temporaries.ts';
import { anchorOf, lengthOf, plainLayer, wallTime, windowOf } from '../wall.ts';
import type { PagerDutyExport, PdEntry, PdLayer, PdSchedule } from './answers.ts';

/**
 * A schedule whose layers lie on top of each other: the one that the answer
 * names first is the uppermost, and overrides lie on all of them.
 */
export function carrySchedule(
  their: PagerDutyExport['schedules'][number],
  { id, name, team }: { readonly id: string; readonly name: string; readonly team: TeamId | null },
  { overrides }: PagerDutyExport,
  people: Directory,
  notes: Note[],
): CarriedSchedule | null {
  const zone = zoneOf(their.time_zone);
  const rendered = renderedOf(their, people);
  const since = rendered?.from ?? -Infinity;
  const layers = their.schedule_layers
    .map((it, place) => ({ it, priority: their.schedule_layers.length - place }))
    .filter(({ it }) => it.users.length > 0 && isStillOn(it, since))
    .map(({ it, priority }) => layerOf(it, priority, zone, people));
  const replaced = overrides.get(their.id) ?? their.overrides_subschedule?.rendered_schedule_entries ?? [];
  const covers = lastWins(
    replaced.map((it) => ({ ...spanOf(it, people), people: [spanOf(it, people).person] })),
  ).filter(({ until }) => until > since);
  const schedule = whatHolds(
    {
      id,
      name,
      team,
      timezone: zone.id,
      layers,
      overrides: [],
      temporaries: asTemporaries(id, covers),
      holidays: [],
      enabled: true,
    },
    notes,
  );
  return schedule && { schedule, as: 'rules', rendered, reasons: [] };
}

function layerOf(it: PdLayer, priority: number, zone: Zone, people: Directory): Layer {
  const turnMs = it.rotation_turn_length_seconds * 1000;
  return plainLayer({
    id: `layer-${priority}`,
    name: it.name?.trim() || `Layer ${priority}`,
    priority,
    rotation: {
      ...lengthOf(turnMs),
      start: wallTime(Date.parse(it.start), zone),
      anchor: anchorOf(Date.parse(it.rotation_virtual_start), zone, turnMs, it.users.length),
      end: it.end ? wallTime(Date.parse(it.end), zone) : null,
    },
    shifts: it.users.map(({ user }): PersonId[] => [people.personOf(user.id, user.summary)]),
    restrictions: (it.restrictions ?? []).map(windowIn),
  });
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

function windowIn(it: NonNullable<PdLayer['restrictions']>[number]): Restriction {
  const [hours = 0, minutes = 0, seconds = 0] = it.start_time_of_day.slice(0, 8).split(':').map(Number);
  const from = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const days = it.type === 'daily_restriction' ? EVERY_DAY : [(it.start_day_of_week ?? 1) % 7];
  return windowOf(days, from, it.duration_seconds * 1000);
}

/** Layers that were taken away stay in the answer with an end in the past. */
function isStillOn({ start, end }: PdLayer, since: number): boolean {
  if (!end) return true;
  return Date.parse(end) > Math.max(since, Date.parse(start));
}

/** Entries are cut where the time that was asked for begins and ends. */
function renderedOf(
  their: PdSchedule & PagerDutyExport['schedules'][number],
  people: Directory,
): Rendered | null {
  const entries = their.final_schedule?.rendered_schedule_entries ?? [];
  const duties = together(entries.map((it) => spanOf(it, people)));
  const from = askedFor(their.since) ?? duties[0]?.from;
  const until = askedFor(their.until) ?? duties.at(-1)?.until;
  return from === undefined || until === undefined ? null : { from, until, duties };
}

/** A date alone, or a time without a zone, is read in the zone of whoever asked; so it is not relied on. */
function askedFor(time: string | null): number | undefined {
  const isExact = time !== null && /(?:Z|[+-]\d\d:?\d\d)$/.test(time.replace(/ (\d\d:?\d\d)$/, '+$1'));
  const at = isExact ? Date.parse(time.replace(/ (\d\d:?\d\d)$/, '+$1')) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function spanOf({ start, end, user }: PdEntry, people: Directory) {
  return {
    from: Date.parse(start),
    until: Date.parse(end),
    person: people.personOf(user.id, user.summary),
  };
}
