import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { breach } from '#src/incident/changes.ts';
import { timersOf } from '#src/incident/decision.ts';
import { SEVERITIES } from '#src/incident/incident.ts';
import { decide } from '#src/incident/lifecycle.ts';
import { draft } from '#src/incident/opening.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { metrics, slaFrom, timeRemaining } from '#src/incident/sla.ts';
import { ana, by, incident, incidentIn, minutes, monitor, openedAt, types } from '#test/support/incident.ts';

describe('the promises', () => {
  it.each`
    severity | acknowledge | resolve
    ${'P0'}  | ${5}        | ${15}
    ${'P1'}  | ${15}       | ${60}
    ${'P2'}  | ${60}       | ${240}
    ${'P3'}  | ${240}      | ${1440}
  `(
    'of $severity: acknowledged in $acknowledge minutes, resolved in $resolve',
    ({ severity, ...promised }) => {
      const { acknowledge, resolve } = promised as { acknowledge: number; resolve: number };
      expect(slaFrom(severity as 'P0', openedAt)).toEqual({
        acknowledgmentDeadline: minutes(acknowledge),
        resolutionDeadline: minutes(resolve),
        acknowledgmentBreached: false,
        resolutionBreached: false,
      });
    },
  );

  it('of P4: none', () => {
    expect(slaFrom('P4', openedAt)).toMatchObject({ acknowledgmentDeadline: null, resolutionDeadline: null });
  });
});

describe('a promise is broken', () => {
  const due = minutes(15);

  it('when its time has come and nobody kept it, once', () => {
    const broken = breach(incident(), 'acknowledgment', by(SYSTEM, due));
    expect(broken.incident.sla).toMatchObject({ acknowledgmentBreached: true, resolutionBreached: false });
    expect(broken.events).toMatchObject([
      { type: 'incident.sla_breached', data: { promise: 'acknowledgment', deadline: due.toISOString() } },
    ]);
    expect(breach(broken.incident, 'acknowledgment', by(SYSTEM, due)).events).toEqual([]);
  });

  it('and no timer waits for it any more, while the other one does', () => {
    expect(breach(incident(), 'acknowledgment', by(SYSTEM, due)).timers).toEqual([
      { kind: 'sla-acknowledgment', incident: 1, at: null },
      { kind: 'sla-resolution', incident: 1, at: minutes(60) },
      { kind: 'update-due', incident: 1, at: null },
    ]);
  });

  it('by keeping it too late, also where no timer has said so', () => {
    const late = decide(incident(), 'acknowledge', {}, by(ana, minutes(16)));
    expect(types(late.events)).toEqual(['sla_breached', 'acknowledged']);
    expect(late.incident).toMatchObject({
      acknowledgedAt: minutes(16),
      sla: { acknowledgmentBreached: true },
    });
    const resolved = decide(incidentIn('IN_PROGRESS'), 'resolve', {}, by(ana, minutes(61)));
    expect(types(resolved.events)).toEqual(['sla_breached', 'resolved']);
    expect(resolved.incident.sla).toMatchObject({ acknowledgmentBreached: false, resolutionBreached: true });
  });

  it('only once, when the timer was first', () => {
    const broken = breach(incident(), 'acknowledgment', by(SYSTEM, due)).incident;
    expect(types(decide(broken, 'acknowledge', {}, by(ana, minutes(16))).events)).toEqual(['acknowledged']);
  });

  it.each([
    ['before its time', incident(), minutes(14.9)],
    ['kept in time', incidentIn('ACKNOWLEDGED'), minutes(16)],
    ['the incident is over', incidentIn('RESOLVED', { acknowledgedAt: null }), minutes(99)],
    ['never made', incident({}, { severity: 'P4' }), minutes(9999)],
  ])('not: %s', (_, before, at) => {
    expect(breach(before, 'acknowledgment', by(SYSTEM, at)).events).toEqual([]);
  });
});

describe('timers', () => {
  it('wait for both promises and for the promised update', () => {
    expect(timersOf(incident({ nextUpdateAt: minutes(30) }))).toEqual([
      { kind: 'sla-acknowledgment', incident: 1, at: minutes(15) },
      { kind: 'sla-resolution', incident: 1, at: minutes(60) },
      { kind: 'update-due', incident: 1, at: minutes(30) },
    ]);
  });

  it('wait no more for a promise that is kept or broken', () => {
    expect(timersOf(incidentIn('ACKNOWLEDGED'))[0]?.at).toBe(null);
    expect(timersOf(incidentIn('ACKNOWLEDGED'))[1]?.at).toEqual(minutes(60));
    const broken = breach(incident(), 'resolution', by(SYSTEM, minutes(60)));
    expect(broken.timers[1]).toEqual({ kind: 'sla-resolution', incident: 1, at: null });
  });

  it('wait for nothing once it is over', () => {
    for (const status of ['RESOLVED', 'CLOSED'] as const) {
      expect(timersOf(incidentIn(status, { nextUpdateAt: minutes(90) })).map((it) => it.at)).toEqual([
        null,
        null,
        null,
      ]);
    }
  });

  it('still wait for an acknowledgment while it is escalated and nobody took it', () => {
    const escalated = decide(incident(), 'escalate', {}, by(ana, minutes(1)));
    expect(escalated.timers[0]).toEqual({ kind: 'sla-acknowledgment', incident: 1, at: minutes(15) });
  });
});

describe('the figures', () => {
  it('detected from when it broke, acknowledged and resolved from when it opened, in seconds', () => {
    const resolved = incidentIn('RESOLVED', { detectedAt: minutes(-2) });
    expect(metrics(resolved)).toEqual({ mttd: 120, mtta: 300, mttr: 1800 });
    expect(metrics(incident())).toEqual({ mttd: 0, mtta: null, mttr: null });
  });

  it('count down to a deadline and past it, until the promise is kept', () => {
    expect(timeRemaining(incident(), minutes(10))).toEqual({ acknowledgment: 300, resolution: 3000 });
    expect(timeRemaining(incident(), minutes(20)).acknowledgment).toBe(-300);
    expect(timeRemaining(incidentIn('RESOLVED'), minutes(99))).toEqual({
      acknowledgment: null,
      resolution: null,
    });
    expect(timeRemaining(incident({}, { severity: 'P4' }), minutes(1)).acknowledgment).toBe(null);
  });

  it('are never negative, whatever the clocks of senders say', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.constantFrom(...SEVERITIES),
        (offset, severity) => {
          const { detectedAt, createdAt } = draft(
            {
              title: 'x',
              severity,
              category: 'other',
              source: 'x',
              fingerprint: 'x',
              detectedAt: minutes(offset),
            },
            by(monitor),
          );
          expect(detectedAt.getTime()).toBeLessThanOrEqual(createdAt.getTime());
          expect(createdAt.getTime() - detectedAt.getTime()).toBeLessThanOrEqual(30 * 24 * 3_600_000);
        },
      ),
    );
  });
});
