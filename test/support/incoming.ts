import type { Incoming, Windows } from '#src/incident/grouping.ts';

/** A quarter of an hour to reopen, six hours to join, five minutes for a storm. */
export const WINDOWS: Windows = {
  reopenWindowMs: 15 * 60_000,
  groupWindowMs: 6 * 3_600_000,
  stormWindowMs: 5 * 60_000,
  stormSize: 0,
};

let count = 0;

/** `checkout/a`: alert a of the group checkout. */
export function fires(name: string, changes: Partial<Incoming> = {}): Incoming {
  count += 1;
  return {
    eventId: `e${count}`,
    fingerprint: name,
    copy: name,
    groupKey: name.split('/')[0] ?? '',
    state: 'firing',
    title: name,
    severity: 'P2',
    at: null,
    ...changes,
  };
}

export function ends(name: string, at: Date | null = null): Incoming {
  return fires(name, { state: 'resolved', at });
}
