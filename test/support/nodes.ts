import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

import type { Push } from '#adapters/web/protocol.ts';
import { readSettings } from '#src/config.ts';
import { makeLog } from '#src/log.ts';
import { start, type Program, type Rehearsal } from '#src/main.ts';

import { KEY } from './bot.ts';
import type { Place } from './database.ts';

/** One of several programs on one database, in this process. */
export interface Node {
  readonly url: string;
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: Record<string, never> }>;
  stop(): Promise<void>;
}

/** Starts a program with these roles; it stops with the test. */
export async function node(
  { dataDir, databaseUrl }: Place,
  env: Readonly<Record<string, string>> = {},
  how: Rehearsal = {},
): Promise<Node> {
  const settings = readSettings({
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    BOOTSTRAP_API_KEY: KEY,
    ...env,
  });
  const program: Program = await start(
    settings,
    makeLog({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    how,
  );
  let stopping: Promise<void> | undefined;
  const stop = async () => await (stopping ??= program.stop());
  onTestFinished(stop);
  return {
    url: program.url,
    async call(method, path, body) {
      const response = await fetch(`${program.url}${path}`, {
        method,
        headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return {
        status: response.status,
        body: (isJson ? JSON.parse(text) : { text }) as Record<string, never>,
      };
    },
    stop,
  };
}

/** A page that is open at a node, and what it was shown. */
export interface Page {
  readonly shown: Push[];
  say(sent: object): void;
  close(): void;
}

export async function pageAt({ url }: Pick<Node, 'url'>, person = 'admin'): Promise<Page> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/web/live?as=${person}`, { origin: url });
  const shown: Push[] = [];
  socket.on('message', (data: Buffer) => shown.push(JSON.parse(data.toString()) as Push));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  onTestFinished(() => socket.terminate());
  return { shown, say: (sent) => socket.send(JSON.stringify(sent)), close: () => socket.close() };
}
