import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Mount } from '#src/chat/mount.ts';
import { isDatabaseAway } from '#src/db/lost.ts';
import { answerPage, askedBy, hearOutcome, pageForNumber, pageForOrder } from '#src/engine/answers.ts';
import type { Context } from '#src/engine/context.ts';
import { UserError } from '#src/errors.ts';
import { shortName } from '#src/incident/incident.ts';
import { verifyAckToken, type AckToken } from '#src/notify/ack-token.ts';
import { readTwilioCallback, twilioAnswer, type TwilioCallback } from '#src/notify/twilio-callback.ts';
import type { TwilioSettings } from '#src/notify/twilio.ts';

import { readBody } from './body.ts';
import { send, sendPage } from './send.ts';
import { escapeHtml, page } from './sign-in.ts';

interface Parts {
  /** The program's own; answers are given in the name of whoever was paged. */
  readonly system: Context;
  /** What links are signed with. */
  readonly secret: string;
  readonly twilio: Pick<TwilioSettings, 'authToken' | 'callbackUrl'> | undefined;
  readonly log: { error(details: object, message: string): void };
}

const CALLBACK_MAX = 64 * 1024;

/** Where people answer pages without signing in: the link in a message, and what Twilio tells us. */
export function answerMounts(parts: Parts): Mount[] {
  const guarded =
    (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Mount['handle'] =>
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        parts.log.error({ err: error }, 'An answer to a page could not be taken');
        const isAway = isDatabaseAway(error);
        send(response, {
          status: isAway ? 503 : 500,
          body: 'Something went wrong here. Try again, or open the incident.',
          ...(isAway ? { headers: { 'Retry-After': '1' } } : {}),
        });
      });
    };
  const link = { path: '/ack/:token', handle: guarded((...it) => answerLink(parts, ...it)) };
  const { twilio } = parts;
  if (!twilio) return [link];
  return [
    link,
    { path: '/notify/twilio/:what', handle: guarded((...it) => hearTwilio(parts, twilio, ...it)) },
  ];
}

/** Asks before it acknowledges, so that whoever previews a message acknowledges nothing. */
async function answerLink(
  { system, secret }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = (request.url ?? '').split('?')[0]?.split('/').at(-1) ?? '';
  try {
    const token = verifyAckToken(secret, text, system.now());
    if (request.method !== 'POST') return await askFirst(system, token, response);
    const said = await answerPage(system, token.page, 'acknowledge', token.id);
    sendPage(response, 200, page('Acknowledged', `<p>${escapeHtml(said)}</p>`));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const status = error.code === 'not_found' || error.code === 'bad_signature' ? 404 : 409;
    sendPage(response, status, page('Not acknowledged', `<p>${escapeHtml(error.message)}</p>`));
  }
}

async function askFirst(system: Context, token: AckToken, response: ServerResponse): Promise<void> {
  const { incident, person, page: asked } = await askedBy(system, token.page);
  const what = incident
    ? `${shortName(incident.number)} ${incident.severity} ${incident.title}`
    : `${asked.title}. ${asked.reason}`;
  const button = `<form method="post"><button autofocus>Acknowledge as ${escapeHtml(person.name)}</button></form>`;
  sendPage(response, 200, page('Acknowledge', `<p>${escapeHtml(what)}</p>${button}`));
}

async function hearTwilio(
  { system }: Parts,
  settings: Pick<TwilioSettings, 'authToken' | 'callbackUrl'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const header = request.headers['x-twilio-signature'];
  const prefix = new URL(settings.callbackUrl).pathname;
  const asked = {
    path: (request.url ?? '').slice(prefix.length),
    body: (await readBody(request, CALLBACK_MAX)).toString('utf8'),
    signature: typeof header === 'string' ? header : undefined,
  };
  try {
    const callback = readTwilioCallback(settings, asked);
    const { type, body } = twilioAnswer(callback, await follow(system, callback));
    send(response, { status: 200, body, headers: { 'Content-Type': type } });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    send(response, { status: error.code === 'bad_signature' ? 403 : 404, body: error.message });
  }
}

/** Does what Twilio tells us, and says what to answer; null: nothing. */
async function follow(system: Context, callback: TwilioCallback): Promise<string | null> {
  if (callback.kind === 'status') {
    const { outcome, detail, key } = callback;
    if (outcome !== 'under way') await hearOutcome(system, key, { outcome, detail });
    return null;
  }
  const { wish } = callback;
  if (wish === 'stop' || wish === 'start') return null;
  const found =
    callback.kind === 'reply'
      ? await pageForNumber(system, callback.from, callback.code)
      : await pageForOrder(system, callback.key);
  if (!found) return 'There is no page to answer for you.';
  if (wish !== 'acknowledge' && wish !== 'escalate') return HELP;
  try {
    return await answerPage(system, found.id, wish, `twilio-${callback.id}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

const HELP = 'Answer ACK to take it, or ESC to escalate it. ACK 42 means INC-42.';
