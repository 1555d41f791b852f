import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isProven } from '#src/importers/equality.ts';
import { importFrom } from '#src/importers/import.ts';
import { merged } from '#src/importers/spans.ts';
import { dutiesOf } from '#src/importers/temporaries.ts';
import { filesOf } from '#test/support/importers/examples.ts';
import { anyGrafana, grafanaFiles } from '#test/support/importers/grafana.ts';

describe('a Grafana OnCall export', () => {
  it('puts the same people on call at every instant of 90 days, or says that its shifts are only copied', () => {
    const seen = { rules: 0, copied: 0, calendar: 0 };
    fc.assert(
      fc.property(anyGrafana(), (any) => {
        const { equality, notes } = importFrom('grafana', grafanaFiles(any));
        expect(equality).toMatchObject([{ minutes: 129_600, same: 129_600, differences: [] }]);
        for (const it of equality) {
          seen[it.as] += 1;
          expect(isProven(it)).toBe(it.as === 'rules');
          expect(notes).toHaveLength(it.as === 'rules' ? 0 : 1);
        }
      }),
      { numRuns: 150 },
    );
    expect(seen.rules).toBeGreaterThan(seen.copied / 3);
  });

  it('follows a swap that was taken, and leaves one that was not', () => {
    const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
    const shift = {
      id: 'O1',
      type: 'rolling_users',
      level: 1,
      start: '2026-01-05T00:00:00',
      duration: 604_800,
      frequency: 'weekly',
      rolling_users: [['ana'], ['bo']],
    };
    const swap = { schedule: 'S1', beneficiary: 'ana', swap_start: '2026-01-06T00:00:00Z' };
    const files = filesOf({
      'schedules.json': { results: [{ id: 'S1', name: 'Web', type: 'web', shifts: ['O1'] }] },
      'on_call_shifts.json': { results: [shift] },
      'users.json': { results: ['ana', 'bo', 'cy'].map((id) => ({ id, username: id })) },
      'shift_swaps.json': {
        results: [
          { ...swap, id: 'W1', swap_end: '2026-01-08T00:00:00Z', benefactor: 'cy' },
          { ...swap, id: 'W2', swap_end: '2026-01-10T00:00:00Z', benefactor: null },
        ],
      },
    });
    const [schedule] = importFrom('grafana', files).setup.schedules;
    const stretch = { from: day('2026-01-05'), until: day('2026-01-19') };
    expect(schedule && merged(dutiesOf(schedule, stretch))).toEqual([
      { from: day('2026-01-05'), until: day('2026-01-06'), people: ['ana'] },
      { from: day('2026-01-06'), until: day('2026-01-08'), people: ['cy'] },
      { from: day('2026-01-08'), until: day('2026-01-12'), people: ['ana'] },
      { from: day('2026-01-12'), until: day('2026-01-19'), people: ['bo'] },
    ]);
  });

  it('hands over by elapsed time every so many hours', () => {
    const hour = (number: number) => Date.parse('2026-03-28T11:00:00Z') + number * 3_600_000;
    const shift = {
      id: 'O1',
      type: 'rolling_users',
      time_zone: 'Europe/Berlin',
      start: '2026-03-28T12:00:00',
      duration: 43_200,
      frequency: 'hourly',
      interval: 12,
      rolling_users: [['ana'], ['bo']],
      start_rotation_from_user_index: 1,
      until: '2026-03-29T11:00:00',
    };
    const files = filesOf({
      'schedules.json': { results: [{ id: 'S1', name: 'Calendar', type: 'calendar', shifts: ['O1'] }] },
      'on_call_shifts.json': { results: [shift] },
      'users.json': { results: ['ana', 'bo'].map((id) => ({ id, username: id })) },
    });
    const [schedule] = importFrom('grafana', files).setup.schedules;
    expect(schedule && dutiesOf(schedule, { from: hour(-12), until: hour(48) })).toMatchObject([
      { from: hour(-12), until: hour(0), people: [] },
      { from: hour(0), until: hour(12), people: ['bo'] },
      { from: hour(12), until: hour(24), people: ['ana'] },
      { from: hour(24), until: hour(36), people: ['bo'] },
      { from: hour(36), until: hour(48), people: [] },
    ]);
  });
});
