import { parseArgs } from 'node:util';

import { faults } from './faults.ts';
import type { Outcome } from './stage.ts';

/**
 * One fault after the other on the real program under load, with real servers:
 *
 *   npm run test:faults -- [--only postgres-restart,redis-gone]
 *
 * One line for each, and one JSON object at the end; the exit code is 1 when anything is not as it must be.
 */

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? Object.keys(faults);
const results: ({ fault: string } & Outcome)[] = [];
for (const name of wanted) {
  const fault = faults[name];
  if (!fault) throw new Error(`There is no fault ${name}; there are ${Object.keys(faults).join(', ')}.`);
  const outcome = await fault
    .run()
    .catch((error: unknown): Outcome => ({ wrong: [String(error)], figures: {} }));
  results.push({ fault: name, ...outcome });
  const { rtoS, lost, noticed } = outcome.figures;
  const verdict = outcome.wrong.length === 0 ? 'as it must be' : outcome.wrong.join(' ');
  process.stderr.write(
    `${name}: ${fault.what}. Longest without a 2xx ${String(rtoS)} s, lost ${String(lost)}, noticed ${String(noticed)}: ${verdict}\n`,
  );
}
const isFine = results.every((it) => it.wrong.length === 0);
process.stdout.write(`${JSON.stringify({ test: 'faults', ok: isFine, results: results.map(shown) })}\n`);
process.exit(isFine ? 0 : 1);

function shown({ fault, wrong, figures }: (typeof results)[number]) {
  return { fault, ok: wrong.length === 0, ...figures, wrong };
}
