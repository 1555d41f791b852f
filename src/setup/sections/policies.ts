import type { z } from 'zod';

import { CATEGORIES, ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';
import type { Conditions, EscalationPolicy, Level, LevelWhen } from '#src/paging/policy.ts';
import type { Hours } from '#src/paging/windows.ts';

import { byId, either, fields, length, lines, list, text, whole, word, yesNo } from '../fields.ts';
import { nameOf, type Fields, type Pare, type Plain } from '../state.ts';
import { sayLength } from '../words.ts';
import { HoursEntry, writeHours } from './hours.ts';
import { TargetEntry, writeTarget } from './targets.ts';

const ConditionsEntry = fields({
  severity: list(word(SEVERITIES)).optional(),
  category: list(word(CATEGORIES)).optional(),
  source: list(text()).optional(),
  tags: byId(text(), /\S/, 'name the tag').optional(),
  environment: list(word(ENVIRONMENTS)).optional(),
  service: list(text()).optional(),
});

const MINUTE = 60_000;
const LEVEL = { wait: '5m', when: null, strategy: 'all', acks: 1, when_empty: 'skip' };

const LevelEntry = fields({
  name: text(200).optional(),
  targets: list(TargetEntry),
  wait: length().default(5 * MINUTE),
  when: fields({
    severity: list(word(SEVERITIES)).default([]),
    hours: HoursEntry.nullable().default(null),
  })
    .nullable()
    .default(null),
  strategy: word(['all', 'round-robin']).default('all'),
  acks: whole().default(1),
  when_empty: word(['skip', 'hold']).default('skip'),
});

const RepeatEntry = either<{ times: number; after: number }>(
  whole().transform((times) => ({ times, after: 0 })),
  fields({ times: whole(), after: length().default(0) }),
);

const DEFAULTS = {
  description: '',
  enabled: true,
  priority: 0,
  when: {},
  repeat: 0,
  stop_on_ack: true,
  hand_to: null,
  manager_level: null,
  resume_if_still_firing_after: null,
  unack_after: null,
};

export const PolicyEntry = fields({
  name: text(200).optional(),
  description: lines().default(''),
  enabled: yesNo().default(true),
  priority: whole().default(0),
  when: ConditionsEntry.default({}),
  levels: list(LevelEntry),
  repeat: RepeatEntry.optional(),
  stop_on_ack: yesNo().default(true),
  hand_to: text().nullable().default(null),
  manager_level: whole().nullable().default(null),
  resume_if_still_firing_after: length().nullable().default(null),
  unack_after: length().nullable().default(null),
});

export function readPolicy(id: string, entry: z.output<typeof PolicyEntry>): EscalationPolicy {
  const { name = nameOf(id), description, enabled, priority } = entry;
  return {
    id,
    name,
    description,
    enabled,
    priority,
    conditions: readConditions(entry.when),
    levels: entry.levels.map(readLevel),
    repeat: { times: entry.repeat?.times ?? 0, afterMs: entry.repeat?.after ?? 0 },
    stopOnAck: entry.stop_on_ack,
    handTo: entry.hand_to,
    managerLevel: entry.manager_level,
    resumeIfStillFiringAfterMs: entry.resume_if_still_firing_after,
    unackAfterMs: entry.unack_after,
  };
}

export function writePolicy(policy: EscalationPolicy, pare: Pare): Fields {
  const { id, name, description, enabled, priority, repeat } = policy;
  const full = {
    name,
    description,
    enabled,
    priority,
    when: writeConditions(policy.conditions),
    levels: policy.levels.map((it, index) => writeLevel(it, index, pare)),
    repeat: repeat.afterMs === 0 ? repeat.times : { times: repeat.times, after: sayLength(repeat.afterMs) },
    stop_on_ack: policy.stopOnAck,
    hand_to: policy.handTo,
    manager_level: policy.managerLevel,
    resume_if_still_firing_after: saidOrNull(policy.resumeIfStillFiringAfterMs),
    unack_after: saidOrNull(policy.unackAfterMs),
  };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}

/** A list that is empty says as little as one that is not there. */
function readConditions(entry: z.output<typeof ConditionsEntry>): Conditions {
  return Object.fromEntries(
    Object.entries(entry).filter(([, it]) => it !== undefined && Object.keys(it).length > 0),
  );
}

function writeConditions({ severity, category, source, tags, environment, service }: Conditions): Fields {
  const sorted = tags && Object.fromEntries(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const all = { severity, category, source, tags: sorted, environment, service };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, it]) => (it && Object.keys(it).length > 0 ? [[name, it]] : [])),
  );
}

function readLevel(
  { wait, acks, when_empty: whenEmpty, ...it }: z.output<typeof LevelEntry>,
  index: number,
): Level {
  return { ...it, name: it.name ?? levelName(index), ackWindowMs: wait, acksNeeded: acks, whenEmpty };
}

function writeLevel(it: Level, index: number, pare: Pare): Fields {
  const full = {
    name: it.name,
    targets: it.targets.map(writeTarget),
    wait: sayLength(it.ackWindowMs),
    when: it.when && writeWhen(it.when, pare),
    strategy: it.strategy,
    acks: it.acksNeeded,
    when_empty: it.whenEmpty,
  };
  return pare(full, { ...LEVEL, name: levelName(index) });
}

function writeWhen({ hours, severity }: LevelWhen, pare: Pare): Plain {
  return pare({ severity, hours: hours && writeHours(hours satisfies Hours) }, { severity: [], hours: null });
}

function levelName(index: number): string {
  return `Level ${index + 1}`;
}

function saidOrNull(ms: number | null): string | null {
  return ms === null ? null : sayLength(ms);
}
