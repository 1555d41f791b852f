import { createECDH, randomBytes } from 'node:crypto';

import { describe, expect } from 'vitest';

import { waysBy, withPushKeys } from '#src/channels.ts';
import { listContacts } from '#src/db/contacts.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { PersonId } from '#src/incident/person.ts';
import { makePush } from '#src/notify/channels/push.ts';
import { parsePhone } from '#src/notify/phone.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, ENGINE, KEY, openDoor } from '#test/support/http.ts';

const PHONE = '+4366012345678';
const CHANNELS = ['push', 'sms', 'voice'];
const push = makePush({ publicKey: '', privateKey: '', subject: '' }, { allowPrivate: true });

/** Ana and Ben answer calls, Cy is an admin; codes go to phones that this test reads. */
const test = base.extend('door', async ({ db }, { onCleanup }) => {
  await addPerson(db, 'ana');
  await addPerson(db, 'ben');
  await addPerson(db, 'cy', 'admin');
  const codes: string[] = [];
  const door = await openDoor(db, {
    settings: { local: true },
    engine: { ...ENGINE, channels: CHANNELS },
    pushKey: 'the key of this server',
    ways: {
      names: CHANNELS,
      parse: async (kind, address) => (kind === 'push' ? push.parse(address) : parsePhone(address)),
      tell: async (_, __, { subject }) => void codes.push(/\d+/.exec(subject)?.[0] ?? ''),
    },
  });
  onCleanup(() => door.close());
  const as = (person: string) => async (method: string, path: string, body?: unknown) =>
    await door.call(method, `/api/v1${path}`, body, { 'x-act-as': person });
  return { ...door, codes, ana: as('ana'), ben: as('ben'), cy: as('cy') };
});

const RULES = { high: null, low: null, throttle: null, bundle_ms: null, quiet: null };

/** What a browser hands to its page. */
function subscription(endpoint: string, device = 'Firefox on Linux'): string {
  const p256dh = createECDH('prime256v1').generateKeys().toString('base64url');
  const keys = { p256dh, auth: randomBytes(16).toString('base64url') };
  return JSON.stringify({ endpoint, expirationTime: null, keys, device });
}

describe('my contacts', () => {
  test('are added, proved by a code, put in order, switched off and removed, and each answer says what follows', async ({
    door,
  }) => {
    const { body: nothing } = await door.ana('GET', '/me/rules');
    expect(nothing).toMatchObject({
      contacts: [{ kind: 'chat', entered: false, problem: null }],
      kinds: ['sms', 'voice'],
      high: null,
      preview: { high: { ways: 'chat at once', unreachable: null } },
    });
    const { body: added } = await door.ana('POST', '/me/contacts', {
      kind: 'sms',
      address: '0043 660 12345678',
    });
    expect(added.told).toContain(PHONE);
    expect(added.own.contacts[1]).toMatchObject({ label: PHONE, waits_for_code: true });
    expect(added.own.preview.high.ways).toBe('chat at once');
    expect((await door.ben('POST', '/me/contacts/prove', { code: door.codes[0] })).status).toBe(404);
    const { body: proved } = await door.ana('POST', '/me/contacts/prove', { code: door.codes[0] });
    expect(proved.preview.high.ways).toBe('chat at once and text after 2 min');

    door.wait(1000);
    await door.ana('POST', '/me/contacts', { kind: 'voice', address: PHONE });
    await door.ana('POST', '/me/contacts/prove', { code: door.codes[1] });
    const [, sms, voice] = (await door.ana('GET', '/me/rules')).body.contacts;
    const { body: sorted } = await door.ana('POST', '/me/contacts/order', { ids: [voice.id] });
    expect(sorted.contacts.map((it: { kind: string }) => it.kind)).toEqual(['chat', 'voice', 'sms']);
    expect(sorted.preview.high.ways).toBe('chat at once, text after 2 min and call after 5 min');

    const { body: off } = await door.ana('PATCH', `/me/contacts/${sms.id}`, { enabled: false });
    expect(off.contacts.find((it: { id: string }) => it.id === sms.id)).toMatchObject({
      enabled: false,
      problem: 'it is switched off',
      verified_at: expect.any(String),
    });
    expect(off.preview.high.ways).toBe('chat at once and call after 5 min');
    expect((await door.ben('DELETE', `/me/contacts/${voice.id}`)).status).toBe(404);
    const { body: removed } = await door.ana('DELETE', `/me/contacts/${voice.id}`);
    expect(removed.preview.high.ways).toBe('chat at once');
  });

  test('that cannot be one are refused at their field', async ({ door }) => {
    const answer = await door.ana('POST', '/me/contacts', { kind: 'sms', address: '12' });
    expect([answer.status, answer.body.details.field]).toEqual([400, 'address']);
    const pigeon = await door.ana('POST', '/me/contacts', { kind: 'push', address: '{}' });
    expect([pigeon.status, pigeon.body.message]).toEqual([400, expect.stringContaining('browser')]);
  });

  test('can be a browser, which tells the one who asked last', async ({ db, door }) => {
    const address = subscription('https://push.example/1');
    const { body } = await door.ana('POST', '/me/contacts', { kind: 'push', address });
    expect(body.own.contacts[1]).toMatchObject({
      kind: 'push',
      label: 'Firefox on Linux',
      endpoint: 'https://push.example/1',
      problem: null,
      verified_at: expect.any(String),
    });
    expect(JSON.stringify(body)).not.toContain('p256dh');
    await door.ben('POST', '/me/contacts', { kind: 'push', address });
    expect(await listContacts(db, 'ana' as PersonId)).toEqual([]);
    expect(await listContacts(db, 'ben' as PersonId)).toHaveLength(1);
  });
});

test('browsers are told without any set-up, with keys that stay the same', async ({ db }) => {
  const none = { email: undefined, twilio: undefined, opsgenie: undefined, push: undefined, ntfy: undefined };
  const settings = { ...none, pagerduty: { eventsUrl: 'https://events.example' }, allowPrivate: false };
  const { push: made } = await withPushKeys(db, settings, 'https://incidents.example');
  expect(made).toEqual({
    publicKey: expect.stringMatching(/^B[\w-]{86}$/),
    privateKey: expect.stringMatching(/^[\w-]{43}$/),
    subject: 'https://incidents.example',
  });
  expect((await withPushKeys(db, settings, 'https://incidents.example')).push).toEqual(made);
  const own = { publicKey: 'B', privateKey: 'c', subject: 'mailto:ops@example.com' };
  expect((await withPushKeys(db, { ...settings, push: own }, 'https://x.example')).push).toBe(own);
});

test('codes and tests are not sent for ever, since they cost money and anybody can be sent one', async () => {
  const sent: string[] = [];
  let at = new Date('2026-03-01T08:00:00Z');
  const take: typeof push.send = async ({ to }) => ({ providerId: String(sent.push(to)) });
  const ways = waysBy({ names: ['sms'], get: async () => ({ ...push, send: take }) }, () => at);
  const tell = async (by: string, to: string) => {
    const words = { kind: 'verification', subject: 'Your code is 123456', lines: [], key: 'k' } as const;
    await ways.tell('sms', to, { ...words, by: by as PersonId });
  };
  for (let last = 0; last < 10; last += 1) await tell('ana', `+436601234567${last}`);
  await expect(tell('ana', PHONE)).rejects.toMatchObject({ code: 'too_many' });
  await tell('ben', PHONE);
  expect(sent).toHaveLength(11);
  at = new Date('2026-03-01T08:10:00Z');
  await tell('ana', PHONE);
});

describe('my rules', () => {
  test('hold as they were saved, until they are reset', async ({ door }) => {
    const quiet = {
      from: '22:00',
      to: '09:30',
      zone: 'UTC',
      break_through: { severities: [], urgencies: ['high'] },
    };
    const high = [{ contact: 'chat:ana', delay_ms: 60_000 }];
    const asked = { ...RULES, high, quiet, throttle: { max: 3, window_ms: 600_000 }, bundle_ms: 300_000 };
    const { status, body } = await door.ana('PUT', '/me/rules', asked);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...asked, steps: { high } });
    // At eight in the morning it is quiet still, and low urgency does not break through.
    expect(body.preview).toMatchObject({
      high: { ways: 'chat after 1 min', notes: [] },
      low: { ways: 'chat after 1 h 30 min', notes: [expect.stringContaining('quiet hours are')] },
    });
    const often = Array.from({ length: 1000 }, () => 'P0');
    const twice = { ...asked, quiet: { ...quiet, break_through: { severities: often, urgencies: [] } } };
    const { body: once } = await door.ana('PUT', '/me/rules', twice);
    expect(once.quiet.break_through.severities).toEqual(['P0']);
    const { body: reset } = await door.ana('DELETE', '/me/rules');
    expect(reset).toMatchObject({ ...RULES, preview: { high: { ways: 'chat at once' } } });
  });

  test('that cannot hold are refused, each at its field, and nothing is changed', async ({ door }) => {
    const wrong = {
      ...RULES,
      high: [{ contact: 'pigeon', delay_ms: 0 }],
      throttle: { max: 1, window_ms: 5 },
      quiet: { from: '22:00', to: '22:00', zone: 'Mars', break_through: { severities: [], urgencies: [] } },
    };
    const answer = await door.ana('PUT', '/me/rules', wrong);
    expect(answer.status).toBe(400);
    expect(answer.body.details.fields.map((it: { field: string }) => it.field)).toEqual([
      'high.0.contact',
      'throttle.window_ms',
      'quiet.zone',
      'quiet.to',
    ]);
    const shape = await door.ana('PUT', '/me/rules', { ...RULES, quiet: { ...wrong.quiet, from: '25:00' } });
    expect(shape.body.details.fields).toMatchObject([{ field: 'quiet.from' }]);
    expect((await door.ana('GET', '/me/rules')).body).toMatchObject(RULES);
  });

  test('pass over a contact that is gone', async ({ door }) => {
    await door.ana('POST', '/me/contacts', { kind: 'sms', address: PHONE });
    const { body } = await door.ana('POST', '/me/contacts/prove', { code: door.codes[0] });
    const high = [{ contact: body.contacts[1].id, delay_ms: 0 }];
    await door.ana('PUT', '/me/rules', { ...RULES, high });
    const { body: left } = await door.ana('DELETE', `/me/contacts/${body.contacts[1].id}`);
    expect(left).toMatchObject({ high: null, steps: { high: [{ contact: 'chat:ana' }] } });
  });

  test('are nobody else’s: an admin sees whether somebody can be told, and no address', async ({ door }) => {
    await door.ana('POST', '/me/contacts', { kind: 'sms', address: PHONE });
    const { body } = await door.cy('GET', '/people/ana/reachability');
    expect(body).toMatchObject({
      contacts: [
        { kind: 'chat', problem: null },
        { kind: 'sms', problem: expect.stringContaining('not verified') },
      ],
      preview: { high: { ways: 'chat at once' } },
    });
    expect(JSON.stringify(body)).not.toContain(PHONE);
    for (const address of [PHONE, `${PHONE}9`]) {
      await door.ana('POST', '/me/contacts', { kind: 'sms', address });
      await door.ana('POST', '/me/contacts/prove', { code: door.codes.at(-1) });
    }
    const several = await door.cy('GET', '/people/ana/reachability');
    expect(several.body.preview.high.ways).toBe('chat at once, text after 2 min and text after 2 min');
    expect(several.text).not.toContain(PHONE);
    expect((await door.ben('GET', '/people/ana/reachability')).status).toBe(403);
    const nobody = await door.call('GET', '/api/v1/me/rules', undefined, { 'x-api-key': KEY });
    expect([nobody.status, nobody.body.message]).toEqual([403, expect.stringContaining('belongs to nobody')]);
  });
});

describe('a test page', () => {
  test('goes out by my rules, stands among my pages, and is answered once', async ({ db, door }) => {
    const { status, body } = await door.ana('POST', '/me/test-page', { urgency: 'high' });
    expect([status, body]).toEqual([
      202,
      expect.objectContaining({ kind: 'test', incident: null, urgency: 'high', answered_at: null }),
    ]);
    expect(body.messages).toMatchObject([{ channel: 'web', state: 'waiting', to: null }]);
    expect((await door.ben('POST', `/me/pages/${body.id}/answer`)).status).toBe(404);
    door.wait(14_000);
    const answered = await door.ana('POST', `/me/pages/${body.id}/answer`);
    expect(answered.body.message).toBe('It works: you answered after 14 s.');
    door.wait(5000);
    const again = await door.ana('POST', `/me/pages/${body.id}/answer`);
    expect(again.body.message).toBe('You answered this test page already, after 14 s.');
    const { body: pages } = await door.ana('GET', '/me/pages');
    expect(pages).toMatchObject([{ id: body.id, answered_by: 'ana', messages: [{ state: 'cancelled' }] }]);
    expect(await receiptsOf(db, { person: 'ben' as PersonId, limit: 1 })).toEqual([]);
  });

  test('is not sent for ever', async ({ door }) => {
    for (let sent = 0; sent < 5; sent += 1) await door.ana('POST', '/me/test-page', { urgency: 'low' });
    const refused = await door.ana('POST', '/me/test-page', { urgency: 'low' });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  });
});
