import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isProven } from '#src/importers/equality.ts';
import { importFrom } from '#src/importers/import.ts';
import { merged } from '#src/importers/spans.ts';
import { dutiesOf } from '#src/importers/temporaries.ts';
import { filesOf, PAGERDUTY } from '#test/support/importers/examples.ts';
import { anyPagerDuty, pagerDutyFiles } from '#test/support/importers/pagerduty.ts';

describe('a PagerDuty export', () => {
  it('puts the same people on call at every instant of 90 days, whatever its layers and the clocks do', () => {
    fc.assert(
      fc.property(anyPagerDuty(), (any) => {
        const { equality, notes } = importFrom('pagerduty', pagerDutyFiles(any));
        expect(notes).toEqual([]);
        expect(equality).toMatchObject([{ minutes: 129_600, same: 129_600, differences: [] }]);
        expect(equality.every(isProven)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('counts turns in hours from a begin in the second of two hours with the same name', () => {
    const begin = Date.parse('2025-10-26T01:30:00Z');
    const layer = { users: ['ana', 'bo', 'cy'], seconds: 18_000, virtualStart: begin, start: begin };
    const window = { from: Date.UTC(2026, 1, 10), until: Date.UTC(2026, 4, 11) };
    const files = pagerDutyFiles({
      zone: 'Europe/Berlin',
      window,
      layers: [{ ...layer, end: null, restrictions: [] }],
      overrides: [],
    });
    expect(importFrom('pagerduty', files).equality).toMatchObject([{ same: 129_600, differences: [] }]);
  });

  it('prefers the list of overrides to the part of it that was shown, and cuts what overlaps', () => {
    const files = filesOf({
      ...PAGERDUTY,
      'schedules/PS/overrides.json': {
        overrides: [
          { start: '2026-01-05T10:00:00Z', end: '2026-01-05T14:00:00Z', user: { id: 'PA' } },
          { start: '2026-01-05T12:00:00Z', end: '2026-01-05T16:00:00Z', user: { id: 'PB' } },
        ],
      },
    });
    const [schedule] = importFrom('pagerduty', files).setup.schedules;
    const at = (hour: number) => Date.UTC(2026, 0, 5, hour);
    expect(schedule && merged(dutiesOf(schedule, { from: at(9), until: at(18) }))).toEqual([
      { from: at(9), until: at(12), people: ['ana'] },
      { from: at(12), until: at(16), people: ['bo'] },
      { from: at(16), until: at(18), people: ['ana'] },
    ]);
  });
});
