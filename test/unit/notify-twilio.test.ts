import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Channel, Order } from '#src/notify/channel.ts';
import { makeSms } from '#src/notify/channels/sms.ts';
import { makeVoice } from '#src/notify/channels/voice.ts';
import { readTwilioCallback } from '#src/notify/twilio-callback.ts';
import type { TwilioSettings } from '#src/notify/twilio.ts';
import { INCIDENT, NOW, page } from '#test/support/notify/notices.ts';
import {
  ACCOUNT,
  AUTH_TOKEN,
  FROM,
  NOBODY,
  startTwilio,
  STOPPED,
  type FakeTwilio,
  type SignedRequest,
} from '#test/support/notify/twilio.ts';

const ANA = '+436601234567';
const CALLBACK = 'https://incidents.example.com/notify/twilio';

let twilio: FakeTwilio;
let settings: TwilioSettings;
let time: Date;
beforeEach(async () => {
  time = NOW;
  twilio = await startTwilio(`${CALLBACK}/sms`, () => time);
  settings = {
    apiUrl: twilio.url,
    accountSid: ACCOUNT,
    authToken: AUTH_TOKEN,
    from: FROM,
    callbackUrl: CALLBACK,
  };
});
afterEach(async () => await twilio.close());

async function send(channel: Channel, more: Partial<Order> = {}) {
  const order = { to: ANA, notice: page(), key: 'order/1', signal: AbortSignal.timeout(10_000) };
  return await channel.send({ ...order, ...more });
}

function heard({ url, body, signature }: SignedRequest) {
  return readTwilioCallback(settings, { path: url.slice(CALLBACK.length), body, signature });
}

describe('a text', () => {
  it('can be answered, and what becomes of it is known by the order', async () => {
    const { providerId } = await send(makeSms(settings));
    expect(heard(twilio.replies(ANA, 'ACK 42'))).toMatchObject({ kind: 'reply', from: ANA, code: '42' });
    expect(heard(twilio.reports(ANA, 'delivered'))).toMatchObject({
      kind: 'status',
      key: 'order/1',
      id: providerId,
      outcome: 'arrived',
    });
  });

  it('says how many it was, which is what it costs', async () => {
    expect(await send(makeSms(settings))).toMatchObject({ detail: '1 segment' });
    const subject = 'сервис недоступен '.repeat(3);
    expect(await send(makeSms(settings), { notice: page({ subject }) })).toMatchObject({
      detail: '2 segments',
    });
  });

  it.each([
    [NOBODY, 'error 21211'],
    [STOPPED, 'error 21610'],
  ])('to %s is not tried again', async (to, said) => {
    const sending = send(makeSms(settings), { to });
    await expect(sending).rejects.toMatchObject({ gone: 'person', retry: false });
    await expect(send(makeSms(settings), { to })).rejects.toThrow(said);
  });

  it.each([
    [400, 20429, true],
    [400, 14107, true],
    [400, 21611, true],
    [400, 21408, false],
    [401, 20003, false],
    [503, 20503, true],
  ])('that is refused with %i and error %i: again is %s', async (status, code, retry) => {
    twilio.next({ status, body: JSON.stringify({ code, message: 'the weather', status }) });
    await expect(send(makeSms(settings))).rejects.toMatchObject({ retry });
  });
});

it('a refusal does not say the number, since others than its owner read it', async () => {
  const message = `Permission has not been enabled for the region of the 'To' number: ${ANA}`;
  twilio.next({ status: 400, body: JSON.stringify({ code: 21408, message, status: 400 }) });
  const refused = await send(makeSms(settings)).catch(String);
  expect(refused).toContain("error 21408: Permission has not been enabled for the region of the 'To' number");
  expect(refused).not.toContain(ANA.slice(1));
});

describe('a text whose first try ended nobody knows how', () => {
  const lost = async () => {
    twilio.next({ drop: 'after' });
    await expect(send(makeSms(settings))).rejects.toMatchObject({ retry: true });
  };

  it('is not sent again when it had arrived', async () => {
    await lost();
    const sent = await send(makeSms(settings), { triedAt: NOW });
    expect(sent).toMatchObject({
      detail: 'an earlier try had arrived',
      providerId: expect.stringMatching(/^SM/),
    });
    expect(twilio.texts(ANA)).toHaveLength(1);
  });

  it('is sent when it had not, when that one is older, says something else, or went to somebody else', async () => {
    twilio.next({ drop: 'before' });
    await expect(send(makeSms(settings))).rejects.toMatchObject({ retry: true });
    await send(makeSms(settings), { triedAt: NOW });
    expect(twilio.texts(ANA)).toHaveLength(1);
    time = new Date(NOW.getTime() + 60_000);
    await send(makeSms(settings), { triedAt: time });
    await send(makeSms(settings), { triedAt: time, notice: page({ incident: { ...INCIDENT, number: 43 } }) });
    await send(makeSms(settings), { triedAt: time, to: '+436607654321' });
    expect(twilio.texts(ANA)).toHaveLength(3);
    expect(twilio.texts('+436607654321')).toHaveLength(1);
  });

  it('is sent when that cannot be found out', async () => {
    await lost();
    twilio.next({ status: 500 });
    await send(makeSms(settings), { triedAt: NOW });
    expect(twilio.texts(ANA)).toHaveLength(2);
  });
});

describe('a call', () => {
  it('says what it is and takes a key', async () => {
    const { providerId } = await send(makeVoice(settings));
    expect(twilio.heard(ANA)[0]?.text).toContain('Incident 42, high severity: checkout is down.');
    for (const [key, wish] of [
      ['1', 'acknowledge'],
      ['2', 'escalate'],
    ] as const) {
      expect(heard(twilio.presses(ANA, key))).toMatchObject({
        kind: 'pressed',
        wish,
        key: 'order/1',
        id: providerId,
      });
    }
    expect(heard(twilio.reports(ANA, 'no-answer'))).toMatchObject({ outcome: 'failed', key: 'order/1' });
  });

  it('takes none where there is nothing to acknowledge', async () => {
    await send(makeVoice(settings), { notice: page({ ack: null }) });
    expect(() => twilio.presses(ANA, '1')).toThrow('nothing to press');
  });
});
