import { parseArgs } from 'node:util';

import type { Wrong } from './check.ts';
import { count, SIDE_BY_SIDE, total, type Total } from './total.ts';

/**
 * Lives of incidents, each with faults of its own, on the program's own engine, queue and database and a time
 * that is played: no page may be lost, none sent twice, no level be late.
 *
 *   npm run test:pages -- [--runs 10000] [--from 0] [--seed 1] [--at K] [--show 3]
 *
 * `--at K` plays the one group of runs again that run K of that seed is in. What is wrong is told as it is found,
 * the first `--show` with all that happened. The last line is one JSON object; the exit code is 1 when anything is wrong.
 */

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string' },
    show: { type: 'string', default: '3' },
  },
});
const seed = Number(values.seed);
const at = values.at === undefined ? null : Number(values.at);
const from = Number(values.from);
const [first, runs] =
  at === null
    ? [from - (from % SIDE_BY_SIDE), Number(values.runs)]
    : [at - (at % SIDE_BY_SIDE), SIDE_BY_SIDE];

const began = performance.now();
let shown = 0;
const all = await total({ seed, first, runs, told });
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ test: 'pages', seed, ...count(all), seconds })}\n`);
process.exitCode = all.wrong.length === 0 ? 0 : 1;

function told(so: Total, wrong: readonly Wrong[]): void {
  for (const { run, what, history } of wrong) {
    if (at !== null && run !== at) continue;
    const lines = [`run ${run}: ${what}`];
    if (shown < Number(values.show)) lines.push(...history.map((it) => `  ${it}`));
    lines.push(`  again: --seed ${seed} --at ${run}`);
    process.stderr.write(`${lines.join('\n')}\n`);
    shown += 1;
  }
  if (so.runs % 500 === 0) process.stderr.write(`${so.runs} runs, ${so.wrong.length} wrong\n`);
}
