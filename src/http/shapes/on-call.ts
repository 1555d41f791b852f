import { z } from 'zod';

import type { WhyUnreachable } from '#src/engine/reach.ts';
import type { CompiledSchedule, Empty } from '#src/oncall/compile.ts';
import { onCallAt, type Duty } from '#src/oncall/on-call.ts';
import { nextHandoff, type Span } from '#src/oncall/preview.ts';
import type { Override } from '#src/oncall/schedule.ts';

import { time } from './common.ts';

const DutyShape = z
  .object({
    person: z.string(),
    from: time,
    until: time,
    why: z.enum(['layer', 'override']),
    /** The name of the layer, where it is one. */
    layer: z.string().nullable(),
    /** The id of the override, where it is one. */
    override: z.string().nullable(),
    /** Whom it replaces. */
    instead_of: z.string().nullable(),
    reason: z.string().nullable(),
    /** Who made the override. */
    by: z.string().nullable(),
  })
  .meta({ id: 'Duty' });

const EmptyShape = z
  .object({
    why: z.enum(['unplanned', 'disabled', 'override']).meta({
      description: 'Nobody is planned, the schedule is switched off, or an override says so.',
    }),
    override: z.string().nullable(),
    reason: z.string().nullable(),
    by: z.string().nullable(),
  })
  .meta({ id: 'NobodyOnCall' });

export const OnCallShape = z.object({
  schedule: z.string(),
  name: z.string(),
  team: z.string().nullable(),
  timezone: z.string(),
  on_call: z.array(DutyShape),
  shadows: z.array(DutyShape),
  empty: EmptyShape.nullable().meta({ description: 'Why nobody is on call; null where somebody is.' }),
  unreachable: z.array(z.object({ person: z.string(), why: z.string() })).meta({
    description: 'Those on call, now or next, who could not be paged.',
  }),
  next_handoff: z.object({ at: time, leaving: z.array(z.string()), coming: z.array(z.string()) }).nullable(),
  next: z.array(DutyShape).meta({ description: 'Who is on call after the next hand-off.' }),
});

export const ShiftShape = z.object({
  from: time,
  until: time,
  on_call: z.array(DutyShape),
  shadows: z.array(DutyShape),
  empty: EmptyShape.nullable(),
});

export const OverrideShape = z
  .object({
    id: z.string(),
    kind: z.enum(['cover', 'add', 'replace', 'remove']).meta({
      description:
        '`cover`: these people and nobody else; `add`: that person too; `replace`: that person instead of another; `remove`: that person is off.',
    }),
    people: z.array(z.string()).meta({ description: 'Who is put on call; of `remove`, who is off.' }),
    instead_of: z.string().nullable(),
    from: time,
    to: time,
    reason: z.string().nullable(),
    by: z.string(),
  })
  .meta({ id: 'Override' });

/** Who is on call by one schedule, and who is next. */
export function showOnCall(
  compiled: CompiledSchedule,
  at: Date,
  whyUnreachable: WhyUnreachable,
): z.input<typeof OnCallShape> {
  const { id, name, team, timezone } = compiled.schedule;
  const { people, shadows, empty } = onCallAt(compiled, at);
  const handoff = nextHandoff(compiled, at);
  const next = handoff ? onCallAt(compiled, handoff.at).people : [];
  const all = [...new Set([...people, ...next].map((it) => it.person))];
  return {
    schedule: id,
    name,
    team,
    timezone,
    on_call: people.map(showDuty),
    shadows: shadows.map(showDuty),
    empty: showEmpty(empty),
    unreachable: all.flatMap((person) => {
      const why = whyUnreachable(person, at);
      return why === null ? [] : [{ person, why }];
    }),
    next_handoff: handoff && {
      at: handoff.at.toISOString(),
      leaving: [...handoff.leaving],
      coming: [...handoff.coming],
    },
    next: next.map(showDuty),
  };
}

export function showShift({ from, until, people, shadows, empty }: Span): z.input<typeof ShiftShape> {
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    on_call: people.map(showDuty),
    shadows: shadows.map(showDuty),
    empty: showEmpty(empty),
  };
}

export function showOverride(it: Override): z.input<typeof OverrideShape> {
  const { id, kind, start, end, reason, createdBy } = it;
  return {
    id,
    kind,
    people: kind === 'cover' ? [...it.people] : [kind === 'replace' ? it.by : it.person],
    instead_of: kind === 'replace' ? it.person : null,
    from: start.toISOString(),
    to: end.toISOString(),
    reason,
    by: createdBy,
  };
}

function showDuty({ person, from, until, why }: Duty): z.input<typeof DutyShape> {
  const isOverride = why.kind === 'override';
  return {
    person,
    from: from.toISOString(),
    until: until.toISOString(),
    why: why.kind,
    layer: isOverride ? null : why.name,
    override: isOverride ? why.id : null,
    instead_of: isOverride ? why.instead : null,
    reason: isOverride ? why.reason : null,
    by: isOverride ? why.createdBy : null,
  };
}

function showEmpty(empty: Empty | null): z.input<typeof EmptyShape> | null {
  if (!empty) return null;
  if (empty.kind !== 'override') return { why: empty.kind, override: null, reason: null, by: null };
  return { why: 'override', override: empty.id, reason: empty.reason, by: empty.createdBy };
}
