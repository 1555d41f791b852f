import type { Server } from 'node:http';

import type { WebChat } from '#adapters/web/adapter.ts';
import { commands } from '#commands/index.ts';

import { addDemoPeople } from './access/demo.ts';
import { sources } from './alerts/sources/index.ts';
import { signingSecret, withPushKeys } from './channels.ts';
import { makeDispatch } from './chat/dispatch.ts';
import { onceIn } from './chat/once.ts';
import { shapeOf } from './chat/shapes.ts';
import { within } from './chat/within.ts';
import { readSettings, VERSION, type Settings } from './config.ts';
import { makeMonths } from './db/event-months.ts';
import { isDatabaseAway } from './db/lost.ts';
import { migrate } from './db/migrate.ts';
import { openDatabase, type OpenDb } from './db/open.ts';
import { reasonOf } from './db/patient-pool.ts';
import { readsOf, type Reads } from './db/replica.ts';
import { Intake } from './engine/intake.ts';
import { UserError } from './errors.ts';
import { readPayload } from './http/json.ts';
import { sendSample } from './http/sample.ts';
import { realClock, type Clock } from './jobs/clock.ts';
import { databaseClock } from './jobs/database-clock.ts';
import type { Jobs } from './jobs/jobs.ts';
import { listen } from './listen.ts';
import { makeLog, type Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { doorBy } from './models.ts';
import { meetNeighbours, type Neighbours } from './neighbours.ts';
import { watchNews } from './news.ts';
import { connectAll, joinChat } from './platforms.ts';
import { startStreams } from './queues/start.ts';
import { LOBBY } from './reactions/announce.ts';
import { catchUp } from './reactions/catch-up.ts';
import { keepHouse } from './run-house.ts';
import { makeWebServer } from './run-web.ts';
import type { Embedder } from './search/embedder.ts';
import { embedderIn, systemContext } from './system.ts';
import { switchOnTraces } from './traces.ts';
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
  /** Other processes tell it nothing, and it tells them nothing. */
  readonly deaf?: boolean;
}

/** Alerts that may wait to be stored before senders are told to come back. */
const WAITING_ALERTS = 20_000;
const BATCH_ALERTS = 500;
const GRACE_MS = 10_000;
/** All of that together takes less; whoever waits longer waits for something that will not come. */
const STOP_MS = 45_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Alerts come by queues to those that take them over the web as well. */
const NO_QUEUES = { rabbitmq: undefined };

/** Builds everything from the settings and starts it. Throws UserError where the operator can put it right. */
export async function start(settings: Settings, log: Log, rehearsal: Rehearsal = {}): Promise<Program> {
  const { times = 1, deaf = false } = rehearsal;
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
    const clock = rehearsal.clock ?? (await clockFor(opened));
    const ran = await migrate(opened.db, undefined, { log });
    if (ran.length > 0) log.info({ migrations: ran }, 'The database was brought up to date');
    // Before the first message: one that came while its month is made would begin again, and leave a gap in the numbers.
    await makeMonths(opened.db, clock.now()).catch((error: unknown) =>
      log.error({ err: error }, 'The months for messages could not be made ahead; housekeeping tries again'),
    );
    if (settings.local) await addDemoPeople(opened.db, clock.now());
    const notify = await withPushKeys(opened.db, settings.notify, url);
    const embedder = embedderIn(settings, opened, clock);
    const secret = await signingSecret(opened.db);
    const { databaseUrl, replicaUrl, redisUrl } = settings;
    const reads = readsOf({ primary: opened.db, databaseUrl: replicaUrl, log });
    const neighbours = meetNeighbours({ opened, databaseUrl, redisUrl, secret, log, deaf });
    const parts = { log, server, url, opened, reads, clock, times, embedder, secret, neighbours };
    return await run({ ...parts, settings: { ...settings, notify } });
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Processes that share a database go by its time: their machines' clocks may differ, and jump. */
async function clockFor({ kind, db }: OpenDb): Promise<Clock> {
  return kind === 'embedded' ? realClock : await databaseClock(db);
}

interface Parts {
  readonly settings: Settings;
  readonly log: Log;
  readonly server: Server;
  readonly url: string;
  readonly opened: OpenDb;
  readonly reads: Reads;
  readonly clock: Clock;
  readonly times: number;
  readonly embedder: Embedder;
  /** What links in messages are signed with. */
  readonly secret: string;
  readonly neighbours: Neighbours;
}

async function run(parts: Parts): Promise<Program> {
  const built = await build(parts);
  const { settings, log, server, url, opened, neighbours } = parts;
  const { roles } = settings;
  const { db } = opened;
  const { web, made, system, dispatch, jobs, ask, http } = built;
  const shapes = commands.map(shapeOf);
  await web.platform.start(dispatch, shapes);
  await web.platform.openRoom(LOBBY);
  await catchUp([web.platform], { db, ask });
  server.removeAllListeners('request');
  http.attach(server);
  const { lease, bell } = neighbours;
  const connections = connectAll(made, { roles, lease, db, log, inbox: dispatch, shapes, jobs, ask });
  const house = roles.has('scheduler') ? keepHouse(parts) : null;
  const news = roles.has('http') ? watchNews({ db, now: system.now, bell, web, log }) : null;
  return {
    url,
    async stop() {
      // What only this process does others may do from now on.
      const left = within(GRACE_MS, Promise.all([house?.stop(), connections.leave()]));
      // Where what comes next fails, nobody waits for it any more.
      left.catch(() => {});
      await finish(built);
      await left;
      await news?.stop();
      await hangUp(connections, web.platform, parts);
      await built.traces.stop();
    },
  };
}

/** What came in is done first; then nothing new is begun. */
async function finish({
  http,
  streams,
  intake,
  jobs,
  outages,
}: Awaited<ReturnType<typeof build>>): Promise<void> {
  await Promise.all([http.stop(GRACE_MS), streams.stop()]);
  await intake.close();
  await jobs.stop({ graceMs: GRACE_MS });
  await outages.stop();
}

/** All parts, joined; those that work by themselves do so from now on. */
async function build(parts: Parts) {
  const { settings, log, url, opened, neighbours } = parts;
  const { roles, rates, notify, looking } = settings;
  const { db } = opened;
  const later: { jobs?: Jobs } = {};
  const system = systemContext(parts, () => later.jobs?.committed());
  const { now } = system;
  const metrics = new Metrics({ version: VERSION, now });
  const traces = await switchOnTraces(settings.telemetry, metrics);
  const joined = await joinChat({ chat: settings.chat, publicUrl: url, db, now, log, neighbours });
  const { web, made, chat, acquaintance } = joined;
  const intake = new Intake(
    system,
    { batch: BATCH_ALERTS, waiting: WAITING_ALERTS },
    { batch: (size, ms, folded) => metrics.intakeFlushed(size, ms / 1000, folded) },
    opened.pipeline,
  );
  const llm = await doorBy(settings.llm, { db, now, log, metrics });
  const around = { system, metrics, chat, web, acquaintance, llm };
  const working = await startWorking({ ...parts, ...around, roles, rates, looking, notify });
  later.jobs = working.jobs;
  const streams = await startStreams({
    ...(roles.has('http') ? settings.queues : NO_QUEUES),
    intake,
    read: readPayload,
    log,
    observe: (stream, outcome) => metrics.streamed(stream, outcome),
  });
  const dispatch = makeDispatch({
    ...system,
    log,
    commands,
    testSources: sources.map(({ name }) => name),
    sendTestAlert: async (name: string) => await sendSample(intake, name),
    ways: working.ways,
    ...(opened.kind === 'embedded' ? {} : { once: onceIn(db, now, neighbours.self) }),
    llm,
    embedder: parts.embedder,
    acquaintance,
    bridge: settings.chat.bridge,
    observe: (...it) => metrics.commandRan(...it),
  });
  const mounts = made.flatMap((it) => it.mounts);
  const http = makeWebServer({ ...parts, ...around, ...working, intake, streams, dispatch, mounts });
  return { ...around, ...working, made, traces, intake, streams, dispatch, http };
}

/** Leaves the chats before the database, also where one of them does not let go. */
async function hangUp(
  connections: { stop(): Promise<void> },
  web: Pick<WebChat['platform'], 'stop'>,
  { opened, reads, neighbours }: Pick<Parts, 'opened' | 'reads' | 'neighbours'>,
): Promise<void> {
  try {
    await within(GRACE_MS, connections.stop());
    await web.stop();
  } finally {
    await neighbours.stop();
    await reads.stop();
    await opened.close();
  }
}

async function main(): Promise<void> {
  try {
    const settings = readSettings(process.env);
    const log = makeLog({ level: settings.logLevel });
    // Process 1 of a container would not hear a signal before: while it waits for the database nothing was accepted yet.
    const leave = () => process.exit(0);
    for (const signal of SIGNALS) process.once(signal, leave);
    const program = await start(settings, log);
    process.stdout.write(`LLM Incident Manager is ready: ${program.url}\n`);
    for (const signal of SIGNALS) {
      process.off(signal, leave);
      process.once(signal, () => {
        log.info({ signal }, 'Stopping');
        setTimeout(() => {
          log.fatal({ ms: STOP_MS }, 'The stop does not end; nothing that was accepted is lost');
          process.exit(1);
        }, STOP_MS).unref();
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
    if (!(error instanceof UserError) && !isDatabaseAway(error)) throw error;
    const text =
      error instanceof UserError
        ? error.message
        : `The database went away while the program was starting (${reasonOf(error)}). Start it again.`;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}

if (import.meta.main) await main();
