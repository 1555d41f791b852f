import { call, type Explained } from './call.ts';
import type { ChannelName } from './channel.ts';
import type { Meaning } from './statuses.ts';

export interface TwilioSettings {
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** A number in E.164, from which texts and calls come. */
  readonly from: string;
  /** Where Twilio reaches us: PUBLIC_URL and a path, without a slash at its end; see twilio-callback.ts. */
  readonly callbackUrl: string;
}

/**
 * Twilio's error codes that say more than their status, which is 400 for nearly all.
 * https://www.twilio.com/docs/api/errors
 */
const CODES: Readonly<Record<number, Meaning>> = {
  // Not a number, not a mobile one, or its owner wrote STOP.
  21211: 'gone',
  21614: 'gone',
  21610: 'gone',
  13224: 'gone',
  // Too many at once, of one kind or another; the queue is full.
  20429: 'retry',
  14107: 'retry',
  21611: 'retry',
  20500: 'retry',
  20503: 'retry',
};

/** Calls a resource of the account: a form is posted, nothing is asked for. */
export async function callTwilio(
  provider: ChannelName,
  { apiUrl, accountSid, authToken }: TwilioSettings,
  ask: {
    /** `Messages.json` */
    readonly resource: string;
    readonly form?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly timeoutMs?: number;
  },
): Promise<unknown> {
  const { resource, form, ...rest } = ask;
  return await call({
    provider,
    url: `${apiUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/${resource}`,
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(form ? { body: new URLSearchParams(form).toString() } : {}),
    explain,
    ...rest,
  });
}

/** Twilio repeats the number, and what became of a page is read by others than its owner. */
function explain(body: unknown): Explained {
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'number') return {};
  const said = String(message).replaceAll(/\+?\d{7,15}/g, '...');
  return { said: `error ${code}: ${said}`, meaning: CODES[code] };
}
