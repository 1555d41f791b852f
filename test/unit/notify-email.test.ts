import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProviderError } from '#src/errors.ts';
import type { Channel, Notice } from '#src/notify/channel.ts';
import { makeEmail, type EmailSettings } from '#src/notify/channels/email.ts';
import { ACK_URL, INCIDENT, page, PAGE_URL } from '#test/support/notify/notices.ts';
import { startSmtp, type FakeSmtp } from '#test/support/notify/smtp.ts';

let smtp: FakeSmtp;
beforeEach(async () => void (smtp = await startSmtp()));
afterEach(async () => await smtp.close());

function email(changes: Partial<EmailSettings> = {}): Channel {
  const { smtpUrl, ca } = smtp;
  return makeEmail({ smtpUrl, from: 'incidents@example.com', tls: 'required', ca, ...changes }, 5000);
}

async function send(notice: Notice, key = 'order-1', channel = email()) {
  return await channel.send({ to: 'ana@example.com', notice, key, signal: AbortSignal.timeout(10_000) });
}

describe('a mail', () => {
  it('says what it is, where it is and how to acknowledge, to one person and encrypted', async () => {
    const sent = await send(page());
    const [mail] = await smtp.mails();
    expect(mail).toMatchObject({
      subject: '[P1] INC-42 checkout is down',
      to: 'ana@example.com',
      recipients: ['ana@example.com'],
      wasEncrypted: true,
      links: { Acknowledge: ACK_URL, 'Open the incident': PAGE_URL },
    });
    expect(sent).toEqual({ providerId: mail?.messageId, detail: expect.stringContaining('taken as 1') });
  });

  it('tells programs that no person wrote it, so that nobody who is away answers', async () => {
    await send(page());
    await send(page({ urgency: 'low' }), 'order-2');
    const [high, low] = await smtp.mails();
    expect(high?.headers).toMatchObject({ 'auto-submitted': 'auto-generated', 'x-priority': '1 (Highest)' });
    expect(low?.headers['x-priority']).toBeUndefined();
  });

  it('stands with the others about the same, and is the same when it is sent again', async () => {
    await send(page(), 'order-1');
    await send(page(), 'order-1');
    await send(page({ kind: 'reminder' }), 'order-2');
    await send(page({ incident: { ...INCIDENT, id: 'INC-20270304-00043' } }), 'order-3');
    const [first, again, reminder, other] = await smtp.mails();
    expect(again?.messageId).toBe(first?.messageId);
    expect(reminder?.messageId).not.toBe(first?.messageId);
    expect(reminder?.references).toBe(first?.references);
    expect(other?.references).not.toBe(first?.references);
  });

  it('has no header and no reader that a title asked for', async () => {
    const before = 'x\r\nBcc: eve@example.com\r\nTo: eve@example.com\r\n\r\n<script>';
    await send(page());
    await send(page({ subject: before, lines: [before] }), 'order-2');
    const [plain, hostile] = await smtp.mails();
    expect(Object.keys(hostile?.headers ?? {}).toSorted()).toEqual(
      Object.keys(plain?.headers ?? {}).toSorted(),
    );
    expect(hostile?.recipients).toEqual(['ana@example.com']);
    expect(hostile?.subject).toBe('[P1] INC-42 x Bcc: eve@example.com To: eve@example.com <script>');
  });
});

describe('what a server says', () => {
  it.each([
    ['rcpt', 550, '5.1.1 User unknown', 'gone'],
    ['rcpt', 550, 'No such user here', 'gone'],
    ['rcpt', 551, 'User not local', 'gone'],
    ['rcpt', 550, '5.2.1 Mailbox disabled', 'gone'],
    ['rcpt', 550, '5.7.1 Relaying denied', 'stop'],
    ['rcpt', 552, '5.2.2 Mailbox full', 'stop'],
    ['rcpt', 554, 'Refused', 'stop'],
    ['rcpt', 450, '4.2.1 Greylisted, come back later', 'retry'],
    ['rcpt', 452, '4.2.2 Mailbox full', 'retry'],
    ['data', 554, '5.7.1 Spam', 'stop'],
    ['data', 550, 'Not such a mail', 'stop'],
    ['data', 451, '4.3.0 Try again', 'retry'],
    ['auth', 535, '5.7.8 Wrong password', 'stop'],
    ['auth', 454, '4.7.0 Temporary failure', 'retry'],
    ['connect', 421, 'Too many connections', 'retry'],
    ['connect', 554, 'No mail from you', 'stop'],
  ] as const)('at %s with %i %s means %s', async (at, code, text, meaning) => {
    smtp.next({ at, reply: { code, text } });
    const error = await refusalOf(send(page()));
    expect(error.retry).toBe(meaning === 'retry');
    expect(error.gone).toBe(meaning === 'gone' ? 'person' : undefined);
    expect(error.message).toContain(text);
  });
});

describe('a password', () => {
  it('and a mail go over no line that others can read', async () => {
    await smtp.close();
    smtp = await startSmtp({ plain: true });
    expect(await refusalOf(send(page()))).toMatchObject({ retry: false });
    expect(await smtp.mails()).toEqual([]);
    await send(page(), 'order-2', email({ tls: 'optional', smtpUrl: smtp.openUrl }));
    expect(await smtp.mails()).toMatchObject([{ wasEncrypted: false }]);
  });

  it('goes to no server whose certificate nobody vouches for', async () => {
    await refusalOf(send(page(), 'order-1', email({ ca: undefined })));
    expect(await smtp.mails()).toEqual([]);
  });

  it('is not needed where the server does not want one', async () => {
    await send(page(), 'order-1', email({ smtpUrl: smtp.openUrl }));
    expect(await smtp.mails()).toHaveLength(1);
  });
});

it('a server that is not there is tried again', async () => {
  const channel = email({ smtpUrl: 'smtp://127.0.0.1:1' });
  expect(await refusalOf(send(page(), 'order-1', channel))).toMatchObject({ retry: true });
});

async function refusalOf(sending: Promise<unknown>): Promise<ProviderError> {
  const error = await sending.then(
    () => null,
    (it: unknown) => it,
  );
  if (error instanceof ProviderError) return error;
  throw new Error(`expected a ProviderError, got ${String(error)}`, { cause: error });
}
