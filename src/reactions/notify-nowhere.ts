import { dueNotification, wasNotSent } from '#src/engine/notifications.ts';
import { sayableId, UNKNOWN } from '#src/incident/recipient.ts';

import type { Deps } from './deps.ts';
import type { Notifying } from './notify.ts';
import { PRIORITY } from './reaction.ts';

const OF_ALL = 'notify@';

/**
 * What is to be sent by a channel that nobody knows, or that is not set up any more: it has failed, so
 * that the next way is taken, or the room is told that there is none. It would wait without end otherwise.
 */
export const notifyNowhere: Notifying = {
  reaction: {
    name: 'notify-nowhere',
    on: [],
    rest: OF_ALL,
    priority: PRIORITY.paging,
    run: async ({ timer }, deps) => await fail(timer?.subject, deps),
  },
  errand: {
    name: 'notify-nowhere-apart',
    kinds: [],
    rest: OF_ALL,
    priority: PRIORITY.paging,
    run: async ({ subject }, deps) => await fail(subject, deps),
  },
};

async function fail(subject: string | undefined, { system, paged }: Deps): Promise<void> {
  const due = subject === undefined ? null : await dueNotification(system, subject);
  if (!due) return;
  const { notification, page } = due;
  const { channel } = notification;
  // A room is told by its platform, which nobody may know by that name.
  const to = { kind: page.recipientKind, id: page.recipient };
  const name = to.kind === 'room' ? sayableId(to) : channel;
  const why = name === UNKNOWN ? 'nothing of this name is set up' : `${name} is not set up`;
  await wasNotSent(system, due, { why, isFinal: true });
  paged?.(channel, 'failed', null);
}
