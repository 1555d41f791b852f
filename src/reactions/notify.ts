import { bold, link, withTone, type Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { beginTry } from '#src/db/pages.ts';
import { dueNotification, wasNotSent, wasSent, type Due } from '#src/engine/notifications.ts';
import { ProviderError } from '#src/errors.ts';
import { shortName } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Channels, Deps } from './deps.ts';
import { noticeOf } from './notice.ts';
import { BUILT_IN } from './on-platform.ts';
import { PRIORITY, type Errand, type Reaction, type Work } from './reaction.ts';

/** A provider that fails so often is not asked again for this page: contacts 4.7 tries 3 times more than once. */
const MOST_TRIES = 4;

type Sent = { readonly providerId: string | null; readonly detail: string | null };

/** Sends what is to be sent by one channel: one job for each, so that none waits for another. */
export function notifyBy(name: string, channels: Channels): Notifying {
  return notifying({
    name,
    destination: name,
    send: (work, deps) =>
      deliver(work, deps, name, async (due, signal) => {
        const channel = await channels.get(name);
        if (!channel) throw new ProviderError(name, 'is not set up any more', { retry: false });
        const { notification } = due;
        const sent = await channel.send({
          to: notification.address,
          notice: noticeOf(due, deps),
          key: notification.id,
          ...(notification.triedAt ? { triedAt: notification.triedAt } : {}),
          signal,
        });
        return { providerId: sent.providerId, detail: sent.detail ?? null };
      }),
  });
}

/** Sends direct messages, and words to rooms that a level names, on one chat platform. */
export function notifyOn(platform: ChatPlatform): Notifying {
  const { name } = platform;
  return notifying({
    name,
    ...(name === BUILT_IN ? {} : { destination: name }),
    send: (work, deps) =>
      deliver(work, deps, name, async (due) => {
        const { notification, page } = due;
        const key = `page-${notification.id}`;
        const message = messageOf(due, deps.settings.publicUrl);
        if (page.recipientKind === 'room') {
          const { id } = await platform.post({ platform: name, id: notification.address }, message, { key });
          return { providerId: id, detail: null };
        }
        const ref = await deps.refOf(notification.address as PersonId, name);
        if (!ref) throw new ProviderError(name, 'does not know them', { retry: false });
        await platform.direct(ref, message, { key });
        return { providerId: null, detail: null };
      }),
  });
}

/** What is sent about an incident, and about none. */
export interface Notifying {
  readonly reaction: Reaction<Deps>;
  readonly errand: Errand<Deps>;
}

type Sending = Pick<Work, 'attempt'> & { readonly subject: string | undefined };

function notifying({
  name,
  destination,
  send,
}: {
  readonly name: string;
  readonly destination?: string;
  readonly send: (work: Sending, deps: Deps) => Promise<void>;
}): Notifying {
  const kind = `notify@${name}` as const;
  const how = { priority: PRIORITY.paging, ...(destination === undefined ? {} : { destination }) };
  return {
    reaction: {
      ...how,
      name: kind,
      on: [],
      timers: [kind],
      run: ({ attempt, timer }, deps) => send({ attempt, subject: timer?.subject }, deps),
    },
    errand: { ...how, name: `notify-apart@${name}`, kinds: [kind], run: send },
  };
}

async function deliver(
  { subject, attempt }: Sending,
  deps: Deps,
  destination: string,
  send: (due: Due, signal: AbortSignal) => Promise<Sent>,
): Promise<void> {
  const due = subject === undefined ? null : await dueNotification(deps.system, subject);
  if (!due) return;
  const { id } = due.notification;
  let sent: Sent;
  try {
    sent = await deps.calling(destination, async (signal) => {
      await beginTry(deps.db, id, deps.now());
      return await send(due, signal);
    });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isFinal = !error.retry || attempt >= MOST_TRIES;
    await wasNotSent(deps.system, due, { why: error.message, isFinal });
    if (isFinal) return;
    throw error;
  }
  await wasSent(deps.system, id, sent);
}

/** A page as a direct message: what is wrong, why it came to them, and the way to take it. */
function messageOf({ page, incident }: Due, publicUrl: string): Message {
  const tone = page.urgency === 'high' ? 'alarm' : 'warn';
  if (!incident) {
    const title = page.title ?? '';
    const parts: Message['parts'] = [
      { type: 'text', text: [bold(title)] },
      { type: 'context', text: page.reason },
    ];
    return withTone({ parts, summary: title, tone: 'info' }, tone);
  }
  const { number, severity, title } = incident;
  const name = shortName(number);
  const args = { incident: String(number) };
  const text = [bold(`${name} ${severity}`), ' ', link(title, `${publicUrl}/incidents/${number}`)];
  const message: Message = {
    parts: [
      { type: 'text', text },
      { type: 'context', text: page.reason },
      {
        type: 'buttons',
        buttons: [
          { label: 'Acknowledge', command: 'ack', args, style: 'primary' },
          { label: 'Escalate', command: 'escalate', args, style: 'plain' },
        ],
      },
    ],
    summary: `You are paged for ${name} ${severity}: ${title}`,
    tone: 'info',
  };
  return withTone(message, tone);
}
