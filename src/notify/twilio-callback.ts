import { createHmac, timingSafeEqual } from 'node:crypto';

import { UserError } from '#src/errors.ts';
import { clean } from '#src/incident/text.ts';

import type { TwilioSettings } from './twilio.ts';
import { escapeMarkup } from './words.ts';

/** A request as it came in. */
export interface CallbackRequest {
  /** What stands behind `callbackUrl` in the address, with the query: `/status?key=...`. */
  readonly path: string;
  readonly body: string;
  /** X-Twilio-Signature. */
  readonly signature: string | undefined;
}

export type TwilioCallback =
  | {
      /** Somebody answered a text. */
      readonly kind: 'reply';
      readonly from: string;
      readonly wish: Wish;
      /** Which page, where they said it: `ACK 42`. */
      readonly code: string | null;
      readonly text: string;
      /** The same when Twilio says it twice. */
      readonly id: string;
    }
  | {
      /** Somebody pressed a key in a call. */
      readonly kind: 'pressed';
      readonly to: string;
      readonly wish: Wish;
      /** Of the order the call was made for. */
      readonly key: string;
      readonly id: string;
    }
  | {
      /** What became of a text or a call. */
      readonly kind: 'status';
      readonly key: string;
      readonly id: string;
      readonly outcome: 'under way' | 'arrived' | 'failed';
      /** Twilio's own word, with its error code if there is one. */
      readonly detail: string;
      /** The number does not take anything any more. */
      readonly isGone: boolean;
    };

/** What they want; null where it cannot be told. Twilio itself keeps to STOP, and tells us as `stop`. */
export type Wish = 'acknowledge' | 'escalate' | 'stop' | 'start' | 'help' | null;

const WORDS: Readonly<Record<string, Wish>> = {
  '1': 'acknowledge',
  a: 'acknowledge',
  ack: 'acknowledge',
  acknowledge: 'acknowledge',
  acknowledged: 'acknowledge',
  yes: 'acknowledge',
  ok: 'acknowledge',
  '2': 'escalate',
  esc: 'escalate',
  escalate: 'escalate',
  pass: 'escalate',
  stop: 'stop',
  stopall: 'stop',
  unsubscribe: 'stop',
  cancel: 'stop',
  end: 'stop',
  quit: 'stop',
  start: 'start',
  unstop: 'start',
  help: 'help',
  info: 'help',
};

const KEYS: Readonly<Record<string, Wish>> = { '1': 'acknowledge', '2': 'escalate' };

const OUTCOMES: Readonly<Record<string, 'arrived' | 'failed'>> = {
  delivered: 'arrived',
  read: 'arrived',
  completed: 'arrived',
  failed: 'failed',
  undelivered: 'failed',
  canceled: 'failed',
  busy: 'failed',
  'no-answer': 'failed',
};

/** The number does not exist, is a land line, or its owner wrote STOP. */
const GONE = new Set(['30005', '30006', '21610', '21211', '21614']);

/**
 * What Twilio tells us at `callbackUrl`: `/sms` (the number's webhook for messages,
 * to be entered there), `/voice` and `/status` (which our own requests name).
 * Signatures have no time in them, so a request may come twice: know it by `id`.
 *
 * @throws UserError('bad_signature') for what Twilio did not sign, UserError('not_found') for other paths
 */
export function readTwilioCallback(
  settings: Pick<TwilioSettings, 'authToken' | 'callbackUrl'>,
  { path, body, signature }: CallbackRequest,
): TwilioCallback {
  const form = new URLSearchParams(body);
  checkSignature(settings, path, form, signature);
  const [, where = '', query = ''] = /^(\/\w+)(?:\?(.*))?$/.exec(path) ?? [];
  const field = (name: string) => clean(form.get(name) ?? '').trim();
  const key = new URLSearchParams(query).get('key') ?? '';
  if (where === '/sms') return replyOf(field);
  if (where === '/voice') {
    const wish = KEYS[field('Digits')] ?? null;
    return { kind: 'pressed', to: field('To'), wish, key, id: field('CallSid') };
  }
  if (where === '/status') return statusOf(field, key);
  throw new UserError('not_found', 'Nothing of Twilio is expected there; see /sms, /voice and /status.');
}

/** What is said back: a text to a text, speech to a key. Nothing, where there is nothing to say. */
export function twilioAnswer(to: TwilioCallback, words: string | null): { type: string; body: string } {
  const inner = words === null || to.kind === 'status' ? '' : answered(to.kind, escapeMarkup(words));
  return { type: 'text/xml', body: `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>` };
}

function answered(kind: 'reply' | 'pressed', words: string): string {
  return kind === 'reply' ? `<Message>${words}</Message>` : `<Say>${words}</Say><Hangup/>`;
}

type Field = (name: string) => string;

function replyOf(field: Field): TwilioCallback {
  const text = field('Body').slice(0, 1600);
  // `ACK 42`, `ack #INC-42`, `ack42`; more words than that say something else.
  const [word = '', code = null, ...more] = text
    .toLowerCase()
    .replace(/^\s*([a-z]+)(?=\d)/, '$1 ')
    .split(/\W+/)
    .filter((it) => it !== '' && it !== 'inc');
  const wish = more.length === 0 && Object.hasOwn(WORDS, word) ? (WORDS[word] ?? null) : null;
  return {
    kind: 'reply',
    from: field('From'),
    wish,
    code: wish === null ? null : code,
    text,
    id: field('MessageSid'),
  };
}

function statusOf(field: Field, key: string): TwilioCallback {
  const word = field('MessageStatus') || field('CallStatus');
  const error = field('ErrorCode');
  return {
    kind: 'status',
    key,
    id: field('MessageSid') || field('CallSid'),
    outcome: OUTCOMES[word] ?? 'under way',
    detail: error === '' ? word : `${word}, error ${error}`,
    isGone: GONE.has(error),
  };
}

/** HMAC-SHA1 over the whole address and the form's fields by name, each name followed by its values. */
function checkSignature(
  { authToken, callbackUrl }: Pick<TwilioSettings, 'authToken' | 'callbackUrl'>,
  path: string,
  form: URLSearchParams,
  signature: string | undefined,
): void {
  const given = Buffer.from(signature ?? '', 'base64');
  const fields = [...new Set(form.keys())]
    .toSorted()
    .map((name) => name + [...new Set(form.getAll(name))].toSorted().join(''))
    .join('');
  const isTheirs = addresses(callbackUrl + path).some((address) => {
    const right = createHmac('sha1', authToken)
      .update(address + fields)
      .digest();
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!isTheirs) {
    throw new UserError(
      'bad_signature',
      'Twilio did not sign this. If it did, PUBLIC_URL is not the address at which Twilio reaches this server, or TWILIO_AUTH_TOKEN is not the one of the account.',
    );
  }
}

/** Twilio signs some addresses with the port that goes without saying. */
function addresses(address: string): string[] {
  const { protocol, port, hostname } = new URL(address);
  if (port !== '') return [address];
  return [address, address.replace(`//${hostname}`, `//${hostname}:${protocol === 'https:' ? 443 : 80}`)];
}
