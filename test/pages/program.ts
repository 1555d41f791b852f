import type { PostgresPool } from 'kysely';

import { handleOver } from '#src/db/open.ts';
import type { Context } from '#src/engine/context.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { EmbeddedQueue, type JobLog } from '#src/jobs/embedded.ts';
import { startJobs, type Jobs } from '#src/jobs/jobs.ts';
import { closedDoor } from '#src/llm/door.ts';
import type { Deps } from '#src/reactions/deps.ts';
import { worksFor } from '#src/reactions/index.ts';
import { notifyOn } from '#src/reactions/notify.ts';
import { MODEL, type Calls } from '#src/reactions/reaction.ts';
import { hashingEmbedder } from '#src/search/hashing.ts';
import { SETTINGS } from '#test/support/context.ts';

import type { Faults, Span } from './faults.ts';
import { Life } from './life.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';
import { CHANNELS, CHAT, type Wire } from './wire.ts';

/** Nobody else writes to this database, so looking again and again would find nothing. */
const LOOK_MS = 600_000;

/** The program, while it lives. */
export interface Living {
  readonly life: Life;
  readonly ctx: Context;
  /** Looks for events, timers and jobs that nobody told it of, as it does every few seconds. */
  readonly look: () => void;
}

export interface Around {
  readonly pool: PostgresPool;
  readonly alone: boolean;
  readonly time: Time;
  readonly faults: Faults;
  readonly wire: Wire;
  readonly random: Random;
  /** Told what the program says that it never should. */
  readonly complain: (text: string) => void;
}

/** Starts what the program is beside its doors: the engine, the relay, the queue, the reactions, the breakers. */
export async function start(around: Around): Promise<Living> {
  const life = new Life(around.pool, around.faults, around.time);
  try {
    return await startIn(life, around);
  } catch (error) {
    // A process that cannot start ends, with whatever it had begun.
    life.die();
    throw error;
  }
}

async function startIn(life: Life, { alone, time, faults, wire, random, complain }: Around): Promise<Living> {
  const db = handleOver(life.pool);
  const later: { jobs?: Jobs } = {};
  const settings = { ...SETTINGS, platforms: [CHAT], channels: CHANNELS };
  const ctx: Context = {
    db,
    actor: SYSTEM,
    role: 'admin',
    now: () => time.now(),
    newId: random.uuid,
    committed: () => later.jobs?.committed(),
    settings,
  };
  const log = logTo(complain, faults);
  const { clock } = life;
  const channels = wire.channels(life);
  const chat = wire.chat(life);
  // Of the chat only what is sent to people: no rooms.
  const works = worksFor([], channels);
  const direct = notifyOn(chat);
  const breakers = new Map<string, Span>();
  const queue = new EmbeddedQueue({ db, clock, log, alone, random: random.next, lookMs: LOOK_MS });
  const jobs = await startJobs<Omit<Deps, keyof Calls>>({
    db,
    alone,
    clock,
    log,
    lookMs: LOOK_MS,
    queue,
    reactions: [...works.reactions, direct.reaction],
    errands: [...works.errands, direct.errand],
    deps: {
      db,
      now: ctx.now,
      chat: [chat],
      system: ctx,
      settings,
      ask: async () => {},
      llm: closedDoor(),
      embedder: hashingEmbedder(),
      secret: 'a secret of tests',
      refOf: async (id, platform) => ({ platform, id }),
    },
    observer: {
      reaction: () => {},
      timerLate: () => {},
      destination: (name, state) => {
        if (state !== 'closed' && !breakers.has(name)) breakers.set(name, faults.leftAlone(name));
        const open = breakers.get(name);
        if (state !== 'closed' || !open) return;
        open.until = time.ms;
        breakers.delete(name);
      },
    },
  });
  later.jobs = jobs;
  life.onEnd = () => {
    for (const it of breakers.values()) faults.forgot(it);
  };
  for (const name of [MODEL, CHAT, ...CHANNELS]) jobs.serve({ name, check: async () => {} });
  const look = () => {
    jobs.committed();
    queue.wake();
  };
  return { life, ctx, look };
}

/** That the database was away is what is played; that a job is given up must never be. */
function logTo(complain: (text: string) => void, faults: Faults): JobLog {
  return {
    warn: (details, message) => {
      if (message === 'A job was given up') complain(`${message}: ${JSON.stringify(details)}`);
    },
    error: (details, message) => {
      const { err } = details as { readonly err?: unknown };
      const text = err instanceof Error ? err.stack : JSON.stringify(details);
      if (!faults.isGone(err)) complain(`${message}: ${text}`);
    },
  };
}
