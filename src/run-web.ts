import path from 'node:path';

import type { WebChat } from '#adapters/web/adapter.ts';

import { Keys } from './access/keys.ts';
import { SharedWindow, type SharedCount } from './access/limits-shared.ts';
import { Sessions } from './access/sessions.ts';
import { sources } from './alerts/sources/index.ts';
import type { Ways } from './chat/command.ts';
import type { Dispatch } from './chat/dispatch.ts';
import type { Mount } from './chat/mount.ts';
import { VERSION, type Settings } from './config.ts';
import { countClasses, countTimers } from './db/figures.ts';
import { incidentCounter } from './db/incident-counts.ts';
import type { OpenDb } from './db/open.ts';
import { undispatched } from './db/outbox.ts';
import type { Reads } from './db/replica.ts';
import { syntheticFigures } from './db/synthetic-pages.ts';
import type { Context } from './engine/context.ts';
import type { Intake } from './engine/intake.ts';
import { answerMounts } from './http/answers.ts';
import type { HttpDeps } from './http/deps.ts';
import { feedMount } from './http/feeds.ts';
import { createHttp, type Http } from './http/http.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Door } from './llm/door.ts';
import type { Log } from './log.ts';
import { queueFigures, type Metrics } from './metrics.ts';
import type { Neighbours } from './neighbours.ts';
import type { Streams } from './queues/start.ts';
import type { Embedder } from './search/embedder.ts';

interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly url: string;
  readonly opened: Pick<OpenDb, 'backup' | 'load'>;
  readonly reads: Reads;
  readonly neighbours: Neighbours;
  readonly embedder: Embedder;
  readonly secret: string;
  readonly system: Context;
  readonly metrics: Metrics;
  readonly intake: Intake;
  readonly streams: Streams;
  readonly dispatch: Dispatch;
  readonly jobs: Jobs;
  readonly web: WebChat;
  readonly ways: Ways;
  readonly llm: Door;
  /** Where chat platforms call us. */
  readonly mounts: readonly Mount[];
}

/** What this process answers over HTTP: all there is, or how it is, where others answer the rest. */
export function makeWebServer(parts: Parts): Http {
  const { settings, log, url, system, jobs, intake, dispatch, web, ways, llm, secret, metrics } = parts;
  const { db, now, newId, committed } = system;
  lookUp(parts);
  return createHttp({
    db,
    reads: parts.reads,
    now,
    newId,
    committed,
    log,
    metrics,
    engine: system.settings,
    settings: {
      version: VERSION,
      publicUrl: url,
      local: settings.local,
      uiFolder: path.join(import.meta.dirname, '../dist/ui'),
      sourceSecrets: settings.sourceSecrets,
      requestsPerMinute: settings.requestsPerMinute,
      eventsPerMinute: settings.eventsPerMinute,
      onlyProbes: !settings.roles.has('http'),
    },
    ...accessFor(parts),
    secret,
    sources,
    intake,
    dispatch,
    ways,
    llm,
    setupOfModels: () => llm.setup?.(),
    embedder: parts.embedder,
    pushKey: settings.notify.push?.publicKey ?? null,
    backup: parts.opened.backup,
    jobs: { list: async () => await jobs.dead(100), retry: async (id) => await jobs.retry(id) },
    web,
    mounts: mountsOf(parts),
    probes: probesOf(parts),
    ...windowsOf(parts),
    about: () => ({ roles: [...settings.roles], leases: parts.neighbours.held() }),
  });
}

/** Keys and sessions are believed for a moment; what was taken from somebody elsewhere is news. */
function accessFor({ settings, system, neighbours }: Parts): { keys: Keys; sessions: Sessions } {
  const { db, now } = system;
  const { bell } = neighbours;
  const { bootstrapKey, local } = settings;
  const changed = () => bell.ring('access');
  const keys = new Keys({ db, now, bootstrapKey, local, changed });
  const sessions = new Sessions({ db, now, changed });
  bell.on('access', () => {
    keys.forgetHere();
    sessions.forgetHere();
  });
  return { keys, sessions };
}

/** With a Redis all processes count together. */
function windowsOf({ system: { now }, neighbours: { redis } }: Parts): Pick<HttpDeps, 'windowOf'> {
  if (redis === null) return {};
  const { link, prefix } = redis;
  const count: SharedCount = {
    isUp: () => link.isUp(),
    run: async (script, key, argument) => await link.redis.eval(script, 1, `${prefix}:${key}`, argument),
  };
  return { windowOf: (name, perMinute) => new SharedWindow(name, perMinute, now, count) };
}

function mountsOf({ settings, system, secret, log, mounts }: Parts): Mount[] {
  const { twilio } = settings.notify;
  return [...mounts, ...answerMounts({ system, secret, twilio, log }), feedMount({ system, secret })];
}

function probesOf({ system: { db }, jobs, streams, neighbours: { redis } }: Parts) {
  return {
    database: async () => (await db.selectNoFrom((it) => it.val(1).as('one')).execute()).length === 1,
    cache: async () => redis === null || redis.link.isUp(),
    message_queue: async () => (await jobs.stats()).ready >= 0 && streams.areConnected(),
  };
}

function lookUp({ opened, system: { db, now }, neighbours, metrics, ...parts }: Parts): void {
  const { jobs, intake, streams, llm } = parts;
  metrics.look({
    incidents: incidentCounter(db),
    queue: async () => queueFigures(await jobs.stats()),
    classes: () => countClasses(db, now()),
    timers: () => countTimers(db, now()),
    outbox: () => undispatched(db),
    pool: opened.load,
    breakers: () => jobs.breakers(),
    parts: () => partsOf(neighbours),
    leases: () => neighbours.held(),
    intakeDepth: () => intake.depth(),
    streams: () => streams.figures(),
    syntheticPages: () => syntheticFigures(db),
    models: () => llm.setup?.().models ?? [],
  });
}

function partsOf({ redis, bell }: Neighbours): Record<string, boolean> {
  return { bell: bell.isUp, ...(redis === null ? {} : { redis: redis.link.isUp() }) };
}
