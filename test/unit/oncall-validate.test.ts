import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import type { Layer, Override, Restriction, Rotation, Schedule } from '#src/oncall/schedule.ts';
import { validateSchedule } from '#src/oncall/validate.ts';
import { ana, anyLayer, ben, DAILY, layer, override, restriction, schedule } from '#test/support/oncall.ts';

const lay = (over: Partial<Layer>): Partial<Schedule> => ({ layers: [layer(over)] });
const rotate = (over: Partial<Rotation>) => lay({ rotation: { ...DAILY, ...over } as Rotation });
const within = (over: Partial<Restriction>, more: Partial<Layer> = {}) =>
  lay({ ...more, restrictions: [{ ...restriction([1], '09:00', '17:00'), ...over }] });
const away = (over: Partial<Override>) => ({
  overrides: [{ ...override({ kind: 'add', person: ana }, '2025-01-02', '2025-01-03'), ...over } as Override],
});

describe('a schedule that cannot mean anything is refused', () => {
  // oxfmt-ignore
  it.each<[string, Partial<Schedule>, string]>([
    ['Schedule "Payments": "Mars/Olympus" is no time zone. Use an IANA name such as Europe/Berlin or UTC.', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['Schedule "Payments": "+02:00" is no time zone.', { timezone: '+02:00' }, 'timezone'],
    ['Give the schedule an id.', { id: '' }, 'id'],
    ['The schedule has no name. Give it one.', { name: ' ' }, 'name'],
    ['Shorten it.', { name: 'x'.repeat(201) }, 'name'],
    ['Layer "Primary": "Nowhere" is no time zone.', lay({ timezone: 'Nowhere' }), 'layers[0].timezone'],
    ['Two layers have the id "primary". Give each its own.', { layers: [layer(), layer()] }, 'layers'],
    ['A layer needs a name', lay({ name: '' }), 'layers[0].name'],
    ['needs a whole number as priority', lay({ priority: 1.5 }), 'layers[0].priority'],
    ['Layer "Primary" has nobody in its rotation. Add people, or remove the layer.', lay({ shifts: [] }), 'layers[0].shifts'],
    ['Turn 2 of Layer "Primary" has no people.', lay({ shifts: [[ana], []] }), 'layers[0].shifts'],
    ['ana is twice in turn 2 of Layer "Primary". Name everybody once in a turn.', lay({ shifts: [[ben], [ana, ana]] }), 'layers[0].shifts'],
    ['A turn lasts a whole number of days from 1 to 1000.', rotate({ unit: 'day', every: 0 }), 'layers[0].rotation'],
    ['is no length. Write it like P10D, P1M or PT36H.', rotate({ unit: 'custom', duration: 'two days' }), 'layers[0].rotation'],
    ['is no length.', rotate({ unit: 'custom', duration: 'P0D' }), 'layers[0].rotation'],
    ['Use one: PT36H, not P1DT12H.', rotate({ unit: 'custom', duration: 'P1DT12H' }), 'layers[0].rotation'],
    ['The shortest is PT15M.', rotate({ unit: 'custom', duration: 'PT1M' }), 'layers[0].rotation'],
    ['The start of Layer "Primary": "tomorrow" is not a date and time.', rotate({ start: 'tomorrow' }), 'layers[0].rotation.start'],
    ['"2025-02-30" is not a date.', rotate({ start: '2025-02-30T09:00' }), 'layers[0].rotation.start'],
    ['"09:60" is not a time of day.', rotate({ start: '2025-02-28T09:60' }), 'layers[0].rotation.start'],
    ['is out of reach: use 1970 to 2199.', rotate({ start: '1900-01-01T09:00' }), 'layers[0].rotation.start'],
    ['The anchor of Layer "Primary"', rotate({ anchor: '2025-13-01T09:00' }), 'layers[0].rotation.anchor'],
    ['Layer "Primary" ends before it begins. Let it end later than 2025-01-01T09:00.', rotate({ end: '2025-01-01T09:00' }), 'layers[0].rotation.end'],
    ['has no days, so it never applies. Choose some.', within({ days: [] }), 'layers[0].restrictions[0]'],
    ['names day 1 twice', within({ days: [1, 1] }), 'layers[0].restrictions[0]'],
    ['go from 0, Sunday, to 6, Saturday', within({ days: [7] }), 'layers[0].restrictions[0]'],
    ['"25:00" is not a time of day.', within({ until: '25:00' }), 'layers[0].restrictions[0]'],
    ['begins at 24:00', within({ from: '24:00' }), 'layers[0].restrictions[0]'],
    ['lasts longer than a week', within({ plusDays: 7 }), 'layers[0].restrictions[0]'],
    ['lasts longer than a week', within({ plusDays: -1 }), 'layers[0].restrictions[0]'],
    ['never apply before it ends', within({ days: [6] }, { rotation: { ...DAILY, end: '2025-01-03T09:00' } }), 'layers[0].restrictions'],
    ['is for holidays only, and there are none in its calendar', lay({ onHolidays: 'only' }), 'layers[0].onHolidays'],
    ['Holiday "Feast": "2025-02-29" is not a date.', { holidays: [{ date: '2025-02-29', name: 'Feast', calendar: null }] }, 'holidays[0].date'],
    ['Override "o1" ends before it begins.', away({ end: new Date('2025-01-02') }), 'overrides[0].end'],
    ['Override "o1" ends before it begins.', away({ end: new Date(Number.NaN) }), 'overrides[0].end'],
    ['lasts longer than 400 days. Change the layers instead.', away({ end: new Date('2027-01-01') }), 'overrides[0].end'],
    ['An override has no id.', away({ id: '' }), 'overrides[0]'],
    ['Override "o1" replaces ana by themselves.', away({ kind: 'replace', person: ana, by: ana }), 'overrides[0]'],
    ['ana is twice in override "o1".', away({ kind: 'cover', people: [ana, ana] }), 'overrides[0]'],
    ['Two overrides have the id "o1".', { overrides: [...away({}).overrides, ...away({}).overrides] }, 'overrides'],
  ])('%s', (sentence, over, at) => {
    const refused = refusal(() => validateSchedule(schedule(over)));
    expect(refused?.message).toContain(sentence);
    expect(refused?.details).toEqual({ at });
  });

  it.each<[string, Partial<Schedule>]>([
    [
      '51 layers; 50 is the most',
      { layers: Array.from({ length: 51 }, (_, index) => layer({ id: `${index}` })) },
    ],
    ['501 turns in Layer "Primary"', lay({ shifts: Array.from({ length: 501 }, () => [ana]) })],
    [
      '51 restrictions',
      lay({ restrictions: Array.from({ length: 51 }, () => restriction([1], '09:00', '10:00')) }),
    ],
  ])('with too many of something: %s', (sentence, over) => {
    const refused = refusal(() => validateSchedule(schedule(over)));
    expect([refused?.code, refused?.message]).toEqual(['too_many', expect.stringContaining(sentence)]);
  });

  it('in a temporary schedule as well', () => {
    const temporary = {
      id: 't',
      name: 'Launch',
      start: new Date('2025-01-02'),
      end: new Date('2025-01-03'),
      reason: null,
      createdBy: ana,
    };
    const refused = (over: object) =>
      refusal(() => validateSchedule(schedule({ temporaries: [{ ...temporary, layers: [], ...over }] })));
    expect(refused({})).toBeUndefined();
    expect(refused({ layers: [layer({ shifts: [] })] })?.details).toEqual({
      at: 'temporaries[0].layers[0].shifts',
    });
    expect(refused({ end: temporary.start })?.message).toBe(
      'Temporary schedule "Launch" ends before it begins. Let it end later.',
    );
  });
});

describe('a schedule that means something', () => {
  it('is accepted: each person in several turns, windows round midnight, no layers at all', () => {
    expect(() => validateSchedule(schedule({ layers: [] }))).not.toThrow();
    expect(() => validateSchedule(schedule(lay({ shifts: [[ana], [ben], [ana]] })))).not.toThrow();
    expect(() => validateSchedule(schedule(within({ from: '22:00', until: '06:00' })))).not.toThrow();
    expect(() => validateSchedule(schedule(within({ from: '00:00', until: '24:00' })))).not.toThrow();
    const friday = within({ days: [5] }, { rotation: { ...DAILY, end: '2025-01-03T10:00' } });
    expect(() => validateSchedule(schedule(friday))).not.toThrow();
  });

  it('compiles whenever it is accepted, and else says why', () => {
    const near = Date.parse('2025-03-09T07:00Z');
    fc.assert(
      fc.property(
        anyLayer(near),
        fc.constantFrom('', 'UTC', 'Pacific/Apia'),
        fc.string(),
        (some, timezone, noise) => {
          for (const start of [some.rotation.start, noise]) {
            const plan = schedule({ timezone, layers: [{ ...some, rotation: { ...some.rotation, start } }] });
            const refused = refusal(() => validateSchedule(plan));
            if (!refused) expect(() => compileSchedule(plan)).not.toThrow();
            else expect(refused.message).toMatch(/^[A-Z].*\.$/s);
          }
        },
      ),
    );
  });
});

function refusal(run: () => void): UserError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
