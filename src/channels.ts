import { createECDH, randomBytes } from 'node:crypto';

import type { Ways } from './chat/command.ts';
import type { Db } from './db/schema.ts';
import { keptSetting } from './db/settings.ts';
import { UserError } from './errors.ts';
import type { Channel } from './notify/channel.ts';
import type { ChannelSettings } from './notify/channels/index.ts';
import type { Channels } from './reactions/deps.ts';

/** The channels that are set up. Their libraries take a third of a second to load, so they are when the first is used. */
export function joinChannels(
  settings: ChannelSettings,
  { secret, now }: { readonly secret: string; readonly now: () => Date },
): Channels {
  let loaded: Promise<ReadonlyMap<string, Channel>> | undefined;
  const load = async () => {
    const { makeChannels } = await import('./notify/channels/index.ts');
    return new Map(makeChannels(settings, { secret, now }).map((it) => [it.name as string, it]));
  };
  return {
    names: channelsOf(settings),
    async get(name) {
      loaded ??= load();
      return (await loaded).get(name) ?? null;
    },
  };
}

/** The same for those who set up how they are told. */
export function waysBy(channels: Channels, now: () => Date): Ways {
  const channel = async (kind: string) => {
    const found = await channels.get(kind);
    if (!found) throw new UserError('bad_arguments', `Nobody can be told by ${kind} here: it is not set up.`);
    return found;
  };
  const spare = sparing(now);
  return {
    names: channels.names,
    parse: async (kind, address) => (await channel(kind)).parse(address),
    async tell(kind, address, { key, by, ...words }) {
      spare(by);
      const notice = { ...words, urgency: 'low', incident: null, ack: null, at: now() } as const;
      const signal = AbortSignal.timeout(TELL_MS);
      await (await channel(kind)).send({ to: address, notice, key, signal });
    },
  };
}

/**
 * Texts and calls cost money, and a code goes to whatever number was typed, whose ever it is.
 * Answers what counts somebody's and throws `too_many` where there were more than these.
 */
function sparing(now: () => Date): (by: string) => void {
  const sent = new Map<string, readonly number[]>();
  return (by) => {
    const at = now().getTime();
    const lately = (sent.get(by) ?? []).filter((it) => it > at - WITHIN_MS);
    if (lately.length >= MOST) {
      const text = `You had ${MOST} codes and tests sent within ten minutes. Wait a little, then ask again.`;
      throw new UserError('too_many', text, { retryAfterS: 60 });
    }
    sent.set(by, [...lately, at]);
  };
}

const MOST = 10;
const WITHIN_MS = 10 * 60_000;
/** Whoever sets up a contact waits for it. */
const TELL_MS = 15_000;

/** What links and webhooks are signed with: made at the first start, the same ever after. */
export async function signingSecret(db: Db): Promise<string> {
  return await keptSetting(db, 'signing_secret', () => randomBytes(32).toString('base64url'));
}

/** With keys for browsers: those that are set, or else a pair made at the first start, the same ever after. */
export async function withPushKeys(
  db: Db,
  settings: ChannelSettings,
  publicUrl: string,
): Promise<ChannelSettings> {
  if (settings.push) return settings;
  const [publicKey = '', privateKey = ''] = (await keptSetting(db, 'push_keys', newPushKeys)).split('.');
  const { protocol, hostname } = new URL(publicUrl);
  // Push services write to it when something is wrong; the settings name a better one.
  const subject = protocol === 'https:' ? publicUrl : `mailto:incident-manager@${hostname}`;
  return { ...settings, push: { publicKey, privateKey, subject } };
}

/** A pair of P-256, which is what RFC 8292 asks for: a point of 65 bytes and a number of 32. */
function newPushKeys(): string {
  const pair = createECDH('prime256v1');
  const point = pair.generateKeys().toString('base64url');
  const number = Buffer.alloc(32);
  const own = pair.getPrivateKey();
  own.copy(number, number.length - own.length);
  return `${point}.${number.toString('base64url')}`;
}

/** The names of those that are set up. PagerDuty and webhooks always are: their addresses say it all. */
export function channelsOf({ email, twilio, opsgenie, push, ntfy }: ChannelSettings): string[] {
  const asked = { email, ntfy, opsgenie, push, sms: twilio, voice: twilio };
  const set = Object.entries(asked).flatMap(([name, it]) => (it === undefined ? [] : [name]));
  return [...set, 'pagerduty', 'webhook'].toSorted();
}
