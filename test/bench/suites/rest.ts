import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { startProgram } from '#test/support/program.ts';

import { percentiles, round } from '../load.ts';
import type { Place } from '../places.ts';

const STARTS = 5;
const IDLE_SECONDS = 15;

/** How long a start takes with a database that is there, and what the program holds when it has nothing to do. */
export async function rest(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const first = await startProgram(place.env);
  await first.call('POST', '/api/v1/incidents', {
    title: 'One to remember',
    severity: 'P2',
    category: 'other',
    description: '',
  });
  await first.stop();
  const starts: number[] = [];
  for (let index = 0; index < STARTS; index += 1) {
    const again = await startProgram(place.env);
    starts.push(again.startedInMs);
    await again.stop();
  }
  const idle = await startProgram(place.env);
  await sleep(IDLE_SECONDS * 1000);
  const idleMiB = round(residentKib(idle.child.pid) / 1024);
  await idle.stop();
  return { firstStartMs: round(first.startedInMs), startMs: percentiles(starts), idleMiB };
}

function residentKib(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
