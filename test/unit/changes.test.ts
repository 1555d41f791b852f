import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  assign,
  edit,
  link,
  missUpdate,
  note,
  postUpdate,
  setRole,
  setSeverity,
  tag,
  unlink,
} from '#src/incident/changes.ts';
import { timersOf, type Decision } from '#src/incident/decision.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { ana, by, incident, incidentIn, minutes, types } from '#test/support/incident.ts';

const ANA = 'ana' as PersonId;
const BO = 'bo' as PersonId;
const PAYMENTS = 'payments' as TeamId;
const INC_2 = 2 as IncidentNumber;
const who = by(ana, minutes(10));

describe('assigning', () => {
  it('gives it to a person, a team, or both, and leaves out what is not named', () => {
    const person = assign(incident(), { person: BO }, who).incident;
    expect(person).toMatchObject({ assignee: 'bo', team: null });
    const both = assign(person, { team: PAYMENTS }, who);
    expect(both.incident).toMatchObject({ assignee: 'bo', team: 'payments' });
    expect(both.events).toMatchObject([
      { type: 'incident.assigned', data: { person: 'bo', team: 'payments' } },
    ]);
  });

  it('takes the name off', () => {
    expect(assign(incident({ assignee: BO }), { person: null }, who).incident.assignee).toBe(null);
  });
});

describe('the severity', () => {
  it('says from what to what and why', () => {
    const { events } = setSeverity(incident(), 'P0', 'all customers', who);
    expect(events).toMatchObject([
      { type: 'incident.severity_changed', data: { from: 'P1', to: 'P0', reason: 'all customers' } },
    ]);
  });

  it('moves the promises that are not kept yet, and their timers', () => {
    const { incident: after, timers } = setSeverity(incident(), 'P2', null, who);
    expect(after.sla).toMatchObject({
      acknowledgmentDeadline: minutes(60),
      resolutionDeadline: minutes(240),
    });
    expect(timers.slice(0, 2).map((it) => it.at)).toEqual([minutes(60), minutes(240)]);
  });

  it('promises nothing any more at P4, and again when it is raised', () => {
    const low = setSeverity(incident(), 'P4', null, who);
    expect(low.incident.sla).toMatchObject({ acknowledgmentDeadline: null, resolutionDeadline: null });
    expect(low.timers.map((it) => it.at)).toEqual([null, null, null]);
    expect(setSeverity(low.incident, 'P1', null, who).incident.sla).toEqual(incident().sla);
  });

  it('leaves a promise that was kept, or broken, as it was', () => {
    const kept = incidentIn('ACKNOWLEDGED');
    expect(setSeverity(kept, 'P0', null, who).incident.sla).toMatchObject({
      acknowledgmentDeadline: kept.sla.acknowledgmentDeadline,
      acknowledgmentBreached: false,
      resolutionDeadline: minutes(15),
    });
    const broken = incident({
      sla: { ...incident().sla, acknowledgmentBreached: true, resolutionBreached: true },
    });
    expect(setSeverity(broken, 'P3', null, who).incident.sla).toEqual(broken.sla);
    const resolved = incidentIn('RESOLVED');
    expect(setSeverity(resolved, 'P0', null, who).incident.sla).toEqual(resolved.sla);
  });

  it('counts from the reopening where it was reopened', () => {
    const reopened = incidentIn('IN_PROGRESS', {
      sla: { ...incident().sla, resolutionDeadline: minutes(600 + 60) },
    });
    expect(setSeverity(reopened, 'P2', null, who).incident.sla.resolutionDeadline).toEqual(
      minutes(600 + 240),
    );
  });
});

describe('editing', () => {
  it('says each field that changed, with what stood there', () => {
    const { incident: after, events } = edit(
      incident(),
      { title: 'Cart fails', impact: '', labels: ['vip'] },
      who,
    );
    expect(after).toMatchObject({ title: 'Cart fails', labels: ['vip'] });
    expect(events).toMatchObject([
      {
        data: {
          changes: [
            { field: 'title', from: 'Checkout fails', to: 'Cart fails' },
            { field: 'labels', from: [], to: ['vip'] },
          ],
        },
      },
    ]);
  });

  it('leaves out what is undefined', () => {
    const wish = { title: undefined, impact: 'No orders' } as unknown as { impact: string };
    const { incident: after, events } = edit(incident(), wish, who);
    expect(after).toMatchObject({ title: 'Checkout fails', impact: 'No orders' });
    expect(events).toMatchObject([{ data: { changes: [{ field: 'impact' }] } }]);
  });
});

describe('updates and their promise', () => {
  it('remembers the last words and when the next are due', () => {
    const { incident: after, timers } = postUpdate(incident(), 'We look at it', minutes(40), who);
    expect(after).toMatchObject({ lastUpdate: 'We look at it', nextUpdateAt: minutes(40) });
    expect(timers).toContainEqual({ kind: 'update-due', incident: 1, at: minutes(40) });
  });

  it('may be posted after the end, but promise no next', () => {
    expect(postUpdate(incidentIn('RESOLVED'), 'It was a deploy', null, who).incident.lastUpdate).toBe(
      'It was a deploy',
    );
    expect(() => postUpdate(incidentIn('CLOSED'), 'More soon', minutes(40), who)).toThrow('INC-1 is over');
  });

  it('is missed once, when its time has come and nobody wrote', () => {
    const promised = incident({ nextUpdateAt: minutes(10) });
    expect(missUpdate(promised, by(ana, minutes(9))).events).toEqual([]);
    const missed = missUpdate(promised, who);
    expect(types(missed.events)).toEqual(['update_overdue']);
    expect(missUpdate(missed.incident, who).events).toEqual([]);
    expect(missUpdate(incidentIn('RESOLVED', { nextUpdateAt: minutes(10) }), who).events).toEqual([]);
  });
});

describe('roles', () => {
  it('are taken, handed over and left', () => {
    const taken = setRole(incident(), 'commander', ANA, who).incident;
    const handed = setRole(taken, 'commander', BO, who).incident;
    expect(setRole(handed, 'scribe', ANA, who).incident.roles).toEqual({ commander: 'bo', scribe: 'ana' });
    expect(setRole(handed, 'commander', null, who).incident.roles).toEqual({});
  });

  it.each(['constructor', '__proto__', 'toString'])('may have any name, %s too', (role) => {
    expect(setRole(incident(), role, null, who).events).toEqual([]);
    const taken = setRole(incident(), role, ANA, who).incident;
    expect(Object.entries(taken.roles)).toEqual([[role, 'ana']]);
    expect(Object.entries(setRole(taken, role, null, who).incident.roles)).toEqual([]);
  });
});

describe('tags', () => {
  it('are set, changed and removed in one step', () => {
    const before = incident({ tags: { region: 'eu', tier: '1', old: 'x' } });
    const { incident: after, events } = tag(before, { region: 'us', tier: '1' }, ['old', 'old', 'none'], who);
    expect(after.tags).toEqual({ region: 'us', tier: '1' });
    expect(events).toMatchObject([{ data: { added: { region: 'us' }, removed: ['old'] } }]);
  });

  it('may have any name, and one that is not there is not removed', () => {
    expect(tag(incident(), {}, ['constructor', '__proto__'], who).events).toEqual([]);
    const before = incident({ tags: { region: 'eu' } });
    expect(tag(before, {}, ['region', 'constructor'], who).incident.tags).toEqual({});
  });
});

describe('links', () => {
  it('are made and removed', () => {
    const linked = link(incident(), INC_2, who).incident;
    expect(linked.related).toEqual([2]);
    expect(unlink(linked, INC_2, who).incident.related).toEqual([]);
  });

  it('never lead to itself', () => {
    expect(() => link(incident(), incident().number, who)).toThrow('An incident cannot be linked to itself.');
  });
});

describe('every change', () => {
  const CHANGES: Record<string, (before: ReturnType<typeof incident>) => Decision> = {
    assign: (it) => assign(it, { person: BO, team: PAYMENTS }, who),
    severity: (it) => setSeverity(it, 'P0', 'why', who),
    edit: (it) => edit(it, { title: 'Cart fails', category: 'cost' }, who),
    role: (it) => setRole(it, 'commander', BO, who),
    tag: (it) => tag(it, { region: 'eu' }, ['old'], who),
    link: (it) => link(it, INC_2, who),
    unlink: (it) => unlink(it, INC_2, who),
  };

  it.each(Object.entries(CHANGES))('%s: what changes nothing leaves no event', (_, change) => {
    const once = change(incident({ tags: { old: 'x' } }));
    const twice = change(once.incident);
    expect(twice.events).toEqual([]);
    expect(twice.incident).toBe(once.incident);
  });

  it('carries the timers that the incident should have', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(CHANGES), { minLength: 1 }), (names) => {
        let at = incident();
        for (const name of names) {
          const decision = CHANGES[name]?.(at);
          if (!decision || decision.events.length === 0) continue;
          expect(decision.timers).toEqual(timersOf(decision.incident));
          expect(decision.incident.updatedAt).toEqual(who.at);
          at = Object.freeze(decision.incident);
        }
      }),
    );
  });

  it('a note is for the timeline only', () => {
    const { incident: after, events } = note(incident(), 'c1', 'The deploy of 07:50 looks bad', who);
    expect(after).toEqual({ ...incident(), updatedAt: who.at });
    expect(events).toMatchObject([
      { type: 'incident.noted', data: { comment: 'c1', content: 'The deploy of 07:50 looks bad' } },
    ]);
  });
});
