import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readFile } from '#src/setup/document.ts';
import { exportFile, sectionsOf } from '#src/setup/export.ts';
import { planOf, sayPlan } from '#src/setup/plan.ts';
import { whole, type SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { ana } from '#test/support/oncall.ts';
import { anySetup, NOTHING } from '#test/support/setup.ts';

const now = new Date('2026-03-01T08:00:00Z');

const BASE = `version: 1
people:
  ana: {email: ana@example.com}
  bo: {email: bo@example.com}
schedules:
  payments: {layers: [{people: [ana, bo]}]}
policies:
  payments: {levels: [{targets: [schedule:payments]}]}
default_policy: payments
heartbeats:
  backup: {every: 1d, grace: 1h}
synthetic_page: {to: schedule:payments, at: wed 10:00, zone: Europe/Berlin}
`;

describe('a file that is merged', () => {
  it('adds and changes what it names, removes nothing, and its plan says so', () => {
    const current = wantedFrom(readFile(BASE), NOTHING, ana);
    const file = `version: 1
people: {cy: {}, bo: {email: bo@example.org}}
schedules: {search: {layers: [{people: [cy]}]}}
policies: {}
default_policy:
heartbeats: {mail: {every: 5m}}
synthetic_page:
`;
    const wanted = merged(current, file);
    const plan = planOf(current, wanted, now);
    expect(plan.changes.map(({ text }) => text)).toEqual([
      'Person bo, email: bo@example.com → bo@example.org.',
      'Person cy is added.',
      'Schedule search is added.',
      'Heartbeat mail is added.',
    ]);
    expect(sayPlan(plan, true)).toMatch(/4 changes, .* What the file does not name stays as it is\.$/);
    expect(wanted).toMatchObject({ defaultPolicy: 'payments', syntheticPage: { day: 3, time: '10:00' } });
    const all = planOf(current, wantedFrom(readFile(file), current, ana), now);
    expect(all.changes.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'Person ana, active: yes → no.',
        'Schedule payments is removed, with its overrides.',
        'Heartbeat backup is removed.',
        'Weekly test page is sent no more.',
      ]),
    );
  });

  it('leaves what it does not name as it was, makes what it names so, and changes nothing the second time', () => {
    fc.assert(
      fc.property(anySetup, anySetup, fc.infiniteStream(fc.boolean()), (before, after, coins) => {
        const some = pick(after, () => coins.next().value);
        const file = exportFile(some);
        const wanted = merged(before, file);
        expect(planOf(before, wanted, now).changes.filter(({ kind }) => kind === 'removed')).toEqual([]);
        const sections = [
          'people',
          'teams',
          'schedules',
          'policies',
          'routes',
          'heartbeats',
          'services',
        ] as const;
        for (const section of sections) {
          const [was, named, is] = [before, some, wanted].map((it) => sectionsOf(it, whole)[section] ?? {});
          const ids = new Set([...Object.keys(was ?? {}), ...Object.keys(named ?? {})]);
          expect(Object.keys(is ?? {}).toSorted()).toEqual([...ids].toSorted());
          for (const id of ids) if (!(id in (named ?? {}))) expect(is?.[id]).toEqual(was?.[id]);
          if (section !== 'people') for (const id in named) expect(is?.[id]).toEqual(named[id]);
        }
        expect(planOf(wanted, merged(wanted, file), now).changes).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

function merged(current: SetupState, file: string): SetupState {
  return wantedFrom(readFile(file), current, ana, true);
}

/** A part of a setup, whose names are all there. */
function pick(state: SetupState, isIn: () => boolean): SetupState {
  return {
    ...state,
    people: state.people.map((it) => ({ ...it, isShared: true })),
    // Whether those of a file go with those that are there is another question.
    policies: state.policies.map((it) => ({ ...it, enabled: true, handTo: null })),
    routes: state.routes.filter(isIn),
    heartbeats: state.heartbeats.filter(isIn),
    schedules: state.schedules.filter((it) => it.id === 'payments' || isIn()),
    rules: new Map(),
  };
}
