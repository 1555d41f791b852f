import type { Message } from '#src/chat/message.ts';
import { addOutgoing, type NewOutgoing } from '#src/db/outgoing.ts';
import type { Tx } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Context } from './context.ts';

/** To whom or where: a person, wherever they are known; or one room of one platform. */
export type SayTo =
  | { readonly person: PersonId }
  | { readonly platform: string; readonly room: string }
  /** In place of what was said before under this key, where that is. */
  | { readonly platform: string; readonly instead: string };

/**
 * Has something said in the chat that is about no incident: written down in the transaction that
 * decided it, and said once, after the commit; the caller calls `committed()` then. The same `key`
 * is the same message. People in it are named by our ids, as everywhere.
 */
export async function sayLater(
  { ctx, tx }: { readonly ctx: Pick<Context, 'now' | 'settings'>; readonly tx: Tx },
  said: {
    readonly key: string;
    readonly to: SayTo;
    readonly message: Message;
  },
): Promise<void> {
  const at = ctx.now();
  const { key, message } = said;
  for (const target of targetsOf(said.to, ctx.settings.platforms)) {
    const id = sayingId(key, target.platform);
    const isNew = await addOutgoing(tx, { ...target, id, message, createdAt: at });
    if (!isNew) continue;
    await setTimers(tx, [{ kind: `say@${target.platform}`, incident: null, subject: id, at }]);
  }
}

type Target = Pick<NewOutgoing, 'platform' | 'toKind' | 'toId'>;

function targetsOf(to: SayTo, platforms: readonly string[]): Target[] {
  if ('person' in to) {
    return platforms.map((platform) => ({ platform, toKind: 'person', toId: to.person }));
  }
  const { platform } = to;
  return 'room' in to
    ? [{ platform, toKind: 'room', toId: to.room }]
    : [{ platform, toKind: 'message', toId: sayingId(to.instead, platform) }];
}

/** What is said under a key is one message on each platform. */
function sayingId(key: string, platform: string): string {
  return `${key}-on-${platform}`;
}
