import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { compileSchedule, type CompiledSchedule } from '#src/oncall/compile.ts';
import { nextLookAhead, nextReminder, remindersDue, uncoveredSoon } from '#src/oncall/handoff-times.ts';
import { HANDOFF_DEFAULTS, holding, holdsFor, movedSince, peopleAt, withHolds } from '#src/oncall/handoff.ts';
import { nextHandoff, shiftsBetween } from '#src/oncall/preview.ts';
import type { HandoffRules, Override } from '#src/oncall/schedule.ts';
import {
  ana,
  anyInstant,
  anyLayer,
  anyOverrides,
  ben,
  cem,
  layer,
  override,
  schedule,
  ZONES,
} from '#test/support/oncall.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-03-01T08:00:00Z');

const anyCase = fc
  .constantFrom(...ZONES)
  .chain((timezone) => fc.record({ timezone: fc.constant(timezone), near: anyInstant(timezone) }))
  .chain(({ timezone, near }) =>
    fc.record({
      near: fc.constant(near),
      plan: fc
        .record({
          layers: fc.array(anyLayer(near), { minLength: 1, maxLength: 3 }),
          overrides: anyOverrides(near),
        })
        .map((it) => schedule({ ...it, timezone, handoff: { ...HANDOFF_DEFAULTS, acceptance: true } })),
      /** When somebody looks who was late, or looked though nothing changed. */
      looks: fc.array(fc.integer({ min: 0, max: 6 * DAY }), { maxLength: 6 }),
    }),
  );

/** Tells as the program does: at each planned hand-off and whenever somebody looks; answers what was told. */
function tell(compiled: CompiledSchedule, from: number, to: number, looks: readonly number[]) {
  const told: { at: number; people: readonly PersonId[] }[] = [];
  let people: readonly PersonId[] = peopleAt(compiled, new Date(from));
  let since = new Date(from);
  for (let now = from; now < to;) {
    const moved = movedSince(compiled, people, { since, now: new Date(now) });
    if (moved) {
      people = [...people.filter((it) => !moved.leaving.includes(it)), ...moved.coming];
      told.push({ at: moved.at.getTime(), people: people.toSorted() });
    }
    since = new Date(now);
    const planned = nextHandoff(compiled, new Date(now))?.at.getTime() ?? to;
    now = Math.min(planned, ...looks.map((it) => from + it).filter((it) => it > now));
  }
  return told;
}

function setsBetween(compiled: CompiledSchedule, from: number, to: number) {
  const spans = shiftsBetween(compiled, new Date(from), new Date(to)).map((it) => ({
    at: it.from.getTime(),
    people: it.people.map(({ person }) => person).toSorted(),
  }));
  const isNew = (it: (typeof spans)[number], index: number) =>
    index > 0 && it.people.join() !== spans[index - 1]?.people.join();
  return spans.filter(isNew);
}

describe('what is told of hand-offs', () => {
  it('is exactly when others are on call: no change without a message, and none twice', () => {
    fc.assert(
      fc.property(anyCase, ({ plan, near, looks }) => {
        const compiled = compileSchedule(plan);
        const [from, to] = [near - 3 * DAY, near + 3 * DAY];
        expect(tell(compiled, from, to, looks)).toEqual(setsBetween(compiled, from, to));
      }),
      { numRuns: 150 },
    );
  });

  it('is one change, to how it is, where many were missed', () => {
    fc.assert(
      fc.property(anyCase, ({ plan, near }) => {
        const compiled = compileSchedule(plan);
        const [since, now] = [new Date(near - 3 * DAY), new Date(near + 3 * DAY)];
        const [before, after] = [peopleAt(compiled, since), peopleAt(compiled, now)];
        const moved = movedSince(compiled, before, { since, now });
        const left = before.filter((it) => !moved?.leaving.includes(it));
        expect([...left, ...(moved?.coming ?? [])].toSorted()).toEqual(after.toSorted());
        if (!moved) return;
        expect(peopleAt(compiled, moved.at).toSorted()).toEqual(after.toSorted());
        const last = setsBetween(compiled, since.getTime(), now.getTime() + 1).at(-1);
        expect(moved.at.getTime()).toBe(last?.at);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a shift that is to be taken', () => {
  it('leaves those on call who were, until it is taken, and the others as they are', () => {
    fc.assert(
      fc.property(anyCase, ({ plan, near }) => {
        const compiled = compileSchedule(plan);
        const since = new Date(near - 3 * DAY);
        const now = nextHandoff(compiled, since)?.at;
        if (!now) return;
        const before = peopleAt(compiled, new Date(now.getTime() - 1));
        const moved = movedSince(compiled, before, { since, now });
        if (!moved) throw new Error('a hand-off that moves nobody');
        const holds = holdsFor(compiled, moved, now).map((it, index) => ({ ...it, id: `h${index}` }));
        const held = withHolds(compiled, holds);
        const people = peopleAt(held, now);
        for (const { person, by } of holds) {
          expect(people).toContain(by);
          if (!before.includes(person)) expect(people).not.toContain(person);
        }
        expect(new Set(people).size).toBe(people.length);
        expect(holding(held, now)).toEqual(holds);
        const taken = holds[0];
        if (!taken) return;
        const after = withHolds(
          held,
          holds.filter((it) => it !== taken),
        );
        expect(peopleAt(after, now)).toContain(taken.person);
      }),
      { numRuns: 150 },
    );
  });

  const one = (overrides: readonly Override[] = []) =>
    compileSchedule(schedule({ layers: [layer({ shifts: [[ben], [ana]] })], overrides }));
  const nine = new Date('2026-03-01T09:00:00Z');
  const [leaving, coming] = [[ana], [ben]];
  const hold = { id: 'h', person: ben, by: ana, start: nine, end: new Date('2026-03-02T09:00:00Z') };
  const at = (compiled: CompiledSchedule, time: string) =>
    peopleAt(withHolds(compiled, [hold]), new Date(`2026-03-01T${time}:00Z`));

  it('follows whoever takes over from the one who keeps it, and goes on where they are taken off', () => {
    const change = { kind: 'replace', person: ana, by: cem } as const;
    expect(at(one([override(change, '2026-03-01T10:00:00Z', '2026-03-01T12:00:00Z')]), '11:00')).toEqual([
      cem,
    ]);
    const off = { kind: 'remove', person: ana } as const;
    expect(at(one([override(off, '2026-03-01T10:00:00Z', '2026-03-01T12:00:00Z')]), '11:00')).toEqual([ben]);
    const put = { kind: 'cover', people: [ben] } as const;
    const later = one([override(put, '2026-03-01T10:00:00Z', '2026-03-01T12:00:00Z')]);
    expect([at(later, '09:59'), at(later, '10:00')]).toEqual([[ana], [ben]]);
    expect(at(one(), '09:00')).toEqual([ana]);
    expect(at(one(), '08:59')).toEqual([ana]);
  });

  it('is not held for who put themselves on call, nor by who was taken off, nor by nobody', () => {
    const moved = { at: nine, leaving, coming };
    expect(holdsFor(one(), moved, nine)).toMatchObject([{ person: ben, by: ana, start: nine }]);
    expect(holdsFor(one(), { ...moved, leaving: [] }, nine)).toEqual([]);
    const times = ['2026-03-01T09:00:00Z', '2026-03-01T12:00:00Z'] as const;
    const wish = { ...override({ kind: 'cover', people: [ben] }, ...times), createdBy: ben };
    expect(holdsFor(one([wish]), moved, nine)).toEqual([]);
    expect(holdsFor(one([override({ kind: 'remove', person: ana }, ...times)]), moved, nine)).toEqual([]);
  });
});

describe('what is told beforehand', () => {
  const planned = (rules: Partial<HandoffRules>, overrides: readonly Override[] = []) =>
    compileSchedule(
      schedule({
        layers: [layer({ shifts: [[ben], [ana]] })],
        overrides,
        handoff: { ...HANDOFF_DEFAULTS, ...rules },
      }),
    );

  it('reminds each shift once for each time, and of two that were missed by the later', () => {
    const compiled = planned({ reminders: [12 * HOUR, 15 * 60_000] });
    const times: string[] = [];
    let since = NOW;
    for (
      let next = nextReminder(compiled, since, since);
      next && times.length < 5;
      next = nextReminder(compiled, since, since)
    ) {
      const due = remindersDue(compiled, { since, now: next });
      times.push(...due.map((it) => `${next?.toISOString().slice(8, 16)} ${it.person} ${it.lead / 60_000}`));
      since = next;
    }
    expect(times).toEqual([
      '01T08:45 ben 15',
      '01T21:00 ana 720',
      '02T08:45 ana 15',
      '02T21:00 ben 720',
      '03T08:45 ben 15',
    ]);
    expect(
      remindersDue(compiled, {
        since: new Date('2026-03-01T08:45:00Z'),
        now: new Date('2026-03-01T08:50:00Z'),
      }),
    ).toEqual([]);
    const late = remindersDue(compiled, { since: NOW, now: new Date('2026-03-02T08:50:00Z') });
    expect(late.map(({ person, lead }) => [person, lead])).toEqual([[ana, 15 * 60_000]]);
  });

  it('looks ahead on Mondays at nine by the clocks of the schedule, also over a change of clocks', () => {
    const compiled = compileSchedule(schedule({ timezone: 'Europe/Berlin' }));
    const first = nextLookAhead(compiled, new Date('2026-03-23T08:00:00Z'));
    expect(first.toISOString()).toBe('2026-03-30T07:00:00.000Z');
    expect(nextLookAhead(compiled, new Date(first.getTime() - 1))).toEqual(first);
  });

  it('warns of a gap that is new and of nobody else’s', () => {
    const off = { kind: 'remove', person: ben } as const;
    const gap = planned({}, [override(off, '2026-03-01T22:00:00Z', '2026-03-02T03:00:00Z')]);
    expect(uncoveredSoon(gap, NOW, () => true)).toMatchObject({
      gaps: [{ from: new Date('2026-03-01T22:00:00Z'), until: new Date('2026-03-02T03:00:00Z') }],
      unreachable: [],
    });
    expect(uncoveredSoon(gap, new Date('2026-02-28T21:00:00Z'), () => true).gaps).toEqual([]);
    expect(uncoveredSoon(planned({ warnBefore: 0 }, gap.schedule.overrides), NOW, () => true).gaps).toEqual(
      [],
    );
    const office = layer({
      restrictions: [{ days: [0, 1, 2, 3, 4, 5, 6], from: '09:00', until: '17:00', plusDays: 0 }],
    });
    const hours = compileSchedule(schedule({ layers: [office] }));
    expect(uncoveredSoon(hours, NOW, () => true).gaps).toEqual([]);
    expect(uncoveredSoon(planned({}), NOW, (it) => it !== ben).unreachable).toMatchObject([
      { person: ben, from: new Date('2026-03-01T09:00:00Z'), hasBackup: false },
    ]);
  });
});
