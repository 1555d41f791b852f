import { investigationMessage, stepsMessage } from '#src/chat/investigation-message.ts';
import {
  investigationMessage as knownMessage,
  investigationsOf,
  saveInvestigationMessage,
  type InvestigationMessageRow,
  type InvestigationRow,
} from '#src/db/investigations.ts';
import { formerRooms } from '#src/db/rooms.ts';
import type { Notice } from '#src/db/schema.ts';

import { bringUpToDate } from './living.ts';
import { isGone, type ChatReaction, type Here } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { inRoom, refOf, type InRoom } from './rooms.ts';

export const SHOW_INVESTIGATION = 'show-investigation';

/** The latest one, and the one before it, which loses its buttons. */
const SHOWN = 2;

/**
 * An investigation is one message in the room, edited in place from the first look to the verdict of people. Where the
 * platform has threads its looks are told below it. One that somebody deleted is not posted again: they know.
 */
export const showInvestigation: ChatReaction = {
  name: SHOW_INVESTIGATION,
  whole: true,
  on: ['incident.investigated', 'incident.room_opened'],
  priority: PRIORITY.enrichment,
  lane: SHOW_INVESTIGATION,
  async run(here) {
    const all = await investigationsOf(here.deps.db, here.number);
    const begun = all.filter(({ begunAt }) => begunAt !== null).slice(0, SHOWN);
    if (begun.length === 0) return;
    await inRoom(here, async (it) => {
      if (it.room.archivedAt) return;
      for (const [at, row] of begun.entries()) await draw(here, it, row, at > 0);
    });
  },
};

async function draw(here: Here, { room }: InRoom, row: InvestigationRow, isOld: boolean): Promise<void> {
  const { deps, platform, number } = here;
  const kept = await knownMessage(deps.db, row.id, platform.name);
  // Of a room that took the place of another nothing is known yet.
  let known: Known = kept?.room === room.room ? kept : UNKNOWN;
  const save = async (change: Partial<Known>) => {
    known = { ...known, ...change };
    await saveInvestigationMessage(deps.db, { ...room, investigation: row.id }, known);
  };
  const { threads } = platform.limits;
  try {
    await bringUpToDate(here, {
      message: investigationMessage({ row, isOld, hasThread: threads }),
      known: { id: known.message, shown: known.shown, lost: known.lost },
      key: async () =>
        `investigation-${row.id}-${(await formerRooms(deps.db, number, platform.name)).length}`,
      post: async (key, message) => await here.call((it) => it.post(refOf(room), message, { key })),
      save: async ({ id, ...rest }: Notice) => await save({ ...rest, message: id }),
      isLostWith: [],
    });
    if (threads) await tellSteps(here, row, known, async (told) => await save({ told }));
  } catch (error) {
    if (!isGone(error, 'message')) throw error;
  }
}

type Known = Pick<InvestigationMessageRow, 'message' | 'shown' | 'lost' | 'told'>;

const UNKNOWN: Known = { message: null, shown: null, lost: 0, told: 0 };

/** A run that was begun again tells its looks from the first on. */
async function tellSteps(
  here: Here,
  { id, runs, steps }: InvestigationRow,
  { message, told }: Known,
  save: (told: number) => Promise<void>,
): Promise<void> {
  const from = told > steps.length ? 0 : told;
  const news = steps.slice(from);
  if (message === null || news.length === 0) return;
  const key = `investigation-${id}-${runs}-looks-${from}`;
  const posted = { platform: here.platform.name, id: message };
  await here.call((it) => it.replyTo(posted, stepsMessage(news), { key }));
  await save(steps.length);
}
