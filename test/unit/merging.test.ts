import { describe, expect, it } from 'vitest';

import { STATUSES, type Incident, type IncidentNumber } from '#src/incident/incident.ts';
import { merge } from '#src/incident/merging.ts';
import { ana, by, incident, incidentIn, minutes, types } from '#test/support/incident.ts';

const who = by(ana, minutes(6));
const target = (changes: Partial<Incident> = {}) => incident({ number: 2 as IncidentNumber, ...changes });

describe('merging a duplicate', () => {
  it.each([
    ['NEW', ['merged', 'acknowledged', 'started', 'resolved', 'closed']],
    ['ACKNOWLEDGED', ['merged', 'started', 'resolved', 'closed']],
    ['IN_PROGRESS', ['merged', 'resolved', 'closed']],
    ['ESCALATED', ['merged', 'started', 'resolved', 'closed']],
    ['RESOLVED', ['merged', 'closed']],
    ['CLOSED', ['merged']],
  ] as const)('closes it from %s by legal steps only', (status, steps) => {
    const [duplicate] = merge(incidentIn(status), target(), 'same cause', 3, who);
    expect(duplicate.incident).toMatchObject({ status: 'CLOSED', duplicateOf: 2, updatedAt: minutes(6) });
    expect(types(duplicate.events)).toEqual(steps);
    expect(duplicate.events[0]).toMatchObject({ incident: 1, data: { into: 2, reason: 'same cause' } });
    expect(duplicate.timers.map((it) => it.at)).toEqual([null, null, null]);
  });

  it('tells the other one how many alerts came along, and changes nothing else of it', () => {
    const [, into] = merge(incident(), target(), null, 3, who);
    expect(into.events).toMatchObject([
      { type: 'incident.duplicate_absorbed', incident: 2, data: { duplicate: 1, alerts: 3 } },
    ]);
    expect(into.incident).toEqual({ ...target(), updatedAt: minutes(6) });
  });

  it('says in the resolution of what it is a duplicate', () => {
    const [duplicate] = merge(incident(), target(), null, 0, who);
    expect(duplicate.incident.resolution?.notes).toBe('Duplicate of INC-2');
  });

  it('is refused with itself', () => {
    expect(() => merge(incident(), incident(), null, 0, who)).toThrow(
      'An incident is no duplicate of itself.',
    );
  });

  it('is refused where either is merged away already, and names where to', () => {
    const seven = 7 as IncidentNumber;
    expect(() => merge(incident({ duplicateOf: seven }), target(), null, 0, who)).toThrow(
      'INC-1 is a duplicate of INC-7 already.',
    );
    expect(() => merge(incident(), target({ duplicateOf: seven }), null, 0, who)).toThrow(
      'INC-2 is itself a duplicate of INC-7; merge into that one.',
    );
  });

  it.each(STATUSES)('an open one goes into an open one only: %s', (status) => {
    const into = target(incidentIn(status, { number: 2 as IncidentNumber }));
    const isOver = status === 'RESOLVED' || status === 'CLOSED';
    const open = () => merge(incident(), into, null, 0, who);
    if (isOver) expect(open).toThrow(/^INC-2 is (resolved|closed) and INC-1 is not; reopen INC-2 first/);
    else expect(open).not.toThrow();
    expect(() => merge(incidentIn('CLOSED'), into, null, 0, who)).not.toThrow();
  });
});
