import { z } from 'zod';

import type { PersonId, TeamId } from '#src/incident/person.ts';
import type { Holiday, Schedule, TemporarySchedule } from '#src/oncall/schedule.ts';
import { readDate, readWall } from '#src/oncall/wall.ts';
import { instantAt, wallAt, zoneOf } from '#src/oncall/zone.ts';

import { byId, either, fields, list, lines, quoted, text, yesNo, zone } from '../fields.ts';
import { nameOf, type Fields, type Pare, type Plain } from '../state.ts';
import { HandoffEntry, readHandoff, writeHandoff } from './handoff.ts';
import { LayerEntry, readLayer, writeLayer } from './layers.ts';

const HolidayText = text(300).transform((it, ctx): Holiday => {
  const [, date = '', name = ''] = /^(\S+)\s+(.+)$/.exec(it) ?? [];
  if (!isRead(() => readDate(date))) {
    ctx.addIssue(`${quoted(it)} is no holiday; write it like 2026-12-25 Christmas`);
  }
  return { date, name, calendar: null };
});

const HolidayEntry = either<Holiday>(
  HolidayText,
  fields({
    date: text().refine((it) => isRead(() => readDate(it)), 'write a date like 2026-12-25'),
    name: text(300).default('Holiday'),
    calendar: text().nullable().default(null),
  }),
);

const Time = text(40).refine(
  (it) => isRead(() => readWall(it)) || isInstant(it),
  'write a date and time like 2026-12-24T09:00, as the clocks show it, or like 2026-12-24T08:00:00Z',
);

const TemporaryEntry = fields({
  id: text().optional(),
  name: text(200),
  from: Time,
  until: Time,
  reason: lines(1000).nullable().default(null),
  layers: list(LayerEntry),
});

const DEFAULTS = {
  team: null,
  timezone: 'UTC',
  enabled: true,
  holidays: [],
  temporaries: [],
  handoff: {},
  groups: {},
};

export const ScheduleEntry = fields({
  name: text(200).optional(),
  team: text().nullable().default(null),
  timezone: zone().default('UTC'),
  enabled: yesNo().default(true),
  layers: list(LayerEntry),
  holidays: list(HolidayEntry).default([]),
  temporaries: list(TemporaryEntry).default([]),
  handoff: HandoffEntry.optional(),
  groups: byId(text(200), /^[a-z]+$/, 'write the name of a chat platform, in small letters').default({}),
});

/** Its overrides stay as they are; `by` made the temporary schedules that are new. */
export function readSchedule(
  id: string,
  entry: z.output<typeof ScheduleEntry>,
  before: Schedule | undefined,
  by: PersonId,
): Schedule {
  const { name = nameOf(id), team, timezone, handoff, groups, ...rest } = entry;
  return {
    ...rest,
    ...(handoff ? readHandoff(handoff) : {}),
    ...(Object.keys(groups).length > 0 ? { groups } : {}),
    ...(before?.holds ? { holds: before.holds } : {}),
    timezone,
    id,
    name,
    team: team as TeamId | null,
    layers: entry.layers.map(readLayer),
    overrides: before?.overrides ?? [],
    temporaries: entry.temporaries.map(({ id: given, from, until, layers, ...it }) => {
      const own = given ?? it.name;
      const known = before?.temporaries.find((one) => one.id === own);
      return {
        ...it,
        id: own,
        start: readTime(from, timezone),
        end: readTime(until, timezone),
        layers: layers.map(readLayer),
        createdBy: known?.createdBy ?? by,
      };
    }),
  };
}

export function writeSchedule(schedule: Schedule, pare: Pare): Fields {
  const { id, name, team, timezone, enabled, layers, holidays, temporaries } = schedule;
  const full = {
    name,
    team,
    timezone,
    enabled,
    layers: layers.map((it, index) => writeLayer(it, index, pare)),
    holidays: holidays.map(writeHoliday),
    temporaries: temporaries.map((it) => writeTemporary(it, timezone, pare)),
    handoff: writeHandoff(schedule, pare),
    groups: { ...schedule.groups },
  };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}

function writeHoliday({ date, name, calendar }: Holiday): Plain {
  const short = `${date} ${name}`;
  const { data } = HolidayText.safeParse(short);
  return calendar === null && data?.name === name ? short : { date, name, calendar };
}

function writeTemporary(it: TemporarySchedule, timezone: string, pare: Pare): Fields {
  const full = {
    id: it.id,
    name: it.name,
    from: writeTime(it.start, timezone),
    until: writeTime(it.end, timezone),
    reason: it.reason,
    layers: it.layers.map((layer, index) => writeLayer(layer, index, pare)),
  };
  return pare(full, { id: it.name, reason: null });
}

/** As the clocks of the schedule show it, where that is one instant only and says it all. */
function writeTime(at: Date, timezone: string): string {
  const shown = new Date(wallAt(zoneOf(timezone), at.getTime())).toISOString();
  const wall = shown.slice(0, shown.endsWith(':00.000Z') ? 16 : 19);
  const isExact = isRead(() => readWall(wall)) && readTime(wall, timezone).getTime() === at.getTime();
  return isExact ? wall : at.toISOString();
}

function readTime(written: string, timezone: string): Date {
  return new Date(isInstant(written) ? written : instantAt(zoneOf(timezone), readWall(written)));
}

function isInstant(written: string): boolean {
  return z.iso.datetime({ offset: true }).safeParse(written).success;
}

function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
