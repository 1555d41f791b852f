import { afterEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';

import type { Severity } from '#src/incident/incident.ts';
import type { Channel, Notice, Order } from '#src/notify/channel.ts';
import { makeNtfy } from '#src/notify/channels/ntfy.ts';
import { makeOpsgenie } from '#src/notify/channels/opsgenie.ts';
import { makePagerduty } from '#src/notify/channels/pagerduty.ts';
import { makePush } from '#src/notify/channels/push.ts';
import { makeWebhook } from '#src/notify/channels/webhook.ts';
import { webhookSecret } from '#src/notify/webhook-signature.ts';
import { ACK_URL, INCIDENT, NOW, page, PAGE_URL } from '#test/support/notify/notices.ts';
import { startNtfy, TOKEN } from '#test/support/notify/ntfy.ts';
import { API_KEY, startOpsgenie } from '#test/support/notify/opsgenie.ts';
import { ROUTING_KEY, startPagerduty } from '#test/support/notify/pagerduty.ts';
import { decrypt, startPushService } from '#test/support/notify/push-service.ts';
import { startReceiver } from '#test/support/notify/webhook-receiver.ts';

const SEVERITIES: readonly Severity[] = ['P0', 'P1', 'P2', 'P3', 'P4'];

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function until<T extends { close: () => Promise<void> }>(fake: T): T {
  open.push(fake.close);
  return fake;
}

async function send(channel: Channel, to: string, notice: Notice, more: Partial<Order> = {}) {
  return await channel.send({ to, notice, key: 'order-1', signal: AbortSignal.timeout(10_000), ...more });
}

const incidentOf = (severity: Severity) => ({ ...INCIDENT, id: `INC-20270304-${severity}`, severity });

describe('PagerDuty', () => {
  const start = async () => {
    const fake = until(await startPagerduty());
    return { fake, channel: makePagerduty(fake) };
  };

  it('is told how bad it is in its own words', async () => {
    const { fake, channel } = await start();
    for (const it of SEVERITIES) await send(channel, ROUTING_KEY, page({ incident: incidentOf(it) }));
    expect(fake.alerts().map((it) => it.severity)).toEqual(['critical', 'error', 'warning', 'info', 'info']);
  });

  it('has one alert for one incident, from the page to its end, and a new one when it comes again', async () => {
    const { fake, channel } = await start();
    const states: string[] = [];
    for (const kind of ['page', 'reminder', 'acknowledged', 'resolved', 'page'] as const) {
      const { providerId } = await send(channel, ROUTING_KEY, page({ kind }));
      expect(providerId).toBe(INCIDENT.id);
      states.push(
        fake
          .alerts()
          .map((it) => it.state)
          .join(', '),
      );
    }
    const [triggered, again] = ['triggered', 'resolved, triggered'];
    expect(states).toEqual([triggered, triggered, 'acknowledged', 'resolved', again]);
    expect(fake.alerts()[0]).toMatchObject({ events: 4, links: { 'Open the incident': PAGE_URL } });
  });

  it('that refuses says why', async () => {
    const { channel } = await start();
    await expect(send(channel, 'a'.repeat(32), page())).rejects.toThrow('routing_key is not valid');
  });
});

describe('Opsgenie', () => {
  const start = async () => {
    const fake = until(await startOpsgenie());
    return { fake, channel: makeOpsgenie({ apiUrl: fake.url, apiKey: API_KEY }) };
  };

  it('is told how bad it is by its own numbers', async () => {
    const { fake, channel } = await start();
    for (const it of SEVERITIES) await send(channel, 'team:a', page({ incident: incidentOf(it) }));
    expect(fake.alerts().map((it) => it.priority)).toEqual(['P1', 'P2', 'P3', 'P4', 'P5']);
  });

  it('has one alert for one incident, from the page to its end', async () => {
    const { fake, channel } = await start();
    const states: string[] = [];
    for (const kind of ['page', 'page', 'acknowledged', 'resolved'] as const) {
      const { providerId } = await send(channel, 'user:ana@example.com', page({ kind }));
      expect(providerId).toMatch(/^[0-9a-f]{32}$/);
      states.push(
        fake
          .alerts()
          .map((it) => it.state)
          .join(', '),
      );
    }
    expect(states).toEqual(['open', 'open', 'acknowledged', 'closed']);
    expect(fake.alerts()).toMatchObject([{ alias: INCIDENT.id, count: 2, to: 'user:ana@example.com' }]);
  });

  it('takes a name of an alert whatever stands in it', async () => {
    const { fake, channel } = await start();
    const about = 'shift/../x?y#z %';
    await send(channel, 'team:a', page({ incident: null, about }));
    await send(channel, 'team:a', page({ incident: null, about, kind: 'resolved' }));
    expect(fake.alerts()).toMatchObject([{ alias: about, state: 'closed' }]);
  });
});

describe('ntfy', () => {
  const start = async () => {
    const fake = until(await startNtfy());
    return { fake, channel: makeNtfy({ url: fake.url, token: TOKEN }) };
  };

  it('makes a noise for a page and none for the rest, and acknowledges with one press', async () => {
    const { fake, channel } = await start();
    await send(channel, 'ana', page());
    await send(channel, 'ana', page({ urgency: 'low', ack: null, incident: null }), { key: 'order-2' });
    expect(fake.shown('ana')).toMatchObject([
      {
        priority: 5,
        tags: ['red_circle'],
        links: { click: PAGE_URL },
        actions: [{ label: 'Acknowledge', method: 'POST', url: ACK_URL }],
      },
      { priority: 3, tags: [], actions: [] },
    ]);
  });

  it('shows the same order once, and other orders beside it', async () => {
    const { fake, channel } = await start();
    for (const key of ['one', 'one', 'two']) await send(channel, 'ana', page(), { key });
    expect(fake.shown('ana')).toHaveLength(2);
  });

  it('on a server that wants no token is sent none', async () => {
    const { fake } = await start();
    const sending = send(makeNtfy({ url: fake.url, token: undefined }), 'ana', page());
    await expect(sending).rejects.toThrow('40101 unauthorized');
    expect(fake.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a webhook', () => {
  const start = async (now = () => NOW) => {
    const fake = until(await startReceiver(() => NOW));
    fake.trusts(webhookSecret('secret', fake.hook));
    return { fake, channel: makeWebhook({ secret: 'secret', allowPrivate: true, now }) };
  };

  it('says in its own fields what a program needs', async () => {
    const { fake, channel } = await start();
    await send(channel, fake.hook, page());
    const [delivery] = fake.deliveries();
    expect(delivery?.body).toMatchObject({
      event_type: 'notification.page',
      timestamp: NOW.toISOString(),
      notification_id: delivery?.id,
      incident: { ...INCIDENT },
      acknowledge_url: ACK_URL,
    });
    expect(fake.requests[0]?.headers).toMatchObject({ 'x-source': 'llm-incident-manager' });
  });

  it('has the same id when it comes again, and another when it is another', async () => {
    const { fake, channel } = await start();
    for (const key of ['one', 'one', 'two']) await send(channel, fake.hook, page(), { key });
    const ids = fake.requests.map((it) => it.headers['webhook-id']);
    expect(ids[1]).toBe(ids[0]);
    expect(fake.deliveries().map((it) => it.id)).toEqual([ids[0], ids[2]]);
  });

  it('is believed by nobody who trusts somebody else, nor hours later', async () => {
    const { fake, channel } = await start();
    fake.trusts(webhookSecret('secret', `${fake.hook}/other`));
    await expect(send(channel, fake.hook, page())).rejects.toThrow('status 401');
    const late = await start(() => new Date(NOW.getTime() - 3_600_000));
    await expect(send(late.channel, late.fake.hook, page())).rejects.toThrow('status 401');
  });

  it('follows nobody who sends it elsewhere', async () => {
    const { fake, channel } = await start();
    fake.next({ status: 307, headers: { location: `${fake.url}/elsewhere` } });
    await expect(send(channel, fake.hook, page())).rejects.toThrow('status 307');
    expect(fake.requests).toHaveLength(1);
  });

  it('that is answered without end is read no further than anybody needs', async () => {
    const { fake, channel } = await start();
    fake.next({ endless: true });
    expect(await send(channel, fake.hook, page())).toMatchObject({ providerId: expect.any(String) });
  });
});

describe('a browser', () => {
  const start = async () => {
    const fake = until(await startPushService());
    const keys = webPush.generateVAPIDKeys();
    const browser = fake.subscribe(keys.publicKey);
    const channel = makePush({ ...keys, subject: 'mailto:ops@example.com' }, { allowPrivate: true });
    return { fake, browser, channel, to: channel.parse(browser.subscription) };
  };

  it('alone can read what it is told, and shows of one incident the latest', async () => {
    const { fake, browser, channel, to } = await start();
    await send(channel, to, page());
    await send(channel, to, page({ kind: 'reminder', subject: 'still down' }), { key: 'order-2' });
    expect(fake.requests[0]?.body.toString('latin1')).not.toContain('checkout');
    expect(await browser.shown()).toMatchObject([
      {
        title: '[P1] INC-42 still down',
        urgency: 'high',
        ttlS: 3600,
        payload: { kind: 'reminder', url: PAGE_URL, acknowledgeUrl: ACK_URL },
      },
    ]);
  });

  it('that is not there any more is forgotten', async () => {
    const { browser, channel, to } = await start();
    browser.unsubscribe();
    await expect(send(channel, to, page())).rejects.toMatchObject({ gone: 'person', retry: false });
  });

  it('takes a message that is as long as it can be', async () => {
    const { fake, browser, channel, to } = await start();
    const long = { url: `https://example.com/${'x'.repeat(1900)}`, code: null };
    const notice = page({ subject: '"é🔥\\'.repeat(100), lines: ['"\\é🔥'.repeat(900)], ack: long });
    await send(channel, to, notice);
    expect((await browser.shown())[0]?.links).toMatchObject({ url: PAGE_URL });
    expect(fake.requests[0]?.body.length).toBeLessThanOrEqual(4096);
  });

  it('reads what the standard gives as an example (RFC 8291, 5)', () => {
    const [body, privateKey, publicKey, auth] = [
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
      'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      'BTBZMqHH6r4Tts7J_aSIgg',
    ].map((it) => Buffer.from(it, 'base64url')) as [Buffer, Buffer, Buffer, Buffer];
    expect(decrypt(body, { privateKey, publicKey, auth })).toBe('When I grow up, I want to be a watermelon');
  });
});
