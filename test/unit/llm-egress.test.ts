import { describe, expect, it } from 'vitest';

import type { About } from '#src/llm/door.ts';
import { openEgress, type EgressSettings } from '#src/llm/egress.ts';

const ABOUT: About = { incident: 1, isPrivate: false, priority: 'asked' };
const PRIVATE: About = { ...ABOUT, isPrivate: true };
const OPEN: EgressSettings = { isOn: true, isSealed: false, withPrivate: false };

describe('what may leave', () => {
  it('is everything but private incidents, unless those are allowed', () => {
    let settings = OPEN;
    const egress = openEgress(
      () => settings,
      async () => {},
    );
    expect(egress.mayLeave(ABOUT)).toBe(null);
    expect(egress.mayLeave(PRIVATE)).toBe('private incidents are not sent to a model');
    settings = { ...OPEN, withPrivate: true };
    expect(egress.mayLeave(PRIVATE)).toBe(null);
  });

  it('is nothing from the moment on in which models are switched off, or nothing may leave at all', () => {
    let settings: EgressSettings = { ...OPEN, withPrivate: true };
    const egress = openEgress(
      () => settings,
      async () => {},
    );
    settings = { ...settings, isOn: false };
    expect(egress.mayLeave(ABOUT)).toBe('models are switched off');
    settings = { ...settings, isSealed: true };
    expect(egress.mayLeave(ABOUT)).toBe('no data leaves this installation');
  });
});
