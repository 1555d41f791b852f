import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { startClaude } from '#test/support/claude/double.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

/**
 * The product with models switched on, and no account anywhere: `npm run demo:llm`. A small server on this
 * machine stands in for the Anthropic API and answers by simple rules; its words begin with `Simulated:`.
 * All settings are those of `npm start`; without DATA_DIR and DATABASE_URL everything is forgotten at the end.
 */

const claude = await startClaude({ now: () => new Date(), delayMs: 300 });
const hasPlace = process.env['DATA_DIR'] !== undefined || process.env['DATABASE_URL'] !== undefined;
const folder = hasPlace ? null : makeTemporaryFolder();

say(`Answers of models are SIMULATED, by ${claude.url}: they show how it works, not how good a model is.`);
if (folder !== null) say('Everything is forgotten when you stop it with Ctrl-C; DATA_DIR=./data keeps it.');

const program = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/main.ts')], {
  env: { ...process.env, ...(folder === null ? {} : { DATA_DIR: folder }), ...claude.env },
  stdio: 'inherit',
});
// Ctrl-C reaches both; what is sent to this one alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => program.kill('SIGTERM'));

const [code] = (await once(program, 'exit')) as [number | null];
await claude.stop();
if (folder !== null) removeFolder(folder);
const asked = claude.journal.filter(({ path: at }) => at === '/v1/messages');
const refused = asked.filter(({ refusal }) => refusal !== null);
say(`The simulated model was asked ${asked.length} times, and refused ${refused.length} requests.`);
for (const { refusal } of refused) say(`- ${refusal}`);
process.exitCode = code ?? 1;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
