/** `npm run eval -- <name> [--data <path>]`: measures the product, on data of the given form where it needs some; the last line is the result. */
import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

import { cause } from './cause.ts';
import { classify } from './classify.ts';
import { dedup } from './dedup.ts';
import { injection } from './injection.ts';
import { causesByModel, isSameByModel, live, severityByModel, type Live } from './live.ts';
import { noise } from './noise.ts';
import { questions } from './questions.ts';
import { redaction } from './redaction.ts';
import type { Say } from './rows.ts';
import { similar } from './similar.ts';
import { status } from './status.ts';

type Figures = Promise<Record<string, unknown>>;

const evals: Readonly<Record<string, (data: string, say: Say, model?: Live) => Figures>> = {
  cause: async (data, say, model) =>
    await (model
      ? cause(data, say, async (facts) => await causesByModel(model.door, facts))
      : cause(data, say)),
  classify: async (data, say, model) =>
    await (model
      ? classify(data, say, async (alert) => await severityByModel(model.door, alert))
      : classify(data, say)),
  dedup: async (data, say, model) =>
    await (model
      ? dedup(data, say, async (first, second) => await isSameByModel(model.door, first, second))
      : dedup(data, say)),
  noise,
  similar,
  status,
};

/** These make what they need themselves; `redaction` looks at given data too. */
const alone: Readonly<Record<string, (data: string | undefined, say: Say, model?: Live) => Figures>> = {
  injection: async (data, say, model) => await injection(data, say, model?.door),
  questions: async (data, say, model) => await questions(data, say, model?.door),
  redaction,
};

/** What can be asked of a model in earnest as well. */
const LIVE = ['cause', 'classify', 'dedup', 'injection', 'questions'];

const { values, positionals } = parseArgs({
  options: { data: { type: 'string' }, provider: { type: 'string' }, 'max-usd': { type: 'string' } },
  allowPositionals: true,
});
const [name = ''] = positionals;
const { data, provider } = values;
const maxUsd = Number(values['max-usd'] ?? Number.NaN);
const say: Say = (line) => stdout.write(`${line}\n`);
const isSound = provider === undefined || (provider === 'claude' && maxUsd > 0 && LIVE.includes(name));
const model = isSound && provider !== undefined ? live(maxUsd) : undefined;
const run = data === undefined ? alone[name] : (evals[name] ?? alone[name]);
const result = isSound ? await run?.(data as string, say, model) : undefined;
if (result) {
  stdout.write(`${JSON.stringify({ ...result, ...model?.took() })}\n`);
} else {
  stderr.write(
    `Usage: npm run eval -- <${Object.keys({ ...evals, ...alone }).join('|')}> --data <file or folder>\n` +
      `       npm run eval -- <${LIVE.join('|')}> ... --provider claude --max-usd <most it may cost>\n`,
  );
  process.exitCode = 2;
}
