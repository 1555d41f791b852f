import { idIn } from '../call.ts';
import type { Channel, Notice } from '../channel.ts';
import { parsePhone } from '../phone.ts';
import { callTwilio, type TwilioSettings } from '../twilio.ts';
import { escapeMarkup, lineOf } from '../words.ts';

/** Half a minute of speech; who wants more opens the incident. */
const MOST_WORDS = 500;
const RING_SECONDS = 30;
/** Not the word: Twilio's speech reads both. */
const SEVERITY: Readonly<Record<string, string>> = {
  P0: 'critical',
  P1: 'high severity',
  P2: 'medium severity',
  P3: 'low severity',
  P4: 'information',
};

/**
 * Calls, through Twilio. On a repeat: Twilio has no key to know it by, and says
 * nothing of a call by which it could be told from another to the same number; the
 * phone rings again. A ring too many is better than one that never comes.
 */
export function makeVoice(settings: TwilioSettings, timeoutMs?: number): Channel {
  return {
    name: 'voice',
    title: 'phone call',
    address: 'a telephone number with its country, like +43 660 1234567',
    isSecret: false,
    limits: { subject: MOST_WORDS, body: MOST_WORDS, acknowledges: 'key' },
    onRepeat: 'again',
    closes: false,
    parse: parsePhone,
    async send({ to, notice, key, signal }) {
      const answer = await callTwilio('voice', settings, {
        resource: 'Calls.json',
        form: {
          To: to,
          From: settings.from,
          Twiml: spoken(notice, `${settings.callbackUrl}/voice?key=${encodeURIComponent(key)}`),
          Timeout: String(RING_SECONDS),
          StatusCallback: `${settings.callbackUrl}/status?key=${encodeURIComponent(key)}`,
        },
        signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      return { providerId: idIn('voice', answer, 'sid') };
    },
  };
}

/** What is said, as TwiML: twice, since nobody hears the beginning of a call at night; with keys where there is something to acknowledge. */
export function spoken(notice: Notice, actionUrl: string): string {
  const words = escapeMarkup(saidOf(notice));
  if (notice.ack === null) return response(`<Say loop="2">${words}</Say>`);
  const say = `<Say loop="2">${words} Press 1 to acknowledge, or 2 to pass it on.</Say>`;
  return response(
    `<Gather input="dtmf" numDigits="1" timeout="10" action="${escapeMarkup(actionUrl)}" method="POST">${say}</Gather>` +
      '<Say>No key was pressed. Nothing was acknowledged. Goodbye.</Say>',
  );
}

function response(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`;
}

function saidOf({ incident, kind, subject, lines }: Notice): string {
  const which = incident ? `Incident ${incident.number}, ${SEVERITY[incident.severity]}: ` : '';
  const more = kind === 'page' || kind === 'reminder' ? [] : lines;
  const said = [subject, ...more].map((it) => lineOf(it, MOST_WORDS)).filter((it) => it !== '');
  const words = lineOf(said.join('. '), MOST_WORDS);
  // A code that is read as a number of millions cannot be typed in.
  const spelled = kind === 'verification' ? words.replaceAll(/\d(?=\d)/g, '$& ') : words;
  return `This is Incident Manager. ${which}${spelled}.`;
}
