import { expect } from 'vitest';

import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';
import { startSmtp } from '#test/support/notify/smtp.ts';

/** Who is on call, and what becomes of it when nobody answers. */
const SETUP = `
version: 1
people:
  admin: { name: Demo Admin, role: admin }
  responder: { name: Demo Responder, contacts: ['email:responder@example.com'] }
  second: { name: Second Responder, contacts: ['email:second@example.com'] }
schedules:
  checkout:
    layers: [{ people: [responder] }]
policies:
  checkout:
    levels:
      - { targets: [schedule:checkout], wait: 30s }
      - { targets: [person:second], wait: 30s }
default_policy: checkout
rules:
  responder: { high: [email], low: [email] }
  second: { high: [email], low: [email] }
`;

test('an alert reaches whoever is on call by mail, and the link in it acknowledges', async ({ place }) => {
  const smtp = await startSmtp();
  const env = { SMTP_URL: smtp.smtpUrl, SMTP_FROM: 'incidents@example.com', SMTP_CA: smtp.ca };
  const bot = await Bot.on(place, { env });
  try {
    const applied = await bot.call('POST', '/api/v1/config/apply', { file: SETUP });
    expect(applied).toMatchObject({ status: 200, body: { applied: true } });

    await bot.types('admin', '/incident declare sev1 checkout is down');
    const [mail] = await bot.until(async () => {
      const mails = await smtp.mails();
      return mails.length > 0 && mails;
    });
    expect(mail?.recipients).toEqual(['responder@example.com']);
    expect(mail?.subject).toContain('INC-1 checkout is down');
    const [, link = ''] = Object.entries(mail?.links ?? {}).find(([label]) => label === 'Acknowledge') ?? [];
    const asked = await fetch(link);
    expect(await asked.text()).toContain('Acknowledge as Demo Responder');
    const pressed = await fetch(link, { method: 'POST' });
    expect([pressed.status, await pressed.text()]).toEqual([
      200,
      expect.stringContaining('You have INC-1 now'),
    ]);
    expect(await bot.incident(1)).toMatchObject({ status: 'ACKNOWLEDGED', assigned_to: 'responder' });
    const room = await bot.roomOf(1);
    await bot.until(async () => (await bot.card(room)).text.includes('Demo Responder'));
    expect((await bot.unasked(room)).join('\n')).toContain('paged Demo Responder');
    expect(await smtp.mails()).toHaveLength(1);
  } finally {
    await bot.stop();
    await smtp.close();
  }
});

test('a key that stands in a policy without its system is in no figure, which anybody may read', async ({
  place,
}) => {
  const bot = await Bot.on(place);
  const file = `
version: 1
people: { admin: { name: Demo Admin, role: admin } }
policies: { all: { levels: [{ targets: ['external:R0UT1NGKEY', 'external:pagerduty/0THERKEY'], wait: 1h }] } }
default_policy: all
`;
  expect(await bot.call('POST', '/api/v1/config/apply', { file })).toMatchObject({ status: 200 });
  await bot.types('admin', '/incident declare sev1 checkout is down');
  const figures = await bot.until(async () => {
    const text = await (await fetch(`${bot.url}/metrics`)).text();
    const pages = [...text.matchAll(/^pages_total\{(.*)\} 1$/gm)].map(([, labels]) => labels);
    return pages.length === 2 && { text, pages };
  });
  expect(new Set(figures.pages)).toEqual(
    new Set(['channel="pagerduty",outcome="failed"', 'channel="unknown",outcome="failed"']),
  );
  expect(figures.text).toContain('kind="notify@unknown"');
  expect(figures.text).not.toMatch(/R0UT1NGKEY|0THERKEY/);
});
