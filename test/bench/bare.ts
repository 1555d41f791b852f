import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import express from 'express';
import { sql } from 'kysely';

import { openDatabase } from '#src/db/open.ts';

/**
 * As little as a durable server can do: Express, the body read by hand, what arrives while a transaction runs
 * stored together in the next, and each alert's count kept up to date in the same statement. No keys, no limits,
 * no incidents: it is what we measure ourselves against. Started with the address of an empty database.
 */
const { db } = await openDatabase({ dataDir: '', databaseUrl: process.argv[2] });
for (const statement of [
  'create table bare_events (id uuid primary key, source text not null, name text not null, body jsonb not null, at timestamptz not null)',
  'create unique index bare_events_once on bare_events (source, name)',
  'create index bare_events_by_time on bare_events using brin (at)',
  'create table bare_alerts (title text primary key, times bigint not null, last_at timestamptz not null)',
]) {
  await sql.raw(statement).execute(db);
}

const MOST = 500;
interface Waiting {
  readonly body: { event_id: string; source: string; title: string };
  done(): void;
  failed(): void;
}
let waiting: Waiting[] = [];
let isBusy = false;

async function flush(): Promise<void> {
  if (isBusy || waiting.length === 0) return;
  isBusy = true;
  const batch = waiting.slice(0, MOST);
  waiting = waiting.slice(MOST);
  const rows = batch.map(({ body }) => ({
    id: randomUUID(),
    source: body.source,
    name: body.event_id,
    title: body.title,
    body,
  }));
  try {
    await sql`
      with said as (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as it(id uuid, source text, name text, title text, body jsonb)
      ), written as (
        insert into bare_events (id, source, name, body, at)
        select id, source, name, body, ${new Date()} from said on conflict (source, name) do nothing
      )
      insert into bare_alerts (title, times, last_at)
      select title, count(*), ${new Date()} from said group by title order by title
      on conflict (title) do update set times = bare_alerts.times + excluded.times, last_at = excluded.last_at`.execute(
      db,
    );
    for (const it of batch) it.done();
  } catch {
    for (const it of batch) it.failed();
  }
  isBusy = false;
  void flush();
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.post('/', (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    waiting.push({
      body: JSON.parse(Buffer.concat(chunks).toString()) as Waiting['body'],
      done: () => response.status(202).end('{"status":"accepted"}'),
      failed: () => response.status(503).end(),
    });
    void flush();
  });
});
const server = app.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
