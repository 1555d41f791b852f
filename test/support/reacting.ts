import { setTimeout as sleep } from 'node:timers/promises';

import { vi } from 'vitest';

import type { ChatPlatform } from '#src/chat/platform.ts';
import { undispatched } from '#src/db/outbox.ts';
import { identityOf } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { nextDue } from '#src/db/timers.ts';
import { startJobs, type Jobs } from '#src/jobs/jobs.ts';
import { closedDoor, type Door } from '#src/llm/door.ts';
import type { Looking } from '#src/llm/investigate-settings.ts';
import { catchUp } from '#src/reactions/catch-up.ts';
import type { Channels, Deps } from '#src/reactions/deps.ts';
import { worksFor } from '#src/reactions/index.ts';
import { Outages } from '#src/reactions/outage.ts';
import { MODEL, type Ask, type Calls } from '#src/reactions/reaction.ts';
import { hashingEmbedder } from '#src/search/hashing.ts';

import { engineContext, type ContextOptions } from './context.ts';
import { test as base } from './database.ts';
import { ManualClock } from './manual-clock.ts';
import { PATIENCE_MS } from './soon.ts';

export interface Reacting {
  readonly jobs: Jobs;
  readonly ctx: ReturnType<typeof engineContext>;
  readonly clock: ManualClock;
  readonly settled: () => Promise<void>;
  /** Lets time pass in steps of two seconds, or longer ones up to six, and what is due be done. */
  readonly pass: (ms: number) => Promise<void>;
  /** Lets time pass in steps of a second, each with what was due in it done, until it holds. */
  readonly passUntil: (holds: () => unknown) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Options extends Omit<ContextOptions, 'clock' | 'committed'> {
  readonly clock?: ManualClock;
  readonly times?: number;
  /** Configured, but they have not let us in. */
  readonly away?: readonly ChatPlatform[];
  readonly channels?: Channels;
  readonly llm?: Door;
  readonly looking?: Looking;
}

/** Starts everything that happens by itself on these platforms, with every reaction run twice; it stops with the test. */
export const test = base.extend('reacting', ({ db }, { onCleanup }) => {
  const started: Reacting[] = [];
  onCleanup(async () => {
    for (const it of started) await it.stop();
  });
  return async (chat: readonly ChatPlatform[], options: Options = {}) => {
    const made = await start(db, chat, options);
    started.push(made);
    return made;
  };
});

const NONE: Channels = { names: [], get: async () => null };

async function start(
  db: Db,
  chat: readonly ChatPlatform[],
  {
    clock = new ManualClock(),
    times = 2,
    away = [],
    channels = NONE,
    llm = closedDoor(),
    ...options
  }: Options,
): Promise<Reacting> {
  const later: { jobs?: Jobs } = {};
  const settings = {
    ...options.settings,
    platforms: [...chat, ...away].map(({ name }) => name),
    channels: channels.names,
  };
  const ctx = engineContext(db, { ...options, settings, clock, committed: () => later.jobs?.committed() });
  const started = Promise.withResolvers<Jobs>();
  const ask: Ask = async (...asked) => await (await started.promise).ask(...asked);
  const failures: unknown[] = [];
  const report = (error: unknown) => void failures.push(error);
  const all = [...chat, ...away];
  const outages = new Outages({ chat: all, db, now: ctx.now, ask, report });
  const jobs = await startJobs<Omit<Deps, keyof Calls>>({
    db,
    alone: false,
    clock,
    times,
    // A busy machine is no part of what is promised.
    ease: (atOnce) => atOnce,
    ...worksFor(all, channels, options.looking),
    deps: {
      db,
      now: ctx.now,
      chat: all,
      system: ctx,
      settings: ctx.settings,
      ask,
      llm,
      embedder: hashingEmbedder(),
      secret: 'a secret of tests',
      refOf: (it, platform) => identityOf(db, it, platform),
    },
    log: { warn: () => {}, error: (it) => report(it) },
    observer: {
      reaction: () => {},
      timerLate: () => {},
      destination: (name, state) => outages.changed(name, state),
    },
  });
  later.jobs = jobs;
  started.resolve(jobs);
  outages.resume();
  for (const platform of chat) if (platform.name !== 'web') jobs.serve(platform);
  for (const name of [MODEL, ...channels.names]) jobs.serve({ name, check: async () => {} });
  await catchUp(chat, { db, ask });
  const caughtUp = catchingUp(db, jobs, clock);
  const stopping: { done?: Promise<void> } = {};
  return {
    jobs,
    ctx,
    clock,
    settled: async () => {
      await outages.settled();
      await comesTrue(async () => await quiet(db, jobs, clock));
    },
    pass: async (ms) => {
      // Well below the deadline of a job, which time must not carry off while a busy machine runs it.
      const step = Math.max(2000, Math.min(ms / 100, 6000));
      const most = ms - LAST_STEPS;
      for (let passed = 0; passed < most; passed += step) {
        clock.advance(Math.min(step, most - passed));
        await sleep(5);
        await caughtUp();
      }
      // Who was looking while time passed beyond what is due looks again when it passes further, and not before.
      for (let left = Math.min(ms, LAST_STEPS); left > 0; left -= LAST_STEP) {
        await sleep(30);
        clock.advance(Math.min(left, LAST_STEP));
      }
      await sleep(50);
    },
    passUntil: async (holds) => {
      await comesTrue(async () => {
        await caughtUp();
        try {
          await holds();
        } catch (error) {
          clock.advance(1000);
          throw error;
        }
      });
    },
    stop: async () => {
      stopping.done ??= stop(jobs, outages, clock);
      await stopping.done;
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** In milliseconds: as long as a loop waits at least, and a few of them. */
const LAST_STEP = 5;
const LAST_STEPS = 5 * LAST_STEP;

/** Waits until it holds, also on a machine that does other things too. */
export async function comesTrue(holds: () => unknown): Promise<void> {
  await vi.waitFor(holds, { timeout: PATIENCE_MS, interval: 10 });
}

/**
 * Waits until what is due is done, up to a moment: what never ends is cut off in time, and
 * what waits for a platform that is away is waited for once.
 */
function catchingUp(db: Db, jobs: Jobs, clock: ManualClock): () => Promise<void> {
  let standing = 0;
  return async () => {
    for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
      const { ready, running } = await jobs.stats();
      standing = Math.min(standing, ready);
      if (running === 0 && ready === standing && !(await isAnythingDue(db, clock))) return;
      await sleep(5);
    }
    standing = (await jobs.stats()).ready;
  };
}

const MOST_LOOKS = 40;

async function quiet(db: Db, jobs: Jobs, clock: ManualClock): Promise<void> {
  if (await isAnythingDue(db, clock)) throw new Error('events or timers wait');
  const { ready, running } = await jobs.stats();
  if (ready + running > 0) throw new Error(`${ready} jobs wait, ${running} run`);
}

async function isAnythingDue(db: Db, clock: ManualClock): Promise<boolean> {
  const due = await nextDue(db);
  return (due !== null && due <= clock.now()) || (await undispatched(db)) > 0;
}

/** What does not end by itself is left after its grace, which is on this clock. */
async function stop(jobs: Jobs, outages: Outages, clock: ManualClock): Promise<void> {
  const ticking = setInterval(() => clock.advance(1000), 5);
  await jobs.stop({ graceMs: 0 });
  await outages.stop();
  clearInterval(ticking);
}
