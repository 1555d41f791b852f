import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { STATUSES, type Severity, type Status } from '#src/incident/incident.ts';
import { slaFrom } from '#src/incident/sla.ts';
import { advise, type AdviceFacts, type Signal } from '#src/paging/advice.ts';
import { incident, minutes, openedAt } from '#test/support/incident.ts';
import { anySeverity } from '#test/support/paging.ts';

interface Asked {
  readonly severity: Severity;
  readonly status: Status;
  readonly after: number;
  readonly level: number;
  readonly acked: number | null;
  readonly since: number;
  readonly escalated: number | null;
  readonly signals: readonly Signal[];
}

const ask = (changes: Partial<Asked>): AdviceFacts => {
  const asked = {
    severity: 'P1' as const,
    status: 'NEW' as const,
    after: 1,
    level: 1,
    acked: null,
    since: 0,
    escalated: null,
    signals: [],
    ...changes,
  };
  const { severity, status, level, acked } = asked;
  return {
    incident: incident({
      severity,
      status,
      escalationLevel: level,
      acknowledgedAt: acked === null ? null : minutes(acked),
      sla: slaFrom(severity, openedAt),
    }),
    statusSince: minutes(asked.since),
    lastEscalatedAt: asked.escalated === null ? null : minutes(asked.escalated),
    signals: asked.signals,
    at: minutes(asked.after),
  };
};
const names = (changes: Partial<Asked>) => advise(ask(changes)).parts.map((it) => it.name);
const worse: Signal = { kind: 'threshold_breach', confidence: 0.9, suggested: 'P0' };

describe('advice on escalating', () => {
  it('says the parts of its score, and why', () => {
    const advice = advise(ask({ after: 20, signals: [worse] }));
    expect(advice.parts).toEqual([
      { name: 'age', points: 0.2, why: 'opened 20 min ago' },
      { name: 'time in state', points: 0.3, why: '20 min in this state' },
      { name: 'time left', points: 0.1, why: '40 min left to resolve it' },
      {
        name: 'cap on time',
        points: expect.closeTo(-0.05) as number,
        why: 'time alone counts for 0.55 at most',
      },
      { name: 'severity', points: expect.closeTo(0.15) as number, why: 'it is P1' },
      {
        name: 'acknowledgment promise',
        points: 0.3,
        why: 'nobody has acknowledged it, 5 min after it was promised',
      },
      { name: 'suggested severity', points: 0.3, why: 'a signal suggests P0' },
      { name: 'confident signal', points: 0.15, why: '1 signal of it with a confidence of 0.7 or more' },
      { name: 'kind of signal', points: 0.15, why: 'the signal is of the kind threshold breach' },
    ]);
    expect(advice).toMatchObject({
      decision: 'escalate',
      score: 1,
      needsApproval: false,
      askAgainMs: 180_000,
    });
    expect(advice.why).toBe('Escalate it: the score is 1.00, and 0.80 is enough.');
  });

  it.each([
    ['at the highest level', { level: 5, signals: [worse], escalated: 0 }, 'maintain'],
    ['escalated a moment ago', { after: 20, escalated: 17, signals: [worse] }, 'defer'],
    ['over', { status: 'RESOLVED', after: 20, signals: [worse] }, 'maintain'],
    [
      'at 0.5 with a worse severity suggested',
      { acked: 0, after: 4, signals: [{ ...worse, confidence: 0.1 }] },
      'escalate',
    ],
    [
      'quiet and at work',
      { severity: 'P3', status: 'IN_PROGRESS', level: 2, acked: 1, after: 2 },
      'deescalate',
    ],
    [
      'quiet, at work and at the first level',
      { severity: 'P3', status: 'IN_PROGRESS', acked: 1, after: 2 },
      'maintain',
    ],
    ['quiet and P4', { severity: 'P4', status: 'IN_PROGRESS', level: 2, acked: 1, after: 2 }, 'maintain'],
  ] as const)('%s: %s', (_, asked, decision) => {
    expect(advise(ask(asked as Partial<Asked>)).decision).toBe(decision);
  });

  it('of a P0 is for a person to say', () => {
    const advice = advise(ask({ severity: 'P0', after: 20 }));
    expect(advice).toMatchObject({ decision: 'escalate', needsApproval: true, askAgainMs: 60_000 });
  });

  it('holds no promise for broken that was kept in time', () => {
    expect(names({ after: 20 })).toContain('acknowledgment promise');
    expect(names({ after: 20, acked: 10 })).not.toContain('acknowledgment promise');
  });

  it('does not take a calming signal for an alarm', () => {
    const calm: Signal = { kind: 'anomaly', confidence: 1, suggested: 'P3' };
    expect(advise(ask({ signals: [calm] })).score).toBe(advise(ask({})).score);
  });

  it('counts the time in its state from when it came to it', () => {
    expect(names({ after: 30, since: 29 })).not.toContain('time in state');
  });

  it('never rises to an escalation by age alone, however old', () => {
    fc.assert(
      fc.property(
        anySeverity,
        fc.nat(1_000_000),
        fc.option(fc.nat(1_000_000)),
        (severity, after, escalated) => {
          const old = ask({ severity, status: 'IN_PROGRESS', acked: 0, after, escalated });
          expect(advise(old).score).toBeLessThan(0.8);
          expect(advise(old).decision).not.toBe('escalate');
        },
      ),
    );
  });

  it('is a score from 0 to 1 that its parts add up to, whatever the incident', () => {
    const anySignal: fc.Arbitrary<Signal> = fc.record({
      kind: fc.constantFrom('threshold_breach', 'anomaly', 'timeout', 'other'),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      suggested: fc.option(anySeverity),
    });
    fc.assert(
      fc.property(
        anySeverity,
        fc.constantFrom(...STATUSES),
        fc.nat(10_000),
        fc.array(anySignal, { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (severity, status, after, signals, level) => {
          const { score, parts, decision } = advise(ask({ severity, status, after, signals, level }));
          const sum = parts.reduce((total, { points }) => total + points, 0);
          expect(score).toBeCloseTo(Math.min(1, Math.max(0, sum)), 2);
          if (status === 'RESOLVED' || status === 'CLOSED') expect(decision).toBe('maintain');
        },
      ),
    );
  });
});
