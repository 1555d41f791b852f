import type { WebChat } from '#adapters/web/adapter.ts';

import { joinChannels, waysBy } from './channels.ts';
import type { Ways } from './chat/command.ts';
import type { ChatPlatform } from './chat/platform.ts';
import type { Acquaintance } from './chat/recognise.ts';
import type { RunRole } from './config-run.ts';
import type { OpenDb } from './db/open.ts';
import type { Context } from './engine/context.ts';
import { resumeHandoffs } from './engine/handoff.ts';
import { BullMqQueue } from './jobs/bullmq.ts';
import type { Clock } from './jobs/clock.ts';
import { startJobs, type Jobs } from './jobs/jobs.ts';
import type { Rate } from './jobs/pace.ts';
import type { Queue } from './jobs/queue.ts';
import type { Door } from './llm/door.ts';
import type { Looking } from './llm/investigate-settings.ts';
import type { Log } from './log.ts';
import { measuring } from './measure.ts';
import type { Metrics } from './metrics.ts';
import type { Neighbours } from './neighbours.ts';
import type { ChannelSettings } from './notify/channels/index.ts';
import type { Channels, Deps } from './reactions/deps.ts';
import { worksFor } from './reactions/index.ts';
import { Outages } from './reactions/outage.ts';
import { MODEL, type Ask, type Calls } from './reactions/reaction.ts';
import { resumeRemembering } from './reactions/remember.ts';
import type { Embedder } from './search/embedder.ts';

/** They share the database with the alerts that come in, and those go first: nobody waits for a card as for an answer. */
const JOBS_AT_ONCE = 20;
/** In a storm there is much to look at, and none of it is worth a page that comes later. */
const MODEL_AT_ONCE = 4;

/** How often what other processes added is looked for, though they tell. */
const LOOK_MS = 2000;

interface Parts {
  readonly opened: OpenDb;
  /** What this process does of it; adding work it may in any case. */
  readonly roles: ReadonlySet<RunRole>;
  readonly neighbours: Neighbours;
  /** How often destinations may be called. */
  readonly rates: ReadonlyMap<string, Rate>;
  /** What links in messages are signed with. */
  readonly secret: string;
  readonly log: Log;
  readonly clock: Clock;
  /** How often each reaction runs; above 1 in rehearsals. */
  readonly times: number;
  readonly notify: ChannelSettings;
  readonly system: Context;
  readonly metrics: Metrics;
  readonly chat: readonly ChatPlatform[];
  /** Its open pages are told that an incident changed. */
  readonly web: WebChat;
  readonly acquaintance: Acquaintance;
  readonly llm: Door;
  readonly embedder: Embedder;
  /** Whether a model looks for causes, and what it may look at. */
  readonly looking: Looking;
}

/** Everything that happens by itself, at work. */
export interface Working {
  readonly jobs: Jobs;
  /** Waits until the jobs run. */
  readonly ask: Ask;
  readonly outages: Outages;
  readonly ways: Ways;
}

/** Starts the reactions, as far as this process runs them, with the chat platforms and the channels that they tell people by. */
export async function startWorking(parts: Parts): Promise<Working> {
  const { opened, log, system, chat, secret, roles } = parts;
  const { db } = opened;
  const started = Promise.withResolvers<Jobs>();
  const ask: Ask = async (...asked) => await (await started.promise).ask(...asked);
  const outages = new Outages({
    chat,
    db,
    now: () => system.now(),
    ask,
    report: (error) => log.error({ err: error }, 'An outage of a chat platform could not be told'),
  });
  const channels = joinChannels(parts.notify, { secret, now: system.now });
  const jobs = await run(parts, { ask, outages, channels });
  started.resolve(jobs);
  if (roles.has('scheduler')) {
    outages.resume();
    await resumeHandoffs({ ...system, committed: () => jobs.committed() });
    await resumeRemembering({ ...system, committed: () => jobs.committed() });
  }
  return { jobs, ask, outages, ways: waysBy(channels, system.now) };
}

async function run(
  parts: Parts,
  { ask, outages, channels }: Omit<Working, 'jobs' | 'ways'> & { readonly channels: Channels },
): Promise<Jobs> {
  const { opened, log, clock, times, system, metrics, chat, web, acquaintance, llm, embedder } = parts;
  const { roles, secret, neighbours } = parts;
  const { bell } = neighbours;
  const { db } = opened;
  const alone = opened.kind === 'embedded';
  const jobs = await startJobs<Omit<Deps, keyof Calls>>({
    db,
    alone,
    works: roles.has('worker'),
    schedules: roles.has('scheduler'),
    ...(alone ? {} : { bell, lookMs: neighbours.lookMs(LOOK_MS) }),
    ...(neighbours.redis ? { queue: queueOver(neighbours.redis, parts) } : {}),
    ...worksFor(chat, channels, parts.looking),
    concurrency: JOBS_AT_ONCE,
    clock,
    times,
    deps: {
      db,
      now: () => system.now(),
      chat,
      system,
      settings: system.settings,
      ask,
      llm,
      embedder,
      secret,
      refOf: (person, platform) => acquaintance.refOf(person, platform),
      paged: (...it) => metrics.outside.paged(...it),
    },
    log,
    observer: {
      reaction: (name, outcome, ms) => metrics.reactionRan(name, outcome, ms / 1000),
      timerLate: (ms, kind) => metrics.timerFired(kind, ms),
      happened: (incidents) => {
        for (const number of incidents) {
          web.broadcastIncident(number);
          bell.ring('incident', number);
        }
      },
      destination: (name, state) => {
        metrics.outside.breaker(name, state);
        outages.changed(name, state);
      },
      called: (...it) => metrics.outside.called(...it),
      handedOn: measuring(db, metrics, log),
    },
  });
  if (!roles.has('worker')) return jobs;
  // They cannot be asked whether they are there; their breakers say when they are not.
  for (const name of channels.names) {
    const rate = parts.rates.get(name);
    jobs.serve({ name, ...(rate ? { rate } : {}), check: async () => {} });
  }
  jobs.serve({ name: MODEL, atOnce: MODEL_AT_ONCE, check: async () => {} });
  return jobs;
}

/** A queue whose work Redis hands from process to process. */
function queueOver(
  redis: NonNullable<Neighbours['redis']>,
  { opened, clock, log, neighbours }: Parts,
): Queue {
  return new BullMqQueue({ db: opened.db, clock, log, lookMs: neighbours.lookMs(LOOK_MS), ...redis });
}
