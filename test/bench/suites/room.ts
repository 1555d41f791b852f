import { startProgram } from '#test/support/program.ts';

import { watch } from '../live.ts';
import { percentiles } from '../load.ts';
import type { Place } from '../places.ts';

const ALERTS = 100;

/** From the moment an alert is sent until its incident's card, pinned in its new room, reaches an open page. */
export async function room(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const program = await startProgram(place.env);
  const page = await watch(program.url);
  const latencies: number[] = [];
  for (let index = 0; index < ALERTS; index += 1) {
    const title = `Queue ${index} is not being read`;
    const start = performance.now();
    const seen = page.sees((it) => it.pinned && JSON.stringify(it.body).includes(title));
    await program.call('POST', '/api/v1/events', {
      source: 'bench',
      timestamp: new Date().toISOString(),
      event_type: 'alert',
      category: 'availability',
      title,
      description: '',
      severity: 'P2',
      resource: { type: 'service', id: `queue-${index}`, name: `queue-${index}`, metadata: {} },
    });
    latencies.push((await seen) - start);
  }
  page.close();
  await program.stop();
  return { from: 'alert sent', to: 'card seen', samples: ALERTS, ...percentiles(latencies) };
}
