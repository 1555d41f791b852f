import type { Report } from '../senders.ts';

/** What a sender reports, and processor time for each of its requests. */
export interface Measured extends Report {
  readonly usedUs: { readonly program: number; readonly postgres: number; readonly sender: number };
}

/** Of several rounds. */
export function meanOf(all: readonly Measured[]) {
  const mean = (of: (it: Measured) => number) =>
    Math.round(all.reduce((sum, it) => sum + of(it), 0) / Math.max(1, all.length));
  return {
    perSecond: mean((it) => it.perSecond),
    cpuUs: {
      program: mean((it) => it.usedUs.program),
      postgres: mean((it) => it.usedUs.postgres),
      sender: mean((it) => it.usedUs.sender),
    },
  };
}

/** Of what is taken in a second, to two digits. */
export function ratioOf(one: { readonly perSecond: number }, other: { readonly perSecond: number }): number {
  return Math.round((one.perSecond / Math.max(1, other.perSecond)) * 100) / 100;
}
