import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileSchedule } from '#src/oncall/compile.ts';
import { coverWith, swap, withOverrides } from '#src/oncall/cover.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { shiftsBetween } from '#src/oncall/preview.ts';
import type { Override, Schedule } from '#src/oncall/schedule.ts';
import { validateSchedule } from '#src/oncall/validate.ts';
import { ana, anyOverrides, ben, cem, dan, eva, layer, override, schedule } from '#test/support/oncall.ts';

/** Ben has the second of January, from nine to nine; Ana the first and the fourth. */
const plan = (over: Partial<Schedule> = {}) => compileSchedule(schedule(over));
const [noon, three, five] = ['2025-01-02T12:00Z', '2025-01-02T15:00Z', '2025-01-02T17:00Z'] as const;

function on(compiled: ReturnType<typeof plan>, at: string = three) {
  return onCallAt(compiled, new Date(at)).people.map(({ person }) => person);
}

function spansOf(compiled: ReturnType<typeof plan>, from: string, to: string) {
  return shiftsBetween(compiled, new Date(from), new Date(to)).map(
    (it) => `${it.from.toISOString().slice(8, 16)} ${it.people.map(({ person }) => person).join('+')}`,
  );
}

describe('an override', () => {
  // oxfmt-ignore
  it.each<[string, Override[], string[]]>([
    ['covers for everybody', [override({ kind: 'cover', people: [dan, eva] }, noon, five)], [dan, eva]],
    ['takes everybody off', [override({ kind: 'cover', people: [] }, noon, five)], []],
    ['adds somebody', [override({ kind: 'add', person: dan }, noon, five)], [ben, dan]],
    ['adds nobody twice', [override({ kind: 'add', person: ben }, noon, five)], [ben]],
    ['removes somebody', [override({ kind: 'remove', person: ben }, noon, five)], []],
    ['removes nobody who is not there', [override({ kind: 'remove', person: ana }, noon, five)], [ben]],
    ['replaces somebody', [override({ kind: 'replace', person: ben, by: dan }, noon, five)], [dan]],
    ['replaces nobody who is not there', [override({ kind: 'replace', person: ana, by: dan }, noon, five)], [ben]],
  ])('%s', (_, overrides, people) => {
    const compiled = plan({ overrides });
    expect(on(compiled)).toEqual(people);
    expect(on(compiled, '2025-01-02T11:59:59.999Z')).toEqual([ben]);
    expect(on(compiled, '2025-01-02T16:59:59.999Z')).toEqual(people);
    expect(on(compiled, five)).toEqual([ben]);
  });

  // oxfmt-ignore
  it.each<[string, Override[], string[]]>([
    ['a stand-in for a stand-in has the shift', [
      override({ kind: 'replace', person: ben, by: dan }, noon, five, 'o1'),
      override({ kind: 'replace', person: dan, by: eva }, noon, five, 'o2'),
    ], [eva]],
    ['who was added can be stood in for', [
      override({ kind: 'add', person: dan }, noon, five, 'o1'),
      override({ kind: 'replace', person: dan, by: eva }, noon, five, 'o2'),
    ], [ben, eva]],
    ['who covers can be stood in for', [
      override({ kind: 'cover', people: [dan] }, noon, five, 'o1'),
      override({ kind: 'replace', person: dan, by: eva }, noon, five, 'o2'),
    ], [eva]],
    ['somebody is added to who covers', [
      override({ kind: 'cover', people: [dan] }, noon, five, 'o1'),
      override({ kind: 'add', person: eva }, noon, five, 'o2'),
    ], [dan, eva]],
    ['who stands in for two is there once', [
      override({ kind: 'add', person: cem }, noon, five, 'o1'),
      override({ kind: 'replace', person: ben, by: dan }, noon, five, 'o2'),
      override({ kind: 'replace', person: cem, by: dan }, noon, five, 'o3'),
    ], [dan]],
  ])('and another: %s, whichever is written first', (_, overrides, people) => {
    expect(() => validateSchedule(schedule({ overrides }))).not.toThrow();
    expect(on(plan({ overrides }))).toEqual(people);
    expect(on(plan({ overrides: overrides.toReversed() }))).toEqual(people);
  });

  it('says why somebody is on call, in whose stead and for how long', () => {
    const stands = {
      ...override({ kind: 'replace', person: ben, by: dan }, noon, '2025-01-03T12:00Z'),
      reason: 'Dentist',
    };
    expect(onCallAt(plan({ overrides: [stands] }), new Date(three)).people).toEqual([
      {
        person: dan,
        from: new Date(noon),
        until: new Date('2025-01-03T09:00Z'),
        why: {
          kind: 'override',
          id: 'o1',
          change: 'replace',
          instead: ben,
          reason: 'Dentist',
          createdBy: ana,
        },
      },
    ]);
  });

  it('says why nobody is on call, if somebody would be without it', () => {
    const removes = override({ kind: 'remove', person: ben }, noon, five);
    expect(onCallAt(plan({ overrides: [removes] }), new Date(three)).empty).toMatchObject({
      kind: 'override',
      id: 'o1',
    });
    expect(onCallAt(plan({ overrides: [removes], layers: [] }), new Date(three)).empty).toEqual({
      kind: 'unplanned',
    });
    expect(onCallAt(plan({ enabled: false }), new Date(three)).empty).toEqual({ kind: 'disabled' });
  });

  it('takes who is away out of what they learn', () => {
    const shadow = layer({ id: 'new', shifts: [[dan]], shadow: true });
    const shadows = (overrides: Override[]) =>
      onCallAt(plan({ layers: [layer(), shadow], overrides }), new Date(three)).shadows.map(
        (it) => it.person,
      );
    expect(shadows([])).toEqual([dan]);
    expect(shadows([override({ kind: 'remove', person: dan }, noon, five)])).toEqual([]);
    expect(shadows([override({ kind: 'add', person: dan }, noon, five)])).toEqual([]);
  });

  it('means the same in whatever order it stands among others', () => {
    const near = Date.parse(three);
    fc.assert(
      fc.property(anyOverrides(near), fc.array(fc.integer({ min: -72, max: 96 })), (overrides, hours) => {
        fc.pre(!throws(() => validateSchedule(schedule({ overrides }))));
        const [one, other] = [plan({ overrides }), plan({ overrides: overrides.toReversed() })];
        for (const at of hours.map((it) => new Date(near + it * 3_600_000).toISOString())) {
          expect(on(one, at).toSorted()).toEqual(on(other, at).toSorted());
        }
      }),
    );
  });
});

describe('two overrides that contradict each other', () => {
  // oxfmt-ignore
  it.each<[string, Override, Override]>([
    ['each says who is on call alone', override({ kind: 'cover', people: [dan] }, noon, five, 'o1'), override({ kind: 'cover', people: [eva] }, three, five, 'o2')],
    ['ben is to be replaced by dan and by eva', override({ kind: 'replace', person: ben, by: dan }, noon, five, 'o1'), override({ kind: 'replace', person: ben, by: eva }, three, five, 'o2')],
    ['dan is to be removed', override({ kind: 'replace', person: ben, by: dan }, noon, five, 'o1'), override({ kind: 'remove', person: dan }, three, five, 'o2')],
    ['ben is to be removed', override({ kind: 'remove', person: ben }, noon, five, 'o1'), override({ kind: 'replace', person: ben, by: dan }, three, five, 'o2')],
    ['dan is to be removed', override({ kind: 'add', person: dan }, noon, five, 'o1'), override({ kind: 'remove', person: dan }, three, five, 'o2')],
    ['dan is to be removed', override({ kind: 'cover', people: [dan] }, noon, five, 'o1'), override({ kind: 'remove', person: dan }, three, five, 'o2')],
    ['dan is to stand in for themselves', override({ kind: 'replace', person: ben, by: dan }, noon, five, 'o1'), override({ kind: 'replace', person: dan, by: ben }, three, five, 'o2')],
  ])('are refused: %s', (why, one, other) => {
    const said = `Overrides "o1" and "o2" contradict each other from 2025-01-02 15:00 UTC: `;
    for (const overrides of [[one, other], [other, one]]) {
      expect(() => validateSchedule(schedule({ overrides }))).toThrow(said);
      expect(() => validateSchedule(schedule({ overrides }))).toThrow(why);
    }
  });

  it('are fine one after the other', () => {
    const one = override({ kind: 'cover', people: [dan] }, noon, three, 'o1');
    const other = override({ kind: 'cover', people: [eva] }, three, five, 'o2');
    expect(
      spansOf(compileSchedule(withOverrides(schedule(), [one, other])), noon, '2025-01-02T18:00Z'),
    ).toEqual(['02T12:00 dan', '02T15:00 eva', '02T17:00 ben']);
  });
});

describe('a temporary schedule', () => {
  const sprint = {
    id: 't1',
    name: 'Launch',
    layers: [layer({ id: 'launch', shifts: [[dan], [eva]] })],
    start: new Date(noon),
    end: new Date('2025-01-03T12:00Z'),
    reason: 'Launch',
    createdBy: ana,
  };

  it('stands in for all layers, and overrides hold in it too', () => {
    const swapped = override({ kind: 'replace', person: eva, by: cem }, three, five);
    const compiled = plan({ temporaries: [sprint], overrides: [swapped] });
    expect(spansOf(compiled, '2025-01-02T10:00Z', '2025-01-03T14:00Z')).toEqual([
      '02T10:00 ben',
      '02T12:00 eva',
      '02T15:00 cem',
      '02T17:00 eva',
      '03T09:00 dan',
      '03T12:00 cem',
    ]);
    expect(onCallAt(compiled, new Date(noon)).people[0]?.why).toEqual({
      kind: 'layer',
      id: 'launch',
      name: 'Primary',
      temporary: 't1',
    });
  });

  it('may leave a time empty on purpose, and two of them may not overlap', () => {
    expect(on(plan({ temporaries: [{ ...sprint, layers: [] }] }))).toEqual([]);
    const two = [sprint, { ...sprint, id: 't2', name: 'Sale', start: new Date(three) }];
    expect(() => validateSchedule(schedule({ temporaries: two }))).toThrow(
      'Temporary schedules "Launch" and "Sale" overlap. Let one end before the other begins.',
    );
  });
});

describe('a cover', () => {
  const asked = {
    id: 'c1',
    person: ben,
    by: dan,
    start: new Date(noon),
    end: new Date(five),
    reason: null,
    createdBy: ben,
  };

  it('takes over a part of a shift', () => {
    const made = coverWith(plan(), asked);
    expect(made).toMatchObject({ kind: 'replace', person: ben, by: dan, start: asked.start, end: asked.end });
    expect(spansOf(plan({ overrides: [made] }), '2025-01-02T09:00Z', '2025-01-03T09:00Z')).toEqual([
      '02T09:00 ben',
      '02T12:00 dan',
      '02T17:00 ben',
    ]);
  });

  it('is no longer than the shift', () => {
    const made = coverWith(plan(), {
      ...asked,
      start: new Date('2025-01-01T00:00Z'),
      end: new Date('2025-01-04T00:00Z'),
    });
    expect([made.start, made.end]).toEqual([new Date('2025-01-02T09:00Z'), new Date('2025-01-03T09:00Z')]);
  });

  it('follows a later edit: where the shift is no longer theirs, nobody stands in', () => {
    const overrides = [coverWith(plan(), asked)];
    expect(on(plan({ overrides, layers: [layer({ shifts: [[ana]] })] }))).toEqual([ana]);
  });

  it('can be covered in turn', () => {
    const first = coverWith(plan(), asked);
    const second = coverWith(plan({ overrides: [first] }), {
      ...asked,
      id: 'c2',
      person: dan,
      by: eva,
      end: new Date(three),
    });
    const both = compileSchedule(withOverrides(schedule(), [first, second]));
    expect(spansOf(both, noon, '2025-01-02T18:00Z')).toEqual([
      '02T12:00 eva',
      '02T15:00 dan',
      '02T17:00 ben',
    ]);
  });

  it.each([
    ['ben has that shift already.', { by: ben }],
    ['ana is not on call between 2025-01-02 12:00 UTC and 2025-01-02 17:00 UTC', { person: ana }],
    ['Look from a time to a later one', { end: new Date(noon) }],
  ])('is refused: %s', (why, over) => {
    expect(() => coverWith(plan(), { ...asked, ...over })).toThrow(why);
  });

  it('is refused where the other one is on call too', () => {
    const compiled = plan({ layers: [layer({ shifts: [[ben, dan]] })] });
    expect(() => coverWith(compiled, asked)).toThrow('dan is on call too at 2025-01-02 12:00 UTC');
  });

  it('both ways is a swap, and the hours stay the same', () => {
    const one = {
      id: 's1',
      person: ben,
      start: new Date('2025-01-02T09:00Z'),
      end: new Date('2025-01-03T09:00Z'),
    };
    const other = {
      id: 's2',
      person: cem,
      start: new Date('2025-01-03T09:00Z'),
      end: new Date('2025-01-04T09:00Z'),
    };
    const overrides = swap(plan(), { one, other, reason: null, createdBy: ben });
    const swapped = compileSchedule(withOverrides(schedule(), overrides));
    expect(spansOf(swapped, '2025-01-02T09:00Z', '2025-01-04T10:00Z')).toEqual([
      '02T09:00 cem',
      '03T09:00 ben',
      '04T09:00 ana',
    ]);
    const overlapping = { ...other, start: new Date('2025-01-03T08:00Z') };
    expect(() => swap(plan(), { one, other: overlapping, reason: null, createdBy: ben })).toThrow(
      'The two parts overlap.',
    );
  });
});

function throws(run: () => void): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}
