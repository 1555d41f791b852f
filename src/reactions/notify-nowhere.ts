import { dueNotification, wasNotSent } from '#src/engine/notifications.ts';
import { UNKNOWN } from '#src/incident/recipient.ts';

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
  const { channel } = due.notification;
  const why = channel === UNKNOWN ? 'nothing of this name is set up' : `${channel} is not set up`;
  await wasNotSent(system, due, { why, isFinal: true });
  paged?.(channel, 'failed', null);
}
