import { describe, expect } from 'vitest';

import { person, say } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';

import { peopleContract } from './chat-platform-people.ts';
import { card, ROOM, type SeenTest } from './chat-platform-seen.ts';
import { limitContract, textContract } from './chat-platform-text.ts';

export type { Seen, SeenMessage } from './chat-platform-seen.ts';

/** What every chat platform must do, whatever it looks like. Each adapter's test calls this. */
export function chatPlatformContract(name: string, it: SeenTest): void {
  describe(`${name} keeps the chat platform contract`, () => {
    describe('rooms', () => {
      roomContract(it);
    });
    describe('messages', () => {
      messageContract(it);
    });
    describe('what people do', () => {
      peopleContract(it);
    });
    describe('text is data', () => {
      textContract(it);
    });
    describe('limits', () => {
      limitContract(it);
    });
  });
}

function roomContract(it: SeenTest): void {
  it('opens a room once, however often it is asked', async ({ seen: { platform } }) => {
    const first = await platform.openRoom(ROOM);
    expect(await platform.openRoom(ROOM)).toEqual(first);
    expect(first).toMatchObject({ platform: platform.name });
    expect(URL.canParse(first.url)).toBe(true);
  });

  it('opens one room when it is asked many times at once', async ({ seen: { platform } }) => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => platform.openRoom(ROOM)));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
  });

  it('finds the room again after a restart', async ({ seen }) => {
    const first = await seen.platform.openRoom(ROOM);
    const again = await seen.restarted();
    expect(await again.openRoom(ROOM)).toEqual(first);
  });

  it('keeps rooms of different names apart', async ({ seen }) => {
    const [one, two] = await Promise.all(
      ['inc-1', 'inc-2'].map((it_) => seen.platform.openRoom({ ...ROOM, name: it_ })),
    );
    if (!one || !two) throw new Error('no rooms');
    await seen.platform.post(one, say('only here'), { key: 'k1' });
    expect(await seen.inRoom(seen.ana, two)).toEqual([]);
  });

  it('shows the topic, and the one that follows it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    expect((await seen.room(room)).topic).toBe(ROOM.topic);
    await seen.platform.setTopic(room, 'INC-1 P1 resolved');
    expect((await seen.room(room)).topic).toBe('INC-1 P1 resolved');
  });

  it('archives a room, revives it, and takes each of them twice', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.archiveRoom(room);
    await seen.platform.archiveRoom(room);
    expect((await seen.room(room)).archived).toBe(true);
    await seen.platform.reviveRoom(room);
    await seen.platform.reviveRoom(room);
    expect((await seen.room(room)).archived).toBe(false);
    await seen.platform.post(room, say('back again'), { key: 'k1' });
    expect(await seen.inRoom(seen.bo, room)).toHaveLength(1);
  });

  it('invites people once, and leaves out whom it does not know', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const stranger = { platform: seen.platform.name, id: 'nobody-of-that-name' };
    await seen.platform.invite(room, [seen.ana, stranger]);
    await Promise.all([
      seen.platform.invite(room, [seen.ana, seen.bo]),
      seen.platform.invite(room, [seen.bo]),
    ]);
    expect([...(await seen.room(room)).members].toSorted()).toEqual([seen.ana.id, seen.bo.id].toSorted());
  });
}

function messageContract(it: SeenTest): void {
  it('posts once per key, also when asked twice at once and after a restart', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const post = (on: ChatPlatform) => on.post(room, say('INC-1 is new'), { key: 'card:1' });
    const first = await post(seen.platform);
    const rest = await Promise.all([post(seen.platform), post(seen.platform), post(await seen.restarted())]);
    expect(rest).toEqual([first, first, first]);
    expect(await seen.inRoom(seen.ana, room)).toHaveLength(1);
  });

  it('posts once when a new key is used many times at once', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await Promise.all(
      Array.from({ length: 6 }, () => seen.platform.post(room, say('INC-1 is new'), { key: 'card:1' })),
    );
    expect(new Set(posted.map(({ id }) => id)).size).toBe(1);
    expect(await seen.inRoom(seen.bo, room)).toHaveLength(1);
  });

  it('shows a message with its buttons, and changes it where it stands', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), {
      key: 'card:1',
      pin: true,
    });
    await seen.platform.post(room, say('something else'), { key: 'k2' });
    await seen.platform.edit(posted, card('INC-1 is acknowledged', 'Resolve'));
    await seen.platform.edit(posted, card('INC-1 is acknowledged', 'Resolve'));

    const [first, ...others] = await seen.inRoom(seen.bo, room);
    expect(first?.text).toContain('INC-1 is acknowledged');
    expect(first?.text).not.toContain('INC-1 is new');
    expect(first?.buttons).toEqual(['Resolve']);
    expect(others).toHaveLength(1);
  });

  it('puts a reply below its message, once per key', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'card:1' });
    const reply = () => seen.platform.replyTo(posted, say('7 more alerts'), { key: 'storm:1' });
    expect(await reply()).toEqual(await reply());
    expect((await seen.below(seen.bo, posted)).map(({ text }) => text)).toEqual(['7 more alerts']);
    expect(await seen.inRoom(seen.bo, room)).toHaveLength(1);
  });

  it('whispers to one person, and nobody else sees it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.whisper(seen.ana, room, say('You are next on call'), { key: 'w:1' });
    await seen.platform.whisper(seen.ana, room, say('You are next on call'), { key: 'w:1' });
    expect((await seen.inRoom(seen.ana, room)).map(({ text }) => text)).toEqual(['You are next on call']);
    expect(await seen.inRoom(seen.bo, room)).toEqual([]);
  });

  it('tells one person something outside of every room, once per key', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const tell = () => seen.platform.direct(seen.ana, say('You are on call from 9:00'), { key: 'd:1' });
    expect(await tell()).toEqual(await tell());
    expect((await seen.directly(seen.ana)).map(({ text }) => text)).toEqual(['You are on call from 9:00']);
    expect(await seen.directly(seen.bo)).toEqual([]);
    expect(await seen.inRoom(seen.ana, room)).toEqual([]);
  });

  it('notifies the people that a message names, and nobody else', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, say(['It is yours, ', person(seen.bo.id, 'Bo'), '.']), { key: 'k1' });
    expect((await seen.inRoom(seen.ana, room))[0]?.notified).toEqual([seen.bo.id]);
  });

  it('says of what does not exist that trying again is no use', async ({ seen: { platform } }) => {
    const nowhere = { platform: platform.name, id: '999999999' };
    await expect(platform.post(nowhere, say('?'), { key: 'k1' })).rejects.toMatchObject({ retry: false });
    await expect(platform.edit(nowhere, say('?'))).rejects.toMatchObject({ retry: false });
    await expect(platform.setTopic(nowhere, '?')).rejects.toMatchObject({ retry: false });
    await expect(platform.direct(nowhere, say('?'), { key: 'k2' })).rejects.toMatchObject({ retry: false });
  });
}
