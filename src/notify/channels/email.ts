import { createTransport } from 'nodemailer';

import { TIMEOUT_MS } from '../call.ts';
import { threadOf, type Channel, type Order } from '../channel.ts';
import { parseEmail } from '../mail-address.ts';
import { mailHtml, mailText } from '../mail-body.ts';
import { smtpTrouble } from '../smtp-trouble.ts';
import { headline, lineOf, nameFor } from '../words.ts';

export interface EmailSettings {
  /** `smtp://user:password@host:587`, or `smtps://` where TLS begins at once. */
  readonly smtpUrl: string;
  /** A bare address. */
  readonly from: string;
  /** `required`: no mail and no password without TLS. */
  readonly tls: 'required' | 'optional' | 'off';
  /** The certificate (PEM) of a server that no public authority vouches for. */
  readonly ca: string | undefined;
}

const MOST_SUBJECT = 200;
const MOST_BODY = 20_000;

/**
 * Mail, through the SMTP server of the organisation. On a repeat: a second mail with
 * the same Message-ID, which many servers and programs show once. What comes back
 * later because nobody could deliver it goes to the sender's mailbox, not to us.
 */
export function makeEmail(settings: EmailSettings, timeoutMs: number = TIMEOUT_MS): Channel {
  const { from } = settings;
  return {
    name: 'email',
    title: 'e-mail',
    address: 'an e-mail address',
    isSecret: false,
    limits: { subject: MOST_SUBJECT, body: MOST_BODY, acknowledges: 'link' },
    onRepeat: 'marked',
    closes: false,
    parse: parseEmail,
    async send(order) {
      const { to, signal } = order;
      signal.throwIfAborted();
      const tooLong = AbortSignal.timeout(timeoutMs);
      try {
        const info = await transportTo(settings, timeoutMs).sendMail({
          from: { name: 'Incident Manager', address: from },
          to: { name: '', address: to },
          ...written(order, from),
          signal: AbortSignal.any([signal, tooLong]),
        });
        return { providerId: info.messageId, detail: lineOf(info.response, MOST_SUBJECT) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw smtpTrouble(error, tooLong.aborted ? `no answer within ${timeoutMs} ms` : null);
      }
    },
  };
}

/** Its own connection for each mail: a page does not wait behind another one. */
function transportTo({ smtpUrl, tls, ca }: EmailSettings, timeoutMs: number) {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  return createTransport({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: tls === 'required',
    ignoreTLS: tls === 'off',
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function written({ notice, key }: Order, from: string) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const thread = `<thread-${nameFor(threadOf(notice, key), 32)}@${domain}>`;
  return {
    messageId: `<${nameFor(key, 40)}@${domain}>`,
    // Nobody has a mail with that name, and programs put together what answers the same one.
    inReplyTo: thread,
    references: thread,
    subject: headline(notice, MOST_SUBJECT),
    text: mailText(notice, MOST_BODY),
    html: mailHtml(notice, MOST_BODY),
    date: notice.at,
    ...(notice.urgency === 'high' ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}
