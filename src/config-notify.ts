import { z } from 'zod';

import { setting, text } from './config-chat.ts';
import { UserError } from './errors.ts';
import type { ChannelSettings } from './notify/channels/index.ts';
import { parseEmail } from './notify/mail-address.ts';
import { parsePhone } from './notify/phone.ts';

/** Where Twilio reaches us, behind PUBLIC_URL. */
export const TWILIO_PATH = '/notify/twilio';

/** The settings of the ways to reach people outside the room. A way that has none is not there. */
export const NOTIFY_SETTINGS = {
  SMTP_URL: setting(
    'E-mail: the server, `smtp://user:password@host:587`, or `smtps://` where TLS begins at once. Set, people get mail.',
    z.url({ protocol: /^smtps?$/ }).optional(),
  ),
  SMTP_FROM: setting('E-mail: the address it comes from.', address(parseEmail).optional()),
  SMTP_TLS: setting(
    'E-mail: required, optional, or off; without it passwords and mails can be read on the way.',
    z.enum(['required', 'optional', 'off']).default('required'),
  ),
  SMTP_CA: setting(
    'E-mail: the certificate (PEM) of a server that no public authority vouches for.',
    z.string().includes('-----BEGIN CERTIFICATE-----').optional(),
  ),
  TWILIO_ACCOUNT_SID: setting('Twilio: the account, `AC...`. Set, people get texts and calls.', text()),
  TWILIO_AUTH_TOKEN: setting('Twilio: its auth token, which also signs what Twilio tells us.', text()),
  TWILIO_FROM: setting(
    'Twilio: the number that texts and calls come from, like +14155550100.',
    address(parsePhone).optional(),
  ),
  TWILIO_API_URL: setting('Twilio: where its API is.', endpoint('https://api.twilio.com')),
  PAGERDUTY_EVENTS_URL: setting(
    'PagerDuty: where events go.',
    endpoint('https://events.pagerduty.com/v2/enqueue'),
  ),
  OPSGENIE_API_KEY: setting('Opsgenie: the key of an API integration. Set, it can be paged.', text()),
  OPSGENIE_API_URL: setting(
    'Opsgenie: where its API is; in Europe `https://api.eu.opsgenie.com`.',
    endpoint('https://api.opsgenie.com'),
  ),
  NTFY_URL: setting(
    'ntfy: the server. Set, people can be told by it.',
    z.url({ protocol: /^https?$/ }).optional(),
  ),
  NTFY_TOKEN: setting('ntfy: an access token, where the server wants one.', text()),
  VAPID_PUBLIC_KEY: setting(
    'Browsers: the public key that `npx web-push generate-vapid-keys` gives. Left out, a pair is made at the first start and kept in the database.',
    z
      .string()
      .regex(/^B[\w-]{86}$/, 'it is 87 characters and begins with B')
      .optional(),
  ),
  VAPID_PRIVATE_KEY: setting(
    'Browsers: the private key that goes with it.',
    z
      .string()
      .regex(/^[\w-]{43}$/, 'it is 43 characters')
      .optional(),
  ),
  VAPID_SUBJECT: setting(
    'Browsers: whom a push service writes to when something is wrong, `mailto:...` or `https://...`.',
    z.url({ protocol: /^(?:mailto|https)$/ }).optional(),
  ),
  NOTIFY_PRIVATE_ADDRESSES: setting(
    'Whether webhooks may go to http and to addresses of your own network: on or off.',
    z
      .enum(['on', 'off'])
      .default('off')
      .transform((it) => it === 'on'),
  ),
} as const;

type Schemas = { readonly [K in keyof typeof NOTIFY_SETTINGS]: (typeof NOTIFY_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

/**
 * @param publicUrl at which Twilio reaches us, without a slash at its end
 * @throws UserError that names what is missing of a way that is set in part
 */
export function toNotify(raw: Raw, publicUrl: string): ChannelSettings {
  return {
    email: emailOf(raw),
    twilio: twilioOf(raw, publicUrl),
    pagerduty: { eventsUrl: raw.PAGERDUTY_EVENTS_URL },
    opsgenie: opsgenieOf(raw),
    push: pushOf(raw),
    ntfy: raw.NTFY_URL === undefined ? undefined : { url: withoutSlash(raw.NTFY_URL), token: raw.NTFY_TOKEN },
    allowPrivate: raw.NOTIFY_PRIVATE_ADDRESSES,
  };
}

function emailOf(raw: Raw): ChannelSettings['email'] {
  const { SMTP_URL: smtpUrl, SMTP_FROM: from } = raw;
  if (smtpUrl === undefined) return undefined;
  if (from === undefined) throw missing('SMTP_FROM', 'the address people see, like incidents@example.com');
  return { smtpUrl, from, tls: raw.SMTP_TLS, ca: raw.SMTP_CA };
}

function twilioOf(raw: Raw, publicUrl: string): ChannelSettings['twilio'] {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = raw;
  if (accountSid === undefined && authToken === undefined) return undefined;
  if (accountSid === undefined) throw missing('TWILIO_ACCOUNT_SID', 'the Twilio console, "Account Info"');
  if (authToken === undefined) throw missing('TWILIO_AUTH_TOKEN', 'the Twilio console, "Account Info"');
  if (from === undefined) throw missing('TWILIO_FROM', 'the Twilio console, "Active numbers"');
  const apiUrl = withoutSlash(raw.TWILIO_API_URL);
  return { apiUrl, accountSid, authToken, from, callbackUrl: `${publicUrl}${TWILIO_PATH}` };
}

function opsgenieOf(raw: Raw): ChannelSettings['opsgenie'] {
  const { OPSGENIE_API_KEY: apiKey, OPSGENIE_API_URL: apiUrl } = raw;
  return apiKey === undefined ? undefined : { apiUrl: withoutSlash(apiUrl), apiKey };
}

function pushOf(raw: Raw): ChannelSettings['push'] {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = raw;
  if (publicKey === undefined && privateKey === undefined) return undefined;
  if (publicKey === undefined) throw missing('VAPID_PUBLIC_KEY', '`npx web-push generate-vapid-keys`');
  if (privateKey === undefined) throw missing('VAPID_PRIVATE_KEY', '`npx web-push generate-vapid-keys`');
  if (subject === undefined) throw missing('VAPID_SUBJECT', 'a mailbox of yours, mailto:ops@example.com');
  return { publicKey, privateKey, subject };
}

function missing(name: keyof typeof NOTIFY_SETTINGS, where: string): UserError {
  return new UserError('bad_arguments', `Set ${name} too. You find it here: ${where}.`);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function endpoint(otherwise: string) {
  return z.url({ protocol: /^https?$/ }).default(otherwise);
}

/** By the rule that holds wherever one is entered. */
function address(parse: (text: string) => string) {
  return z.string().transform((written, context) => {
    try {
      return parse(written);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
}
