import webPush from 'web-push';

import type { Channel, ChannelName } from '#src/notify/channel.ts';
import { makeEmail } from '#src/notify/channels/email.ts';
import { makeNtfy } from '#src/notify/channels/ntfy.ts';
import { makeOpsgenie } from '#src/notify/channels/opsgenie.ts';
import { makePagerduty } from '#src/notify/channels/pagerduty.ts';
import { makePush } from '#src/notify/channels/push.ts';
import { makeSms } from '#src/notify/channels/sms.ts';
import { makeVoice } from '#src/notify/channels/voice.ts';
import { makeWebhook } from '#src/notify/channels/webhook.ts';
import { plainPunctuation } from '#src/notify/segments.ts';
import { webhookSecret } from '#src/notify/webhook-signature.ts';

import type { FakeServer, Trouble } from './fake-server.ts';
import { NOW } from './notices.ts';
import { startNtfy, TOKEN } from './ntfy.ts';
import { API_KEY, startOpsgenie } from './opsgenie.ts';
import { ROUTING_KEY, startPagerduty } from './pagerduty.ts';
import { startPushService } from './push-service.ts';
import type { Seen } from './seen.ts';
import { PASSWORD, startSmtp, USER, type SmtpTrouble } from './smtp.ts';
import { ACCOUNT, AUTH_TOKEN, FROM, startTwilio, type FakeTwilio } from './twilio.ts';
import { startReceiver } from './webhook-receiver.ts';

/** A channel with the world it talks to. */
export interface Place {
  /** The channel; `timeoutMs` is its patience. */
  make(timeoutMs?: number): Channel;
  /** As somebody types it. */
  readonly address: string;
  /** What the one who is told has before them, oldest first. */
  seen(): Promise<readonly Seen[]>;
  /** The next order meets this. */
  next(trouble: Trouble): void;
  /** A word that must not be told to anybody: what we prove ourselves with. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export interface Described {
  readonly name: ChannelName;
  start(): Promise<Place>;
  /** An address as typed, and as it is kept. */
  readonly good: readonly (readonly [string, string])[];
  readonly bad: readonly string[];
  /** What the address may be told apart by, beyond the one table. */
  readonly special: Readonly<Record<number, 'gone' | 'retry' | 'stop'>>;
  /** How many are seen after the same order was sent twice. */
  readonly afterRepeat: 1 | 2;
  /** What is left of words there: some places have fewer characters. */
  readonly drawn?: (words: string) => string;
  /** Whether the lines of a page are seen too. */
  readonly hasLines: boolean;
}

const PHONES = {
  good: [
    ['+43 660 1234567', '+436601234567'],
    ['0043 (660) 123-4567', '+436601234567'],
    ['+1.415.555.0100', '+14155550100'],
  ],
  bad: ['', '0660 1234567', '+0660123456', '+123', '+1234567890123456', 'ana', '+43 660 12345a', '112'],
} as const;

export const PLACES: readonly Described[] = [
  {
    name: 'email',
    start: emailPlace,
    good: [
      ['ana@example.com', 'ana@example.com'],
      [' Ana.B+oncall@EXAMPLE.com ', 'Ana.B+oncall@example.com'],
      ['mailto:ana@example.com', 'ana@example.com'],
      ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ],
    bad: [
      'ana',
      '@example.com',
      'ana@',
      'ana@localhost',
      'ana@example.com, eve@example.com',
      'Ana <ana@example.com>',
      'ana@example.com\r\nBcc: eve@example.com',
      '"ana b"@example.com',
      'ana@[127.0.0.1]',
      'a..b@example.com',
      `${'a'.repeat(65)}@example.com`,
    ],
    special: {},
    afterRepeat: 2,
    hasLines: true,
  },
  {
    name: 'ntfy',
    start: ntfyPlace,
    good: [[' ana-phone_8 ', 'ana-phone_8']],
    bad: ['', 'https://ntfy.example/ana', 'a b', 'ana/../eve', 'a'.repeat(65), 'ana\nX: y'],
    special: {},
    afterRepeat: 1,
    hasLines: true,
  },
  {
    name: 'opsgenie',
    start: opsgeniePlace,
    good: [
      ['team: Payments EU', 'team:Payments EU'],
      ['user:Ana@Example.COM', 'user:Ana@example.com'],
      ['schedule:primary', 'schedule:primary'],
    ],
    bad: ['', 'Payments', 'team:', 'user:ana', 'group:x', 'team'],
    special: {},
    afterRepeat: 1,
    hasLines: true,
  },
  {
    name: 'pagerduty',
    start: pagerdutyPlace,
    good: [[` ${ROUTING_KEY} `, ROUTING_KEY]],
    bad: ['', 'abc', `${ROUTING_KEY}0`, 'P'.repeat(31), `${'a'.repeat(31)}-`],
    special: {},
    afterRepeat: 1,
    hasLines: true,
  },
  {
    name: 'push',
    start: pushPlace,
    good: [],
    bad: ['', 'null', '[]', '{}', '{"endpoint":"https://push.example/1","keys":{"p256dh":"x","auth":"y"}}'],
    special: { 404: 'gone', 410: 'gone' },
    afterRepeat: 1,
    hasLines: true,
  },
  {
    name: 'sms',
    start: smsPlace,
    ...PHONES,
    special: {},
    afterRepeat: 2,
    drawn: plainPunctuation,
    hasLines: false,
  },
  { name: 'voice', start: voicePlace, ...PHONES, special: {}, afterRepeat: 2, hasLines: false },
  {
    name: 'webhook',
    start: webhookPlace,
    good: [['http://127.0.0.1/hook#part', 'http://127.0.0.1/hook']],
    bad: [
      '',
      'example.com/hook',
      'ftp://example.com',
      'javascript:alert(1)',
      'https://me:secret@example.com/',
    ],
    special: { 410: 'gone' },
    afterRepeat: 1,
    hasLines: true,
  },
];

const now = () => NOW;

/** What all fakes of HTTP have in common. */
function common({ next, close }: FakeServer) {
  return { next, close };
}

async function emailPlace(): Promise<Place> {
  const smtp = await startSmtp();
  const settings = {
    smtpUrl: smtp.smtpUrl,
    from: 'incidents@example.com',
    tls: 'required',
    ca: smtp.ca,
  } as const;
  return {
    make: (timeoutMs) => makeEmail(settings, timeoutMs),
    address: 'ana@example.com',
    seen: smtp.mails,
    next: (trouble) => smtp.next(asSmtp(trouble)),
    secrets: [PASSWORD, USER],
    close: smtp.close,
  };
}

/** The same trouble as SMTP has it: what is no reply there is left as it is. */
function asSmtp({ status, drop, delayMs }: Trouble): SmtpTrouble {
  const reply = status === undefined ? {} : { reply: { code: status, text: 'the weather' } };
  return { ...reply, ...(drop ? { drop } : {}), ...(delayMs === undefined ? {} : { delayMs }) };
}

async function ntfyPlace(): Promise<Place> {
  const fake = await startNtfy();
  return {
    ...common(fake),
    make: (timeoutMs) => makeNtfy({ url: fake.url, token: TOKEN }, timeoutMs),
    address: 'ana-phone',
    seen: async () => fake.shown('ana-phone'),
    secrets: [TOKEN],
  };
}

async function opsgeniePlace(): Promise<Place> {
  const fake = await startOpsgenie();
  return {
    ...common(fake),
    make: (timeoutMs) => makeOpsgenie({ apiUrl: fake.url, apiKey: API_KEY }, timeoutMs),
    address: 'team:payments',
    seen: async () => fake.alerts(),
    secrets: [API_KEY],
  };
}

async function pagerdutyPlace(): Promise<Place> {
  const fake = await startPagerduty();
  return {
    ...common(fake),
    make: (timeoutMs) => makePagerduty({ eventsUrl: fake.eventsUrl }, timeoutMs),
    address: ROUTING_KEY,
    seen: async () => fake.alerts(),
    secrets: [ROUTING_KEY],
  };
}

async function pushPlace(): Promise<Place> {
  const fake = await startPushService();
  const keys = webPush.generateVAPIDKeys();
  const browser = fake.subscribe(keys.publicKey);
  const settings = { ...keys, subject: 'mailto:ops@example.com' };
  return {
    ...common(fake),
    make: (timeoutMs) => makePush(settings, { allowPrivate: true, ...patience(timeoutMs) }),
    address: browser.subscription,
    seen: browser.shown,
    secrets: [keys.privateKey],
  };
}

async function smsPlace(): Promise<Place> {
  return await twilioPlace(makeSms, (fake, to) => fake.texts(to));
}

async function voicePlace(): Promise<Place> {
  return await twilioPlace(makeVoice, (fake, to) => fake.heard(to));
}

async function twilioPlace(
  make: typeof makeSms,
  seen: (fake: FakeTwilio, to: string) => readonly Seen[],
): Promise<Place> {
  const callbackUrl = 'https://incidents.example.com/notify/twilio';
  const fake = await startTwilio(`${callbackUrl}/sms`, now);
  const settings = { apiUrl: fake.url, accountSid: ACCOUNT, authToken: AUTH_TOKEN, from: FROM, callbackUrl };
  return {
    ...common(fake),
    make: (timeoutMs) => make(settings, timeoutMs),
    address: '+43 660 1234567',
    seen: async () => seen(fake, '+436601234567'),
    secrets: [AUTH_TOKEN],
  };
}

async function webhookPlace(): Promise<Place> {
  const fake = await startReceiver(now);
  const secret = 'what webhooks are signed with';
  fake.trusts(webhookSecret(secret, fake.hook));
  return {
    ...common(fake),
    make: (timeoutMs) => makeWebhook({ secret, allowPrivate: true, now, ...patience(timeoutMs) }),
    address: fake.hook,
    seen: async () => fake.deliveries(),
    secrets: [secret, webhookSecret(secret, fake.hook)],
  };
}

function patience(timeoutMs: number | undefined): { timeoutMs?: number } {
  return timeoutMs === undefined ? {} : { timeoutMs };
}
