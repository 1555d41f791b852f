import { afterEach, beforeEach, describe, expect } from 'vitest';

import { listContacts } from '#src/db/contacts.ts';
import type { Db } from '#src/db/schema.ts';
import { addBrowser } from '#src/engine/own-contacts.ts';
import type { PersonId } from '#src/incident/person.ts';
import { Talk } from '#test/support/chat.ts';
import { test } from '#test/support/database.ts';

const ana = 'ana' as PersonId;
const PHONE = '+4915112345678';
const MINUTE = 60_000;
let talk: Talk;

beforeEach<{ db: Db }>(async ({ db }) => {
  talk = new Talk(db);
  await talk.begin();
});

afterEach(() => {
  expect(talk.logged).toEqual([]);
});

function codeSent(): string {
  return /\d{6}/.exec(talk.sent.at(-1)?.subject ?? '')?.[0] ?? '';
}

describe('a contact', () => {
  test('is added, proved by the code that is sent to it, tried and removed', async ({ db }) => {
    const added = await talk.types('ana', 'contact add sms +49 151 12345678');
    expect([added.visible, added.text]).toEqual([
      'private',
      expect.stringContaining('It is not used before'),
    ]);
    expect(talk.sent.at(-1)).toMatchObject({ kind: 'sms', to: PHONE });
    expect(added.text).not.toContain(codeSent());
    expect((await talk.types('ana', 'contact')).text).toContain('not verified');

    const verified = await talk.types('ana', `contact verify ${codeSent()}`);
    expect(verified.text).toContain(`${PHONE} is yours`);
    expect((await listContacts(db, ana))[0]?.verifiedAt).toEqual(talk.clock.now());

    await talk.types('ana', 'contact test sms');
    expect(talk.sent.at(-1)).toEqual({ kind: 'sms', to: PHONE, subject: 'This is a test page' });
    await talk.types('ana', 'contact remove sms');
    expect(await listContacts(db, ana)).toEqual([]);
  });

  test('is not proved by guessing, by somebody else, or too late', async ({ db }) => {
    await talk.types('ana', `contact add sms ${PHONE}`);
    const code = codeSent();
    expect((await talk.types('bo', `contact verify ${code}`)).text).toContain('not right');
    for (let guess = 0; guess < 5; guess += 1) await talk.types('ana', `contact verify 00000${guess}`);
    expect((await talk.types('ana', `contact verify ${code}`)).text).toContain('not right');

    await talk.types('ana', `contact add sms ${PHONE}`);
    talk.clock.advance(16 * MINUTE);
    expect((await talk.types('ana', `contact verify ${codeSent()}`)).text).toContain('older than 15 minutes');
    expect(await listContacts(db, ana)).toMatchObject([{ address: PHONE, verifiedAt: null }]);
  });

  test('that is a browser is called by its name, and its keys are not shown', async ({ db }) => {
    const keys = { p256dh: 'a public key', auth: 'a secret' };
    const address = JSON.stringify({ endpoint: 'https://push.example/1', keys, device: 'Firefox on Linux' });
    await addBrowser({ db, now: () => talk.clock.now(), newId: () => 'browser-1' }, ana, address);
    const { text } = await talk.types('ana', 'contact');
    expect(text).toContain('Firefox on Linux · verified');
    expect(text).not.toMatch(/secret|push\.example/);
  });

  test('that cannot be one says what is wrong', async () => {
    expect((await talk.types('ana', 'contact add pigeon roof')).text).toContain('There are: email, sms');
    expect((await talk.types('ana', 'contact add voice +4915112345678')).text).toContain('by voice here');
    expect((await talk.types('ana', 'contact add sms 12')).text).toMatch(/number/);
    expect((await talk.types('ana', 'contact verify')).text).toContain('Say the code');
    expect((await talk.types('ana', 'contact test sms')).text).toContain('no contact of the kind sms');
  });
});
