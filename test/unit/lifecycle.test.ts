import { describe, expect, it } from 'vitest';

import { sayWhoHasIt } from '#src/incident/holder.ts';
import { STATUSES, type Incident } from '#src/incident/incident.ts';
import { actionsFrom, decide, LIFECYCLE, MAX_LEVEL, type ActionInput } from '#src/incident/lifecycle.ts';
import type { PersonId } from '#src/incident/person.ts';
import { ana, bo, by, incident, incidentIn, minutes, monitor, types } from '#test/support/incident.ts';
import { CELLS } from '#test/support/matrix.ts';

describe('the transition matrix', () => {
  it.each(CELLS.filter((it) => it.to))('$action takes $from to $to', ({ action, from, to }) => {
    const { incident: after, events } = decide(incidentIn(from), action, {}, by(ana, minutes(6)));
    expect(after.status).toBe(to);
    expect(types(events)).toEqual([LIFECYCLE[action].event.replace('incident.', '')]);
    expect(events).toMatchObject([{ incident: 1, by: ana, at: minutes(6) }]);
    if (action !== 'raise') expect(events).toMatchObject([{ data: { from, to } }]);
  });

  it.each(CELLS.filter((it) => !it.to))('$action is refused while $from', ({ action, from }) => {
    expect(() => decide(incidentIn(from), action, {}, by(ana))).toThrow(
      expect.objectContaining({
        code: 'illegal_transition',
        message: expect.stringMatching(/^INC-1 is [a-z ]+; it cannot be /) as string,
        details: { status: from, action, allowed_actions: actionsFrom(from) },
      }),
    );
  });

  it.each(STATUSES)('the actions offered for %s are those that are not refused', (status) => {
    expect(actionsFrom(status)).toEqual(
      CELLS.filter((it) => it.from === status && it.to).map((it) => it.action),
    );
  });

  it('a refusal says what can be done instead', () => {
    expect(() => decide(incidentIn('CLOSED'), 'resolve', {}, by(ana))).toThrow(
      'INC-1 is closed; it cannot be resolved. What it can take now: reopen.',
    );
    expect(() => decide(incidentIn('IN_PROGRESS'), 'close', {}, by(ana))).toThrow(
      'INC-1 is in progress; it cannot be closed.',
    );
  });
});

describe('escalation levels', () => {
  it('escalating goes to the second line', () => {
    const { incident: after, events } = decide(
      incident(),
      'escalate',
      { reason: 'no answer', target: 'the database team' },
      by(ana),
    );
    expect(after.escalationLevel).toBe(2);
    expect(events[0]?.data).toEqual({
      from: 'NEW',
      to: 'ESCALATED',
      level: 2,
      reason: 'no answer',
      target: 'the database team',
    });
  });

  it('raising an escalated incident goes one level up and stays ESCALATED', () => {
    const { incident: after, events } = decide(
      incidentIn('ESCALATED'),
      'raise',
      { reason: 'still down' },
      by(ana),
    );
    expect(after).toMatchObject({ status: 'ESCALATED', escalationLevel: 3 });
    expect(events[0]?.data).toEqual({ level: 3, reason: 'still down', target: null });
  });

  it('can skip levels, and says when the highest is reached', () => {
    const top = decide(incidentIn('ESCALATED'), 'raise', { level: MAX_LEVEL }, by(ana)).incident;
    expect(top.escalationLevel).toBe(5);
    expect(() => decide(top, 'raise', {}, by(ana))).toThrow('INC-1 is at level 5, the highest.');
    const called = decide(top, 'raise', { whom: { kind: 'person', id: 'bo' } }, by(ana));
    expect(called.incident.escalationLevel).toBe(MAX_LEVEL);
    expect(called.events).toMatchObject([{ type: 'incident.level_raised', data: { level: MAX_LEVEL } }]);
  });

  it('one who took over at level 3 and escalates again goes to level 4', () => {
    const taken = decide(incidentIn('ESCALATED', { escalationLevel: 3 }), 'start', {}, by(ana)).incident;
    expect(decide(taken, 'escalate', {}, by(ana)).incident.escalationLevel).toBe(4);
  });

  it('never goes down by escalating', () => {
    const at3 = incidentIn('ESCALATED', { escalationLevel: 3 });
    expect(() => decide(at3, 'raise', { level: 2 }, by(ana))).toThrow('INC-1 is at level 3 already');
    expect(() => decide(at3, 'raise', { level: 3 }, by(ana))).toThrow('INC-1 is at level 3 already');
    expect(() => decide({ ...at3, status: 'IN_PROGRESS' }, 'escalate', { level: 2 }, by(ana))).toThrow(
      'INC-1 is at level 3 already',
    );
  });

  it.each([0, 1, -1, 6, 99, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('there is no level %s', (level) => {
    for (const [status, action] of [
      ['NEW', 'escalate'],
      ['ESCALATED', 'raise'],
    ] as const) {
      expect(() => decide(incidentIn(status), action, { level }, by(ana))).toThrow(
        expect.objectContaining({ code: 'bad_arguments' }),
      );
    }
  });

  it('de-escalating goes back to the first line', () => {
    const { incident: after } = decide(
      incidentIn('ESCALATED', { escalationLevel: 4 }),
      'deescalate',
      {},
      by(ana),
    );
    expect(after).toMatchObject({ status: 'IN_PROGRESS', escalationLevel: 1 });
  });
});

describe('whose name stands on it', () => {
  it('the first person who takes it', () => {
    for (const [from, action] of [
      ['NEW', 'acknowledge'],
      ['ESCALATED', 'start'],
      ['ESCALATED', 'deescalate'],
    ] as const) {
      const { incident: after } = decide(incidentIn(from), action, {}, by(ana, minutes(3)));
      expect(after).toMatchObject({ assignee: 'ana', acknowledgedAt: minutes(3) });
    }
  });

  it('not the second one, and not who takes what is assigned to another', () => {
    const acknowledged = decide(incident(), 'acknowledge', {}, by(ana, minutes(3))).incident;
    expect(decide(acknowledged, 'start', {}, by(bo, minutes(4))).incident).toMatchObject({
      assignee: 'ana',
      acknowledgedAt: minutes(3),
    });
    const assigned = incident({ assignee: 'bo' as PersonId });
    expect(decide(assigned, 'acknowledge', {}, by(ana)).incident.assignee).toBe('bo');
  });

  it('nobody, when a program takes it', () => {
    const { incident: after } = decide(incident(), 'acknowledge', {}, by(monitor, minutes(3)));
    expect(after).toMatchObject({ assignee: null, acknowledgedAt: minutes(3) });
  });

  it('nobody, by escalating: that is asking for somebody', () => {
    expect(decide(incident(), 'escalate', {}, by(ana)).incident).toMatchObject({
      assignee: null,
      acknowledgedAt: null,
    });
  });
});

describe('who came second is told who was first', () => {
  const taken = (who = ana) =>
    decide(incident(), 'acknowledge', {}, by(who, minutes(6))).events.map((it) => ({
      ...it,
      seq: 1,
      position: 1,
      hash: '',
    }));
  const asker = { id: 'bo', at: minutes(10) };

  it.each([
    ['ana', null, 'Ana has it since 08:06 UTC'],
    ['cy', 'Cy', 'Ana acknowledged it at 08:06 UTC and Cy has it'],
    [null, null, 'Ana acknowledged it at 08:06 UTC'],
  ])('with %s on it', (assignee, name, said) => {
    const held = { assignee: assignee as PersonId | null };
    expect(sayWhoHasIt(held, taken(), name, asker)).toBe(said);
  });

  it('with the day, where that was another one', () => {
    const later = { id: 'bo', at: minutes(24 * 60) };
    expect(sayWhoHasIt({ assignee: 'ana' as PersonId }, taken(), 'Ana', later)).toBe(
      'Ana has it since 2026-03-01 08:06 UTC',
    );
  });

  it('also when it was the same person, and when it was nobody', () => {
    expect(sayWhoHasIt({ assignee: 'bo' as PersonId }, taken(bo), 'Bo', asker)).toBe(
      'you have it since 08:06 UTC',
    );
    expect(sayWhoHasIt({ assignee: null }, [], null, asker)).toBe(null);
  });
});

describe('the end, and what comes after it', () => {
  const said: ActionInput = { rootCause: 'A bad deploy', notes: 'Rolled back', playbookUsed: 'rollback' };

  it('resolving says how, and takes the promise of a next update away', () => {
    const before = incidentIn('IN_PROGRESS', { nextUpdateAt: minutes(45) });
    const { incident: after, timers } = decide(before, 'resolve', said, by(ana, minutes(30)));
    expect(after).toMatchObject({
      resolvedAt: minutes(30),
      nextUpdateAt: null,
      resolution: {
        rootCause: 'A bad deploy',
        notes: 'Rolled back',
        resolvedBy: 'Ana',
        playbookUsed: 'rollback',
      },
    });
    expect(timers.map((it) => it.at)).toEqual([null, null, null]);
  });

  it('closing keeps the post-mortem link it had', () => {
    const before = incidentIn('RESOLVED', { postMortemUrl: 'https://wiki.example/1' });
    expect(decide(before, 'close', {}, by(ana, minutes(60))).incident).toMatchObject({
      closedAt: minutes(60),
      postMortemUrl: 'https://wiki.example/1',
    });
    expect(
      decide(before, 'close', { postMortemUrl: 'https://wiki.example/2' }, by(ana)).incident.postMortemUrl,
    ).toBe('https://wiki.example/2');
  });

  it('reopening begins the work and the promise to resolve again, at the first line', () => {
    const closed = incidentIn('CLOSED', {
      escalationLevel: 3,
      resolution: { rootCause: 'A bad deploy', notes: null, resolvedBy: 'Ana', playbookUsed: null },
      sla: { ...incident().sla, resolutionBreached: true },
    });
    const { incident: after, timers } = decide(closed, 'reopen', {}, by(bo, minutes(90)));
    expect(after).toMatchObject({
      status: 'IN_PROGRESS',
      escalationLevel: 1,
      resolution: null,
      resolvedAt: null,
      closedAt: null,
      assignee: 'ana',
      acknowledgedAt: minutes(5),
      sla: { resolutionDeadline: minutes(150), resolutionBreached: false },
    });
    expect(timers).toContainEqual({ kind: 'sla-resolution', incident: 1, at: minutes(150) });
  });

  it('a duplicate that is reopened is a duplicate no more', () => {
    const duplicate = incidentIn('CLOSED', { duplicateOf: 7 as Incident['duplicateOf'] });
    expect(decide(duplicate, 'reopen', {}, by(ana)).incident.duplicateOf).toBe(null);
  });
});
