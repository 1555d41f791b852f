import * as fc from 'fast-check';

import { SEVERITIES, type IncidentNumber, type Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';
import { sameTarget, type EscalationPolicy, type Level, type Target } from '#src/paging/policy.ts';
import type { Resolve } from '#src/paging/reach.ts';
import type { Outcome, RunFacts } from '#src/paging/run.ts';

import { openedAt } from './incident.ts';

export const anaId = 'ana' as PersonId;
export const boId = 'bo' as PersonId;

export const ana: Target = { kind: 'person', id: 'ana' };
export const bo: Target = { kind: 'person', id: 'bo' };
export const payments: Target = { kind: 'schedule', id: 'payments' };

export function level(changes: Partial<Level> = {}): Level {
  return {
    name: 'First',
    targets: [ana],
    ackWindowMs: 5 * 60_000,
    when: null,
    strategy: 'all',
    acksNeeded: 1,
    whenEmpty: 'skip',
    ...changes,
  };
}

/** Three levels, five minutes each: ana, bo, the room ops. */
export function policy(changes: Partial<EscalationPolicy> = {}): EscalationPolicy {
  return {
    id: 'payments',
    name: 'Payments',
    description: '',
    enabled: true,
    priority: 0,
    conditions: {},
    levels: [
      level(),
      level({ name: 'Second', targets: [bo] }),
      level({ name: 'Third', targets: [{ kind: 'room', id: 'ops' }] }),
    ],
    repeat: { times: 0, afterMs: 0 },
    stopOnAck: true,
    handTo: null,
    managerLevel: null,
    resumeIfStillFiringAfterMs: null,
    unackAfterMs: null,
    ...changes,
  };
}

/** The incident INC-1 of P1, opened at `openedAt`. */
export function facts(changes: Partial<RunFacts> = {}): RunFacts {
  return { incident: 1 as IncidentNumber, severity: 'P1', plan: [policy()], at: openedAt, ...changes };
}

/** People come to themselves; teams and schedules to those named here, or to nobody. */
export function resolving(members: Readonly<Record<string, readonly string[]>> = {}): Resolve {
  return ({ kind, id }) => {
    if (kind === 'person') return { people: [id as PersonId], why: '' };
    const people = members[id] ?? [];
    return {
      people: people as PersonId[],
      why: people.length > 0 ? `${people.join(', ')} on call` : 'nobody is on call',
    };
  };
}

/** Who a step pages, in order, as `2 ana`. */
export function paged({ pages }: Outcome): string[] {
  return pages.map(({ to, level: number }) => `${number} ${to.id}`);
}

export function said({ notes }: Outcome): string[] {
  return notes.map((it) => it.text);
}

/** A schedule that is empty in every third hour, one that never has anybody, people who may be away. */
export const shifting: Resolve = ({ kind, id }, at) => {
  const hour = Math.floor(at.getTime() / 3_600_000);
  if (kind === 'person' && id === 'eve') return { people: [], why: 'eve is away' };
  if (kind === 'person') return { people: [id as PersonId], why: '' };
  if (id === 'empty' || hour % 3 === 0) return { people: [], why: 'nobody is on call' };
  return { people: [hour % 2 === 0 ? anaId : boId], why: `shift ${hour}` };
};

const anyTarget: fc.Arbitrary<Target> = fc
  .tuple(
    fc.constantFrom<Target>(
      ana,
      bo,
      { kind: 'person', id: 'eve' },
      payments,
      { kind: 'schedule', id: 'empty' },
      { kind: 'team', id: 'db' },
      { kind: 'room', id: 'ops' },
    ),
    fc.option(fc.constantFrom<Target>(ana, { kind: 'schedule', id: 'empty' }, { kind: 'webhook', id: 'w' })),
  )
  .map(([target, fallback]) =>
    fallback && !sameTarget(fallback, target) ? { ...target, fallback } : target,
  );

export const anySeverity: fc.Arbitrary<Severity> = fc.constantFrom(...SEVERITIES);

export const anyLevel: fc.Arbitrary<Level> = fc.record({
  name: fc.constantFrom('First', 'Leads'),
  targets: fc.array(anyTarget, { minLength: 1, maxLength: 3 }),
  ackWindowMs: fc.integer({ min: 30, max: 3600 }).map((it) => it * 1000),
  when: fc.option(
    fc.record({
      severity: fc.subarray([...SEVERITIES]),
      hours: fc.option(
        fc.record({
          zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
          windows: fc.constantFrom(
            [{ days: [], from: '08:00', to: '20:00' }],
            [{ days: [0], from: '22:00', to: '06:00' }],
          ),
        }),
      ),
    }),
    { freq: 3 },
  ),
  strategy: fc.constantFrom('all' as const, 'round-robin' as const),
  acksNeeded: fc.integer({ min: 1, max: 2 }),
  whenEmpty: fc.constantFrom('skip' as const, 'hold' as const),
});

export const anyPolicy: fc.Arbitrary<EscalationPolicy> = fc
  .record({
    id: fc.constantFrom('one', 'two', 'three'),
    levels: fc.array(anyLevel, { minLength: 1, maxLength: 4 }),
    repeat: fc.record({ times: fc.nat(2), afterMs: fc.constantFrom(0, 30_000, 600_000) }),
    stopOnAck: fc.constantFrom(true, true, true, false),
    managerLevel: fc.constantFrom(null, 1),
    resumeIfStillFiringAfterMs: fc.constantFrom(null, 60_000, 900_000),
    unackAfterMs: fc.constantFrom(null, 60_000, 1_800_000),
  })
  .map((changes) => policy(changes));

export const anyPlan: fc.Arbitrary<RunFacts['plan']> = fc
  .tuple(anyPolicy, fc.option(anyPolicy))
  .map(([first, second]) => (second ? [first, { ...second, id: 'later' }] : [first]));
