/** `npm run eval -- <name> [--data <path>]`: measures the product, on data of the given form where it needs some; the last line is the result. */
import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { cause } from './cause.ts';
import { classify } from './classify.ts';
import { dedup } from './dedup.ts';
import { injection } from './injection.ts';
import { noise } from './noise.ts';
import { questions } from './questions.ts';
import { redaction } from './redaction.ts';
import type { Say } from './rows.ts';
import { similar } from './similar.ts';
import { status } from './status.ts';

const evals: Readonly<Record<string, (data: string, say: Say) => Promise<Record<string, unknown>>>> = {
  cause,
  classify: (data, say) => classify(data, say),
  dedup,
  noise,
  similar,
  status,
};

/** These make what they need themselves; `redaction` looks at given data too. */
const alone: Readonly<
  Record<string, (data: string | undefined, say: Say) => Promise<Record<string, unknown>>>
> = { injection, questions, redaction };

const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, allowPositionals: true });
const [name = ''] = positionals;
const { data } = values;
const say: Say = (line) => stdout.write(`${line}\n`);
const result = await (data === undefined
  ? alone[name]?.(data, say)
  : (evals[name] ?? alone[name])?.(data, say));
if (result) {
  stdout.write(`${JSON.stringify(result)}\n`);
} else {
  stderr.write(
    `Usage: npm run eval -- <${Object.keys({ ...evals, ...alone }).join('|')}> --data <file or folder>\n`,
  );
  process.exitCode = 2;
}
