import { signingSecret } from '#src/channels.ts';
import type { Db } from '#src/db/schema.ts';
import { webhookSecret } from '#src/notify/webhook-signature.ts';

import { startFakeDiscord } from './discord/fake.ts';
import type { FakePlatform } from './fake-platform.ts';
import type { FakeServer, Trouble } from './notify/fake-server.ts';
import { startNtfy, TOKEN } from './notify/ntfy.ts';
import { startPagerduty } from './notify/pagerduty.ts';
import { startSmtp, type SmtpTrouble } from './notify/smtp.ts';
import { ACCOUNT, AUTH_TOKEN, FROM, startTwilio } from './notify/twilio.ts';
import { startReceiver } from './notify/webhook-receiver.ts';
import { startFakeSlack } from './slack/fake.ts';
import { startFakeTeams } from './teams/fake.ts';

export const CHATS = ['slack', 'teams', 'discord'] as const;
export type Chat = (typeof CHATS)[number];
export const PROVIDERS = ['twilio', 'ntfy', 'pagerduty', 'webhook'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Everybody else's servers that a cluster talks to: three chats and all ways of telling people. */
export interface Outside {
  readonly env: Readonly<Record<string, string>>;
  readonly chats: Readonly<Record<Chat, FakePlatform>>;
  readonly providers: Readonly<Record<Provider, FakeServer>>;
  readonly twilio: Awaited<ReturnType<typeof startTwilio>>;
  readonly smtp: Awaited<ReturnType<typeof startSmtp>>;
  readonly pagerduty: Awaited<ReturnType<typeof startPagerduty>>;
  readonly ntfy: Awaited<ReturnType<typeof startNtfy>>;
  readonly webhook: Awaited<ReturnType<typeof startReceiver>>;
  trouble(at: Provider, trouble: Trouble): void;
  mailTrouble(trouble: SmtpTrouble): void;
  /** The webhook's owner is told what its calls are signed with; once there is a database. */
  introduce(db: Db): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param appUrl a node that can be asked at the moment
 * @param pace so many times faster than in earnest do the rate limits of the chats let calls through again
 */
export async function startOutside(appUrl: () => string, pace = 1): Promise<Outside> {
  const now = () => new Date();
  const [slack, teams, discord, twilio, smtp, pagerduty, ntfy, webhook] = await Promise.all([
    startFakeSlack({ appUrl, pace }),
    startFakeTeams({ appUrl }),
    startFakeDiscord({ pace }),
    startTwilio('http://127.0.0.1:1/sms', now),
    startSmtp({ plain: true }),
    startPagerduty(),
    startNtfy(),
    startReceiver(now),
  ]);
  const chats = { slack, teams, discord };
  const providers = { twilio, ntfy, pagerduty, webhook };
  return {
    env: {
      ...slack.env,
      ...teams.env,
      ...discord.env,
      SMTP_URL: smtp.openUrl,
      SMTP_FROM: 'incidents@example.com',
      SMTP_TLS: 'off',
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_FROM: FROM,
      TWILIO_API_URL: twilio.url,
      PAGERDUTY_EVENTS_URL: pagerduty.eventsUrl,
      NTFY_URL: ntfy.url,
      NTFY_TOKEN: TOKEN,
      NOTIFY_PRIVATE_ADDRESSES: 'on',
    },
    chats,
    providers,
    twilio,
    smtp,
    pagerduty,
    ntfy,
    webhook,
    trouble: (at, trouble) => providers[at].next(trouble),
    mailTrouble: (trouble) => smtp.next(trouble),
    introduce: async (db) => webhook.trusts(webhookSecret(await signingSecret(db), webhook.hook)),
    stop: async () => {
      await Promise.all(CHATS.map((it) => chats[it].stop()));
      await Promise.all([...PROVIDERS.map((it) => providers[it].close()), smtp.close()]);
    },
  };
}
