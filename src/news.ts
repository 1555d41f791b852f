import { setTimeout as sleep } from 'node:timers/promises';

import type { WebChat } from '#adapters/web/adapter.ts';

import { newsMarks, newsSince, type Marks } from './db/news.ts';
import type { Db } from './db/schema.ts';
import type { Bell } from './jobs/bell.ts';
import type { Log } from './log.ts';

interface Watching {
  readonly db: Db;
  readonly now: () => Date;
  readonly bell: Pick<Bell, 'on' | 'watch' | 'isUp'>;
  readonly web: Pick<WebChat, 'broadcastIncident' | 'heard' | 'online'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Between looks while other processes tell us, for what was lost, and while they cannot. */
const LOOK_MS = 15_000;
const DEAF_LOOK_MS = 1000;

/** Shows on the pages that are open here what happened in other processes: as they tell of it, and by looking. */
export function watchNews(watching: Watching): { stop(): Promise<void> } {
  const { bell, web } = watching;
  bell.on('incident', (number) => {
    if (typeof number === 'number') web.broadcastIncident(number);
  });
  bell.on('chat', (news) => web.heard(news));
  const stopping = new AbortController();
  let waiting = new AbortController();
  bell.watch(() => waiting.abort());
  const looking = async () => {
    const { signal } = stopping;
    let seen: readonly Marks[] = [];
    while (!signal.aborted) {
      waiting = new AbortController();
      seen = await look(watching, seen);
      const until = AbortSignal.any([signal, waiting.signal]);
      const ms = bell.isUp ? LOOK_MS : DEAF_LOOK_MS;
      await sleep(ms, undefined, { signal: until, ref: false }).catch(() => {});
    }
  };
  const done = looking();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** Answers the marks to go on from. Things are shown twice rather than not: what commits late has a number from before. */
async function look({ db, now, web, log }: Watching, seen: readonly Marks[]): Promise<readonly Marks[]> {
  try {
    const marks = await newsMarks(db);
    const [from] = seen;
    if (from && web.online().length > 0 && !isSame(from, marks)) {
      const { incidents, messages } = await newsSince(db, from, now());
      for (const number of incidents) web.broadcastIncident(number);
      for (const id of messages) web.heard({ type: 'message', id });
    }
    return [...seen, marks].slice(-2);
  } catch (error) {
    log.warn({ err: error }, 'What other processes did could not be looked up for the pages that are open');
    return seen;
  }
}

function isSame(one: Marks, other: Marks): boolean {
  return one.event === other.event && one.message === other.message;
}
