import { describe, expect, it } from 'vitest';

import { applyEffect } from '#src/incident/alert-effects.ts';
import type { Effect } from '#src/incident/grouping.ts';
import { by, incident, incidentIn, minutes, monitor, types } from '#test/support/incident.ts';

const who = by(monitor, minutes(6));
const effect = (changes: Partial<Effect>): Effect => ({
  joined: [],
  swept: 0,
  refired: [],
  resolved: 0,
  reopens: false,
  worst: null,
  clears: false,
  ...changes,
});

describe('what alerts do to an incident', () => {
  it('a storm is one event with a count and the first five titles', () => {
    const joined = Array.from({ length: 500 }, (_, index) => `Alert ${index}`);
    const { events } = applyEffect(incident(), effect({ joined, worst: 'P1' }), who);
    expect(events).toMatchObject([
      {
        type: 'incident.alerts_joined',
        data: { count: 500, titles: ['Alert 0', 'Alert 1', 'Alert 2', 'Alert 3', 'Alert 4'] },
      },
    ]);
  });

  it('a worse one raises the severity and moves the promises', () => {
    const {
      incident: after,
      events,
      timers,
    } = applyEffect(incident(), effect({ joined: ['x'], worst: 'P0' }), who);
    expect(after).toMatchObject({ severity: 'P0', sla: { acknowledgmentDeadline: minutes(5) } });
    expect(types(events)).toEqual(['alerts_joined', 'severity_changed']);
    expect(timers[0]?.at).toEqual(minutes(5));
  });

  it.each(['P1', 'P2', 'P4'] as const)('one of %s never lowers it from P1', (worst) => {
    const { incident: after, events } = applyEffect(incident(), effect({ joined: ['x'], worst }), who);
    expect(after.severity).toBe('P1');
    expect(types(events)).toEqual(['alerts_joined']);
  });

  it('one that fires again reopens what was resolved', () => {
    const { incident: after, events } = applyEffect(
      incidentIn('RESOLVED'),
      effect({ refired: ['x'], reopens: true, worst: 'P2' }),
      who,
    );
    expect(after).toMatchObject({ status: 'IN_PROGRESS', resolvedAt: null });
    expect(types(events)).toEqual(['reopened', 'alerts_refired']);
    expect(events[0]).toMatchObject({ by: monitor, data: { reason: 'an alert of it fired again' } });
  });

  it('the last one resolved is told, those before it are not', () => {
    expect(applyEffect(incident(), effect({ resolved: 1 }), who).events).toEqual([]);
    expect(types(applyEffect(incident(), effect({ resolved: 2, clears: true }), who).events)).toEqual([
      'alerts_cleared',
    ]);
  });

  it('where nothing changes nothing is written', () => {
    const before = incident();
    expect(applyEffect(before, effect({}), who)).toEqual({ incident: before, events: [], timers: [] });
  });
});
