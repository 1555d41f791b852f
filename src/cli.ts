#!/usr/bin/env node
import process, { env, stderr, stdout } from 'node:process';

/**
 * `incident <command line>`: runs what people type after /incident in chat,
 * from a shell or a script. INCIDENT_URL says where the server is and
 * INCIDENT_API_KEY who asks. Prints the reply; ends with 1, and the reason,
 * when it was refused.
 */
const DEFAULT_URL = 'http://localhost:3000';
const PATIENCE_MS = 30_000;

async function run(words: readonly string[]): Promise<number> {
  const url = (env['INCIDENT_URL'] || DEFAULT_URL).replace(/\/+$/, '');
  const key = env['INCIDENT_API_KEY'];
  const { ok, text } = await ask(url, key, words.map(quoted).join(' ') || 'help');
  (ok ? stdout : stderr).write(`${text}\n`);
  return ok ? 0 : 1;
}

async function ask(
  url: string,
  key: string | undefined,
  text: string,
): Promise<{ ok: boolean; text: string }> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : null) },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const reason =
      error instanceof Error && error.name === 'TimeoutError' ? 'does not answer' : 'cannot be reached';
    return {
      ok: false,
      text: `${url} ${reason}. Is the server running there? INCIDENT_URL says where it is.`,
    };
  }
  const said = readAnswer(await response.text());
  if (response.ok && said.text !== undefined) return { ok: true, text: said.text };
  const hint = response.status === 401 && !key ? ' Set INCIDENT_API_KEY.' : '';
  return {
    ok: false,
    text: (said.message ?? `${url} answered ${response.status}; is that the right address?`) + hint,
  };
}

/** The reply has `text`, a refusal `message`; anything else is not our server. */
function readAnswer(body: string): { text?: string; message?: string } {
  try {
    const read: unknown = JSON.parse(body);
    if (typeof read !== 'object' || read === null) return {};
    const { text, message } = read as Record<string, unknown>;
    return {
      ...(typeof text === 'string' ? { text } : null),
      ...(typeof message === 'string' ? { message } : null),
    };
  } catch {
    return {};
  }
}

/** The shell has taken the quotes away; what has blanks needs them back. */
function quoted(word: string, _: number, all: readonly string[]): string {
  if (all.length === 1) return word;
  const [, name = '', value = word] = /^(--[\w-]+=)(.*)$/s.exec(word) ?? [];
  const isWord = value !== '' && !/[\s"]/.test(value);
  return isWord ? word : `${name}"${value.replaceAll('"', String.raw`\"`)}"`;
}

process.exitCode = await run(process.argv.slice(2));
