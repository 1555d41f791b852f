import * as fc from 'fast-check';
import { fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webPush from 'web-push';

import { ProviderError } from '#src/errors.ts';
import { makePush } from '#src/notify/channels/push.ts';
import { makeWebhook } from '#src/notify/channels/webhook.ts';
import { guardedDispatcher, isPrivateLiteral, isPublic, type Resolve } from '#src/notify/guarded.ts';
import { parseUrl } from '#src/notify/public-url.ts';
import { startFakeServer, type FakeServer } from '#test/support/notify/fake-server.ts';
import { NOW, page } from '#test/support/notify/notices.ts';
import { startPushService } from '#test/support/notify/push-service.ts';

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'not an address',
];

describe('the public internet', () => {
  it.each(PRIVATE)('does not have %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    'has %s',
    (address) => {
      expect(isPublic(address)).toBe(true);
    },
  );

  it('has no address of 10/8, 127/8 and 192.168/16, in no clothes of IPv6', () => {
    const octet = fc.nat(255);
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    );
    fc.assert(
      fc.property(inside, fc.constantFrom('', '::ffff:', '64:ff9b::', '::'), (octets, clothes) => {
        expect(isPublic(`${clothes}${octets.join('.')}`)).toBe(false);
      }),
    );
  });
});

describe('an address that somebody entered', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://db.internal/',
    'https://printer.local/',
  ])('may not be of our own network: %s', (url) => {
    expect(() => parseUrl(url, false)).toThrow('not on the public internet');
    expect(parseUrl(url, true)).toMatch(/^https:/);
  });

  it('has to be read by nobody on the way', () => {
    expect(() => parseUrl('http://example.com/hook', false)).toThrow('https://');
    expect(parseUrl(' https://EXAMPLE.com/hook#x ', false)).toBe('https://example.com/hook');
  });

  it('is a literal or a name, and a name says nothing yet', () => {
    expect(isPrivateLiteral('[::1]')).toBe(true);
    expect(isPrivateLiteral('10.example.com')).toBe(false);
  });
});

describe('a connection', () => {
  let inside: FakeServer;
  beforeAll(async () => void (inside = await startFakeServer(() => ({ status: 200, body: 'ours' }))));
  afterAll(async () => await inside.close());

  const portOf = ({ url }: FakeServer) => new URL(url).port;
  const resolving =
    (...addresses: string[]): Resolve =>
    (_name, _options, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  const get = async (resolve: Resolve, host = 'hook.example.com') =>
    await fetch(`http://${host}:${portOf(inside)}/`, { dispatcher: guardedDispatcher('webhook', resolve) });

  it('is not made to a name that leads into our own network, nor to one that leads there too', async () => {
    const before = inside.requests.length;
    for (const addresses of [['127.0.0.1'], ['1.1.1.1', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1']]) {
      const error = await get(resolving(...addresses)).catch((it: unknown) => it);
      expect((error as Error).cause).toMatchObject({
        message: 'webhook: its address is not on the public internet',
      });
    }
    expect(inside.requests).toHaveLength(before);
  });

  it('is made to the address that was looked at: the name is asked once', async () => {
    let asked = 0;
    const changing: Resolve = (name, options, answer) => {
      asked += 1;
      resolving(asked === 1 ? '203.0.113.255' : '127.0.0.1')(name, options, answer);
    };
    await expect(get(changing)).rejects.toThrow('fetch failed');
    expect(asked).toBe(1);
  });

  it('to a name that leads nowhere is an error like any other', async () => {
    await expect(get(resolving())).rejects.toThrow('fetch failed');
    const failing: Resolve = (_name, _options, answer) => answer(new Error('no name server'), []);
    await expect(get(failing)).rejects.toThrow('fetch failed');
  });

  it('of a webhook and of a browser goes through the guard, and its refusal is for ever', async () => {
    const options = { allowPrivate: false, resolve: resolving('10.0.0.1') };
    const webhook = makeWebhook({ ...options, secret: 's', now: () => NOW });
    const order = { notice: page(), key: 'k', signal: AbortSignal.timeout(5000) };
    const error = await webhook
      .send({ ...order, to: 'https://hook.example.com/' })
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({
      retry: false,
      message: 'webhook: its address is not on the public internet',
    });
    const service = await startPushService();
    const keys = webPush.generateVAPIDKeys();
    const to = service
      .subscribe(keys.publicKey)
      .subscription.replace(service.url, 'https://push.example.com');
    await service.close();
    const push = makePush({ ...keys, subject: 'mailto:ops@example.com' }, options);
    const refused = await push.send({ ...order, to: push.parse(to) }).catch((it: unknown) => it);
    expect(refused).toMatchObject({
      retry: false,
      message: 'push: its address is not on the public internet',
    });
    expect(() => push.parse(to.replace('push.example.com', '127.0.0.1'))).toThrow(
      'not on the public internet',
    );
  });
});
