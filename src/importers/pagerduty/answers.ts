import { z } from 'zod';

import { bodyOf, idAfter, onceById, read, type Answer } from '../answers.ts';

/** The fields that are read of what the REST API v2 answers; every other is passed over. */
const instant = z.iso.datetime({ offset: true, error: 'write a time such as 2026-03-29T09:00:00+02:00' });
const reference = z.object({ id: z.string(), summary: z.string().nullish() });

const entry = z.object({ start: instant, end: instant, user: reference });
const entries = z.object({ rendered_schedule_entries: z.array(entry).nullish() }).nullish();

const restriction = z.object({
  type: z.enum(['daily_restriction', 'weekly_restriction']),
  start_time_of_day: z
    .string()
    .regex(/^\d\d:\d\d(?::\d\d)?/, { error: 'write a time of day such as 09:00:00' }),
  duration_seconds: z.number().min(1).max(604_800),
  /** 1 is Monday. */
  start_day_of_week: z.number().int().min(1).max(7).nullish(),
});

const layer = z.object({
  id: z.string(),
  name: z.string().nullish(),
  start: instant,
  end: instant.nullish(),
  rotation_virtual_start: instant,
  rotation_turn_length_seconds: z.number().min(900),
  users: z.array(z.object({ user: reference })),
  restrictions: z.array(restriction).nullish(),
});

const schedule = z.object({
  id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  teams: z.array(reference).nullish(),
  schedule_layers: z.array(layer),
  overrides_subschedule: entries,
  final_schedule: entries,
});

const method = z.object({
  id: z.string(),
  type: z.string(),
  address: z.string().nullish(),
  country_code: z.number().nullish(),
  enabled: z.boolean().nullish(),
});

const notificationRule = z.object({
  start_delay_in_minutes: z.number().min(0),
  urgency: z.enum(['high', 'low']),
  contact_method: z.object({ id: z.string() }),
});

const user = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  time_zone: z.string().nullish(),
  contact_methods: z.array(method).nullish(),
  /** Each in full, or only its id. */
  notification_rules: z.array(z.union([notificationRule, z.object({ id: z.string() })])).nullish(),
  teams: z.array(reference).nullish(),
});

const team = z.object({ id: z.string(), name: z.string(), description: z.string().nullish() });

const policy = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  num_loops: z.number().int().min(0).nullish(),
  escalation_rules: z.array(
    z.object({
      escalation_delay_in_minutes: z.number().min(0),
      targets: z.array(reference.extend({ type: z.string() })),
      escalation_rule_assignment_strategy: z.object({ type: z.string() }).nullish(),
    }),
  ),
});

const override = z.object({ start: instant, end: instant, user: reference });

/** Which key of an answer holds what: the API names it, for one and for many. */
const SHAPES = {
  schedules: ['schedule', schedule],
  users: ['user', user],
  teams: ['team', team],
  escalation_policies: ['escalation_policy', policy],
} as const;

export type PdSchedule = z.infer<typeof schedule>;
export type PdLayer = z.infer<typeof layer>;
export type PdUser = z.infer<typeof user>;
export type PdPolicy = z.infer<typeof policy>;
export type PdEntry = z.infer<typeof entry>;
export type PdNotificationRule = z.infer<typeof notificationRule>;

export interface PagerDutyExport {
  readonly schedules: readonly (PdSchedule & {
    readonly since: string | null;
    readonly until: string | null;
  })[];
  readonly users: readonly PdUser[];
  readonly teams: readonly z.infer<typeof team>[];
  readonly policies: readonly PdPolicy[];
  /** Of a schedule, by its id. */
  readonly overrides: ReadonlyMap<string, readonly PdEntry[]>;
  /** Of a user, by their id; those that the answer about the user says in full are among them. */
  readonly rules: ReadonlyMap<string, readonly PdNotificationRule[]>;
  /** Schedules of a list, which says no more than their names. */
  readonly named: readonly { readonly id: string; readonly name: string }[];
  /** Lists of which a page is missing. */
  readonly cut: readonly string[];
}

/** @throws UserError that names the file and the field */
export function readPagerDuty(answers: readonly Answer[]): PagerDutyExport {
  const schedules = answers.flatMap((it) => {
    const asked = { since: it.asked.get('since'), until: it.asked.get('until') };
    return all(it, 'schedules', (each) => 'schedule_layers' in each).map((each) => ({ ...each, ...asked }));
  });
  const users = onceById(answers.flatMap((it) => all(it, 'users')));
  const own = users.flatMap((it): [string, readonly PdNotificationRule[]][] =>
    it.notification_rules ? [[it.id, it.notification_rules.filter(isWhole)]] : [],
  );
  return {
    schedules: onceById(schedules),
    named: onceById(answers.flatMap(namedIn)),
    users,
    teams: onceById(answers.flatMap((it) => all(it, 'teams'))),
    policies: onceById(answers.flatMap((it) => all(it, 'escalation_policies'))),
    overrides: byOwner(
      answers,
      'overrides',
      'schedules',
      z.object({ overrides: z.array(override) }),
      (it) => it.overrides,
    ),
    rules: new Map([
      ...own,
      ...byOwner(
        answers,
        'notification_rules',
        'users',
        z.object({ notification_rules: z.array(notificationRule) }),
        (it) => it.notification_rules,
      ),
    ]),
    cut: answers.filter(isCut).map(({ file }) => file),
  };
}

type Shapes = typeof SHAPES;
type Of<K extends keyof Shapes> = z.infer<Shapes[K][1]>;

function all<K extends keyof Shapes>(
  answer: Answer,
  many: K,
  isTaken: (it: object) => boolean = () => true,
): Of<K>[] {
  const body = bodyOf(answer);
  const [one, shape] = SHAPES[many];
  const each = shape as unknown as z.ZodType<Of<K>>;
  if (Array.isArray(body[many])) {
    const taken = { ...body, [many]: (body[many] as object[]).filter(isTaken) };
    return (read(z.object({ [many]: z.array(each) }), { ...answer, body: taken }) as Record<K, Of<K>[]>)[
      many
    ];
  }
  if (typeof body[one] !== 'object' || body[one] === null) return [];
  return [(read(z.object({ [one]: each }), answer) as Record<string, Of<K>>)[one] as Of<K>];
}

/** A list of schedules says their names only; each has to be asked for by itself. */
function namedIn(answer: Answer): { id: string; name: string }[] {
  const { schedules } = bodyOf(answer);
  const shape = z.object({ schedules: z.array(z.object({ id: z.string(), name: z.string() })) });
  return Array.isArray(schedules) ? read(shape, answer).schedules : [];
}

function isWhole(rule: object): rule is PdNotificationRule {
  return 'start_delay_in_minutes' in rule;
}

function byOwner<B, T>(
  answers: readonly Answer[],
  key: string,
  owners: string,
  shape: z.ZodType<B>,
  of: (body: B) => readonly T[],
): Map<string, readonly T[]> {
  const found = new Map<string, readonly T[]>();
  for (const answer of answers) {
    const owner = idAfter(owners, answer);
    if (owner === null || !Array.isArray(bodyOf(answer)[key])) continue;
    found.set(owner, [...(found.get(owner) ?? []), ...of(read(shape, answer))]);
  }
  return found;
}

/** There is another page, and no answer that begins where this one ends. */
function isCut(answer: Answer, _: number, answers: readonly Answer[]): boolean {
  const { more, offset } = bodyOf(answer);
  if (more !== true) return false;
  const keys = Object.keys(SHAPES).filter((it) => it in bodyOf(answer));
  return !answers.some((other) => {
    const body = bodyOf(other);
    return keys.some((it) => it in body) && Number(body['offset']) > Number(offset);
  });
}
