import { createHash, createHmac } from 'node:crypto';

import {
  formOf,
  Refused,
  startFakeServer,
  type FakeServer,
  type Received,
  type Reply,
} from './fake-server.ts';
import { elementsIn, readMarkup, wordsIn, type Element } from './markup.ts';
import type { Seen } from './seen.ts';

export const ACCOUNT = `AC${'0'.repeat(31)}1`;
export const AUTH_TOKEN = '12345678901234567890123456789012';
export const FROM = '+15005550006';

/** Nobody has these numbers, the second wrote STOP; as Twilio's own test numbers do it. */
export const NOBODY = '+15005550001';
export const STOPPED = '+15005550004';

interface Message {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
  readonly status: string;
  readonly date_created: string;
  readonly callback: string | null;
}

interface Call {
  readonly sid: string;
  readonly to: string;
  readonly twiml: Element;
  readonly callback: string | null;
}

export interface FakeTwilio extends FakeServer {
  /** The texts on a person's phone, oldest first. */
  texts(to: string): Seen[];
  /** What a person heard who answered the call, with what can be pressed. */
  heard(to: string): Seen[];
  /** A request of Twilio's to us, signed: `send` makes it. */
  replies(from: string, text: string): SignedRequest;
  presses(to: string, key: string): SignedRequest;
  reports(to: string, status: string, errorCode?: string): SignedRequest;
}

export interface SignedRequest {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
}

const TWIML = new Set(['Response', 'Say', 'Gather', 'Hangup', 'Message']);
const NO_VOIDS = new Set<string>();
const MOST_TEXT = 1600;
const MOST_TWIML = 4000;

/**
 * Twilio as far as it is used: messages and calls of one account, and the signed
 * requests it makes itself.
 *
 * @param smsUrl what the number's webhook for messages is set to
 */
export async function startTwilio(smsUrl: string, now: () => Date): Promise<FakeTwilio> {
  const messages: Message[] = [];
  const calls: Call[] = [];
  const server = await startFakeServer((request) => {
    const resource = checked(request);
    if (request.method === 'GET' && resource === 'Messages.json') return listed(messages, request);
    if (request.method !== 'POST') throw error(405, 20004, 'Method not allowed');
    const form = formOf(request);
    const to = numberOf(form.get('To'));
    const sid = (prefix: string) => prefix + nameOf(`${messages.length}/${calls.length}`);
    const common = { to, callback: urlOf(form.get('StatusCallback')) };
    if (resource === 'Messages.json') {
      const body = textOf(form.get('Body'));
      messages.push({
        sid: sid('SM'),
        ...common,
        body,
        status: 'queued',
        date_created: now().toUTCString().replace('GMT', '+0000'),
      });
      return made(messages.at(-1));
    }
    if (resource !== 'Calls.json') throw error(404, 20404, 'The requested resource was not found');
    calls.push({ sid: sid('CA'), ...common, twiml: twimlOf(form.get('Twiml')) });
    return made(calls.at(-1));
  });
  const lastTo = <T extends { readonly to: string }>(list: readonly T[], to: string): T => {
    const found = list.findLast((it) => it.to === to);
    if (!found) throw new Error(`${to} has nothing`);
    return found;
  };
  return {
    ...server,
    texts: (to) => messages.filter((it) => it.to === to).map(seenText),
    heard: (to) => calls.filter((it) => it.to === to).map(seenCall),
    replies: (from, text) =>
      signed(smsUrl, { MessageSid: `SM${nameOf(text)}`, From: from, To: FROM, Body: text, NumMedia: '0' }),
    presses: (to, key) => {
      const call = lastTo(calls, to);
      const action = elementsIn(call.twiml, 'Gather')[0]?.attributes['action'];
      if (action === undefined) throw new Error('there is nothing to press');
      return signed(action, {
        CallSid: call.sid,
        From: FROM,
        To: to,
        Digits: key,
        CallStatus: 'in-progress',
      });
    },
    reports: (to, status, errorCode) => {
      const about = errorCode === undefined ? {} : { ErrorCode: errorCode };
      const message = messages.findLast((it) => it.to === to);
      const sid = message ? { MessageSid: message.sid, MessageStatus: status } : null;
      const call = message ? null : lastTo(calls, to);
      const fields = sid ?? { CallSid: call?.sid ?? '', CallStatus: status };
      return signed(message?.callback ?? call?.callback ?? '', { ...fields, ...about, To: to, From: FROM });
    },
  };
}

/** As Twilio describes it: HMAC-SHA1 over the address and the sorted fields. */
export function signed(
  url: string,
  fields: Readonly<Record<string, string>>,
  token = AUTH_TOKEN,
): SignedRequest {
  const joined = Object.keys(fields)
    .toSorted()
    .map((name) => name + fields[name])
    .join('');
  const signature = createHmac('sha1', token)
    .update(url + joined)
    .digest('base64');
  return { url, body: new URLSearchParams(fields).toString(), signature };
}

function checked({ path, headers }: Received): string {
  const basic = `Basic ${Buffer.from(`${ACCOUNT}:${AUTH_TOKEN}`).toString('base64')}`;
  if (headers.authorization !== basic) throw error(401, 20003, 'Authenticate');
  const [, account, resource = ''] = /^\/2010-04-01\/Accounts\/(\w+)\/([\w.]+)/.exec(path) ?? [];
  if (account !== ACCOUNT) throw error(404, 20404, 'The requested resource was not found');
  return resource;
}

function numberOf(to: string | null): string {
  if (to === null) throw error(400, 21604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to) || to === NOBODY) throw error(400, 21211, "Invalid 'To' Phone Number");
  if (to === STOPPED) throw error(400, 21610, 'Attempt to send to unsubscribed recipient');
  return to;
}

function textOf(body: string | null): string {
  if (!body?.trim()) throw error(400, 21602, 'Message body is required.');
  if (body.length > MOST_TEXT) throw error(400, 21617, 'The message body exceeds the 1600 character limit.');
  return body;
}

function twimlOf(twiml: string | null): Element {
  if (twiml === null) throw error(400, 21205, 'Url is not a valid URL');
  if (twiml.length > MOST_TWIML) throw error(400, 21260, 'Twiml is too long');
  try {
    return readMarkup(twiml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, ''), TWIML, NO_VOIDS);
  } catch (problem) {
    throw error(400, 12100, `Document parse failure: ${String(problem)}`);
  }
}

function urlOf(url: string | null): string | null {
  if (url !== null && !URL.canParse(url)) throw error(400, 21609, 'Invalid StatusCallback URL');
  return url;
}

function listed(messages: readonly Message[], { path }: Received): Reply {
  const to = new URL(path, 'http://twilio').searchParams.get('To');
  const found = messages.filter((it) => to === null || it.to === to).toReversed();
  return { status: 200, body: { messages: found.map((it) => ({ ...it, callback: undefined })), page: 0 } };
}

function made(it: Message | Call | undefined): Reply {
  return { status: 201, body: { sid: it?.sid, to: it?.to, status: 'queued' } };
}

function seenText({ to, body }: Message): Seen {
  const [url] = /https?:\/\/\S+$/.exec(body) ?? [];
  return { to, title: body.split('\n')[0] ?? '', text: body, links: url === undefined ? {} : { link: url } };
}

function seenCall({ to, twiml }: Call): Seen {
  const text = wordsIn(twiml);
  return { to, title: text, text, links: {} };
}

function nameOf(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function error(status: number, code: number, message: string): Refused {
  return new Refused(status, {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  });
}
