import { sql } from 'kysely';

import { wordFor } from '#src/db/incident-pages.ts';
import { openDatabase } from '#src/db/open.ts';

export interface Reading {
  readonly path: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

export type Next = (index: number) => readonly Reading[];

/** What is read, by name; each time something else of its kind. */
export async function readings(databaseUrl: string): Promise<Readonly<Record<string, Next>>> {
  const { incidents, recent, events, newest } = await known(databaseUrl);
  const any = (index: number) => 1 + ((index * 7919 + 13) % incidents);
  const turn = <T>(list: readonly T[], index: number): T => {
    const it = list[index % list.length];
    if (it === undefined) throw new Error('nothing to choose from');
    return it;
  };
  const list =
    (query: (index: number) => string): Next =>
    (index) => [{ path: `/api/v1/incidents?${query(index)}` }];
  const day = (index: number) => new Date(newest.getTime() - (1 + (index % 1000)) * 86_400_000).toISOString();
  const word = (index: number) => `w${(index * 37) % 2500}`;
  const person = { 'x-act-as': 'person-10' };
  const mine = (path: string): Reading => ({ path, headers: person });
  const ask = (question: string): Reading => ({
    path: '/api/v1/questions',
    method: 'POST',
    body: { question },
    headers: person,
  });
  return {
    'list newest': list(() => ''),
    'list open': list(() => 'open=true'),
    'list by severity': list((it) => `severity=${turn(['P0', 'P1', 'P2', 'P3', 'P4'], it)}`),
    'list by status': list((it) => `status=${turn(['NEW', 'ESCALATED', 'RESOLVED', 'CLOSED'], it)}`),
    'list by person': list((it) => `assigned_to=person-${it % 300}`),
    'list by several': list(
      (it) =>
        `severity=${turn(['P0', 'P1', 'P2'], it)}&status=${turn(['CLOSED', 'RESOLVED'], it)}&category=${turn(['cost', 'compliance', 'security'], it)}&environment=${turn(['staging', 'production', 'qa'], it)}&assigned_to=person-${it % 300}`,
    ),
    'list by rare pairs': list(
      (it) =>
        `category=${turn(['cost', 'compliance'], it)}&environment=${turn(['qa', 'development'], it)}&severity=P0`,
    ),
    'list by time': list((it) => `end_date=${day(it)}&severity=P1`),
    'list by change': list(() => 'sort=updated_at'),
    'list by urgency': list((it) => `sort=severity&order=${turn(['asc', 'desc'], it)}`),
    'list by stage': list((it) => `sort=status&order=${turn(['asc', 'desc'], it)}`),
    'list, far page by number': list((it) => `page=${150 + (it % 50)}`),
    'list, far page by cursor': list((it) => {
      const place = { sort: 'created_at', order: 'desc', key: day(it), number: 1 } as const;
      return `cursor=${wordFor(place)}`;
    }),
    'search one word': list((it) => `search=${word(it)}`),
    'search two words': list((it) => `search=${word(it)}+${word(it + 1)}`),
    'search what many say': list(
      (it) => `search=${turn(['HighLatency', 'alert', 'customers', 'DiskAlmostFull'], it)}`,
    ),
    'search and filter': list((it) => `search=${word(it)}&severity=P2&open=false`),
    'incident page': (it) => {
      const path = `/api/v1/incidents/${turn(recent, it)}`;
      return [path, `${path}/timeline`, `${path}/comments`, `${path}/pages`].map((at) => ({ path: at }));
    },
    'incident page, old': (it) => {
      const path = `/api/v1/incidents/${any(it)}`;
      return [path, `${path}/timeline`, `${path}/comments`, `${path}/pages`].map((at) => ({ path: at }));
    },
    similar: (it) => [{ path: `/api/v1/incidents/${turn(recent, it)}/similar` }],
    'message by its id': (it) => [{ path: `/api/v1/events/${turn(events, it)}` }],
    'rooms of the chat': () => [mine('/web/rooms')],
    'search in the chat': (it) => [mine(`/web/search?q=${word(it)}`)],
    'question about a week': () => [ask('how many incidents this week by severity')],
    'question about a month': () => [ask('mttr last month by service')],
    'question about alerts': () => [ask('noisiest alerts this week')],
    metrics: () => [{ path: '/api/v1/metrics' }],
  };
}

async function known(databaseUrl: string) {
  const { db, close } = await openDatabase({ dataDir: '', databaseUrl });
  const recent = await sql<{ number: number; at: Date }>`
    select number, created_at as at from incidents order by number desc limit 2000`.execute(db);
  const events = await sql<{ id: string }>`
    select id from alert_events limit 500`.execute(db);
  await close();
  const [first] = recent.rows;
  if (first === undefined || events.rows.length === 0) throw new Error('the database is empty');
  return {
    incidents: first.number,
    recent: recent.rows.map((it) => it.number),
    events: events.rows.map((it) => it.id),
    newest: first.at,
  };
}
