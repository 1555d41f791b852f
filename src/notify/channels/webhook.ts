import type { Dispatcher } from 'undici';

import { call } from '../call.ts';
import type { Channel, Order } from '../channel.ts';
import { guardedDispatcher, type Resolve } from '../guarded.ts';
import { parseUrl } from '../public-url.ts';
import { signWebhook } from '../webhook-signature.ts';
import { bodyLines, headline, link, nameFor } from '../words.ts';

export interface WebhookOptions {
  /** From which the secret of each receiver is made. */
  readonly secret: string;
  /** Whether it may also call http, and addresses of our own network. */
  readonly allowPrivate: boolean;
  readonly now: () => Date;
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

const MOST_SUBJECT = 500;
const MOST_BODY = 20_000;

/**
 * A server of somebody's own. On a repeat: the same `webhook-id`, by which the
 * receiver knows that it has it; https://www.standardwebhooks.com says how to check
 * the signature, and there is a library for it in most languages.
 */
export function makeWebhook(options: WebhookOptions): Channel {
  const { secret, allowPrivate, now, timeoutMs } = options;
  const guard = guardOf(options);
  return {
    name: 'webhook',
    title: 'webhook',
    address: 'an address that takes a POST, like https://example.com/hook',
    isSecret: true,
    limits: { subject: MOST_SUBJECT, body: MOST_BODY, acknowledges: 'link' },
    onRepeat: 'marked',
    closes: true,
    parse: (address) => parseUrl(address, allowPrivate),
    async send({ to, notice, key, signal }) {
      const url = parseUrl(to, allowPrivate);
      const id = `msg_${nameFor(key, 32)}`;
      const body = JSON.stringify(bodyOf(id, notice));
      await call({
        provider: 'webhook',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'incident-manager',
          'x-source': 'llm-incident-manager',
          ...signWebhook(secret, url, { id, body, at: now() }),
        },
        body,
        signal,
        statuses: { 410: 'gone' },
        ...guard,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: id };
    },
  };
}

function guardOf({ allowPrivate, resolve }: WebhookOptions): { dispatcher?: Dispatcher } {
  return allowPrivate ? {} : { dispatcher: guardedDispatcher('webhook', resolve) };
}

/** Contracts 3.7. */
function bodyOf(id: string, notice: Order['notice']): object {
  const { incident, kind, urgency, ack, at } = notice;
  return {
    event_type: `notification.${kind}`,
    timestamp: at.toISOString(),
    notification_id: id,
    urgency,
    subject: headline(notice, MOST_SUBJECT),
    lines: bodyLines(notice, MOST_BODY),
    incident: incident && {
      ...incident,
      title: headline({ ...notice, incident: null, subject: incident.title }, MOST_SUBJECT),
    },
    acknowledge_url: link(ack?.url),
  };
}
