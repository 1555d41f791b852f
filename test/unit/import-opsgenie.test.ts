import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isProven } from '#src/importers/equality.ts';
import { importFrom } from '#src/importers/import.ts';
import { anyOpsgenie, opsgenieFiles } from '#test/support/importers/opsgenie.ts';

describe('an Opsgenie export', () => {
  it('puts the same people on call at every instant of 90 days, whatever its rotations and the clocks do', () => {
    fc.assert(
      fc.property(anyOpsgenie(), (any) => {
        const { equality, notes } = importFrom('opsgenie', opsgenieFiles(any));
        expect(notes).toEqual([]);
        expect(equality).toMatchObject([{ minutes: 129_600, same: 129_600, differences: [] }]);
        expect(equality.every(isProven)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
