import { z } from 'zod';

import type { CompiledSchedule } from '#src/oncall/compile.ts';
import { findGaps } from '#src/oncall/gaps.ts';
import { qualityScore } from '#src/oncall/quality.ts';
import { writeLayer } from '#src/setup/sections/layers.ts';
import { whole } from '#src/setup/state.ts';

import { time } from './common.ts';
import { OverrideShape, showOverride } from './on-call.ts';

/** So far ahead is looked for gaps. */
const AHEAD_MS = 30 * 86_400_000;

const word = (max: number) => z.string().max(max);

const Restriction = z
  .union([
    word(100).meta({ example: 'mon-fri 09:00-17:00' }),
    z.strictObject({
      days: z.array(word(10)).max(7),
      from: word(10),
      until: word(10),
      plus_days: z.int().default(0),
    }),
  ])
  .meta({ description: 'Hours in which it is on duty; days as fields where it lasts longer than a day.' });

/** As in the file of the setup, which checks what is in it. */
export const LayerShape = z
  .strictObject({
    id: word(1000).optional(),
    name: word(1000),
    priority: z.int().default(0),
    timezone: word(100).nullable().default(null),
    rotation: z.strictObject({
      every: word(100).meta({ example: '1 week' }),
      start: word(100).meta({ example: '2026-01-05T09:00' }),
      anchor: word(100).nullable().default(null),
      end: word(100).nullable().default(null),
    }),
    people: z
      .array(z.union([word(100), z.array(word(100)).max(100)]))
      .max(1000)
      .meta({ description: 'The turns in order; people who share one stand in a list.' }),
    only: z.array(Restriction).max(100).default([]),
    on_holidays: z.enum(['as-usual', 'nobody', 'only']).default('as-usual'),
    calendar: word(1000).nullable().default(null),
    shadow: z.boolean().default(false),
  })
  .meta({ id: 'Layer' });

export const ScheduleInput = z.strictObject({
  name: word(1000).optional(),
  team: word(100).nullable().optional(),
  timezone: word(100).optional(),
  enabled: z.boolean().optional(),
  layers: z.array(LayerShape).max(100),
});

export const ScheduleRow = z.object({
  id: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  timezone: z.string(),
  enabled: z.boolean(),
});

export const ScheduleShape = ScheduleRow.extend({
  layers: z.array(LayerShape),
  overrides: z
    .array(OverrideShape)
    .meta({ description: 'Those that are not over, the first to begin first.' }),
  holidays: z.array(z.object({ date: z.string(), name: z.string() })),
  temporaries: z.array(
    z.object({ id: z.string(), name: z.string(), from: time, to: time, reason: z.string().nullable() }),
  ),
  gaps: z
    .array(z.object({ from: time, until: time }))
    .meta({ description: 'When nobody is on call within 30 days.' }),
  quality: z.object({ score: z.number(), says: z.array(z.string()) }).meta({
    description: 'Of the coming 30 days, 0 to 100, and what costs points.',
  }),
}).meta({ id: 'Schedule' });

export function showRow({ schedule }: CompiledSchedule): z.input<typeof ScheduleRow> {
  const { id, name, team, timezone, enabled } = schedule;
  return { id, name, team, timezone, enabled };
}

export function showSchedule(compiled: CompiledSchedule, now: Date): z.input<typeof ScheduleShape> {
  const { layers, overrides, holidays, temporaries } = compiled.schedule;
  const end = new Date(now.getTime() + AHEAD_MS);
  const { score, parts } = qualityScore(compiled, now, end);
  return {
    ...showRow(compiled),
    layers: layers.map((it, index) => writeLayer(it, index, whole) as z.input<typeof LayerShape>),
    overrides: overrides
      .filter((it) => it.end > now)
      .toSorted((a, b) => a.start.getTime() - b.start.getTime())
      .map(showOverride),
    holidays: holidays.map(({ date, name }) => ({ date, name })),
    temporaries: temporaries
      .filter((it) => it.end > now)
      .map((it) => ({
        id: it.id,
        name: it.name,
        from: it.start.toISOString(),
        to: it.end.toISOString(),
        reason: it.reason,
      })),
    gaps: findGaps(compiled, now, end).map(({ from, until }) => ({
      from: from.toISOString(),
      until: until.toISOString(),
    })),
    quality: { score, says: parts.flatMap(({ says }) => (says === null ? [] : [says])) },
  };
}
