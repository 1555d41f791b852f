import { describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { z } from 'zod';

import { NOTIFY_SETTINGS, toNotify } from '#src/config-notify.ts';

const SCHEMAS = z.object(
  Object.fromEntries(
    Object.entries(NOTIFY_SETTINGS).map(([name, { schema }]) => [name, schema]),
  ) as unknown as { readonly [K in keyof typeof NOTIFY_SETTINGS]: (typeof NOTIFY_SETTINGS)[K]['schema'] },
);

function read(env: Readonly<Record<string, string>>) {
  return toNotify(SCHEMAS.parse(env), 'https://incidents.example.com');
}

const TWILIO = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+1 415 555 0100' };
const KEYS = webPush.generateVAPIDKeys();
const VAPID = { VAPID_PUBLIC_KEY: KEYS.publicKey, VAPID_PRIVATE_KEY: KEYS.privateKey };

describe('the settings of the ways to reach people', () => {
  it('are none, and nothing leaves but what an address alone allows', () => {
    expect(read({})).toEqual({
      email: undefined,
      twilio: undefined,
      pagerduty: { eventsUrl: 'https://events.pagerduty.com/v2/enqueue' },
      opsgenie: undefined,
      push: undefined,
      ntfy: undefined,
      allowPrivate: false,
    });
  });

  it('are read into what the channels take', () => {
    const settings = read({
      SMTP_URL: 'smtp://bot:secret@mail.example.com:587',
      SMTP_FROM: 'Incidents@Example.com',
      ...TWILIO,
      TWILIO_API_URL: 'http://127.0.0.1:4000/',
      OPSGENIE_API_KEY: 'key',
      NTFY_URL: 'https://ntfy.example.com/',
      ...VAPID,
      VAPID_SUBJECT: 'mailto:ops@example.com',
      NOTIFY_PRIVATE_ADDRESSES: 'on',
    });
    expect(settings).toMatchObject({
      email: { from: 'Incidents@example.com', tls: 'required', ca: undefined },
      twilio: {
        apiUrl: 'http://127.0.0.1:4000',
        from: '+14155550100',
        callbackUrl: 'https://incidents.example.com/notify/twilio',
      },
      opsgenie: { apiUrl: 'https://api.opsgenie.com', apiKey: 'key' },
      ntfy: { url: 'https://ntfy.example.com', token: undefined },
      push: { ...KEYS, subject: 'mailto:ops@example.com' },
      allowPrivate: true,
    });
  });

  it.each([
    [{ SMTP_URL: 'smtp://mail.example.com' }, 'Set SMTP_FROM too.'],
    [{ ...TWILIO, TWILIO_FROM: '' }, 'TWILIO_FROM'],
    [{ TWILIO_ACCOUNT_SID: 'AC1' }, 'Set TWILIO_AUTH_TOKEN too.'],
    [{ TWILIO_AUTH_TOKEN: 'token' }, 'Set TWILIO_ACCOUNT_SID too.'],
    [{ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token' }, 'Set TWILIO_FROM too.'],
    [{ ...TWILIO, TWILIO_FROM: '0660 1234567' }, 'with its country'],
    [VAPID, 'Set VAPID_SUBJECT too.'],
    [{ VAPID_PUBLIC_KEY: KEYS.publicKey }, 'Set VAPID_PRIVATE_KEY too.'],
    [{ VAPID_PRIVATE_KEY: KEYS.privateKey }, 'Set VAPID_PUBLIC_KEY too.'],
    [{ VAPID_PUBLIC_KEY: 'x' }, '87 characters'],
    [{ SMTP_URL: 'https://mail.example.com' }, 'SMTP_URL'],
    [{ SMTP_FROM: 'Ana <ana@example.com>' }, 'one e-mail address'],
    [{ NTFY_URL: 'ntfy.example.com' }, 'NTFY_URL'],
  ])('%j are refused', (env, said) => {
    expect(() => read(env)).toThrow(said);
  });
});
