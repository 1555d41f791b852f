import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { findOutgoing, settleOutgoing } from '#src/db/outgoing.ts';
import type { OutgoingRow } from '#src/db/schema-people.ts';
import { BUILT_IN } from '#src/engine/notifications.ts';
import { ProviderError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Deps } from './deps.ts';
import type { Errand } from './reaction.ts';

/** Says on one platform what is to be said about no incident. To people whom it does not know it says nothing. */
export function sayOn(platform: ChatPlatform): Errand<Deps> {
  const { name } = platform;
  return {
    name: `say@${name}`,
    kinds: [`say@${name}`],
    ...(name === BUILT_IN ? {} : { destination: name }),
    async run({ subject: id }, deps) {
      const row = await findOutgoing(deps.db, id);
      if (!row || row.posted !== null || row.failed !== null) return;
      try {
        const posted = await deps.calling(name, async () => await put(platform, row, deps));
        await settleOutgoing(deps.db, id, posted ? { posted: posted.id } : { failed: whyNot(row) });
      } catch (error) {
        if (error instanceof ProviderError && !error.retry) {
          await settleOutgoing(deps.db, id, { failed: error.message });
        }
        throw error;
      }
    },
  };
}

function whyNot({ platform, toKind, toId }: OutgoingRow): string {
  return toKind === 'message' ? `${toId} was never said` : `${platform} does not know them`;
}

/** What takes the place of a message waits until that is there, and is asked again after so many milliseconds at least. */
const FIRST_MS = 2000;
/** The longer it waits, the less often it is asked: after this share of the time that it has waited. */
const SHARE = 0.1;
/** What was not there by then was given up. */
const LONGEST_MS = 7 * 24 * 3_600_000;

/** Null: whom it is for, or what it takes the place of, is not there. */
async function put(platform: ChatPlatform, row: OutgoingRow, deps: Deps): Promise<Ref | null> {
  const { name } = platform;
  const { id, toKind, toId, message } = row;
  if (toKind === 'room') return await platform.post({ platform: name, id: toId }, message, { key: id });
  if (toKind === 'person') {
    const person = await deps.refOf(toId as PersonId, name);
    return person && (await platform.direct(person, message, { key: id }));
  }
  const before = await findOutgoing(deps.db, toId);
  if (!before || before.failed !== null) return null;
  if (before.posted === null) {
    const waitedMs = deps.now().getTime() - row.createdAt.getTime();
    if (waitedMs >= LONGEST_MS) return null;
    const retryAfterMs = Math.max(FIRST_MS, Math.round(waitedMs * SHARE));
    throw new ProviderError(name, `${toId} is not there yet`, { retry: true, retryAfterMs });
  }
  const posted = { platform: name, id: before.posted };
  await platform.edit(posted, message);
  return posted;
}
