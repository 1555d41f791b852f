import { describe, expect, test } from 'vitest';

import { sayableId } from '#src/incident/recipient.ts';

describe('what may be said of whoever is told', () => {
  test.for([
    ['room', 'slack/C024', 'slack'],
    ['external', 'pagerduty/R0UT1NGKEY', 'pagerduty'],
    ['external', 'R0UT1NGKEY', 'unknown'],
    ['external', '/R0UT1NGKEY', 'unknown'],
    ['webhook', 'https://ops.example.com/hooks/SECRET', 'ops.example.com'],
    ['webhook', 'no address', 'unknown'],
    ['schedule', 'payments', 'payments'],
  ] as const)('of the %s %s is %s', ([kind, id, said]) => {
    expect(sayableId({ kind, id })).toBe(said);
  });
});
