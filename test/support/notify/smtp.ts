import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

import { makeCertificate } from './certificate.ts';
import { elementsIn, readMarkup, wordsIn } from './markup.ts';
import type { Seen } from './seen.ts';

export const USER = 'bot@example.com';
export const PASSWORD = 'p@ss:word/1';

export interface SmtpTrouble {
  /** Where it comes; `data` where it is not said. */
  readonly at?: 'connect' | 'auth' | 'rcpt' | 'data';
  readonly reply?: { readonly code: number; readonly text: string };
  readonly delayMs?: number;
  /** Cuts the connection: before the mail was taken, or after. */
  readonly drop?: 'before' | 'after';
}

export interface Mail extends Seen {
  readonly subject: string;
  readonly messageId: string;
  readonly references: string;
  /** By lower-case name; what is there twice is joined by a line break. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whom the server was told to bring it to. */
  readonly recipients: readonly string[];
  readonly wasEncrypted: boolean;
}

export interface FakeSmtp {
  readonly smtpUrl: string;
  /** The same server without its user. */
  readonly openUrl: string;
  /** For whoever wants to believe that it is this server. */
  readonly ca: string;
  readonly next: (trouble: SmtpTrouble) => void;
  /** There are no troubles any more. */
  readonly forgive: () => void;
  /** Every mail that was taken, as a mail program shows it; oldest first. */
  readonly mails: () => Promise<Mail[]>;
  readonly close: () => Promise<void>;
}

interface Taken {
  readonly raw: Buffer;
  readonly recipients: readonly string[];
  readonly wasEncrypted: boolean;
}

/**
 * A real SMTP server, with STARTTLS and a user.
 *
 * @param options.plain it cannot do TLS
 */
export async function startSmtp({ plain = false }: { plain?: boolean } = {}): Promise<FakeSmtp> {
  const { key, cert } = makeCertificate();
  const taken: Taken[] = [];
  const troubles: SmtpTrouble[] = [];
  /** The trouble that waits there, as the error the library replies with. */
  const meets = async (at: SmtpTrouble['at'], { id }: SMTPServerSession): Promise<Error | null> => {
    const [trouble] = troubles;
    if (!trouble || (trouble.at ?? 'data') !== at) return null;
    troubles.shift();
    if (trouble.delayMs !== undefined) await sleep(trouble.delayMs);
    if (trouble.drop === 'before') cut(server, id);
    const { reply } = trouble;
    return reply ? Object.assign(new Error(reply.text), { responseCode: reply.code }) : null;
  };
  const server: SMTPServer = new SMTPServer({
    key,
    cert,
    logger: false,
    authOptional: true,
    allowInsecureAuth: plain,
    ...(plain ? { disabledCommands: ['STARTTLS'] } : {}),
    onConnect: (session, done) => settle(meets('connect', session), done),
    onRcptTo: (_address, session, done) => settle(meets('rcpt', session), done),
    onAuth: ({ username, password }, session, done) =>
      settle(meets('auth', session), (error) => {
        if (error) done(error);
        else if (username === USER && password === PASSWORD) done(null, { user: USER });
        else done(Object.assign(new Error('5.7.8 credentials invalid'), { responseCode: 535 }));
      }),
    onData(stream, session, done) {
      const isDroppedAfter = troubles[0]?.drop === 'after';
      const taking = (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        const error = await meets('data', session);
        if (error) return error;
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        taken.push({ raw: Buffer.concat(chunks), recipients, wasEncrypted: session.secure });
        if (isDroppedAfter) cut(server, session.id);
        return null;
      })();
      settle(taking, (error) => done(error, `2.0.0 taken as ${taken.length}`));
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    openUrl: `smtp://127.0.0.1:${port}`,
    ca: cert,
    next: (trouble) => void troubles.push(trouble),
    forgive: () => void troubles.splice(0),
    mails: async () => await Promise.all(taken.map(shown)),
    close: async () => {
      for (const { id } of server.connections) cut(server, id);
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

function settle(work: Promise<Error | null>, done: (error: Error | null) => void): void {
  // eslint-disable-next-line promise/no-callback-in-promise -- the library waits for callbacks
  work.then(done, done);
}

/** As a line breaks, without a word. */
function cut(server: SMTPServer, id: string): void {
  const connection = [...server.connections].find((it) => it.id === id);
  // eslint-disable-next-line no-underscore-dangle -- there is no other way to its socket
  connection?._socket.destroy();
}

const TAGS = new Set(['html', 'head', 'meta', 'body', 'h1', 'p', 'a']);
const VOIDS = new Set(['meta']);

/** What a mail program makes of it; both of its texts say the same, or it is no good mail. */
async function shown({ raw, recipients, wasEncrypted }: Taken): Promise<Mail> {
  const mail = await PostalMime.parse(raw);
  const page = readMarkup((mail.html ?? '').replace('<!doctype html>', ''), TAGS, VOIDS);
  const links = elementsIn(page, 'a').map((it) => [wordsIn(it), it.attributes['href'] ?? '']);
  const words = [...elementsIn(page, 'h1'), ...elementsIn(page, 'p')].map(wordsIn);
  const text = (mail.text ?? '').trim();
  const missing = words.slice(0, -1).find((it) => !text.includes(it));
  if (missing !== undefined) throw new Error(`only the HTML says ${missing}`);
  const headers: Record<string, string> = {};
  for (const { key, value } of mail.headers) {
    headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`;
  }
  return {
    to: (mail.to ?? []).map((it) => ('address' in it ? it.address : it.name)).join(', '),
    title: words[0] ?? '',
    text: words.slice(0, -1).join('\n'),
    links: Object.fromEntries(links) as Record<string, string>,
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    references: mail.references ?? '',
    headers,
    recipients,
    wasEncrypted,
  };
}
