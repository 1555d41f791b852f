import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import path from 'node:path';

import type { WebChat } from '#adapters/web/adapter.ts';
import { commands } from '#commands/index.ts';

import { addDemoPeople } from './access/demo.ts';
import { Keys } from './access/keys.ts';
import { Sessions } from './access/sessions.ts';
import { sources } from './alerts/sources/index.ts';
import { channelsOf, withPushKeys } from './channels.ts';
import type { Ways } from './chat/command.ts';
import { makeDispatch } from './chat/dispatch.ts';
import { shapeOf } from './chat/shapes.ts';
import { within } from './chat/within.ts';
import { readSettings, VERSION, type Settings } from './config.ts';
import { keepEgress } from './db/egress.ts';
import { countIncidents } from './db/incidents.ts';
import { migrate } from './db/migrate.ts';
import { openDatabase, type OpenDb } from './db/open.ts';
import { syntheticFigures } from './db/synthetic-pages.ts';
import { embedderBy } from './embedding.ts';
import type { Context, EngineSettings } from './engine/context.ts';
import { Intake } from './engine/intake.ts';
import { UserError } from './errors.ts';
import { sendHeartbeat } from './heartbeat.ts';
import { housekeeping } from './housekeeping.ts';
import { answerMounts } from './http/answers.ts';
import { feedMount } from './http/feeds.ts';
import { createHttp } from './http/http.ts';
import { sendSample } from './http/sample.ts';
import { SYSTEM } from './incident/person.ts';
import { realClock, type Clock } from './jobs/clock.ts';
import type { Jobs } from './jobs/jobs.ts';
import { listen } from './listen.ts';
import type { Door } from './llm/door.ts';
import { openEgress } from './llm/egress.ts';
import { makeLog, type Log } from './log.ts';
import { Metrics, queueFigures } from './metrics.ts';
import { doorBy } from './models.ts';
import { connectAll, joinChat, platformsOf } from './platforms.ts';
import { LOBBY } from './reactions/announce.ts';
import { catchUp } from './reactions/catch-up.ts';
import type { Embedder } from './search/embedder.ts';
import { startWorking } from './working.ts';

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
    const notify = await withPushKeys(opened.db, settings.notify, url);
    const embedder = embedderIn(settings, opened, clock);
    return await run({ settings: { ...settings, notify }, log, server, url, opened, clock, times, embedder });
  } catch (error) {
    server.close();
    throw error;
  }
}

/** That one elsewhere is set up says that texts may go there; what goes is in the ledger. */
function embedderIn({ embeddings, llm }: Settings, { db }: OpenDb, clock: Clock): Embedder {
  const egress = openEgress(
    () => ({ isOn: true, isSealed: !llm.maySend, withPrivate: false }),
    async (entry) => await keepEgress(db, entry),
  );
  return embedderBy(embeddings, { egress, now: () => clock.now(), newId: randomUUID });
}

interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly server: Server;
  readonly url: string;
  readonly opened: OpenDb;
  readonly clock: Clock;
  readonly times: number;
  readonly embedder: Embedder;
}

async function run(parts: Parts): Promise<Program> {
  const { log, server, url, opened } = parts;
  const { db } = opened;
  const later: { jobs?: Jobs } = {};
  const system = systemContext(parts, () => later.jobs?.committed());
  const metrics = new Metrics({ version: VERSION });
  const joined = await joinChat({ chat: parts.settings.chat, publicUrl: url, db, now: system.now, log });
  const { web, made, chat, acquaintance } = joined;
  const intake = new Intake(
    system,
    { batch: BATCH_ALERTS, waiting: WAITING_ALERTS, inFlight: 1 },
    { batch: (size, ms) => metrics.intakeFlushed(size, ms / 1000) },
  );
  const { notify, looking } = parts.settings;
  const llm = await doorBy(parts.settings.llm, { db, now: system.now, log, metrics });
  const around = { system, metrics, chat, web, acquaintance, llm };
  const working = await startWorking({ ...parts, ...around, looking, notify });
  const { jobs, ask, outages } = working;
  later.jobs = jobs;
  const dispatch = makeDispatch({
    ...system,
    log,
    commands,
    testSources: sources.map(({ name }) => name),
    sendTestAlert: async (name: string) => await sendSample(intake, name),
    ways: working.ways,
    llm,
    embedder: parts.embedder,
    acquaintance,
    bridge: parts.settings.chat.bridge,
  });
  const mounts = [
    ...made.flatMap((it) => it.mounts),
    ...answerMounts({ system, secret: working.secret, twilio: notify.twilio, log }),
    feedMount({ system, secret: working.secret }),
  ];
  const http = createHttp({
    ...httpDeps(parts, { ...working, system, metrics, intake, dispatch, web, llm }),
    mounts,
  });
  const shapes = commands.map(shapeOf);
  await web.platform.start(dispatch, shapes);
  await web.platform.openRoom(LOBBY);
  await catchUp([web.platform], { db, ask });
  server.removeAllListeners('request');
  http.attach(server);
  const connections = connectAll(made, { db, log, inbox: dispatch, shapes, jobs, ask });
  const leaveHouse = housekeeping({ ...parts, retentionDays: parts.settings.retentionDays });
  const silence = sendHeartbeat({ ...parts, db, heartbeat: parts.settings.heartbeat });
  const stop = async () => {
    leaveHouse();
    silence();
    await finish({ http, intake, jobs, outages });
    await hangUp(connections, web.platform, opened);
  };
  return { url, stop };
}

/** What came in is done first; then nothing new is begun. */
async function finish({ http, intake, jobs, outages }: Finishing): Promise<void> {
  await http.stop(GRACE_MS);
  await intake.close();
  await jobs.stop({ graceMs: GRACE_MS });
  await outages.stop();
}

interface Finishing extends Pick<Awaited<ReturnType<typeof startWorking>>, 'jobs' | 'outages'> {
  readonly http: ReturnType<typeof createHttp>;
  readonly intake: Intake;
}

/** Leaves the chats before the database, also where one of them does not let go. */
async function hangUp(
  connections: { stop(): Promise<void> },
  web: Pick<WebChat['platform'], 'stop'>,
  opened: OpenDb,
): Promise<void> {
  try {
    await within(GRACE_MS, connections.stop());
    await web.stop();
  } finally {
    await opened.close();
  }
}

function systemContext({ settings, url, opened, clock }: Parts, committed: () => void): Context {
  const { groupBy, groupWindowMs, reopenWindowMs, stormWindowMs, stormSize, whenAlertsClear } = settings;
  const engine: EngineSettings = {
    groupBy,
    groupWindowMs,
    reopenWindowMs,
    stormWindowMs,
    stormSize,
    whenAlertsClear,
    publicUrl: url,
    platforms: platformsOf(settings.chat),
    channels: channelsOf(settings.notify),
  };
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
  readonly secret: string;
  readonly ways: Ways;
  readonly llm: Door;
}

function httpDeps(
  { settings, log, url, embedder }: Parts,
  built: Built,
): Omit<Parameters<typeof createHttp>[0], 'mounts'> {
  const { system, metrics, intake, dispatch, jobs, web, secret, ways, llm } = built;
  const { db, now, newId, committed } = system;
  metrics.look({
    incidents: () => countIncidents(db),
    queue: async () => queueFigures(await jobs.stats()),
    intakeDepth: () => intake.depth(),
    syntheticPages: () => syntheticFigures(db),
    models: () => llm.setup?.().models ?? [],
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
    secret,
    sources,
    intake,
    dispatch,
    ways,
    llm,
    setupOfModels: () => llm.setup?.(),
    embedder,
    pushKey: settings.notify.push?.publicKey ?? null,
    jobs: { list: async () => await jobs.dead(100), retry: async (id) => await jobs.retry(id) },
    web,
    probes: {
      database: async () => (await db.selectNoFrom((it) => it.val(1).as('one')).execute()).length === 1,
      cache: async () => true,
      message_queue: async () => (await jobs.stats()).ready >= 0,
    },
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
