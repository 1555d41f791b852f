import { ProviderError } from '#src/errors.ts';

import { idIn } from '../call.ts';
import type { Channel, Notice, Order } from '../channel.ts';
import { parsePhone } from '../phone.ts';
import { count, fit, plainPunctuation } from '../segments.ts';
import { callTwilio, type TwilioSettings } from '../twilio.ts';
import { label, lineOf, link } from '../words.ts';

/** Three hold a title, a link and a hint. */
const MOST_SEGMENTS = 3;
/** More never fit. */
const MOST_WORDS = 459;
/** Twilio's times are in whole seconds. */
const SECOND_MS = 1000;
const NOT_ON_ITS_WAY = new Set(['failed', 'undelivered', 'canceled']);

/**
 * Texts, through Twilio. On a repeat: Twilio has no key to know it by and sends the
 * text again. So a repeat looks first whether the same text went to that number since
 * the first try began, and takes that one for its own.
 */
export function makeSms(settings: TwilioSettings, timeoutMs?: number): Channel {
  const time = timeoutMs === undefined ? {} : { timeoutMs };
  return {
    name: 'sms',
    title: 'text message',
    address: 'a mobile number with its country, like +43 660 1234567',
    isSecret: false,
    limits: { subject: MOST_WORDS, body: MOST_WORDS, acknowledges: 'reply' },
    onRepeat: 'again',
    closes: false,
    parse: parsePhone,
    async send(order) {
      const { to, notice, key, signal } = order;
      const text = smsText(notice);
      const earlier = order.triedAt && (await findEarlier(settings, order, order.triedAt, text, time));
      if (earlier) return { providerId: earlier, detail: 'an earlier try had arrived' };
      const answer = await callTwilio('sms', settings, {
        resource: 'Messages.json',
        form: {
          To: to,
          From: settings.from,
          Body: text,
          StatusCallback: `${settings.callbackUrl}/status?key=${encodeURIComponent(key)}`,
        },
        signal,
        ...time,
      });
      const { segments } = count(text);
      return {
        providerId: idIn('sms', answer, 'sid'),
        detail: segments === 1 ? '1 segment' : `${segments} segments`,
      };
    },
  };
}

/** `[P1] INC-42 checkout is down. Reply ACK 42` and a link: what is ours is kept whole, the words are cut. */
export function smsText(notice: Notice): string {
  const { ack, incident, kind, subject, lines } = notice;
  const code = ack?.code ? plainPunctuation(lineOf(ack.code, 20)) : null;
  const hint = code === null ? '' : `. Reply ACK ${code}`;
  const url = link(code === null ? (ack?.url ?? incident?.url) : (incident?.url ?? ack?.url));
  // What pages says where it is; everything else has to be read here.
  const said = kind === 'page' || kind === 'reminder' ? [subject] : [subject, ...lines];
  const words = plainPunctuation(
    said
      .map((it) => lineOf(it, MOST_WORDS))
      .filter((it) => it !== '')
      .join('\n'),
  );
  const before = label(notice);
  const whole = url === null ? hint : `${hint}\n${url}`;
  const after = count(before + whole).segments <= MOST_SEGMENTS ? whole : hint;
  return fit(before, words, after, MOST_SEGMENTS).trim();
}

/** What cannot be found out is no reason to send nothing: a text that comes twice is better than one that never does. */
async function findEarlier(
  settings: TwilioSettings,
  { to, signal }: Order,
  triedAt: Date,
  text: string,
  time: { timeoutMs?: number },
): Promise<string | null> {
  const query = new URLSearchParams({ To: to, From: settings.from, PageSize: '50' }).toString();
  try {
    const answer = await callTwilio('sms', settings, { resource: `Messages.json?${query}`, signal, ...time });
    const found = messagesOf(answer).find(
      (it) =>
        // A trial account puts a sentence of its own before every text.
        String(it['body']).endsWith(text) &&
        Date.parse(String(it['date_created'])) >= triedAt.getTime() - SECOND_MS &&
        !NOT_ON_ITS_WAY.has(String(it['status'])),
    );
    return found ? idIn('sms', found, 'sid') : null;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}

function messagesOf(answer: unknown): Readonly<Record<string, unknown>>[] {
  const { messages } = (answer ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? (messages as Record<string, unknown>[]) : [];
}
