import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import path from 'node:path';

import { makeWebChat, type WebChat } from '#adapters/web/adapter.ts';
import { commands } from '#commands/index.ts';

import { addDemoPeople } from './access/demo.ts';
import { Keys } from './access/keys.ts';
import { Sessions } from './access/sessions.ts';
import { findSource, sources } from './alerts/sources/index.ts';
import { makeDispatch } from './chat/dispatch.ts';
import type { ChatPlatform } from './chat/platform.ts';
import { readSettings, VERSION, type Settings } from './config.ts';
import { chatStore } from './db/chat.ts';
import { keepHouse } from './db/housekeeping.ts';
import { countIncidents } from './db/incidents.ts';
import { migrate } from './db/migrate.ts';
import { openDatabase, type OpenDb } from './db/open.ts';
import type { Context, EngineSettings } from './engine/context.ts';
import { Intake } from './engine/intake.ts';
import { UserError } from './errors.ts';
import { createHttp } from './http/http.ts';
import { freshSample } from './http/sample.ts';
import type { IncidentNumber } from './incident/incident.ts';
import { SYSTEM } from './incident/person.ts';
import { realClock, type Clock } from './jobs/clock.ts';
import { startJobs, type Jobs } from './jobs/jobs.ts';
import { listen } from './listen.ts';
import { makeLog, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { LOBBY } from './reactions/announce.ts';
import type { Deps } from './reactions/deps.ts';
import { reactions } from './reactions/index.ts';
import type { Calls } from './reactions/reaction.ts';

export interface Program {
  /** The address it answers at. */
  readonly url: string;
  /** Finishes what it has begun, takes nothing new, and closes the database. */
  stop(): Promise<void>;
}

/** For tests: a time of their own, and every reaction run more than once. */
export interface Rehearsal {
  readonly clock?: Clock;
  readonly times?: number;
}

/** Alerts that may wait to be stored before senders are told to come back. */
const WAITING_ALERTS = 20_000;
const BATCH_ALERTS = 500;
const GRACE_MS = 10_000;
/** They share the database with the alerts that come in, and those go first: nobody waits for a card as for an answer. */
const JOBS_AT_ONCE = 3;
const HOUSEKEEPING_MS = 3_600_000;
/** Not while people wait for the start. */
const SOON_MS = 60_000;

/** Builds everything from the settings and starts it. Throws UserError where the operator can put it right. */
export async function start(settings: Settings, log: Log, rehearsal: Rehearsal = {}): Promise<Program> {
  const { clock = realClock, times = 1 } = rehearsal;
  const { server, url } = await listen(settings);
  try {
    const opened = await openDatabase({
      dataDir: settings.dataDir,
      databaseUrl: settings.databaseUrl,
      log,
      onLost: (error) => {
        log.fatal({ err: error }, 'The built-in database was lost; stopping, a restart recovers it');
        process.exit(1);
      },
    });
    const ran = await migrate(opened.db);
    if (ran.length > 0) log.info({ migrations: ran }, 'The database was brought up to date');
    if (settings.local) await addDemoPeople(opened.db, clock.now());
    return await run({ settings, log, server, url, opened, clock, times });
  } catch (error) {
    server.close();
    throw error;
  }
}

interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly server: Server;
  readonly url: string;
  readonly opened: OpenDb;
  readonly clock: Clock;
  readonly times: number;
}

async function run(parts: Parts): Promise<Program> {
  const { log, server, url, opened } = parts;
  const { db } = opened;
  const later: { jobs?: Jobs } = {};
  const system = systemContext(parts, () => later.jobs?.committed());
  const metrics = new Metrics({ version: VERSION });
  const web = makeWebChat({
    store: chatStore(db),
    publicUrl: url,
    now: () => system.now(),
    report: (error) => log.error({ err: error }, 'Something in the web chat failed'),
  });
  const chat: readonly ChatPlatform[] = [web.platform];
  const intake = new Intake(
    system,
    { batch: BATCH_ALERTS, waiting: WAITING_ALERTS, inFlight: 1 },
    { batch: (size, ms) => metrics.intakeFlushed(size, ms / 1000) },
  );
  const dispatch = makeDispatch({
    ...system,
    log,
    commands,
    testSources: sources.map(({ name }) => name),
    sendTestAlert: async (name: string) => await sendSample(intake, name),
  });
  const jobs = await runReactions(parts, { system, metrics, chat, live: (it) => web.broadcastIncident(it) });
  later.jobs = jobs;
  for (const platform of chat) {
    await platform.start(dispatch);
    await platform.openRoom(LOBBY);
  }

  const http = createHttp(httpDeps(parts, { system, metrics, intake, dispatch, jobs, web }));
  server.removeAllListeners('request');
  http.attach(server);
  const leaveHouse = housekeeping(parts);
  const stop = async () => {
    leaveHouse();
    await http.stop(GRACE_MS);
    await intake.close();
    await jobs.stop({ graceMs: GRACE_MS });
    for (const platform of chat) await platform.stop();
    await opened.close();
  };
  return { url, stop };
}

interface Reacting {
  readonly system: Context;
  readonly metrics: Metrics;
  readonly chat: readonly ChatPlatform[];
  /** Tells open pages that an incident changed. */
  readonly live: (incident: number) => void;
}

async function runReactions({ opened, log, clock, times }: Parts, it: Reacting): Promise<Jobs> {
  const { system, metrics, chat, live } = it;
  const { db } = opened;
  return await startJobs<Omit<Deps, keyof Calls>>({
    db,
    alone: opened.kind === 'embedded',
    reactions,
    concurrency: JOBS_AT_ONCE,
    clock,
    times,
    deps: { db, now: () => system.now(), chat, system, settings: system.settings },
    log,
    observer: {
      reaction: (name, outcome, ms) => metrics.reactionRan(name, outcome, ms / 1000),
      timerLate: (ms, kind) => metrics.timerFired(kind, ms),
      happened: (incidents) => incidents.forEach(live),
    },
  });
}

function systemContext({ settings, url, opened, clock }: Parts, committed: () => void): Context {
  const { groupBy, groupWindowMs, reopenWindowMs, whenAlertsClear } = settings;
  const engine: EngineSettings = { groupBy, groupWindowMs, reopenWindowMs, whenAlertsClear, publicUrl: url };
  return {
    db: opened.db,
    actor: SYSTEM,
    role: 'admin',
    now: () => clock.now(),
    newId: randomUUID,
    committed,
    settings: engine,
  };
}

interface Built {
  readonly system: Context;
  readonly metrics: Metrics;
  readonly intake: Intake;
  readonly dispatch: ReturnType<typeof makeDispatch>;
  readonly jobs: Jobs;
  readonly web: WebChat;
}

function httpDeps({ settings, log, url }: Parts, built: Built): Parameters<typeof createHttp>[0] {
  const { system, metrics, intake, dispatch, jobs, web } = built;
  const { db, now, newId, committed } = system;
  metrics.look({
    incidents: () => countIncidents(db),
    queue: async () => await queueFigures(jobs),
    intakeDepth: () => intake.depth(),
  });
  const { local, bootstrapKey } = settings;
  return {
    db,
    now,
    newId,
    committed,
    log,
    metrics,
    engine: system.settings,
    settings: {
      version: VERSION,
      publicUrl: url,
      local,
      uiFolder: path.join(import.meta.dirname, '../dist/ui'),
      sourceSecrets: settings.sourceSecrets,
      requestsPerMinute: settings.requestsPerMinute,
      eventsPerMinute: settings.eventsPerMinute,
    },
    keys: new Keys({ db, now, bootstrapKey, local }),
    sessions: new Sessions({ db, now }),
    sources,
    intake,
    dispatch,
    jobs: { list: async () => await jobs.dead(100), retry: async (id) => await jobs.retry(id) },
    web,
    probes: {
      database: async () => (await db.selectNoFrom((it) => it.val(1).as('one')).execute()).length === 1,
      cache: async () => true,
      message_queue: async () => (await jobs.stats()).ready >= 0,
    },
  };
}

/** A source's firing sample, through the same door as a webhook. Throws `not_found`. */
async function sendSample(intake: Intake, name: string) {
  const source = findSource(name);
  if (!source) {
    const known = sources.map((it) => it.name).join(', ');
    throw new UserError('not_found', `There is no alert source called ${name}. There are ${known}.`);
  }
  const received = freshSample(source, randomUUID());
  const [result] = await intake.submit(received);
  return {
    title: received[0]?.alert.title ?? '',
    status: result?.status ?? 'accepted',
    incident: (result?.incident ?? null) as IncidentNumber | null,
  };
}

async function queueFigures(jobs: Jobs) {
  const { ready, delayed, running, dead, oldestAgeMs } = await jobs.stats();
  return [
    { lane: 'ready', depth: ready, oldestSeconds: oldestAgeMs / 1000 },
    { lane: 'delayed', depth: delayed, oldestSeconds: 0 },
    { lane: 'running', depth: running, oldestSeconds: 0 },
    { lane: 'dead', depth: dead, oldestSeconds: 0 },
  ];
}

/** Now and then, beginning soon: anchors, retention, and the vacuum that the built-in database does not do by itself. */
function housekeeping({ opened, settings, log, clock }: Parts): () => void {
  const keep = async () => {
    await keepHouse(opened.db, clock.now(), settings.retentionDays);
    await opened.tidy();
  };
  const tell = (error: unknown) => log.error({ err: error }, 'Housekeeping failed');
  const timer = setInterval(() => void keep().catch(tell), HOUSEKEEPING_MS).unref();
  const first = setTimeout(() => void keep().catch(tell), SOON_MS).unref();
  return () => {
    clearInterval(timer);
    clearTimeout(first);
  };
}

async function main(): Promise<void> {
  try {
    const settings = readSettings(process.env);
    const log = makeLog({ level: settings.logLevel });
    const program = await start(settings, log);
    process.stdout.write(`LLM Incident Manager is ready: ${program.url}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'Stopping');
        program.stop().then(
          () => process.exit(0),
          (error: unknown) => {
            log.fatal({ err: error }, 'The stop did not go well; nothing that was accepted is lost');
            process.exit(1);
          },
        );
      });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (import.meta.main) await main();
