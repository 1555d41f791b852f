import { createHash } from 'node:crypto';

import type { Finding, Window } from '../sight.ts';
import type { Source } from './get.ts';

/** The systems that can be read, as the operator set them up; undefined: not set up. */
export interface Outside {
  readonly prometheus: Source | undefined;
  readonly loki: Source | undefined;
  readonly kubernetes: Source | undefined;
  /** Hosts that runbooks are read from, with the port where it is not the usual one; of all others the link alone is known. */
  readonly runbookHosts: readonly string[];
}

/** Nothing is set up. */
export const NOTHING_OUTSIDE: Outside = {
  prometheus: undefined,
  loki: undefined,
  kubernetes: undefined,
  runbookHosts: [],
};

/** The same thing that was read has the same id, however often it is read. */
export function evidenceId(kind: 'metric' | 'log' | 'kube', ...what: readonly string[]): Finding['id'] {
  return `${kind}:${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 10)}`;
}

/** The part of a wished span that lies in the window; what is not wished is all of it. */
export function spanWithin(
  { from, to }: { readonly from: string | null; readonly to: string | null },
  window: Window,
): Window {
  const start = from === null ? window.from.getTime() : Date.parse(from);
  const end = to === null ? window.to.getTime() : Date.parse(to);
  const clamp = (ms: number) => Math.min(Math.max(ms, window.from.getTime()), window.to.getTime());
  const [first, last] = [clamp(Math.min(start, end)), clamp(Math.max(start, end))];
  return { from: new Date(first), to: new Date(last) };
}
