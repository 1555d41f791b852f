import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { roomOn } from '#src/db/rooms.ts';
import { filesToCome, findSaid, leaveFileOut, saveCopiedFile, type FileToCome } from '#src/db/said.ts';

import type { Fetched } from './fetched.ts';
import { isGone, isRefused, type ChatReaction, type Here } from './on-platform.ts';
import { PRIORITY } from './reaction.ts';
import { refOf } from './rooms.ts';

/**
 * The files of one platform follow their words to another one, in a lane of their own: a
 * platform that is slow, or does not answer, keeps its files waiting, and nothing else.
 * `carry.ts` has it run, and writes down which files are to come.
 */
export function carryFiles(from: ChatPlatform, fetched: Fetched): ChatReaction {
  return {
    name: filesFrom(from.name),
    whole: true,
    on: [],
    priority: PRIORITY.around,
    lane: `files-from-${from.name}`,
    asks: from.name,
    async run(here) {
      const { db } = here.deps;
      const room = await roomOn(db, here.number, here.platform.name);
      if (!room) return;
      const ways = { from: from.name, to: here.platform.name };
      let failure: unknown = null;
      for (const it of await filesToCome(db, here.number, ways)) {
        // One that does not come does not keep the others.
        await carryFile({ here, from, fetched }, refOf(room), it).catch((error: unknown) => {
          failure ??= error;
        });
      }
      if (failure !== null) throw failure;
    },
  };
}

/** The reaction that brings the files of this platform. */
export function filesFrom(platform: string): string {
  return `carry-files-from-${platform}`;
}

interface Way {
  readonly here: Here;
  readonly from: ChatPlatform;
  readonly fetched: Fetched;
}

/** What either platform will not have, or does not have any more, is left out; the words that came with it stay. */
async function carryFile(way: Way, room: Ref, it: FileToCome): Promise<void> {
  const { here } = way;
  const { db } = here.deps;
  try {
    const posted = await attached(way, room, it);
    if (!posted) return;
    await saveCopiedFile(db, it, posted);
    // What is taken back meanwhile takes back what it finds written down.
    const now = await findSaid(db, it.said.id);
    if (now?.deletedAt) await here.call((platform) => platform.remove(posted));
  } catch (error) {
    if (!isRefused(error) && !isGone(error, 'message') && !isGone(error, 'room')) throw error;
    await leaveFileOut(db, it, here.platform.name);
  }
}

async function attached(
  { here, from, fetched }: Way,
  room: Ref,
  { said, file: index }: FileToCome,
): Promise<Ref | null> {
  const file = said.files[index];
  if (!file) return null;
  const { calling } = here.deps;
  const name = `${file.platform} ${file.id}`;
  const bytes = await fetched.of(name, async () => await calling(from.name, () => from.fetchFile(file)));
  const sent = { name: file.name, type: file.type, bytes };
  const options = { key: `said-${said.id}-file-${index}`, words: `${file.name}, from ${said.name}` };
  return await here.call((platform) => platform.attach(room, sent, options));
}
