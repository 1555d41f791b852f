import { randomUUID } from 'node:crypto';

import { describe, expect } from 'vitest';

import { LIMITS } from '#adapters/web/limits.ts';
import type { MessageView } from '#adapters/web/protocol.ts';
import { roomPath, test, type WebPage } from '#test/support/web-chat.ts';

const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255, 10, 13]);

describe('a file', () => {
  test('is put into a room once, with its words, and read as it was', async ({ web }) => {
    const id = randomUUID();
    const file = { id, name: '../graph.png', type: 'image/png', bytes: PICTURE, words: 'look at this' };
    await Promise.all([shares(web, web.bo, file), shares(web, web.bo, file)]);

    const [message, ...others] = await web.ana.messages(web.room.id);
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      body: { text: 'look at this' },
      files: [{ name: '_graph.png', type: 'image/png', size: PICTURE.length }],
    });
    const answer = await reads(web, web.ana, message);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(PICTURE);
    expect(answer.headers.get('content-type')).toBe('image/png');
    await web.settled();
    expect(web.inbox.words).toMatchObject([{ kind: 'message', files: [{ name: '_graph.png' }] }]);
  });

  test('never runs as a page of ours', async ({ web }) => {
    const bytes = new TextEncoder().encode('<script>alert(1)</script>');
    for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'nonsense', '']) {
      const file = { id: randomUUID(), name: 'page.html', type, bytes, words: '' };
      await shares(web, web.bo, file);
      const answer = await reads(web, web.ana, (await web.ana.messages(web.room.id)).at(-1));
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /);
    }
  });

  test('is refused with a reason when it is empty, too large, or for a room that is put away', async ({
    web,
  }) => {
    const file = { id: randomUUID(), name: 'a', type: 'text/plain', bytes: new Uint8Array(0), words: '' };
    expect((await shares(web, web.bo, file)).status).toBe(400);
    const large = { ...file, bytes: new Uint8Array(LIMITS.file + 1) };
    expect(await (await shares(web, web.bo, large)).json()).toMatchObject({
      message: 'A file may have 8 MB.',
    });
    await web.chat.platform.archiveRoom(web.room);
    expect((await shares(web, web.bo, { ...file, bytes: PICTURE })).status).toBe(409);
    expect(await web.ana.messages(web.room.id)).toEqual([]);
  });
});

describe('a private room', () => {
  test('and all in it is there for those who were invited, and for nobody else', async ({ web }) => {
    const room = await web.chat.platform.openRoom({ ...PRIVATE, name: 'inc-2' });
    await web.chat.platform.invite(room, [{ platform: 'web', id: 'bo' }]);
    web.cy.connect();
    const { id } = await web.bo.write(room.id, 'customer data is gone');
    const file = { id: randomUUID(), name: 'list.png', type: 'image/png', bytes: PICTURE, words: 'secret' };
    await shares(web, web.bo, file, room.id);
    const [, shared] = await web.bo.messages(room.id);

    expect((await web.cy.rooms()).map((it) => it.id)).not.toContain(room.id);
    for (const path of [
      `${roomPath(room.id)}/messages`,
      `${roomPath(room.id)}/pins`,
      `/web/messages/${id}/thread`,
    ]) {
      expect(await web.cy.request('GET', path)).toMatchObject({ status: 404 });
    }
    const found = await web.cy.ask<{ messages: MessageView[] }>('GET', '/web/search?q=customer');
    expect(found.messages).toEqual([]);
    expect((await reads(web, web.cy, shared)).status).toBe(404);
    expect((await reads(web, web.bo, shared)).status).toBe(200);
    await web.settled();
    expect(JSON.stringify(web.cy.pushes)).not.toContain('customer');
    expect((await web.bo.rooms()).find((it) => it.id === room.id)).toMatchObject({ private: true });
  });
});

const PRIVATE = { topic: '', title: '', isPrivate: true, links: [] };

type Web = {
  readonly chat: { handle(request: Request, who: WebPage['who']): Promise<Response> };
  readonly room: { readonly id: string };
};

async function shares(
  web: Web,
  who: WebPage,
  file: { id: string; name: string; type: string; bytes: Uint8Array<ArrayBuffer>; words: string },
  room = web.room.id,
): Promise<Response> {
  const query = new URLSearchParams({ id: file.id, name: file.name, words: file.words });
  const init = { method: 'POST', body: file.bytes, headers: { 'content-type': file.type } };
  const request = new Request(`https://incidents.example${roomPath(room)}/files?${query.toString()}`, init);
  return await web.chat.handle(request, who.who);
}

async function reads(web: Web, who: WebPage, message: MessageView | undefined): Promise<Response> {
  const request = new Request(`https://incidents.example/web/files/${message?.files[0]?.id ?? 'none'}`);
  return await web.chat.handle(request, who.who);
}
