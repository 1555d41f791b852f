import webPush from 'web-push';
import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { call } from '../call.ts';
import { threadOf, type Channel, type Notice, type Order } from '../channel.ts';
import { guardedDispatcher, type Resolve } from '../guarded.ts';
import { parseUrl } from '../public-url.ts';
import { bodyLines, headline, lineOf, link, nameFor, shortenBytes } from '../words.ts';

export interface PushSettings {
  /** Both in base64url; `npx web-push generate-vapid-keys` makes them. */
  readonly publicKey: string;
  readonly privateKey: string;
  /** Whom the push service writes to when something is wrong: `mailto:` or `https:`. */
  readonly subject: string;
}

export interface PushOptions {
  readonly allowPrivate: boolean;
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
}

/** Services take 4,096 bytes, of which encryption needs 103; what is not words needs its share too. */
const MOST_BYTES = 3993;
const MOST_TITLE = 200;
const MOST_BODY_BYTES = 1500;
/** How long a service keeps it for a browser that is not there: who comes later finds the incident anyway. */
const KEPT_SECONDS = { high: 3600, low: 86_400 } as const;

/**
 * Web Push, by the service of whatever browser subscribed on our page. On a repeat:
 * what still waits at the service is replaced, by its topic, and what is shown is
 * replaced in the browser, by its tag.
 */
export function makePush(settings: PushSettings, options: PushOptions): Channel {
  const { allowPrivate, timeoutMs, resolve } = options;
  const guard = allowPrivate ? {} : { dispatcher: guardedDispatcher('push', resolve) };
  return {
    name: 'push',
    title: 'browser',
    address: 'the subscription of a browser, which our page asks for',
    isSecret: true,
    limits: { subject: MOST_TITLE, body: MOST_BODY_BYTES, acknowledges: 'link' },
    onRepeat: 'replaces',
    closes: false,
    parse: (address) => JSON.stringify(subscriptionOf(address, allowPrivate)),
    async send(order) {
      const { url, headers, body } = encrypted(settings, order, allowPrivate);
      await call({
        provider: 'push',
        url,
        headers,
        body,
        signal: order.signal,
        // The subscription is over, or never was.
        statuses: { 404: 'gone', 410: 'gone' },
        ...guard,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: null };
    },
  };
}

const Subscription = z.object({
  endpoint: z.string().max(2000),
  keys: z.object({
    // An uncompressed point of P-256, and 16 bytes.
    p256dh: z.string().regex(/^B[\w-]{86}=?$/),
    auth: z.string().regex(/^[\w-]{22}(?:==)?$/),
  }),
  /** What its owner knows it by: `Firefox on Linux`. */
  device: z
    .string()
    .max(500)
    .transform((it) => lineOf(it, 60))
    .optional(),
});

function subscriptionOf(address: string, allowPrivate: boolean): z.output<typeof Subscription> {
  const read = Subscription.safeParse(jsonOf(address));
  if (!read.success) {
    throw new UserError(
      'bad_arguments',
      'That is not the subscription of a browser. Press "Notify me here" again.',
    );
  }
  return { ...read.data, endpoint: parseUrl(read.data.endpoint, allowPrivate) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function encrypted(
  vapidDetails: PushSettings,
  { to, notice, key }: Order,
  allowPrivate: boolean,
): { url: string; headers: Record<string, string>; body: Buffer } {
  const { urgency } = notice;
  const topic = nameFor(threadOf(notice, key), 32);
  const { headers, body, endpoint } = webPush.generateRequestDetails(
    subscriptionOf(to, allowPrivate),
    JSON.stringify(payloadOf(notice, topic)),
    {
      vapidDetails,
      contentEncoding: 'aes128gcm',
      urgency: urgency === 'high' ? 'high' : 'normal',
      TTL: KEPT_SECONDS[urgency],
      topic,
    },
  );
  return { url: endpoint, headers: stringsOf(headers), body: body ?? Buffer.alloc(0) };
}

/** What our service worker shows. */
function payloadOf(notice: Notice, tag: string): object {
  const { kind, urgency, incident, ack } = notice;
  const links = { url: link(incident?.url), acknowledgeUrl: link(ack?.url) };
  const body = shortenBytes(bodyLines(notice, MOST_BODY_BYTES).join('\n'), MOST_BODY_BYTES);
  const payload = { kind, urgency, tag, title: headline(notice, MOST_TITLE), body, ...links };
  const isTooLong = Buffer.byteLength(JSON.stringify(payload)) > MOST_BYTES;
  return isTooLong ? { ...payload, body: '', acknowledgeUrl: null } : payload;
}

function stringsOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
