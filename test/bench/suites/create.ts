import { startProgram } from '#test/support/program.ts';

import { percentiles } from '../load.ts';
import type { Place } from '../places.ts';

const INCIDENTS = 300;

/** Incidents declared through the API one after another; the answer comes after the commit, and rooms open meanwhile. */
export async function create(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const program = await startProgram(place.env);
  const latencies: number[] = [];
  let failed = 0;
  for (let index = 0; index < INCIDENTS; index += 1) {
    const start = performance.now();
    const { status } = await program.call('POST', '/api/v1/incidents', {
      title: `Checkout fails ${index}`,
      severity: 'P2',
      category: 'availability',
      description: '',
    });
    latencies.push(performance.now() - start);
    if (status !== 201) failed += 1;
  }
  await program.stop();
  return { sent: INCIDENTS, failed, ...percentiles(latencies) };
}
