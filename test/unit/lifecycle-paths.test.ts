import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Status } from '#src/incident/incident.ts';
import {
  ACTIONS,
  decide,
  isLegal,
  LIFECYCLE,
  MAX_LEVEL,
  pathTo,
  type Action,
} from '#src/incident/lifecycle.ts';
import { ana, by, incident, incidentIn, minutes, openedAt, types } from '#test/support/incident.ts';
import { CELLS, MATRIX } from '#test/support/matrix.ts';

describe('the shortest legal path to what a person wants', () => {
  const PATHS: Partial<Record<Status, Partial<Record<Action, Action[]>>>> = {
    NEW: {
      start: ['acknowledge', 'start'],
      resolve: ['acknowledge', 'start', 'resolve'],
      close: ['acknowledge', 'start', 'resolve', 'close'],
    },
    ACKNOWLEDGED: { resolve: ['start', 'resolve'], close: ['start', 'resolve', 'close'] },
    IN_PROGRESS: { close: ['resolve', 'close'] },
    ESCALATED: {
      acknowledge: ['start'],
      escalate: ['raise'],
      resolve: ['start', 'resolve'],
      close: ['start', 'resolve', 'close'],
    },
  };

  it.each(CELLS)('from $from, $action', ({ from, action, to }) => {
    const expected = to ? [action] : PATHS[from]?.[action];
    if (expected) expect(pathTo(incidentIn(from), action)).toEqual(expected);
    else {
      expect(() => pathTo(incidentIn(from), action)).toThrow(
        expect.objectContaining({ code: 'illegal_transition' }),
      );
    }
  });

  it('each step of a path is legal and leaves its own event', () => {
    let at = incident();
    const said: string[] = [];
    for (const action of pathTo(at, 'close')) {
      const decision = decide(at, action, {}, by(ana));
      said.push(...types(decision.events));
      at = decision.incident;
    }
    expect(said).toEqual(['acknowledged', 'started', 'resolved', 'closed']);
  });
});

describe('any walk through the lifecycle', () => {
  it('stays within the matrix, changes nothing it was given, and leaves an event at each step', () => {
    fc.assert(
      fc.property(walk(), (path) => {
        let at = Object.freeze(incident());
        for (const [index, action] of path.entries()) {
          const { incident: after, events } = decide(at, action, {}, by(ana, minutes(index)));
          expect(MATRIX[action]).toContain(after.status);
          expect(types(events)).toContain(LIFECYCLE[action].event.replace('incident.', ''));
          expect(after.updatedAt).toEqual(minutes(index));
          at = Object.freeze(after);
        }
      }),
    );
  });

  it('keeps the row in agreement with itself', () => {
    fc.assert(
      fc.property(walk(), (path) => {
        let at = incident();
        for (const [index, action] of path.entries()) {
          at = decide(at, action, {}, by(ana, minutes(index))).incident;
        }
        const isOver = at.status === 'RESOLVED' || at.status === 'CLOSED';
        expect(at.resolvedAt !== null).toBe(isOver);
        expect(at.resolution !== null).toBe(isOver);
        expect(at.closedAt !== null).toBe(at.status === 'CLOSED');
        expect(at.escalationLevel >= 2 || at.status !== 'ESCALATED').toBe(true);
        expect(at.escalationLevel).toBeLessThanOrEqual(MAX_LEVEL);
        if (at.status === 'ACKNOWLEDGED') expect(at.acknowledgedAt).not.toBe(null);
      }),
    );
  });

  it('can always be closed from where it is', () => {
    fc.assert(
      fc.property(walk(), (path) => {
        const at = path.reduce(
          (it, action) => decide(it, action, {}, by(ana, openedAt)).incident,
          incident(),
        );
        if (at.status === 'CLOSED') return;
        const end = pathTo(at, 'close').reduce((it, action) => decide(it, action, {}, by(ana)).incident, at);
        expect(end.status).toBe('CLOSED');
      }),
    );
  });
});

/** Actions, each legal where it is taken. */
function walk(): fc.Arbitrary<Action[]> {
  return fc.array(fc.nat(), { maxLength: 20 }).map((choices) => {
    const path: Action[] = [];
    let at = incident();
    for (const choice of choices) {
      const legal = ACTIONS.filter(
        (it) => isLegal(at.status, it) && !(it === 'raise' && at.escalationLevel === MAX_LEVEL),
      );
      const action = legal[choice % legal.length];
      if (!action) break;
      path.push(action);
      at = decide(at, action, {}, by(ana)).incident;
    }
    return path;
  });
}
