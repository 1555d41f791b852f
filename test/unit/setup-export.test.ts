import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readFile } from '#src/setup/document.ts';
import { digestOf, exportFile } from '#src/setup/export.ts';
import { planOf } from '#src/setup/plan.ts';
import type { PersonState, SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { ana, layer, override, schedule } from '#test/support/oncall.ts';
import { anySetup, NOTHING } from '#test/support/setup.ts';

const now = new Date('2026-03-01T08:00:00Z');

describe('the exported file', () => {
  it('changes nothing when it is applied where it came from', () => {
    fc.assert(
      fc.property(anySetup, (state) => {
        const wanted = wantedFrom(readFile(exportFile(state)), state, ana);
        expect(planOf(state, wanted, now)).toEqual({ changes: [], warnings: [], digest: digestOf(state) });
      }),
      { numRuns: 40 },
    );
  });

  it('makes the same setup where there was none', () => {
    fc.assert(
      fc.property(anySetup, (some) => {
        const state = withEverythingShared(some);
        const file = exportFile(state);
        const made = wantedFrom(readFile(file), NOTHING, ana);
        expect(made.schedules).toEqual(state.schedules);
        expect(made.policies).toEqual(state.policies);
        expect(made.routes).toEqual(state.routes);
        expect(made.teams).toEqual(state.teams);
        expect(made.people.map(asSaid)).toEqual(state.people.map(asSaid));
        expect(exportFile(made)).toBe(file);
      }),
      { numRuns: 40 },
    );
  });

  it('has temporary schedules and no overrides, and says so', () => {
    const start = new Date('2026-03-29T07:00:00Z');
    const end = new Date('2026-03-30T07:30:15Z');
    const moving = { id: 'move', name: 'Move', layers: [layer()], start, end, reason: null, createdBy: ana };
    const cover = override(
      { kind: 'add', person: ana },
      '2026-03-05T00:00:00Z',
      '2026-03-06T00:00:00Z',
      'hidden',
    );
    const file = exportFile({
      ...NOTHING,
      schedules: [schedule({ timezone: 'Europe/Berlin', temporaries: [moving], overrides: [cover] })],
    });
    expect(file).toContain('Not in here: overrides');
    expect(file).not.toContain('hidden');
    expect(file).toMatch(/name: Move\n +from: 2026-03-29T09:00\n +until: 2026-03-30T09:30:15\n/);
  });

  it('has the addresses only of people whose addresses were in a file', () => {
    const contact = {
      id: 'c',
      kind: 'sms',
      address: '+491511234567',
      verifiedAt: now,
      enabled: true,
    } as const;
    const other = { ...contact, id: 'd', address: '+491511234568' };
    const rules = { high: [{ delayMs: 0, contact: 'd' }], low: null, throttle: null, bundleMs: null };
    const person = (isShared: boolean, contacts = [contact, other]): SetupState => ({
      ...NOTHING,
      people: [
        {
          id: ana,
          name: 'Ana',
          email: null,
          role: 'admin',
          timezone: 'UTC',
          active: true,
          skills: [],
          region: null,
          contacts,
          isShared,
          isInChat: false,
        },
      ],
      rules: new Map([[ana, { rules, quiet: null }]]),
    });
    expect(exportFile(person(true))).toContain('contacts: [sms:+491511234567, sms:+491511234568]');
    expect(exportFile(person(true))).toContain('high: [sms:+491511234568]');
    expect(exportFile(person(true))).not.toMatch(/verified(?!;)\b.*2026/);
    expect(exportFile(person(false))).not.toContain('+49');
    expect(exportFile(person(false))).toContain('rules: {}');
    expect(exportFile(person(false, [other as typeof contact]))).toContain('high: [sms]');
  });
});

/** What the file can say of somebody: neither the ids of contacts nor who knows them. */
function asSaid(person: PersonState): object {
  const contacts = person.contacts.map((it) => ({ ...it, id: '' }));
  return { ...person, contacts, isInChat: false };
}

function withEverythingShared(state: SetupState): SetupState {
  return { ...state, people: state.people.map((it) => ({ ...it, isShared: true })) };
}
