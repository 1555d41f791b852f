import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { PostgresPool } from 'kysely';
import { Client } from 'pg';

import { EmbeddedStream } from './embedded-stream.ts';
import type { EmbeddedStart, FromEmbedded, ToEmbedded } from './embedded-wire.ts';
import { SharedConnection } from './shared-connection.ts';
import { valueTypes } from './value-types.ts';

/** How long a query waits for a transaction that does nothing before it says so. */
const PATIENCE_MS = 30_000;
/** How long closing waits for what is still running. What is cut off then was not committed and is not half there. */
const CLOSE_MS = 10_000;

/** A setting of ours, by which a statement knows that this is the only session there is. */
export const ALONE = 'incidents.alone';

export interface Embedded {
  /** Any number of them, all over the one session the embedded database has. */
  readonly newPool: () => PostgresPool;
  /** Lets running transactions end, then stops the database and its thread. */
  readonly close: () => Promise<void>;
}

interface EmbeddedOptions {
  /** Called once when the database broke while it was in use; every query fails from then on. */
  readonly onLost?: ((error: Error) => void) | undefined;
  readonly patienceMs?: number | undefined;
}

/**
 * Starts the embedded PostgreSQL on a folder that the caller has locked: a
 * second one on the same folder destroys it without a word.
 *
 * What is committed survives the death of the process at any moment. It does
 * not survive a power cut: the embedded database never calls fsync.
 *
 * @throws Error with PostgreSQL's own words when it does not start
 */
export async function startEmbedded(folder: string, options: EmbeddedOptions = {}): Promise<Embedded> {
  const worker = await startThread(folder);
  const stream = new EmbeddedStream(worker);
  const client = new Client({
    stream: () => stream,
    ssl: false,
    user: 'postgres',
    database: 'postgres',
    types: valueTypes,
  });
  const connection = new SharedConnection(client, options.patienceMs ?? PATIENCE_MS);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let over = false;

  const lose = (error: Error) => {
    if (over) return;
    over = true;
    connection.lose(error);
    stream.destroy(error);
    void worker.terminate();
    options.onLost?.(error);
  };
  client.on('error', lose);
  worker.on('message', (message: FromEmbedded) => {
    if (message instanceof Uint8Array) stream.receive(message);
    else if ('failed' in message) lose(new Error(`The embedded database stopped: ${message.failed}`));
  });
  worker.on('error', lose);
  worker.on('exit', () => lose(new Error('The embedded database stopped')));
  await client.connect();
  await client.query(`set ${ALONE} = 'on'`);

  return {
    newPool: () => connection.newPool(),
    close: async () => {
      if (!over) {
        const drained = await Promise.race([
          connection.drain().then(() => true),
          sleep(CLOSE_MS, false, { ref: false }),
        ]);
        over = true;
        connection.lose(new Error('The embedded database is closed'));
        if (drained) await client.end();
        if (drained) tell(worker, { close: true });
        else await worker.terminate();
      }
      await ended;
    },
  };
}

/** Makes a new, empty database in a folder that does not exist yet. About 3 s of work. */
export async function makeEmbedded(folder: string): Promise<void> {
  const worker = await startThread(folder);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  tell(worker, { close: true });
  await ended;
}

async function startThread(folder: string): Promise<Worker> {
  const start: EmbeddedStart = { folder };
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: start });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const early = () => reject(new Error('The embedded database ended before it had started'));
  worker.once('error', reject);
  worker.once('exit', early);
  worker.once('message', (message: FromEmbedded) => {
    if ('ready' in message) resolve();
    else reject(new Error('failed' in message ? message.failed : 'An answer came before a question'));
  });
  try {
    await promise;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  worker.off('error', reject);
  worker.off('exit', early);
  return worker;
}

function tell(worker: Worker, message: ToEmbedded): void {
  worker.postMessage(message, []);
}
