import { readFileSync } from 'node:fs';

import { round } from './load.ts';

/** The memory that a process holds now. */
export function residentMiB({ pid }: { readonly pid?: number | undefined }): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
