import { z } from 'zod';

import { bodyOf, idAfter, kindIn, onceById, read, type Answer } from '../answers.ts';

/** The fields that are read of what the public API v1 answers; every other is passed over. */
const wall = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, { error: 'write a time such as 2026-03-29T09:00:00' });
const instant = z.iso.datetime({ offset: true, error: 'write a time such as 2026-03-29T09:00:00Z' });
const weekday = z.enum(['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']);
const ids = z.array(z.string());

const schedule = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['web', 'calendar', 'ical']),
  team_id: z.string().nullish(),
  time_zone: z.string().nullish(),
  shifts: ids.nullish(),
});

const shift = z.object({
  id: z.string(),
  name: z.string().nullish(),
  type: z.enum(['single_event', 'recurrent_event', 'rolling_users', 'override']),
  time_zone: z.string().nullish(),
  level: z.number().int().nullish(),
  start: wall,
  /** In seconds. */
  duration: z.number().min(1),
  rotation_start: wall.nullish(),
  frequency: z.enum(['hourly', 'daily', 'weekly', 'monthly']).nullish(),
  interval: z.number().int().min(1).nullish(),
  until: wall.nullish(),
  week_start: weekday.nullish(),
  by_day: z.array(weekday).nullish(),
  by_month: z.array(z.number()).nullish(),
  by_monthday: z.array(z.number()).nullish(),
  users: ids.nullish(),
  rolling_users: z.array(ids).nullish(),
  start_rotation_from_user_index: z.number().int().min(0).nullish(),
});

const user = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string().nullish(),
  timezone: z.string().nullish(),
});

const team = z.object({ id: z.string(), name: z.string() });
const chain = z.object({ id: z.string(), name: z.string() });

const step = z.object({
  id: z.string(),
  escalation_chain_id: z.string(),
  position: z.number(),
  type: z.string().nullish(),
  duration: z.number().min(0).nullish(),
  persons_to_notify: ids.nullish(),
  persons_to_notify_next_each_time: ids.nullish(),
  notify_on_call_from_schedule: z.string().nullish(),
  team_to_notify: z.string().nullish(),
});

const rule = z.object({
  id: z.string(),
  user_id: z.string(),
  position: z.number(),
  important: z.boolean().nullish(),
  type: z.string(),
  duration: z.number().min(0).nullish(),
});

const swap = z.object({
  id: z.string(),
  schedule: z.string(),
  swap_start: instant,
  swap_end: instant,
  beneficiary: z.string(),
  benefactor: z.string().nullish(),
});

const finalShift = z.object({
  user_pk: z.string(),
  user_username: z.string().nullish(),
  shift_start: instant,
  shift_end: instant,
});

export type GrafanaSchedule = z.infer<typeof schedule>;
export type GrafanaShift = z.infer<typeof shift>;
export type GrafanaStep = z.infer<typeof step>;
export type GrafanaRule = z.infer<typeof rule>;
export type GrafanaUser = z.infer<typeof user>;
export type GrafanaSwap = z.infer<typeof swap>;
export const WEEKDAYS = weekday.options;

export interface FinalShifts {
  /** `2026-01-01`, as it was asked; both days are in it, in UTC. */
  readonly start: string | null;
  readonly end: string | null;
  readonly shifts: readonly z.infer<typeof finalShift>[];
}

export interface GrafanaExport {
  readonly schedules: readonly GrafanaSchedule[];
  /** By their ids. */
  readonly shifts: ReadonlyMap<string, GrafanaShift>;
  readonly users: readonly GrafanaUser[];
  readonly teams: readonly z.infer<typeof team>[];
  readonly chains: readonly z.infer<typeof chain>[];
  readonly steps: readonly GrafanaStep[];
  readonly rules: readonly GrafanaRule[];
  readonly swaps: readonly GrafanaSwap[];
  /** Of a schedule, by its id. */
  readonly final: ReadonlyMap<string, readonly FinalShifts[]>;
  readonly calendars: ReadonlyMap<string, { readonly primary?: string; readonly overrides?: string }>;
  /** Lists of which a page is missing. */
  readonly cut: readonly string[];
}

/** @throws UserError that names the file and the field */
export function readGrafana(answers: readonly Answer[]): GrafanaExport {
  const list = <T extends { readonly id: string }>(kind: string, shape: z.ZodType<T>) =>
    onceById(answers.filter((it) => kindOf(it) === kind).flatMap((it) => resultsOf(it, shape)));
  return {
    schedules: list('schedules', schedule),
    shifts: new Map(list('on_call_shifts', shift).map((it) => [it.id, it])),
    users: list('users', user),
    teams: list('teams', team),
    chains: list('escalation_chains', chain),
    steps: list('escalation_policies', step),
    rules: list('personal_notification_rules', rule),
    swaps: list('shift_swaps', swap),
    final: finalOf(answers),
    calendars: calendarsOf(answers),
    cut: [...Map.groupBy(answers, (it) => kindOf(it) + (idAfter('schedules', it) ?? ''))]
      .filter(([, all]) => isCut(all))
      .map(([, all]) => all[0]?.file ?? ''),
  };
}

const KINDS = [
  'schedules',
  'on_call_shifts',
  'users',
  'teams',
  'escalation_chains',
  'escalation_policies',
  'personal_notification_rules',
  'shift_swaps',
  'final_shifts',
];

/** `/schedules/S1/final_shifts` are final shifts, `/users-2` the second page of users. */
function kindOf(answer: Answer): string | undefined {
  return typeof answer.body === 'string' ? undefined : kindIn(KINDS, answer);
}

function resultsOf<T>(answer: Answer, shape: z.ZodType<T>): T[] {
  const { results } = bodyOf(answer);
  if (Array.isArray(results)) return read(z.object({ results: z.array(shape) }), answer).results;
  return [read(shape, answer)];
}

function finalOf(answers: readonly Answer[]): GrafanaExport['final'] {
  const found = new Map<string, FinalShifts[]>();
  for (const answer of answers.filter((it) => kindOf(it) === 'final_shifts')) {
    const owner = idAfter('schedules', answer) ?? '';
    const asked = { start: answer.asked.get('start_date'), end: answer.asked.get('end_date') };
    found.set(owner, [...(found.get(owner) ?? []), { ...asked, shifts: resultsOf(answer, finalShift) }]);
  }
  return found;
}

/** `schedules/S1/primary.ics` and `schedules/S1/overrides.ics`: what the addresses in a schedule of type ical give. */
function calendarsOf(answers: readonly Answer[]): GrafanaExport['calendars'] {
  const found = new Map<string, { primary?: string; overrides?: string }>();
  for (const answer of answers) {
    const owner = idAfter('schedules', answer);
    if (typeof answer.body !== 'string' || owner === null) continue;
    const which = answer.address.endsWith('/overrides.ics') ? 'overrides' : 'primary';
    found.set(owner, { ...found.get(owner), [which]: answer.body });
  }
  return found;
}

/** Pages of one list have the same count; all together they have to come up to it. */
function isCut(pages: readonly Answer[]): boolean {
  const bodies = pages.map(bodyOf);
  const count = Number(bodies[0]?.['count']);
  const there = bodies.reduce((sum, { results }) => sum + (Array.isArray(results) ? results.length : 0), 0);
  return bodies.some(({ next }) => typeof next === 'string') && there < count;
}
