import { z } from 'zod';

import { bodyOf, idAfter, kindIn, onceById, read, type Answer } from '../answers.ts';

/** The fields that are read of what the REST API v2 answers; every other is passed over. */
const instant = z.iso.datetime({ offset: true, error: 'write a time such as 2026-03-29T09:00:00Z' });

const recipient = z.object({
  type: z.string(),
  id: z.string().nullish(),
  username: z.string().nullish(),
  name: z.string().nullish(),
});

const hour = z.number().int().min(0).max(24);
const minute = z.number().int().min(0).max(59).nullish();
const times = z.object({ startHour: hour, startMin: minute, endHour: hour, endMin: minute });
const day = z.enum(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']);
const timeRestriction = z.discriminatedUnion('type', [
  z.object({ type: z.literal('time-of-day'), restriction: times }),
  z.object({
    type: z.literal('weekday-and-time-of-day'),
    restrictions: z.array(times.extend({ startDay: day, endDay: day })),
  }),
]);

const rotation = z.object({
  id: z.string(),
  name: z.string().nullish(),
  startDate: instant,
  endDate: instant.nullish(),
  type: z.enum(['hourly', 'daily', 'weekly']),
  length: z.number().int().min(1).nullish(),
  participants: z.array(recipient),
  timeRestriction: timeRestriction.nullish(),
});

const schedule = z.object({
  id: z.string(),
  name: z.string(),
  timezone: z.string(),
  enabled: z.boolean().nullish(),
  ownerTeam: z.object({ id: z.string() }).nullish(),
  rotations: z.array(rotation, { error: 'ask with ?expand=rotation, so that the rotations are there' }),
});

const override = z.object({
  _parent: z.object({ id: z.string() }).nullish(),
  alias: z.string(),
  user: recipient,
  startDate: instant,
  endDate: instant,
  rotations: z.array(z.object({ id: z.string() })).nullish(),
});

const period = z.object({
  startDate: instant,
  endDate: instant,
  recipient: recipient.nullish(),
  flattenedRecipients: z.array(recipient).nullish(),
});
const timeline = z.object({
  _parent: z.object({ id: z.string() }).nullish(),
  startDate: instant,
  endDate: instant,
  finalTimeline: z.object({ rotations: z.array(z.object({ periods: z.array(period).nullish() })) }),
});

const escalation = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  rules: z.array(
    z.object({
      condition: z.string().nullish(),
      notifyType: z.string().nullish(),
      delay: z.object({ timeAmount: z.number().min(0), timeUnit: z.string().nullish() }).nullish(),
      recipient,
    }),
  ),
  repeat: z
    .object({ waitInterval: z.number().min(0).nullish(), count: z.number().min(0).nullish() })
    .nullish(),
});

const contact = z.object({
  contactMethod: z.string(),
  to: z.string(),
  status: z.object({ enabled: z.boolean().nullish() }).nullish(),
  enabled: z.boolean().nullish(),
});

const user = z.object({
  id: z.string(),
  username: z.string(),
  fullName: z.string().nullish(),
  timeZone: z.string().nullish(),
  userContacts: z.array(contact).nullish(),
});

const team = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  members: z
    .array(z.object({ user: z.object({ id: z.string(), username: z.string().nullish() }) }))
    .nullish(),
});

const notificationRule = z.object({
  actionType: z.string(),
  enabled: z.boolean().nullish(),
  steps: z
    .array(
      z.object({
        enabled: z.boolean().nullish(),
        sendAfter: z.object({ timeAmount: z.number().min(0), timeUnit: z.string().nullish() }).nullish(),
        contact: z.object({ method: z.string(), to: z.string() }),
      }),
    )
    .nullish(),
});

export type OgRecipient = z.infer<typeof recipient>;
export type OgRotation = z.infer<typeof rotation>;
export type OgSchedule = z.infer<typeof schedule>;
export type OgOverride = z.infer<typeof override>;
export type OgTimeline = z.infer<typeof timeline>;
export type OgEscalation = z.infer<typeof escalation>;
export type OgUser = z.infer<typeof user>;
export type OgTeam = z.infer<typeof team>;
export type OgTimes = z.infer<typeof times>;
export type OgNotificationRule = z.infer<typeof notificationRule>;
export const DAYS = day.options;

export interface OpsgenieExport {
  readonly schedules: readonly OgSchedule[];
  /** Of a schedule, by its id; likewise its timelines. */
  readonly overrides: ReadonlyMap<string, readonly OgOverride[]>;
  readonly timelines: ReadonlyMap<string, readonly OgTimeline[]>;
  readonly escalations: readonly OgEscalation[];
  readonly users: readonly OgUser[];
  readonly teams: readonly OgTeam[];
  /** Of a user, by what stands in the address: their id or their user name. */
  readonly rules: ReadonlyMap<string, readonly OgNotificationRule[]>;
  /** Lists of which a page is missing. */
  readonly cut: readonly string[];
}

/**
 * What an answer is says the last word of its address that is one of these: all
 * answers have `data`, so the name of a file is what tells them apart.
 * @throws UserError that names the file and the field
 */
export function readOpsgenie(answers: readonly Answer[]): OpsgenieExport {
  const list = <T extends { readonly id: string }>(kind: string, shape: z.ZodType<T>) =>
    onceById(answers.filter((it) => kindOf(it) === kind).flatMap((it) => dataOf(it, shape)));
  const owned = <T extends object>(kind: string, owners: string, shape: z.ZodType<T>) => {
    const found = new Map<string, T[]>();
    for (const answer of answers.filter((it) => kindOf(it) === kind)) {
      for (const it of dataOf(answer, shape)) {
        const { _parent: parent } = it as { readonly _parent?: { readonly id: string } | null };
        const owner = parent?.id ?? idAfter(owners, answer) ?? '';
        found.set(owner, [...(found.get(owner) ?? []), it]);
      }
    }
    return found;
  };
  return {
    schedules: list('schedules', schedule),
    overrides: owned('overrides', 'schedules', override),
    timelines: owned('timeline', 'schedules', timeline),
    escalations: list('escalations', escalation),
    users: list('users', user),
    teams: list('teams', team),
    rules: owned('notification-rules', 'users', notificationRule),
    cut: answers.filter(isCut).map(({ file }) => file),
  };
}

const KINDS = ['schedules', 'overrides', 'timeline', 'escalations', 'users', 'teams', 'notification-rules'];

/** `/v2/schedules/1/timeline` is a timeline, `/v2/users-2` the second page of users. */
function kindOf(answer: Answer): string | undefined {
  return kindIn(KINDS, answer);
}

function dataOf<T>(answer: Answer, shape: z.ZodType<T>): T[] {
  const { data } = bodyOf(answer);
  if (Array.isArray(data)) return read(z.object({ data: z.array(shape) }), answer).data;
  return [read(z.object({ data: shape }), answer).data];
}

/** There is another page, and no answer with the address that leads to it. */
function isCut(answer: Answer, _: number, answers: readonly Answer[]): boolean {
  const { paging, data } = bodyOf(answer);
  const next = (paging as { readonly next?: unknown } | undefined)?.next;
  if (typeof next !== 'string') return false;
  const total = Number(bodyOf(answer)['totalCount']);
  const same = answers.filter((it) => kindOf(it) === kindOf(answer));
  const there = same.reduce((sum, it) => sum + lengthIn(bodyOf(it)['data']), 0);
  return Number.isNaN(total) ? same.length === 1 && lengthIn(data) > 0 : there < total;
}

function lengthIn(data: unknown): number {
  return Array.isArray(data) ? data.length : 0;
}
