import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

import type { EmbeddedStart, FromEmbedded, ToEmbedded } from './embedded-wire.ts';

/**
 * The thread the embedded database lives in: a long query holds up other
 * queries, never the program. It passes bytes and understands none of them.
 */

/**
 * Memory stays small because this is one small database: the default of 128 MB
 * of shared buffers costs 100 MB of resident memory, and the default of 1 GB of
 * write-ahead log fills the disk of a newcomer.
 */
const SETTINGS = [
  'shared_buffers = 16MB',
  'maintenance_work_mem = 16MB',
  'min_wal_size = 8MB',
  'max_wal_size = 64MB',
  'timezone = UTC',
];

/** Segments of 1 MB instead of 16 MB: a new data folder is small and quickly copied. */
const MAKE = ['--wal-segsize=1', '--encoding=UTF8'];

if (parentPort) await serve(parentPort, workerData as EmbeddedStart);

async function serve(port: MessagePort, { folder }: EmbeddedStart): Promise<void> {
  const lastWords: string[] = [];
  const fail = (error: unknown) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell(port, { failed: [...lastWords, why].join('\n') });
    port.close();
  };
  try {
    const pglite = await PGlite.create({
      dataDir: folder,
      extensions: { vector, pg_trgm },
      postgresqlconf: SETTINGS,
      initDbStartParams: MAKE,
      onStderr: (text) => {
        lastWords.push(text);
        lastWords.splice(0, lastWords.length - 5);
        return true;
      },
    });
    port.on('message', (message: ToEmbedded) => {
      const done = message instanceof Uint8Array ? answer(port, pglite, message) : close(port, pglite);
      done.catch(fail);
    });
    tell(port, { ready: true });
  } catch (error) {
    fail(error);
  }
}

/**
 * A failed statement is an answer like any other. A FATAL or PANIC one is the
 * database's last: it would never answer again, so the thread ends.
 */
async function answer(port: MessagePort, pglite: PGlite, question: Uint8Array): Promise<void> {
  const parts: Uint8Array[] = [];
  await pglite.execProtocolRawStream(question, {
    syncToFs: false,
    onRawData: (part) => {
      parts.push(part.slice());
    },
  });
  const bytes = join(parts);
  const farewell = isReady(bytes) ? undefined : readFarewell(bytes);
  port.postMessage(bytes, [bytes.buffer]);
  if (farewell !== undefined) throw new Error(farewell);
}

/** Nearly every answer ends with the six bytes of ReadyForQuery. */
function isReady(answered: Uint8Array): boolean {
  return answered.at(-6) === 'Z'.charCodeAt(0) && answered.at(-2) === 5;
}

function readFarewell(answered: Uint8Array): string | undefined {
  return /S(?:FATAL|PANIC)\0.*\0M([^\0]*)/.exec(Buffer.from(answered).toString())?.[1];
}

async function close(port: MessagePort, pglite: PGlite): Promise<void> {
  await pglite.close();
  port.close();
}

function tell(port: MessagePort, message: FromEmbedded): void {
  port.postMessage(message);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, it) => sum + it.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
