/** `npm run eval -- <name> --data <path>`: measures the product on data of the given form; the last line is the result. */
import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { dedup } from './dedup.ts';
import type { Say } from './rows.ts';
import { status } from './status.ts';

const evals: Readonly<Record<string, (data: string, say: Say) => Promise<Record<string, number>>>> = {
  dedup,
  status,
};

const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
const run = evals[positionals[0] ?? ''];
if (run && values.data !== undefined) {
  const result = await run(values.data, (line) => stdout.write(`${line}\n`));
  stdout.write(`${JSON.stringify(result)}\n`);
} else {
  stderr.write(`Usage: npm run eval -- <${Object.keys(evals).join('|')}> --data <file or folder>\n`);
  process.exitCode = 2;
}
