import type { z } from 'zod';

import type { PersonId } from '#src/incident/person.ts';
import type { Layer, Length, Restriction, Rotation } from '#src/oncall/schedule.ts';

import { either, fields, list, quoted, text, whole, word, yesNo, zone } from '../fields.ts';
import type { Fields, Pare, Plain } from '../state.ts';
import { readTimes, readTurn, sayTimes, sayTurn, WEEKDAYS, type Times } from '../words.ts';

/** A Monday: without a word about it turns are a week long and begin on Monday at nine. */
const DEFAULT_START = '2026-01-05T09:00';
const WEEKLY = { every: { unit: 'week', every: 1 } as Length, start: DEFAULT_START, anchor: null, end: null };

const RotationEntry = fields({
  every: text(40)
    .transform((it, ctx): Length => {
      const read = readTurn(it);
      if (!read) ctx.addIssue(`${quoted(it)} is no turn; write it like 1 week, 12 hours, 1 month or P10D`);
      return read ?? WEEKLY.every;
    })
    .default(WEEKLY.every),
  start: text(40).default(DEFAULT_START),
  anchor: text(40).nullable().default(null),
  end: text(40).nullable().default(null),
});

const RestrictionText = text(100).transform((it, ctx): Restriction => {
  const read = readTimes(it);
  if (!read) ctx.addIssue(`${quoted(it)} are no hours; write them like mon-fri 09:00-17:00 or 22:00-06:00`);
  return { ...(read ?? NO_TIMES), plusDays: 0 };
});

const RestrictionEntry = either<Restriction>(
  RestrictionText,
  fields({
    days: list(word(WEEKDAYS)),
    from: text(10),
    until: text(10),
    plus_days: whole().default(0),
  }).transform(({ days, plus_days: plusDays, ...it }) => ({
    ...it,
    plusDays,
    days: days.map((day) => WEEKDAYS.indexOf(day)),
  })),
);

const Turn = either<string[]>(
  text().transform((it) => [it]),
  list(text()),
);

const DEFAULTS = {
  priority: 0,
  timezone: null,
  only: [],
  on_holidays: 'as-usual',
  calendar: null,
  shadow: false,
};

export const LayerEntry = fields({
  id: text().optional(),
  name: text(200).optional(),
  priority: whole().default(0),
  timezone: zone().nullable().default(null),
  rotation: RotationEntry.default(WEEKLY),
  people: list(Turn),
  only: list(RestrictionEntry).default([]),
  on_holidays: word(['as-usual', 'nobody', 'only']).default('as-usual'),
  calendar: text().nullable().default(null),
  shadow: yesNo().default(false),
});

export function readLayer(
  { id, people, only, rotation, on_holidays: onHolidays, ...entry }: z.output<typeof LayerEntry>,
  index: number,
): Layer {
  const name = entry.name ?? defaultName(index);
  const { every, ...times } = rotation;
  return {
    ...entry,
    name,
    id: id ?? name,
    onHolidays,
    rotation: { ...every, ...times },
    shifts: people as PersonId[][],
    restrictions: only,
  };
}

export function writeLayer(layer: Layer, index: number, pare: Pare): Fields {
  const { id, name, priority, timezone, rotation, shifts, restrictions, onHolidays, calendar, shadow } =
    layer;
  const full = {
    id,
    name,
    priority,
    timezone,
    rotation: writeRotation(rotation, pare),
    people: shifts.map((turn) => (turn.length === 1 ? (turn[0] ?? '') : turn)),
    only: restrictions.map(writeRestriction),
    on_holidays: onHolidays,
    calendar,
    shadow,
  };
  return pare(full, { ...DEFAULTS, id: name, name: defaultName(index) });
}

function writeRotation({ start, anchor, end, ...length }: Rotation, pare: Pare): Fields {
  return pare({ every: sayTurn(length), start, anchor, end }, { anchor: null, end: null });
}

function writeRestriction({ days, from, until, plusDays }: Restriction): Plain {
  const sorted = days.toSorted((a, b) => a - b);
  if (plusDays === 0) return sayTimes({ days: sorted, from, until });
  return { days: sorted.map((it) => WEEKDAYS[it] ?? ''), from, until, plus_days: plusDays };
}

const NO_TIMES: Times = { days: [], from: '', until: '' };

function defaultName(index: number): string {
  return index === 0 ? 'Primary' : `Layer ${index + 1}`;
}
