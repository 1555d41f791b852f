import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { readTwilioCallback, twilioAnswer, type TwilioCallback } from '#src/notify/twilio-callback.ts';
import { anyText } from '#test/support/notify/any-text.ts';
import { AUTH_TOKEN, FROM, signed, type SignedRequest } from '#test/support/notify/twilio.ts';

const SETTINGS = { authToken: AUTH_TOKEN, callbackUrl: 'https://incidents.example.com/notify/twilio' };
const ANA = '+436601234567';

function read({ url, body, signature }: SignedRequest, settings = SETTINGS): TwilioCallback {
  return readTwilioCallback(settings, { path: url.slice(settings.callbackUrl.length), body, signature });
}

function reply(text: string): SignedRequest {
  return signed(`${SETTINGS.callbackUrl}/sms`, { MessageSid: 'SM1', From: ANA, To: FROM, Body: text });
}

describe('a reply to a text', () => {
  it.each([
    ['ACK 42', 'acknowledge', '42'],
    ['ack42', 'acknowledge', '42'],
    [' Ack #INC-42. ', 'acknowledge', '42'],
    ['1', 'acknowledge', null],
    ['ok', 'acknowledge', null],
    ['2', 'escalate', null],
    ['escalate 42', 'escalate', '42'],
    ['STOP', 'stop', null],
    ['help', 'help', null],
    ['start', 'start', null],
    ['who is this?', null, null],
    ['do not ack 42', null, null],
    ['ack 42 and 43', null, null],
    ['42', null, null],
    ['', null, null],
    ['👍', null, null],
    ['constructor', null, null],
    ['__proto__ 1', null, null],
  ])('%j', (text, wish, code) => {
    expect(read(reply(text))).toMatchObject({ kind: 'reply', from: ANA, wish, code, id: 'SM1' });
  });

  it('is read whatever it says', () => {
    fc.assert(
      fc.property(anyText(300), (text) => {
        expect(read(reply(text.toWellFormed())).kind).toBe('reply');
      }),
    );
  });
});

describe('a key pressed in a call', () => {
  it.each([
    ['1', 'acknowledge'],
    ['2', 'escalate'],
    ['3', null],
    ['#', null],
  ])('%s', (key, wish) => {
    const request = signed(`${SETTINGS.callbackUrl}/voice?key=order%2F7`, {
      CallSid: 'CA1',
      To: ANA,
      Digits: key,
    });
    expect(read(request)).toEqual({ kind: 'pressed', to: ANA, wish, key: 'order/7', id: 'CA1' });
  });
});

describe('what became of it', () => {
  it.each([
    [{ MessageSid: 'SM1', MessageStatus: 'sent' }, 'under way', false],
    [{ MessageSid: 'SM1', MessageStatus: 'delivered' }, 'arrived', false],
    [{ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' }, 'failed', false],
    [{ MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30005' }, 'failed', true],
    [{ CallSid: 'CA1', CallStatus: 'completed' }, 'arrived', false],
    [{ CallSid: 'CA1', CallStatus: 'no-answer' }, 'failed', false],
    [{ CallSid: 'CA1', CallStatus: 'something new' }, 'under way', false],
  ] as const)('%j', (fields, outcome, isGone) => {
    const request = signed(`${SETTINGS.callbackUrl}/status?key=order-7`, { ...fields, To: ANA });
    expect(read(request)).toMatchObject({ kind: 'status', key: 'order-7', outcome, isGone });
  });
});

describe('who says so', () => {
  it('is checked as Twilio describes it', () => {
    const settings = { authToken: '12345', callbackUrl: 'https://example.com/myapp' };
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675310',
      Digits: '1234',
      From: '+14158675310',
    };
    // Made with openssl: printf '%s' <address and fields> | openssl dgst -sha1 -hmac 12345 -binary | base64
    const signature = 'A0Ap8OrcWSLkr8wVF79PNPN38HM=';
    const body = new URLSearchParams(fields).toString();
    expect(readTwilioCallback(settings, { path: '/voice?key=1', body, signature }).kind).toBe('pressed');
  });

  it('may have written the port that goes without saying', () => {
    const withPort = 'https://incidents.example.com:443/notify/twilio/sms';
    const { body, signature } = signed(withPort, { From: ANA, Body: '1' });
    expect(readTwilioCallback(SETTINGS, { path: '/sms', body, signature }).kind).toBe('reply');
  });

  it('is not Twilio when anything of it is another', () => {
    const request = reply('ACK 42');
    const forged: SignedRequest[] = [
      { ...request, signature: '' },
      { ...request, signature: 'x' },
      { ...request, body: request.body.replace('42', '43') },
      { ...request, body: `${request.body}&More=1` },
      { ...request, url: `${request.url}?key=1` },
      signed(request.url, { From: ANA, Body: '1' }, 'another token'),
    ];
    for (const it of forged) expect(refusalOf(() => read(it))).toMatchObject({ code: 'bad_signature' });
    const { body } = request;
    const without = { path: '/sms', body, signature: undefined };
    expect(refusalOf(() => readTwilioCallback(SETTINGS, without))).toBeInstanceOf(UserError);
  });

  it('asks for what there is', () => {
    const elsewhere = signed(`${SETTINGS.callbackUrl}/fax`, { From: ANA });
    expect(refusalOf(() => read(elsewhere))).toMatchObject({ code: 'not_found' });
  });
});

describe('what is said back', () => {
  const pressed = signed(`${SETTINGS.callbackUrl}/voice?key=7`, { CallSid: 'CA1', To: ANA, Digits: '1' });

  it('is a text to a text and speech to a key', () => {
    expect(twilioAnswer(read(reply('1')), 'Yours now: <#42>').body).toContain(
      '<Message>Yours now: &lt;#42&gt;</Message>',
    );
    expect(twilioAnswer(read(pressed), 'Thank you.').body).toContain('<Say>Thank you.</Say><Hangup/>');
  });

  it('is nothing where there is nothing to say', () => {
    expect(twilioAnswer(read(reply('stop')), null)).toEqual({
      type: 'text/xml',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    });
  });
});

function refusalOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
