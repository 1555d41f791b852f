import { bold, link, withTone, type Message } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { forgetBrowser } from '#src/db/contacts.ts';
import { isDatabaseAway, isTooSlow } from '#src/db/lost.ts';
import { beginTry } from '#src/db/pages.ts';
import { BUILT_IN, dueNotification, wasNotSent, wasSent, type Due } from '#src/engine/notifications.ts';
import { endpointOf } from '#src/engine/own-contacts.ts';
import { ProviderError, UserError } from '#src/errors.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Channels, Deps } from './deps.ts';
import { isBeforeOthers, noticeOf, PRIVATE } from './notice.ts';
import { PRIORITY, type Errand, type Reaction, type Work } from './reaction.ts';

/** A provider that fails so often is not asked again for this page: contacts 4.7 tries 3 times more than once. */
const MOST_TRIES = 4;

type Sent = { readonly providerId: string | null; readonly detail: string | null };

/** Sends what is to be sent by one channel: one job for each, so that none waits for another. */
export function notifyBy(name: string, channels: Channels): Notifying {
  const provider: Provider = { destination: name, taken: new Map() };
  return notifying({
    name,
    destination: name,
    send: (work, deps) =>
      deliver(work, deps, provider, async (due, signal) => {
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
  const provider: Provider = { destination: name, taken: new Map() };
  return notifying({
    name,
    ...(name === BUILT_IN ? {} : { destination: name }),
    send: (work, deps) =>
      deliver(work, deps, provider, async (due) => {
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

type Sending = Pick<Work, 'attempt' | 'signal'> & { readonly subject: string | undefined };

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
  const how = {
    priority: PRIORITY.paging,
    urgent: true,
    ...(destination === undefined ? {} : { destination }),
  };
  return {
    reaction: {
      ...how,
      name: kind,
      on: [],
      timers: [kind],
      run: ({ timer, ...work }, deps) => send({ ...work, subject: timer?.subject }, deps),
    },
    errand: { ...how, name: `notify-apart@${name}`, kinds: [kind], run: send },
  };
}

/** Whom it goes to, and what they took of which the database could not be told yet: that is not sent again. */
interface Provider {
  readonly destination: string;
  readonly taken: Map<string, Sent>;
}

async function deliver(
  { subject, attempt, signal: ofJob }: Sending,
  deps: Deps,
  { destination, taken }: Provider,
  send: (due: Due, signal: AbortSignal) => Promise<Sent>,
): Promise<void> {
  if (subject === undefined) return;
  if (taken.has(subject)) return await settle(subject, deps, taken);
  const due = await dueNotification(deps.system, subject);
  if (!due) return;
  const { id } = due.notification;
  try {
    const sent = await deps.calling(destination, async (signal) => {
      await beginTry(deps.db, id, deps.now());
      return await send(due, signal);
    });
    taken.set(id, sent);
    const { dueAt } = due.notification;
    deps.paged?.(destination, 'sent', dueAt && deps.now().getTime() - dueAt.getTime());
  } catch (error) {
    const failure = failureOf(error, attempt, ofJob);
    if (!failure) throw error;
    await wasNotSent(deps.system, due, failure);
    if (destination === 'push' && error instanceof ProviderError && error.gone === 'person') {
      // Nobody is told by a browser that took its word back; its page asks anew when it is opened.
      await forgetBrowser(deps.db, endpointOf(due.notification.address));
    }
    if (failure.isFinal) deps.paged?.(destination, 'failed', null);
    if (!failure.isFinal || failure.isMistake) throw error;
    return;
  }
  await settle(id, deps, taken);
}

interface Failure {
  readonly why: string;
  readonly isFinal: boolean;
  /** Of ours: the job is given up with it, for whoever is to put it right. */
  readonly isMistake: boolean;
}

/** Null: it says nothing of the way. */
function failureOf(thrown: unknown, attempt: number, signal: AbortSignal): Failure | null {
  const isLast = attempt >= MOST_TRIES;
  const error = signal.aborted && !(thrown instanceof ProviderError) ? signal.reason : thrown;
  if (error instanceof ProviderError) {
    return { why: error.message, isFinal: !error.retry || isLast, isMistake: false };
  }
  // What an address is refused for will be so at every try.
  if (error instanceof UserError) return { why: error.message, isFinal: true, isMistake: false };
  // Somebody else runs the job, or it is run again for as long as it takes.
  if (signal.aborted || (isDatabaseAway(error) && !isTooSlow(error))) return null;
  return { why: 'it could not be sent; what failed is in the log', isFinal: isLast, isMistake: true };
}

async function settle(id: string, { system }: Deps, taken: Provider['taken']): Promise<void> {
  const sent = taken.get(id);
  if (!sent) return;
  await wasSent(system, id, sent);
  taken.delete(id);
}

const ANSWER_TEST: Message['parts'][number] = {
  type: 'buttons',
  buttons: [{ label: 'Acknowledge', command: 'test-page', args: { what: 'answer' }, style: 'primary' }],
};

/** A page as a direct message: what is wrong, why it came to them, and the way to take it. */
function messageOf(due: Due, publicUrl: string): Message {
  const { page, incident } = due;
  const tone = page.urgency === 'high' ? 'alarm' : 'warn';
  if (!incident) {
    const title = page.title ?? '';
    const parts: Message['parts'] = [
      { type: 'text', text: [bold(title)] },
      { type: 'context', text: page.reason },
      ...(page.kind === 'test' ? [ANSWER_TEST] : []),
    ];
    return withTone({ parts, summary: title, tone: 'info' }, tone);
  }
  if (isBeforeOthers(due)) return withTone(namesOnly(incident, publicUrl), tone);
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

/** Without a button: what it answers would be read by everybody in that room. */
function namesOnly({ number, severity }: Incident, publicUrl: string): Message {
  const name = `${shortName(number)} ${severity}`;
  const text = [bold(name), ' ', link(PRIVATE, `${publicUrl}/incidents/${number}`)];
  return { parts: [{ type: 'text', text }], summary: `${name} ${PRIVATE}`, tone: 'info' };
}
