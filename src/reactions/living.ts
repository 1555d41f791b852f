import type { Message } from '#src/chat/message.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { Notice } from '#src/db/schema.ts';
import { ProviderError } from '#src/errors.ts';

import { isFirst, isGone, type Here } from './on-platform.ts';
import { digest } from './shown.ts';

/** A message that is edited in place for as long as it is there. */
interface Living {
  readonly message: Message;
  /** As it is remembered: its id, a digest of what it shows, how many were deleted before it. */
  readonly known: Notice;
  /** The key of the one that is posted when so many were deleted. */
  key(lost: number): Promise<string>;
  post(key: string, message: Message): Promise<Ref>;
  save(now: Notice): Promise<void>;
  /** What its being deleted looks like. */
  readonly isLostWith: readonly ('message' | 'room')[];
}

/** Somebody who deletes it faster than this is not argued with. */
const MOST_POSTS = 3;

/** Makes the message show what it should: posted where it is missing, edited where it shows something else, left alone where not. */
export async function bringUpToDate(here: Here, it: Living): Promise<void> {
  const wanted = digest(it.message);
  let alive = it.known;
  for (let posts = 0; posts < MOST_POSTS; posts += 1) {
    const { id, shown } = alive.id === null ? await posted(here, it, alive) : alive;
    if (id === null || shown === wanted) return;
    try {
      await here.call((platform) => platform.edit({ platform: platform.name, id }, it.message));
      await it.save({ id, shown: wanted, lost: alive.lost });
      return;
    } catch (error) {
      const isLost = it.isLostWith.some((what) => isGone(error, what));
      // One that is still there may have been changed all the same.
      alive = isLost
        ? { id: null, shown: null, lost: alive.lost + 1 }
        : { id, shown: null, lost: alive.lost };
      await it.save(alive);
      if (!isLost) throw error;
    }
  }
  throw new ProviderError(here.platform.name, 'a message is deleted again and again', { retry: false });
}

/** Posts it. An earlier try may have posted it when it said something else: then what it shows is not certain. */
async function posted(here: Here, it: Living, { lost }: Notice): Promise<Notice> {
  const key = await it.key(lost);
  const isNew = await isFirst(here, key);
  const { id } = await it.post(key, it.message);
  const alive = { id, shown: isNew ? digest(it.message) : null, lost };
  await it.save(alive);
  return alive;
}
