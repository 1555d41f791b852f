import { z } from 'zod';

import type { Book } from '#src/engine/book.ts';
import type { WhyUnreachable } from '#src/engine/reach.ts';
import { SIMULATED, type Simulation } from '#src/engine/simulate.ts';
import { SEVERITIES, shortName } from '#src/incident/incident.ts';
import { sayableId } from '#src/incident/recipient.ts';
import { TARGET_KINDS, type EscalationPolicy, type Level, type Target } from '#src/paging/policy.ts';
import type { RoutingRule } from '#src/paging/routing.ts';
import { isWithin, saidHours } from '#src/paging/windows.ts';

import { time } from './common.ts';

const OneTarget = z.object({
  kind: z.enum(TARGET_KINDS),
  id: z.string().meta({ description: 'Of other systems only which one it is: the rest may be a key.' }),
  name: z.string(),
  people: z.array(z.string()).meta({ description: 'Who it comes to now.' }),
  why: z.string().meta({ description: 'A clause: why these, or why nobody.' }),
  unreachable: z.array(z.object({ person: z.string(), why: z.string() })),
});

const LevelShape = z.object({
  name: z.string(),
  wait_ms: z.int().meta({ description: 'From this level to the next one while nobody has it.' }),
  hours: z.string().nullable().meta({ description: 'When it applies; null: always.' }),
  severity: z.array(z.enum(SEVERITIES)).meta({ description: 'For which it applies; none: for all.' }),
  is_now: z.boolean().meta({ description: 'Whether its hours are now.' }),
  strategy: z.enum(['all', 'round-robin']),
  acks: z.int(),
  when_empty: z.enum(['skip', 'hold']),
  targets: z.array(OneTarget.extend({ fallbacks: z.array(OneTarget) })),
  is_dead: z.boolean().meta({ description: 'It would reach nobody now.' }),
});

export const PolicyShape = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    priority: z.int(),
    conditions: z.object({
      severity: z.array(z.enum(SEVERITIES)),
      others: z.array(z.object({ field: z.string(), values: z.array(z.string()) })),
    }),
    is_default: z.boolean(),
    teams: z.array(z.string()).meta({ description: 'Whose incidents go by it.' }),
    rules: z
      .array(z.object({ id: z.string(), name: z.string(), enabled: z.boolean(), when: z.array(z.string()) }))
      .meta({ description: 'Routing rules that name it.' }),
    levels: z.array(LevelShape),
    repeat: z.object({ times: z.int(), after_ms: z.int() }),
    stop_on_ack: z.boolean(),
    hand_to: z.string().nullable(),
    manager_level: z.int().nullable(),
    resume_if_still_firing_after_ms: z.int().nullable(),
    unack_after_ms: z.int().nullable(),
  })
  .meta({ id: 'EscalationPolicy' });

export const SimulationShape = z
  .object({
    severity: z.enum(SEVERITIES),
    policy: z.string().nullable().meta({ description: 'Its name; null: nobody would be paged.' }),
    why: z.string(),
    steps: z.array(
      z.object({
        at: time,
        minute: z.int(),
        cycle: z.int(),
        level: z.int(),
        level_name: z.string(),
        to: z.object({ kind: z.string(), id: z.string() }).nullable(),
        by: z.string().nullable(),
        why: z.string(),
        is_dead: z.boolean().meta({ description: 'It reaches nobody.' }),
      }),
    ),
  })
  .meta({ id: 'Simulation' });

interface Eyes {
  readonly book: Book;
  readonly at: Date;
  readonly whyUnreachable: WhyUnreachable;
}

export function showPolicy(it: EscalationPolicy, eyes: Eyes): z.input<typeof PolicyShape> {
  const { teams, rules, defaultPolicy } = eyes.book.setup;
  const { severity = [], tags = {}, ...others } = it.conditions;
  return {
    id: it.id,
    name: it.name,
    description: it.description,
    enabled: it.enabled,
    priority: it.priority,
    conditions: {
      severity: [...severity],
      others: [
        ...Object.entries(others).map(([field, values]) => ({ field, values: [...values] })),
        ...Object.entries(tags).map(([tag, value]) => ({ field: `tag ${tag}`, values: [value] })),
      ].filter(({ values }) => values.length > 0),
    },
    is_default: it.id === defaultPolicy,
    teams: teams.filter(({ policy }) => policy === it.id).map(({ id }) => id),
    rules: rules.filter((rule) => leadsTo(rule, it.id)).map(showRule),
    levels: it.levels.map((level) => showLevel(level, eyes)),
    repeat: { times: it.repeat.times, after_ms: it.repeat.afterMs },
    stop_on_ack: it.stopOnAck,
    hand_to: it.handTo,
    manager_level: it.managerLevel,
    resume_if_still_firing_after_ms: it.resumeIfStillFiringAfterMs,
    unack_after_ms: it.unackAfterMs,
  };
}

export function showSimulation({
  severity,
  policy,
  why,
  steps,
}: Simulation): z.input<typeof SimulationShape> {
  const said = (text: string) => text.replaceAll(shortName(SIMULATED), 'the incident');
  return {
    severity,
    policy,
    why: said(why),
    steps: steps.map(({ levelName, isDead, at, to, why: because, ...it }) => {
      const [kind = '', ...id] = to?.split(':') ?? [];
      return {
        ...it,
        at: at.toISOString(),
        level_name: levelName,
        to: to === null ? null : { kind, id: sayableId({ kind, id: id.join(':') }) },
        why: said(because),
        is_dead: isDead,
      };
    }),
  };
}

function showLevel(level: Level, eyes: Eyes): z.input<typeof LevelShape> {
  const { name, ackWindowMs, when, strategy, acksNeeded, whenEmpty } = level;
  const targets = level.targets.map((target) => ({
    ...showTarget(target, eyes),
    fallbacks: fallbacksOf(target).map((it) => showTarget(it, eyes)),
  }));
  const reaches = (it: z.input<typeof OneTarget>) =>
    !isForPeople(it) || it.people.length > it.unreachable.length;
  return {
    name,
    wait_ms: ackWindowMs,
    hours: when?.hours ? saidHours(when.hours) : null,
    severity: [...(when?.severity ?? [])],
    is_now: when?.hours ? isWithin(when.hours, eyes.at) : true,
    strategy,
    acks: acksNeeded,
    when_empty: whenEmpty,
    targets,
    is_dead: !targets.some((it) => reaches(it) || it.fallbacks.some(reaches)),
  };
}

function showTarget({ kind, id }: Target, { book, at, whyUnreachable }: Eyes): z.input<typeof OneTarget> {
  const { people, why } = isForPeople({ kind }) ? book.resolve({ kind, id }, at) : { people: [], why: '' };
  const unreachable = people.flatMap((person) => {
    const reason = whyUnreachable(person, at);
    return reason === null ? [] : [{ person, why: reason }];
  });
  const named = { kind, id: sayableId({ kind, id }), name: nameOf(kind, id, book) };
  return { ...named, people: [...people], why, unreachable };
}

function isForPeople({ kind }: Pick<Target, 'kind'>): boolean {
  return kind === 'person' || kind === 'team' || kind === 'schedule';
}

function nameOf(kind: Target['kind'], id: string, { setup, schedules }: Book): string {
  if (kind === 'person') return setup.people.find((it) => it.id === id)?.name ?? id;
  if (kind === 'team') return setup.teams.find((it) => it.id === id)?.name ?? id;
  if (kind === 'schedule') return schedules.get(id)?.schedule.name ?? id;
  return sayableId({ kind, id });
}

function fallbacksOf(target: Target): Target[] {
  const found: Target[] = [];
  for (let next = target.fallback; next; next = next.fallback) found.push(next);
  return found;
}

function leadsTo({ actions }: RoutingRule, policy: string): boolean {
  return actions.some((it) => it.do === 'policy' && it.policy === policy);
}

function showRule({ id, name, enabled, rows, hours }: RoutingRule) {
  const when = rows.map(({ field, operator, value }) => {
    const asked = Array.isArray(value) ? value.join(', ') : String(value);
    return `${field} ${operator.replaceAll('_', ' ')} ${asked}`;
  });
  return { id, name, enabled, when: hours ? [...when, saidHours(hours)] : when };
}
