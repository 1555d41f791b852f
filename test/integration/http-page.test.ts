import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';

import type { MeView } from '#adapters/web/protocol.ts';
import { saveRoom } from '#src/db/rooms.ts';
import { UserError } from '#src/errors.ts';
import type { WebChat } from '#src/http/web.ts';
import { test as base } from '#test/support/database.ts';
import { addPerson, KEY, openDoor, type DoorOptions, type OpenDoor } from '#test/support/http.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

/** A chat that remembers what it was told. */
interface Heard {
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly body: string;
    readonly who: string;
  }[];
  readonly received: unknown[];
  readonly pages: { readonly who: string; readonly send: (push: object) => boolean }[];
  closed: number;
}

const test = base
  .extend('heard', (): Heard => ({ requests: [], received: [], pages: [], closed: 0 }))
  .extend('open', async ({ db, heard }, { onCleanup }) => {
    await addPerson(db, 'ana', 'admin');
    await addPerson(db, 'ben');
    const ends: (() => unknown)[] = [];
    onCleanup(async () => {
      for (const end of ends) await end();
    });
    return async (options: DoorOptions = {}) => {
      const uiFolder = makeTemporaryFolder();
      const settings = { local: true, uiFolder, ...options.settings };
      const door = await openDoor(db, { web: chatThat(heard), ...options, settings });
      ends.push(
        () => door.close(),
        () => removeFolder(uiFolder),
      );
      return { door, uiFolder, url: door.url, log: door.log };
    };
  });

describe('the page', () => {
  test('is served with its files to those who are known, and tells what to run when it is not built', async ({
    open,
  }) => {
    const { uiFolder, door } = await open();
    const get = (path: string) => door.call('GET', path, undefined, { accept: 'text/html' });
    const missing = await get('/');
    expect([missing.status, missing.text]).toEqual([503, expect.stringContaining('npm run build')]);

    mkdirSync(join(uiFolder, 'assets'));
    writeFileSync(join(uiFolder, 'index.html'), '<!doctype html><title>Rooms</title>');
    writeFileSync(join(uiFolder, 'icon.svg'), '<svg/>');
    writeFileSync(join(uiFolder, 'assets', 'app-1a2b.js'), 'export {}');
    for (const path of ['/', '/rooms', '/rooms/inc-1', '/rooms/inc-1/42']) {
      const page = await get(path);
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('Rooms')]);
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
    const script = await get('/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toContain('javascript');
    expect((await get('/icon.svg')).status).toBe(200);
    for (const path of ['/assets/none.js', '/none.svg', '/assets/']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
  });

  test('leads from an incident to its room', async ({ open, db }) => {
    const { door } = await open();
    const incident = { title: 'x', severity: 'P3', category: 'other', description: '' };
    await door.call('POST', '/api/v1/incidents', incident);
    const to = async (path: string) => {
      const { status, headers } = await door.call('GET', path, undefined, {});
      return [status, headers.get('location')];
    };
    expect(await to('/incidents/INC-1')).toEqual([302, '/']);
    const room = { platform: 'web', room: 'inc-1', name: 'inc-1-x', url: 'http://x/rooms/inc-1' };
    await saveRoom(db, { ...room, incident: 1, card: null, openedAt: new Date(0), archivedAt: null });
    expect(await to('/incidents/1')).toEqual([302, room.url]);
    expect((await to('/incidents/INC-2'))[0]).toBe(404);
    expect((await to('/incidents/<b>'))[0]).toBe(404);
  });

  test('learns who it is, in the words of its protocol', async ({ open }) => {
    const { door } = await open();
    const me: MeView = (await door.call('GET', '/web/me', undefined, {})).body;
    expect(me).toEqual({
      me: { id: 'ana', name: 'Ana', role: 'admin', online: true },
      actAs: true,
      people: [
        { id: 'ana', name: 'Ana', role: 'admin', online: true },
        { id: 'ben', name: 'Ben', role: 'responder', online: false },
      ],
      teams: [],
    });
  });
});

describe('the chat behind the page', () => {
  test('gets what comes below /web, as the person who asks, without their secrets', async ({
    open,
    heard,
  }) => {
    const { door } = await open();
    const sent = await door.call(
      'POST',
      '/web/rooms/r%2F1/messages?x=1',
      { text: 'hi' },
      { 'x-act-as': 'ben', cookie: 'a=b' },
    );
    expect([sent.status, sent.body]).toEqual([200, { ok: true }]);
    expect(heard.requests).toEqual([
      { method: 'POST', path: '/web/rooms/r%2F1/messages?x=1', body: '{"text":"hi"}', who: 'ben' },
    ]);
    expect((await door.call('GET', '/web/nothing', undefined, {})).body.error).toBe('NOT_FOUND');
    expect((await door.call('GET', '/web/refused', undefined, {})).status).toBe(409);
    expect((await door.call('GET', '/web/broken', undefined, {})).status).toBe(500);
    expect((await door.call('POST', '/web/rooms/1/messages', 'x'.repeat(1_100_000), {})).status).toBe(413);
    expect((await door.call('DELETE', '/web/messages/1', undefined, {})).status).toBe(204);
  });

  test('is not for programs, nor for another site', async ({ open }) => {
    const { door } = await open();
    expect((await door.call('GET', '/web/rooms', undefined, { 'x-api-key': KEY })).status).toBe(403);
    const other = { origin: 'https://evil.example' };
    expect((await door.call('POST', '/web/direct', { person: 'ben' }, other)).status).toBe(403);
  });
});

describe('the live connection', () => {
  test('carries what is said both ways, and knows who is here', async ({ open, heard }) => {
    const { url, door } = await open();
    const page = await live(url, '?as=ben');
    expect(heard.pages.map((it) => it.who)).toEqual(['ben']);
    expect(heard.pages[0]?.send({ type: 'hello' })).toBe(true);
    await expect.poll(() => page.heard).toEqual([{ type: 'hello' }]);
    page.socket.send('{"type":"ping"}');
    await expect.poll(() => heard.received).toEqual([{ type: 'ping' }]);
    const me = (await door.call('GET', '/web/me', undefined, {})).body;
    expect(me.people.map((it: { online: boolean }) => it.online)).toEqual([true, true]);
    page.socket.close();
    await expect.poll(() => heard.closed).toBe(1);
    expect(heard.pages[0]?.send({ type: 'late' })).toBe(false);
  });

  test('is refused to strangers, other sites, other paths and nobody', async ({ open }) => {
    const { url } = await open();
    const status = (path: string, headers: Record<string, string> = {}) => refusal(url, path, headers);
    expect(await status('/web/live', { host: 'rebound.example' })).toBe(401);
    expect(await status('/web/live', { origin: 'https://evil.example' })).toBe(403);
    expect(await status('/web/live', { 'x-api-key': KEY })).toBe(403);
    expect(await status('/web/live', { 'x-api-key': 'wrong' })).toBe(401);
    expect(await status('/web/live?as=zed')).toBe(400);
    expect(await status('/elsewhere')).toBe(404);
  });

  test('ends for a page that sends too much, too often, or nonsense', async ({ open }) => {
    const { url, log } = await open();
    const code = async (speak: (socket: WebSocket) => void) => {
      const page = await live(url);
      speak(page.socket);
      return await page.closed;
    };
    expect(await code((it) => it.send('x'.repeat(65 * 1024)))).toBe(1009);
    expect(await code((it) => it.send('no json'))).toBe(1008);
    expect(await code((it) => it.send(Buffer.from('{}')))).toBe(1008);
    expect(await code((it) => Array.from({ length: 200 }, () => it.send('{}')))).toBe(1008);
    expect(await code((it) => it.send('{"type":"bug"}'))).toBe(1008);
    expect(log.filter((line) => line.includes('a message of a page failed'))).toHaveLength(1);
  });

  test('cuts off a page that does not read, instead of keeping everything for it', async ({
    open,
    heard,
  }) => {
    const { url } = await open();
    const page = asleep(url);
    await expect.poll(() => heard.pages.length).toBe(1);
    const text = 'x'.repeat(100_000);
    const taken = Array.from({ length: 1000 }, () => heard.pages[0]?.send({ type: 'message', text }));
    expect(taken).toContain(false);
    await expect.poll(() => heard.closed).toBe(1);
    page.destroy();
  });

  test('is told to come back when the server stops', async ({ open }) => {
    const { door } = await open();
    const page = await live(door.url);
    await door.http.stop(1000);
    expect(await page.closed).toBe(1001);
  });

  test('does not hold a stopping server up, even when the page is asleep', async ({ open, heard }) => {
    const { door, url } = await open();
    const page = asleep(url);
    await expect.poll(() => heard.pages.length).toBe(1);
    const start = performance.now();
    await door.http.stop(300);
    expect(performance.now() - start).toBeLessThan(2000);
    page.destroy();
  });
});

function chatThat(heard: Heard): WebChat {
  return {
    online: () => heard.pages.map(({ who }) => who),
    handle: async (request, who) => {
      const { pathname, search } = new URL(request.url);
      if (pathname === '/web/nothing') return null;
      if (pathname === '/web/refused') throw new UserError('conflict', 'Not now.');
      if (pathname === '/web/broken') throw new TypeError('a bug');
      if (request.method === 'DELETE') return new Response(null, { status: 204 });
      if ([...request.headers.keys()].some((it) => ['cookie', 'x-api-key', 'authorization'].includes(it))) {
        throw new TypeError('a secret was passed on');
      }
      const { method } = request;
      heard.requests.push({ method, path: pathname + search, body: await request.text(), who: who.id });
      return Response.json({ ok: true });
    },
    connect: (who, send) => {
      heard.pages.push({ who: who.id, send });
      return {
        received: (sent) => {
          if ((sent as { type?: string }).type === 'bug') throw new TypeError('a bug');
          heard.received.push(sent);
        },
        closed: () => void (heard.closed += 1),
      };
    },
  };
}

/** A connected page that reads nothing at all. */
function asleep(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.pause();
  const handshake = [
    'GET /web/live HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  ];
  socket.write(`${handshake.join('\r\n')}\r\n\r\n`);
  return socket;
}

async function live(url: string, query = '') {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/web/live${query}`, { origin: url });
  const heard: unknown[] = [];
  socket.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  return { socket, heard, closed };
}

/** The status with which a connection was refused. */
function refusal(
  url: OpenDoor['url'],
  path: string,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws') + path, { headers });
    socket.once('unexpected-response', (_, response) => {
      resolve(response.statusCode);
      response.resume();
    });
    socket.once('open', () => reject(new Error(`${path} was let in`)));
    socket.on('error', () => {});
  });
}
