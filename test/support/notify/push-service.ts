import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

import { importJWK, jwtVerify } from 'jose';

import { Refused, startFakeServer, type FakeServer, type Received } from './fake-server.ts';
import type { Seen } from './seen.ts';

export interface PushMessage extends Seen {
  readonly tag: string;
  readonly urgency: string;
  readonly ttlS: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Browser {
  /** What the browser hands to the page. */
  readonly subscription: string;
  /** What is shown: of one tag the latest. Throws when one cannot be decrypted or was signed by somebody else. */
  readonly shown: () => Promise<PushMessage[]>;
  unsubscribe(): void;
}

export interface FakePushService extends FakeServer {
  /** A browser that lets only the owner of that key tell it something. */
  subscribe(applicationServerKey: string): Browser;
}

export interface Keys {
  readonly privateKey: Buffer;
  readonly publicKey: Buffer;
  readonly auth: Buffer;
}

const MOST_BYTES = 4096;
const TOKEN_HOURS = 24;

/** RFC 8030 (the service), 8292 (who may send), 8291 (only the browser can read it). */
export async function startPushService(): Promise<FakePushService> {
  const kept = new Map<string, Received[]>();
  let subscribers = 0;
  const server = await startFakeServer((request) => {
    const messages = kept.get(request.path);
    if (!messages) throw new Refused(410, 'the subscription is over');
    check(request);
    const { topic } = request.headers;
    const same = topic === undefined ? -1 : messages.findIndex((it) => it.headers['topic'] === topic);
    if (same === -1) messages.push(request);
    else messages[same] = request;
    return { status: 201, headers: { location: `${server.url}/message/${messages.length}` } };
  });
  return {
    ...server,
    subscribe(applicationServerKey) {
      const path = `/push/${(subscribers += 1)}`;
      kept.set(path, []);
      const keys = newKeys();
      return {
        subscription: JSON.stringify({
          endpoint: `${server.url}${path}`,
          expirationTime: null,
          keys: { p256dh: keys.publicKey.toString('base64url'), auth: keys.auth.toString('base64url') },
        }),
        shown: async () =>
          await Promise.all(
            (kept.get(path) ?? []).map(async (request) => {
              await checkSender(request, applicationServerKey, server.url);
              return messageOf(request, keys, `${server.url}${path}`);
            }),
          ),
        unsubscribe: () => void kept.delete(path),
      };
    },
  };
}

/** What a browser does with a message; the body is of content encoding aes128gcm, one record. */
export function decrypt(body: Buffer, { privateKey, publicKey, auth }: Keys): string {
  const salt = body.subarray(0, 16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), publicKey, sender]);
  const input = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32));
  const key = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: aes128gcm\0', 16));
  const nonce = Buffer.from(hkdfSync('sha256', input, salt, 'Content-Encoding: nonce\0', 12));
  const record = body.subarray(21 + idLength);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 2) throw new Error('the last record does not say that it is the last');
  return padded.subarray(0, end).toString('utf8');
}

function check({ method, headers, body }: Received): void {
  if (method !== 'POST') throw new Refused(405, 'POST');
  if (!/^\d+$/.test(String(headers['ttl']))) throw new Refused(400, 'TTL is missing');
  if (headers['content-encoding'] !== 'aes128gcm') throw new Refused(400, 'the encoding is not aes128gcm');
  if (!/^(?:very-low|low|normal|high)$/.test(String(headers['urgency']))) throw new Refused(400, 'urgency');
  const { topic } = headers;
  if (topic !== undefined && !/^[\w-]{1,32}$/.test(String(topic))) throw new Refused(400, 'topic');
  if (body.length > MOST_BYTES) throw new Refused(413, 'too large');
  if (!/^vapid t=[\w.-]+, ?k=[\w-]+$/.test(String(headers.authorization))) throw new Refused(401, 'no VAPID');
}

async function checkSender(
  { headers }: Received,
  applicationServerKey: string,
  audience: string,
): Promise<void> {
  const [, token = '', key = ''] =
    /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(String(headers.authorization)) ?? [];
  if (key !== applicationServerKey) throw new Error('somebody else sent it');
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33, 65)].map((it) => it.toString('base64url'));
  const jwk = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256');
  // The time is that of the machine: who makes the token takes it from there too.
  const { payload } = await jwtVerify(token, jwk, { algorithms: ['ES256'], audience });
  if (!/^(?:mailto:|https:)/.test(String(payload.sub))) throw new Error('nobody to write to');
  const latest = new Date();
  latest.setHours(latest.getHours() + TOKEN_HOURS);
  if ((payload.exp ?? Infinity) * 1000 > latest.getTime()) throw new Error('good for more than a day');
}

function messageOf({ headers, body }: Received, keys: Keys, to: string): PushMessage {
  const payload = JSON.parse(decrypt(body, keys)) as Readonly<Record<string, unknown>>;
  const { title, body: text, tag, url, acknowledgeUrl } = payload;
  return {
    to,
    title: String(title),
    text: `${String(title)}\n${String(text)}`,
    links: {
      ...(typeof url === 'string' ? { url } : {}),
      ...(typeof acknowledgeUrl === 'string' ? { acknowledge: acknowledgeUrl } : {}),
    },
    tag: String(tag),
    urgency: String(headers['urgency']),
    ttlS: Number(headers['ttl']),
    payload,
  };
}

function newKeys(): Keys {
  const ecdh = createECDH('prime256v1');
  const publicKey = ecdh.generateKeys();
  return { privateKey: ecdh.getPrivateKey(), publicKey, auth: randomBytes(16) };
}
