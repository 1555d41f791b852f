import { startProgram } from '#test/support/program.ts';

import { watch } from '../live.ts';
import { percentiles } from '../load.ts';
import type { Place } from '../places.ts';

const COMMANDS = 100;

/** From the moment a command is sent until the card that it changes has changed on an open page. */
export async function command(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const program = await startProgram(place.env);
  const page = await watch(program.url);
  const latencies: number[] = [];
  for (let index = 0; index < COMMANDS; index += 1) {
    const title = `Search ${index} is slow`;
    const opened = page.sees((it) => it.pinned && JSON.stringify(it.body).includes(title));
    const { body } = await program.call('POST', '/api/v1/incidents', {
      title,
      severity: 'P3',
      category: 'performance',
      description: '',
    });
    await opened;
    const { number } = body as { number: number };
    const impact = `Searches take ${index} s`;
    const changed = page.sees((it) => it.pinned && JSON.stringify(it.body).includes('P1'));
    const start = performance.now();
    const answer = await program.call('POST', '/api/v1/commands', {
      text: `severity ${number} P1 ${impact}`,
    });
    if (answer.status !== 200) throw new Error(`the command was refused: ${JSON.stringify(answer.body)}`);
    latencies.push((await changed) - start);
  }
  page.close();
  await program.stop();
  return { from: 'command sent', to: 'card changed', samples: COMMANDS, ...percentiles(latencies) };
}
