import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';

/** What a terminal is to the command; see `src/cli.ts`. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Asks the server, and throws `Refused` with its sentence where it does not do it. */
  readonly ask: (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;
}

/** A sentence for people: why it was not done. */
export class Refused extends Error {}

const USAGE = `incident config plan <file>           shows what the file would change
incident config apply <file> [--yes]  changes it, after it asked
incident config export [file]         writes the setup as such a file
With --merge nothing is removed: what the file does not name stays as it is.
A file called - is what comes in.`;

/**
 * `incident config ...`: people, teams, schedules, policies, routes and rules as a file.
 * @returns what to print
 */
export async function config(words: readonly string[], terminal: Terminal): Promise<string> {
  const isSure = words.includes('--yes');
  const merge = words.includes('--merge');
  const [verb, name, ...more] = words.filter((it) => it !== '--yes' && it !== '--merge');
  if (more.length > 0 || (merge && verb === 'export')) throw new Refused(USAGE);
  if (verb === 'export') return await write(name, terminal);
  if ((verb !== 'plan' && verb !== 'apply') || name === undefined) throw new Refused(USAGE);
  const file = await read(name, terminal);
  const plan = await terminal.ask('POST', '/api/v1/config/plan', { file, merge });
  const text = textOf(plan, 'text');
  if (verb === 'plan' || !hasChanges(plan)) return text;
  if (!isSure) {
    terminal.stdout.write(`${text}\n`);
    await agree(name, terminal);
  }
  const digest = textOf(plan, 'digest');
  const applied = await terminal.ask('POST', '/api/v1/config/apply', { file, merge, digest });
  return isSure ? `${textOf(applied, 'text')}\nDone.` : 'Done.';
}

async function read(name: string, { stdin }: Terminal): Promise<string> {
  if (name !== '-') {
    return await readFile(name, 'utf8').catch((error: unknown) => {
      throw new Refused(`${name} cannot be read: ${String(error instanceof Error ? error.message : error)}.`);
    });
  }
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) text += String(chunk);
  return text;
}

async function write(name: string | undefined, { ask }: Terminal): Promise<string> {
  const file = textOf(await ask('GET', '/api/v1/config'), 'file');
  if (name === undefined || name === '-') return file.trimEnd();
  await writeFile(name, file).catch((error: unknown) => {
    throw new Refused(
      `${name} cannot be written: ${String(error instanceof Error ? error.message : error)}.`,
    );
  });
  return `Written to ${name}.`;
}

async function agree(name: string, { stdin, stdout }: Terminal): Promise<void> {
  const isAsked = name !== '-' && stdin.isTTY;
  if (!isAsked) throw new Refused('Nothing was changed: nobody is here to be asked. Say --yes to apply it.');
  const lines = createInterface({ input: stdin, output: stdout });
  const said = await lines.question('Apply this? Type yes: ');
  lines.close();
  if (said.trim().toLowerCase() !== 'yes') throw new Refused('Nothing was changed.');
}

function textOf(answer: unknown, name: string): string {
  const value = (answer as Record<string, unknown> | null)?.[name];
  if (typeof value === 'string') return value;
  throw new Refused('The answer is not that of this program; is INCIDENT_URL right?');
}

function hasChanges(plan: unknown): boolean {
  const { changes } = plan as { changes?: unknown };
  return Array.isArray(changes) && changes.length > 0;
}
