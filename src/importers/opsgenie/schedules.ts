import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Layer, Restriction, TemporarySchedule } from '#src/oncall/schedule.ts';
import { zoneOf, type Zone } from '#src/oncall/zone.ts';

import { whatHolds, type CarriedSchedule, type Note, type Reason, type Rendered } from '../carried.ts';
import { DAY, inOrder, MINUTE, pieces, samePeople, together, type Span } from '../spans.ts';
import { standing, temporary } from '../temporaries.ts';
import { anchorOf, plainLayer, wallTime, windowOf } from '../wall.ts';
import {
  DAYS,
  type OgOverride,
  type OgRotation,
  type OgSchedule,
  type OgTimeline,
  type OgTimes,
} from './answers.ts';
import type { Recipients } from './recipients.ts';

/**
 * A schedule whose rotations are all on call together. An override stands in
 * for the rotations that it names, or for all; of two the later in the list wins.
 */
export function carrySchedule(
  their: OgSchedule,
  { id, name, team }: { readonly id: string; readonly name: string; readonly team: TeamId | null },
  {
    overrides,
    timelines,
  }: { readonly overrides: readonly OgOverride[]; readonly timelines: readonly OgTimeline[] },
  who: Recipients,
  notes: Note[],
): CarriedSchedule | null {
  const zone = zoneOf(their.timezone);
  const rendered = renderedOf(timelines, who);
  const reasons: Reason[] = [];
  const isOver = ({ until }: Span) => rendered !== null && until <= rendered.from;
  const layers = their.rotations
    .filter(({ endDate }) => !endDate || Date.parse(endDate) > (rendered?.from ?? -Infinity))
    .flatMap((it) => layerOf(it, zone, who, reasons));
  const replaced = replacedIn(their.rotations, overrides, who).filter((it) => !isOver(it));
  const schedule = whatHolds(
    {
      id,
      name,
      team,
      timezone: zone.id,
      layers,
      overrides: [],
      temporaries: replaced.map((it) => insteadOf(id, layers, it)),
      holidays: [],
      enabled: their.enabled ?? true,
    },
    notes,
  );
  return schedule && { schedule, as: 'rules', rendered, reasons };
}

const UNIT = { hourly: ['hour', 60 * MINUTE], daily: ['day', DAY], weekly: ['week', 7 * DAY] } as const;

function layerOf(it: OgRotation, zone: Zone, who: Recipients, reasons: Reason[]): Layer[] {
  const shifts = it.participants.map((each): PersonId[] => {
    const { people, why } = who(each);
    if (why !== null) reasons.push({ from: -Infinity, until: Infinity, why });
    return [...people];
  });
  if (shifts.length === 0) return [];
  const [unit, ms] = UNIT[it.type];
  const start = Date.parse(it.startDate);
  return [
    plainLayer({
      id: it.id,
      name: it.name?.trim() || 'Rotation',
      priority: 1,
      rotation: {
        unit,
        every: it.length ?? 1,
        start: wallTime(start, zone),
        anchor: unit === 'hour' ? anchorOf(start, zone, ms * (it.length ?? 1), shifts.length) : null,
        end: it.endDate ? wallTime(Date.parse(it.endDate), zone) : null,
      },
      shifts,
      restrictions: windowsOf(it),
    }),
  ];
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const WEEK = 7 * DAY;

function windowsOf({ timeRestriction }: OgRotation): Restriction[] {
  if (!timeRestriction) return [];
  if (timeRestriction.type === 'time-of-day') {
    const { from, until } = timesOf(timeRestriction.restriction);
    return [windowOf(EVERY_DAY, from, until > from ? until - from : until - from + DAY)];
  }
  return timeRestriction.restrictions.map((it) => {
    const { from, until } = timesOf(it);
    const first = DAYS.indexOf(it.startDay);
    const last = DAYS.indexOf(it.endDay);
    const length = (last - first) * DAY + until - from;
    return windowOf([first], from, length > 0 ? length : length + WEEK);
  });
}

function timesOf(it: OgTimes): Span {
  return {
    from: (it.startHour * 60 + (it.startMin ?? 0)) * MINUTE,
    until: (it.endHour * 60 + (it.endMin ?? 0)) * MINUTE,
  };
}

/** Between two changes: who stands in for which rotation, by its id. */
interface Replaced extends Span {
  readonly by: ReadonlyMap<string, readonly PersonId[]>;
}

function replacedIn(
  rotations: readonly OgRotation[],
  overrides: readonly OgOverride[],
  who: Recipients,
): Replaced[] {
  const all = rotations.map(({ id }) => id);
  const spans = overrides.map((it) => ({
    from: Date.parse(it.startDate),
    until: Date.parse(it.endDate),
    rotations: it.rotations && it.rotations.length > 0 ? it.rotations.map(({ id }) => id) : all,
    people: who(it.user).people,
  }));
  return pieces(spans)
    .filter(({ active }) => active.length > 0)
    .map(({ from, until, active }) => ({
      from,
      until,
      by: new Map(active.flatMap((it) => it.rotations.map((rotation) => [rotation, it.people] as const))),
    }));
}

/** The rotations that are not replaced, and whoever stands in for the others. */
function insteadOf(id: string, layers: readonly Layer[], { from, until, by }: Replaced): TemporarySchedule {
  const people = inOrder([...by.values()].flat());
  const others = layers.filter((it) => !by.has(it.id));
  const [createdBy = 'import' as PersonId] = people;
  return temporary(
    id,
    { from, until },
    [...others, standing('override', { from, until, people })],
    createdBy,
  );
}

/** Several timelines of a schedule, one after the other, are one. */
function renderedOf(timelines: readonly OgTimeline[], who: Recipients): Rendered | null {
  if (timelines.length === 0) return null;
  const asked = timelines
    .map((it) => ({ from: Date.parse(it.startDate), until: Date.parse(it.endDate), people: [] }))
    .toSorted((a, b) => a.from - b.from);
  let [first] = asked;
  for (const next of asked) {
    if (first && next.from <= first.until && samePeople(first, next)) {
      first = { ...first, until: Math.max(first.until, next.until) };
    }
  }
  const periods = timelines.flatMap(({ finalTimeline }) =>
    finalTimeline.rotations.flatMap((it) => it.periods ?? []),
  );
  const duties = together(
    periods.flatMap((it) => {
      const span = { from: Date.parse(it.startDate), until: Date.parse(it.endDate) };
      const flat = it.flattenedRecipients?.filter(({ type }) => type === 'user') ?? [];
      const people = flat.length > 0 ? flat : it.recipient ? [it.recipient] : [];
      return people.flatMap((each) => who(each).people.map((person) => ({ ...span, person })));
    }),
  );
  return first ? { from: first.from, until: first.until, duties } : null;
}
