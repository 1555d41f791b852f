import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { Client } from 'pg';

import type { DbLog } from './log.ts';
import type { Db } from './schema.ts';

const CHANNEL = 'incident_manager';
const CONNECT_MS = 10_000;
/** How often it is tried whether what is sent arrives, and how long it may take. */
const PROBE_EVERY_MS = 5000;
const PROBE_MS = 2000;
/** Before another try, after a lost connection, and where it is not possible at all. */
const AGAIN_MS = 1000;
const HOPELESS_MS = 30_000;
const GOODBYE_MS = 1000;

interface Listening {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly log: DbLog;
  readonly heard: (text: string) => void;
  readonly changed: (isUp: boolean) => void;
}

/**
 * Hands short texts to all processes on a PostgreSQL database by LISTEN and NOTIFY: over a connection of its
 * own to hear, over the pool to send. Now and then it sends itself something: behind a pooler in transaction
 * mode the server takes LISTEN and nothing is ever heard, which no error tells. That is said once.
 */
export function listenNotify({ db, databaseUrl, log, heard, changed }: Listening) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let isTold = false;
  let client: Client | null = null;

  const keep = async () => {
    while (!signal.aborted) {
      const isHopeless = await listen();
      changed(false);
      await pause(isHopeless ? HOPELESS_MS : AGAIN_MS);
    }
  };

  /** Until the connection is lost. Answers whether it was there and carried nothing. */
  const listen = async (): Promise<boolean> => {
    const gone = new AbortController();
    const probes = new Map<string, () => void>();
    client = await connected(databaseUrl, {
      heard: (text) => (probes.has(text) ? probes.get(text)?.() : heard(text)),
      gone: () => gone.abort(),
    });
    if (client === null) return false;
    try {
      while (!signal.aborted && !gone.signal.aborted) {
        const isThrough = await probe(db, probes);
        if (!isThrough && !gone.signal.aborted) {
          if (!isTold) log.warn({}, DEAF);
          isTold = true;
          return true;
        }
        changed(isThrough);
        await sleep(PROBE_EVERY_MS, undefined, {
          signal: AbortSignal.any([signal, gone.signal]),
          ref: false,
        }).catch(() => {});
      }
      return false;
    } catch {
      // The pool cannot send: the database is away.
      return false;
    } finally {
      changed(false);
      await hangUp(client);
    }
  };

  const pause = async (ms: number) => await sleep(ms, undefined, { signal, ref: false }).catch(() => {});
  const done = keep();
  return {
    async send(texts: readonly string[]): Promise<void> {
      if (texts.length > 0) await notify(db, texts);
    },
    async close(): Promise<void> {
      stopping.abort();
      if (client) await hangUp(client);
      await done;
    },
  };
}

const DEAF =
  'Processes cannot tell each other of news over PostgreSQL: LISTEN hears nothing, as behind PgBouncer in transaction mode. ' +
  'They look for it every second instead. Set REDIS_URL, or let DATABASE_URL name the server itself.';

async function notify(db: Db, texts: readonly string[]): Promise<void> {
  await sql`
    select pg_notify(${CHANNEL}, text) from jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb) as it(text)`.execute(
    db,
  );
}

/** Sends itself something over the pool, and waits for it. @throws where it cannot even be sent */
async function probe(db: Db, probes: Map<string, () => void>): Promise<boolean> {
  const text = `"${randomUUID()}"`;
  const arrived = new Promise<true>((resolve) => probes.set(text, () => resolve(true)));
  const late = new AbortController();
  try {
    await notify(db, [text]);
    const over = sleep(PROBE_MS, false as const, { signal: late.signal, ref: false }).catch(
      () => false as const,
    );
    return await Promise.race([arrived, over]);
  } finally {
    late.abort();
    probes.delete(text);
  }
}

/** Null where nobody answers now. */
async function connected(
  databaseUrl: string,
  { heard, gone }: { readonly heard: (text: string) => void; readonly gone: () => void },
): Promise<Client | null> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'llm-incident-manager news',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  client.on('error', gone);
  client.on('end', gone);
  client.on('notification', ({ channel, payload }) => {
    if (channel === CHANNEL && payload !== undefined) heard(payload);
  });
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    return client;
  } catch {
    await hangUp(client);
    return null;
  }
}

/** Where nobody answers, a goodbye is not answered either. */
async function hangUp(client: Client): Promise<void> {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  const late = setTimeout(() => stream.destroy(), GOODBYE_MS);
  await client.end().catch(() => {});
  clearTimeout(late);
}
