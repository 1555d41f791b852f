import { clock, link, say, withTone, type Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { beginOutage, endOutage, incidentsToldOf, outagesOf, type Outage } from '#src/db/outages.ts';
import { saveNotice } from '#src/db/rooms.ts';
import type { Db, Notice, RoomRow } from '#src/db/schema.ts';
import { isOpen, shortName, type Incident } from '#src/incident/incident.ts';

import { catchUp, openNumbers, type Ask } from './catch-up.ts';
import { bringUpToDate } from './living.ts';
import { BUILT_IN, isGone, nameOn, type ChatReaction, type Here } from './on-platform.ts';
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
  const name = `${platform.slice(0, 1).toUpperCase()}${platform.slice(1)}`;
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

/** Writes down when a platform stops answering and when it answers again, and has the other platforms' rooms told. */
export class Outages {
  readonly #it: Watching;
  #last: Promise<void> = Promise.resolve();

  constructor(watching: Watching) {
    this.#it = watching;
  }

  /** A destination is left alone from now on, or called as usual. Any other state, and any other destination, is nothing. */
  changed(destination: string, state: string): void {
    const platform = this.#it.chat.find(({ name }) => name === destination && name !== BUILT_IN);
    if (!platform || (state !== 'open' && state !== 'closed')) return;
    const change = () => (state === 'open' ? this.#begin(platform) : this.#end(platform));
    // One after the other, in the order in which it happened.
    this.#last = this.#last.then(change).catch(this.#it.report);
  }

  /** Resolves when everything that was said so far is written down. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #begin(platform: ChatPlatform): Promise<void> {
    const { db, now } = this.#it;
    const outage = await beginOutage(db, platform.name, now(), LULL_MS);
    if (outage !== null) await this.#tell(platform, await openNumbers(db));
  }

  async #end(platform: ChatPlatform): Promise<void> {
    const { db, now, ask } = this.#it;
    const outage = await endOutage(db, platform.name, now());
    if (outage === null) return;
    await this.#tell(platform, await incidentsToldOf(db, outage));
    await catchUp([platform], { db, ask });
  }

  async #tell(platform: ChatPlatform, incidents: readonly number[]): Promise<void> {
    for (const other of this.#it.chat) {
      if (other !== platform) await this.#it.ask(nameOn(other, tellOutage.name), incidents);
    }
  }
}
