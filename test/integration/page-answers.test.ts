import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect } from 'vitest';

import { saveContact, verifyContact } from '#src/db/contacts.ts';
import { findIncident } from '#src/db/incidents.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import { act } from '#src/engine/act.ts';
import { declare } from '#src/engine/declare.ts';
import { sendTestPage } from '#src/engine/test-page.ts';
import { answerMounts } from '#src/http/answers.ts';
import type { PersonId } from '#src/incident/person.ts';
import { signAckToken } from '#src/notify/ack-token.ts';
import { addPerson } from '#test/support/context.ts';
import { signed } from '#test/support/notify/twilio.ts';
import { ana as anaTarget, level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test as base } from '#test/support/reacting.ts';

const ana = 'ana' as PersonId;
const SECRET = 'what links are signed with';
const DAY = 86_400_000;
const TWILIO = { authToken: 'a token of tests', callbackUrl: 'https://incidents.example/notify/twilio' };
const PHONE = '+14155550100';

/** INC-1 is open, and Ana is paged for it; she has a phone. */
const test = base.extend('paged', async ({ db, reacting }, { onCleanup }) => {
  await addPerson(db, 'ana');
  await addPerson(db, 'bo');
  const phone = { id: 'c1', kind: 'sms', address: PHONE, enabled: true } as const;
  await saveContact(db, ana, phone, new Date('2026-03-01T08:00:00Z'));
  await verifyContact(db, ana, phone, new Date('2026-03-01T08:00:00Z'));
  await db.transaction().execute(async (tx) => {
    await savePolicy(tx, policy({ levels: [level({ targets: [anaTarget] })] }), new Date());
  });
  const it = await reacting([new PlainPlatform('web')]);
  await declare(it.ctx, { title: 'Checkout <b>is</b> down', severity: 'P1' });
  await it.settled();
  const mounts = answerMounts({ system: it.ctx, secret: SECRET, twilio: TWILIO, log: { error: () => {} } });
  const server = createServer((request, response) => {
    const first = `/${(request.url ?? '').split('/')[1]}`;
    mounts.find(({ path }) => path.startsWith(first))?.handle(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
  const page = receipt?.page.id ?? '';
  const linkFor = (person: string, ms = DAY) =>
    `${url}/ack/${signAckToken(SECRET, { page, person }, new Date(it.clock.now().getTime() + ms))}`;
  const twilio = async (path: string, form: Readonly<Record<string, string>>) => {
    const { body, signature } = signed(`${TWILIO.callbackUrl}${path}`, form, TWILIO.authToken);
    const headers = { 'x-twilio-signature': signature, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(`${url}/notify/twilio${path}`, { method: 'POST', body, headers });
    return { status: answer.status, text: await answer.text() };
  };
  return { ...it, url, page, linkFor, twilio, receipt };
});

describe('the link in a page', () => {
  test('asks first, and acknowledges when it is pressed, once', async ({ db, paged }) => {
    const link = paged.linkFor('ana');
    const asked = await (await fetch(link)).text();
    expect(asked).toContain('Acknowledge as Ana');
    expect(asked).toContain('Checkout &lt;b&gt;is&lt;/b&gt; down');
    expect((await findIncident(db, 1)).status).toBe('NEW');

    const pressed = await fetch(link, { method: 'POST' });
    expect([pressed.status, await pressed.text()]).toEqual([
      200,
      expect.stringContaining('You have INC-1 now'),
    ]);
    expect(await findIncident(db, 1)).toMatchObject({ status: 'ACKNOWLEDGED', assignee: 'ana' });

    const again = await fetch(link, { method: 'POST' });
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('used already')]);
  });

  test('says so when somebody else was first, and when it is over', async ({ paged }) => {
    await act({ ...paged.ctx, actor: { type: 'user', id: 'bo', name: 'Bo' } }, 1, 'acknowledge');
    const late = await fetch(paged.linkFor('ana'), { method: 'POST' });
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('Bo')]);
    const over = await fetch(paged.linkFor('ana', -1));
    expect([over.status, await over.text()]).toEqual([409, expect.stringContaining('This link is over')]);
  });

  test('that we never signed is refused', async ({ db, paged }) => {
    const forged = paged.linkFor('ana').slice(0, -3);
    const answer = await fetch(`${forged}abc`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect((await findIncident(db, 1)).status).toBe('NEW');
  });
});

describe('a text that answers a page', () => {
  test('acknowledges in the name of the number’s owner', async ({ db, paged }) => {
    const { status, text } = await paged.twilio('/sms', { From: PHONE, Body: 'ACK 1', MessageSid: 'SM1' });
    expect([status, text]).toEqual([200, expect.stringContaining('You have INC-1 now')]);
    expect((await findIncident(db, 1)).assignee).toBe('ana');
  });

  test('escalates, and once however often Twilio says it', async ({ db, paged }) => {
    const form = { From: PHONE, Body: 'esc', MessageSid: 'SM2' };
    const said = await Promise.all([1, 2, 3].map(async () => await paged.twilio('/sms', form)));
    expect(said.filter(({ text }) => text.includes('used already'))).toHaveLength(2);
    const again = await paged.twilio('/sms', form);
    expect(again.text).toContain('used already');
    expect((await findIncident(db, 1)).escalationLevel).toBe(2);
  });

  test('from a stranger changes nothing, and one that Twilio did not sign is refused', async ({
    db,
    paged,
  }) => {
    const stranger = await paged.twilio('/sms', { From: '+14155550199', Body: 'ACK 1', MessageSid: 'SM3' });
    expect(stranger.text).toContain('no page to answer');
    const body = new URLSearchParams({ From: PHONE, Body: 'ACK 1', MessageSid: 'SM4' }).toString();
    const headers = { 'x-twilio-signature': 'AAAA', 'content-type': 'application/x-www-form-urlencoded' };
    const forged = await fetch(`${paged.url}/notify/twilio/sms`, { method: 'POST', body, headers });
    expect(forged.status).toBe(403);
    expect((await findIncident(db, 1)).status).toBe('NEW');
  });

  test('that asks nothing we know is told what it can ask', async ({ paged }) => {
    const { text } = await paged.twilio('/sms', { From: PHONE, Body: 'who is this?', MessageSid: 'SM5' });
    expect(text).toContain('ACK');
  });
});

describe('a test page', () => {
  test('is answered like any other: by its link, by a text, by a key', async ({ db, paged }) => {
    const { ctx } = paged;
    const times = [];
    for (const answer of ['link', 'text', 'key'] as const) {
      paged.clock.advance(1000);
      const { page } = await sendTestPage(ctx, ana, 'high');
      const [receipt] = await receiptsOf(db, { person: ana, limit: 1 });
      const key = receipt?.notifications[0]?.id ?? '';
      const link = `${paged.url}/ack/${signAckToken(SECRET, { page, person: 'ana' }, new Date(DAY + ctx.now().getTime()))}`;
      if (answer === 'link') expect(await (await fetch(link)).text()).toContain('Test page');
      paged.clock.advance(14_000);
      const said = {
        link: async () => await (await fetch(link, { method: 'POST' })).text(),
        text: async () =>
          (await paged.twilio('/sms', { From: PHONE, Body: 'ACK TEST', MessageSid: 'SM6' })).text,
        key: async () =>
          (await paged.twilio(`/voice?key=${key}`, { To: PHONE, Digits: '1', CallSid: 'CA6' })).text,
      };
      times.push((await said[answer]()).match(/It works: you answered after \d+ s/)?.[0]);
    }
    expect(times).toEqual(Array(3).fill('It works: you answered after 14 s'));
    // The incident's page is as it was: a text without a name is for it again.
    const { text } = await paged.twilio('/sms', { From: PHONE, Body: 'ack', MessageSid: 'SM7' });
    expect(text).toContain('You have INC-1 now');
  });
});
