import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';

import { Keys } from '#src/access/keys.ts';
import { Sessions } from '#src/access/sessions.ts';
import { sources } from '#src/alerts/sources/index.ts';
import { say } from '#src/chat/message.ts';
import { savePerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import type { EngineSettings } from '#src/engine/context.ts';
import { Intake } from '#src/engine/intake.ts';
import type { CommandBy, HttpDeps, HttpSettings } from '#src/http/deps.ts';
import { feedMount } from '#src/http/feeds.ts';
import { createHttp, type Http } from '#src/http/http.ts';
import { SYSTEM, type Person, type PersonId } from '#src/incident/person.ts';
import { makeLog } from '#src/log.ts';
import { Metrics } from '#src/metrics.ts';
import { hashingEmbedder } from '#src/search/hashing.ts';

import { engineContext } from './context.ts';

/** The admin key every door under test knows. */
export const KEY = 'bootstrap-key-for-tests-0123456789';

export const ENGINE: EngineSettings = {
  reopenWindowMs: 15 * 60_000,
  groupWindowMs: 6 * 3_600_000,
  stormWindowMs: 5 * 60_000,
  stormSize: 0,
  groupBy: ['service', 'environment'],
  whenAlertsClear: 'resolve',
  publicUrl: 'http://incidents.example',
  platforms: ['web'],
  channels: [],
};

export interface OpenDoor {
  readonly url: string;
  readonly http: Http;
  readonly deps: HttpDeps;
  /** What was logged, one JSON object a line. */
  readonly log: string[];
  /** Lines that were run as commands, and as whom. */
  readonly commands: { readonly text: string; readonly by: CommandBy }[];
  /** Moves the clock on. */
  wait(ms: number): void;
  /** As the bootstrap admin, unless `headers` say otherwise; a body that is no string is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  close(): Promise<void>;
}

/** What addresses that are keys themselves are signed with. */
const SECRET = 'a secret of tests';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape.
  readonly body: any;
}

export type DoorOptions = Partial<Omit<HttpDeps, 'settings'>> & {
  readonly settings?: Partial<HttpSettings>;
};

/** The real doors over a real database on a free port; chat and jobs are small stand-ins. */
export async function openDoor(db: Db, { settings, ...overrides }: DoorOptions = {}): Promise<OpenDoor> {
  const log: string[] = [];
  const commands: OpenDoor['commands'] = [];
  let aheadMs = 0;
  const now = () => new Date(Date.parse('2026-03-01T08:00:00Z') + aheadMs);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const local = settings?.local ?? false;
  const deps: HttpDeps = {
    db,
    now,
    newId: randomUUID,
    log: makeLog({ level: 'info' }, lines(log)),
    metrics: new Metrics({ version: '0.0.0' }),
    engine: ENGINE,
    committed: () => {},
    mounts: [feedMount({ system: engineContext(db, { clock: { now } }), secret: SECRET })],
    secret: SECRET,
    keys: new Keys({ db, now, bootstrapKey: KEY, local }),
    sessions: new Sessions({ db, now }),
    sources,
    intake: intakeOver(db, now),
    dispatch: {
      runText: async (text, by) => {
        commands.push({ text, by });
        return { message: say(`You said ${text}.`), visible: 'private' };
      },
    },
    embedder: hashingEmbedder(),
    ways: { names: [], parse: async (_, address) => address, tell: async () => {} },
    pushKey: null,
    jobs: { list: async () => [], retry: async () => false },
    web: {
      handle: async () => null,
      connect: () => ({ received: () => {}, closed: () => {} }),
      online: () => [],
    },
    probes: { database: async () => true, cache: async () => true, message_queue: async () => true },
    settings: {
      version: '0.0.0',
      publicUrl: url,
      local,
      uiFolder: '/nonexistent',
      sourceSecrets: {},
      requestsPerMinute: undefined,
      eventsPerMinute: undefined,
      ...settings,
    },
    ...overrides,
  };
  const http = createHttp(deps);
  http.attach(server);
  return {
    url,
    http,
    deps,
    log,
    commands,
    wait: (ms) => void (aheadMs += ms),
    call: async (method, path, body, headers) => await call(url + path, method, body, headers),
    close: async () => await http.stop(1000),
  };
}

async function call(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string> = { 'x-api-key': KEY },
): Promise<Answered> {
  const sent = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(sent === undefined ? null : { body: sent }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : null,
  };
}

function intakeOver(db: Db, now: () => Date): Intake {
  const ctx = {
    db,
    now,
    newId: randomUUID,
    actor: SYSTEM,
    role: 'admin',
    committed: () => {},
    mounts: [feedMount({ system: engineContext(db, { clock: { now } }), secret: SECRET })],
    secret: SECRET,
    settings: ENGINE,
  } as const;
  return new Intake(ctx, { batch: 500, waiting: 5000 }, { batch: () => {} });
}

function lines(into: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      into.push(chunk.toString());
      done();
    },
  });
}

/** Adds a person, active and in UTC. */
export async function addPerson(db: Db, id: string, role: Person['role'] = 'responder'): Promise<Person> {
  const name = id.slice(0, 1).toUpperCase() + id.slice(1);
  const person: Person = { id: id as PersonId, name, email: null, role, timezone: 'UTC', active: true };
  await savePerson(db, person, new Date('2026-01-01T00:00:00Z'));
  return person;
}

/** An event the generic source takes. */
export const EVENT = {
  event_id: 'evt-1',
  source: 'billing-checks',
  timestamp: '2026-03-01T07:59:30Z',
  event_type: 'alert',
  category: 'performance',
  title: 'Invoice export takes 42 s',
  description: 'It takes longer than its limit.',
  severity: 'high',
  resource: { type: 'service', id: 'svc-invoices', name: 'invoices' },
};
