#!/usr/bin/env node
import process, { env, stderr, stdin, stdout } from 'node:process';

import { backup, restore } from './cli-backup.ts';
import { config, Refused } from './cli-config.ts';

/**
 * `incident <command line>`: runs what people type after /incident in chat,
 * from a shell or a script; `incident config ...` takes the setup from a file,
 * `incident backup` and `incident restore` the whole built-in database.
 * INCIDENT_URL says where the server is and INCIDENT_API_KEY who asks. Prints
 * the reply; ends with 1, and the reason, when it was refused.
 */
const DEFAULT_URL = 'http://localhost:3000';
const PATIENCE_MS = 30_000;
/** The whole database comes with one answer. */
const BACKUP_MS = 6 * 3_600_000;

const url = (env['INCIDENT_URL'] || DEFAULT_URL).replace(/\/+$/, '');
const key = env['INCIDENT_API_KEY'];

async function run(words: readonly string[]): Promise<number> {
  try {
    stdout.write(`${await answerTo(words)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function answerTo(words: readonly string[]): Promise<string> {
  const [first, ...rest] = words;
  if (first === 'config') return await config(rest, { stdin, stdout, ask });
  if (first === 'backup') return await backup(rest, download);
  if (first === 'restore') return await restore(rest, env);
  return await command(words);
}

async function download(path: string): Promise<Response> {
  return await reach('GET', path, undefined, BACKUP_MS);
}

async function command(words: readonly string[]): Promise<string> {
  const text = words.map(quoted).join(' ') || 'help';
  const answer = await ask('POST', '/api/v1/commands', { text });
  const said = textOf(answer, 'text');
  if (said === undefined) throw new Refused(`${url} answered strangely; is that the right address?`);
  return said;
}

async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
  const response = await reach(method, path, body, PATIENCE_MS);
  const answer = readAnswer(await response.text());
  if (answer === undefined) throw new Refused(strange(response));
  return answer;
}

/** The server's answer, if it did what it was asked. */
async function reach(
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  patienceMs: number,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : null) },
      ...(body ? { body: JSON.stringify(body) } : null),
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'TimeoutError' ? 'does not answer' : 'cannot be reached';
    throw new Refused(`${url} ${reason}. Is the server running there? INCIDENT_URL says where it is.`);
  }
  if (response.ok) return response;
  const said = textOf(readAnswer(await response.text()), 'message') ?? strange(response);
  throw new Refused(said + (response.status === 401 && !key ? ' Set INCIDENT_API_KEY.' : ''));
}

function strange({ status }: Response): string {
  return `${url} answered ${status}; is that the right address?`;
}

/** What is no JSON was not our server. */
function readAnswer(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function textOf(answer: unknown, name: string): string | undefined {
  const value =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[name] : null;
  return typeof value === 'string' ? value : undefined;
}

/** The shell has taken the quotes away; what has blanks needs them back. */
function quoted(word: string, _: number, all: readonly string[]): string {
  if (all.length === 1) return word;
  const [, name = '', value = word] = /^(--[\w-]+=)(.*)$/s.exec(word) ?? [];
  const isWord = value !== '' && !/[\s"]/.test(value);
  return isWord ? word : `${name}"${value.replaceAll('"', String.raw`\"`)}"`;
}

process.exitCode = await run(process.argv.slice(2));
