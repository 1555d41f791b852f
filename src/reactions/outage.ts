import { setTimeout as sleep } from 'node:timers/promises';

import { clock, link, say, withTone, type Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import {
  beginOutage,
  endOutage,
  incidentsToldOf,
  outagesOf,
  outageTold,
  platformsAway,
  untoldOutages,
  type Outage,
} from '#src/db/outages.ts';
import { saveNotice } from '#src/db/rooms.ts';
import type { Db, Notice, RoomRow } from '#src/db/schema.ts';
import { BUILT_IN } from '#src/engine/notifications.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';

import { catchUp, openNumbers } from './catch-up.ts';
import { bringUpToDate } from './living.ts';
import { isGone, nameOn, titleOf, type ChatReaction, type Here } from './on-platform.ts';
import type { Ask } from './reaction.ts';
import { inRoom, refOf } from './rooms.ts';

/** What comes back and is gone again within this time was not back: people are not told each time. */
const LULL_MS = 10 * 60_000;

/**
 * Says in the rooms of open incidents that another platform does not answer, once,
 * and changes that message when it does. Reads what outages there are, so that it
 * may run at any time; a room that is opened during one says so too.
 */
export const tellOutage: ChatReaction = {
  name: 'tell-outage',
  whole: true,
  on: ['incident.room_opened'],
  run: async (here) =>
    await inRoom(here, async ({ room, incident }) => {
      const outages = await outagesOf(here.deps.db, Object.keys(room.notices).map(Number));
      let row = room;
      for (const outage of outages.filter((it) => it.platform !== here.platform.name)) {
        row = await tellOf(outage, here, row, incident);
      }
    }),
};

async function tellOf(outage: Outage, here: Here, room: RoomRow, incident: Incident): Promise<RoomRow> {
  const { db, settings } = here.deps;
  let row = room;
  const save = async (notice: Notice) => void (row = await saveNotice(db, row, outage.id, notice));
  if (!row.notices[outage.id]) {
    if (outage.overAt || !isOpen(incident) || room.archivedAt) return row;
    // Before it is said, so that it will be known that it may have been.
    await save(UNSAID);
  }
  const message = wordsFor(outage, incident, `${settings.publicUrl}/incidents/${incident.number}`);
  try {
    await bringUpToDate(here, {
      message,
      known: row.notices[outage.id] ?? UNSAID,
      key: async () => `outage-${outage.id}-${incident.number}`,
      post: async (key) => await here.call(async (it) => await it.post(refOf(room), message, { key })),
      save,
      isLostWith: [],
    });
  } catch (error) {
    // Somebody deleted it: they know.
    if (!isGone(error, 'message')) throw error;
  }
  return row;
}

const UNSAID: Notice = { id: null, shown: null, lost: 0 };

function wordsFor({ platform, since, overAt }: Outage, { number }: Incident, url: string): Message {
  const name = titleOf(platform);
  const incident = link(shortName(number), url);
  if (overAt) {
    const text = [
      `${name} did not answer from `,
      clock(since),
      ' to ',
      clock(overAt),
      '. ',
      incident,
      ' went on here.',
    ];
    return withTone(say(text), 'quiet');
  }
  const rest = ' goes on here; its room there will be brought up to date when it is back.';
  return withTone(say([`${name} does not answer since `, clock(since), '. ', incident, rest]), 'warn');
}

interface Watching {
  readonly chat: readonly ChatPlatform[];
  readonly db: Db;
  readonly now: () => Date;
  readonly ask: Ask;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
}

/** How often it is looked whether somebody else's outage is over, and how long they may have been silent about it: a process says once a minute that a platform is still away. */
const LOOK_MS = 60_000;
const SILENT_MS = 150_000;

/** What could not be written down is tried again after so long, and then after twice as long each time. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/**
 * Writes down when a platform stops answering and when it answers again, and has the other
 * platforms' rooms told. Whether they were told is written down too: whoever is killed
 * between the two leaves it to the next start.
 */
export class Outages {
  readonly #it: Watching;
  readonly #stopping = new AbortController();
  /** The platforms that answer this process. */
  readonly #answering = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #last: Promise<void> = Promise.resolve();

  constructor(watching: Watching) {
    this.#it = watching;
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** At the start: what was not told before is told now, and a platform that is not configured any more is not away. */
  resume(): void {
    this.#then(async () => {
      const { db, chat, now } = this.#it;
      for (const platform of await platformsAway(db)) {
        if (chat.every(({ name }) => name !== platform)) await endOutage(db, platform, now());
      }
    });
  }

  /** Who found that a platform is away may have gone since: it is over where it answers here, and nobody else says otherwise. */
  look(): void {
    const { db, now } = this.#it;
    if (this.#answering.size === 0) return;
    const at = now();
    const before = new Date(at.getTime() - SILENT_MS);
    this.#then(async () => {
      for (const platform of await platformsAway(db)) {
        if (this.#answering.has(platform)) await endOutage(db, platform, at, before);
      }
    });
  }

  /** A destination is left alone from now on, or called as usual. Any other state, and any other destination, is nothing. */
  changed(destination: string, state: string): void {
    const { db, chat, now } = this.#it;
    const isPlatform = chat.some(({ name }) => name === destination && name !== BUILT_IN);
    if (!isPlatform || (state !== 'open' && state !== 'closed')) return;
    const at = now();
    if (state === 'closed') this.#answering.add(destination);
    else this.#answering.delete(destination);
    this.#then(async () => {
      if (state === 'open') await beginOutage(db, destination, at, LULL_MS);
      else await endOutage(db, destination, at);
    });
  }

  /** Resolves when everything that was said so far is written down, or given up by `stop`. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** What cannot be written down now is not tried again. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#last;
  }

  /** One after the other, in the order in which it happened. */
  #then(write: () => Promise<void>): void {
    const before = this.#last;
    this.#last = (async () => {
      await before;
      await this.#untilDone(write);
    })();
  }

  async #untilDone(write: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        await write();
        return await this.#tell();
      } catch (error) {
        this.#it.report(error);
      }
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
    }
  }

  async #tell(): Promise<void> {
    const { db, chat, ask } = this.#it;
    for (const outage of await untoldOutages(db)) {
      const isOver = outage.overAt !== null;
      const incidents = isOver ? await incidentsToldOf(db, outage.id) : await openNumbers(db);
      for (const other of chat.filter(({ name }) => name !== outage.platform)) {
        await ask(nameOn(other, tellOutage.name), incidents);
      }
      const back = chat.filter(({ name }) => isOver && name === outage.platform);
      await catchUp(back, { db, ask });
      await outageTold(db, outage);
    }
  }
}
