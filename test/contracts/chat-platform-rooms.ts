import { expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import type { OpenedRoom } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';
import { soon } from '#test/support/soon.ts';

import { everything, ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';

/** Rooms are opened once, shown to those who may see them, closed and opened again. */
export function roomContract(it: SeenTest): void {
  openingContract(it);
  lifeContract(it);
  privateContract(it);
}

function openingContract(it: SeenTest): void {
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
    const one = await seen.platform.openRoom({ ...ROOM, name: 'inc-1' });
    const two = await seen.platform.openRoom({ ...ROOM, name: 'inc-2' });
    await seen.platform.post(one, say('only here'), { key: 'k1' });
    expect(await everything(seen, seen.ana, one)).toContain('only here');
    expect(await everything(seen, seen.ana, two)).not.toContain('only here');
  });

  it('opens a room that everybody finds', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const names = (await seen.rooms(seen.bo)).map(({ name }) => name);
    expect(names).toContain(room.name);
  });

  it('shows links above the room where the platform can, once, and none that runs something', async ({
    seen,
  }) => {
    const links = [
      { title: 'Web room', url: 'https://incidents.example/rooms/inc-1' },
      { title: 'Runs something', url: 'javascript:alert(1)' },
    ];
    await seen.platform.openRoom({ ...ROOM, links });
    const room = await seen.platform.openRoom({ ...ROOM, links });
    const shown = (await seen.room(room)).bookmarks;
    expect(shown).toHaveLength(seen.platform.limits.bookmarks ? 1 : 0);
    expect(shown.join(' ')).not.toMatch(/javascript|Runs something/);
  });
}

function lifeContract(it: SeenTest): void {
  it('shows the topic, and the one that follows it where topics may change often', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    expect((await seen.room(room)).topic).toContain(ROOM.topic);
    await seen.platform.setTopic(room, 'INC-1 P1 resolved');
    const { topic } = await seen.room(room);
    expect(topic).toContain(seen.platform.limits.liveTopic ? 'INC-1 P1 resolved' : ROOM.topic);
  });

  it('archives a room, revives it, and takes each of them twice', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.archiveRoom(room);
    await seen.platform.archiveRoom(room);
    expect((await seen.room(room)).archived).toBe(true);
    const open = await revived(seen, room);
    expect((await seen.room(open)).archived).toBe(false);
    await seen.platform.post(open, say('back again'), { key: 'k1' });
    expect(await everything(seen, seen.bo, open)).toContain('back again');
  });

  it('puts a room away when whoever closed it was answered in it', async ({ seen }) => {
    const { platform, far, heard, ana, bo } = seen;
    const room = await platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-1 is closed by Ana'), visible: 'room' });
    far?.trouble.next(far.calls.post, { delayMs: 500 });
    const asked = seen.types(ana, room, '/incident close');
    await soon('the wish is heard', () => heard.invocations.length > 0);
    await platform.archiveRoom(room);
    await asked;
    expect((await seen.room(room)).archived).toBe(true);
    expect(await everything(seen, bo, room)).toContain('INC-1 is closed by Ana');
    expect(far?.measured.refused ?? []).toEqual([]);
  });

  it('invites people once, and leaves out whom it does not know', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const stranger = { platform: seen.platform.name, id: 'nobody-of-that-name' };
    const elsewhere = { platform: 'elsewhere', id: seen.bo.id };
    await seen.platform.invite(room, [seen.ana, stranger, elsewhere]);
    await Promise.all([
      seen.platform.invite(room, [seen.ana, seen.bo]),
      seen.platform.invite(room, [seen.bo]),
    ]);
    expect([...(await seen.room(room)).members].toSorted()).toEqual([seen.ana.id, seen.bo.id].toSorted());
  });
}

/** The same room; where only a person can open it again, the platform says that it is gone, and the next one of its name is fresh. */
async function revived({ platform }: Seen, room: OpenedRoom): Promise<OpenedRoom> {
  try {
    await platform.reviveRoom(room);
    await platform.reviveRoom(room);
    return room;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ProviderError', retry: false, gone: 'room' });
    return await platform.openRoom(ROOM);
  }
}

const SECRET = {
  ...ROOM,
  name: 'inc-9-payroll-breach',
  topic: 'INC-9 payroll breach',
  title: 'Payroll breach',
  isPrivate: true,
};

/** Null where the platform has no private rooms: then it says so, and opens none that others could see. */
async function secretRoom(seen: Seen): Promise<OpenedRoom | null> {
  try {
    const room = await seen.platform.openRoom(SECRET);
    expect(seen.platform.limits.privateRooms).toBe(true);
    return room;
  } catch (error) {
    expect(seen.platform.limits.privateRooms).toBe(false);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ retry: false });
    expect(String(error)).toMatch(/private/i);
    return null;
  }
}

function privateContract(it: SeenTest): void {
  it('opens a private room, or says clearly that it cannot', async ({ seen }) => {
    const room = await secretRoom(seen);
    if (room) {
      await seen.platform.invite(room, [seen.ana]);
      expect((await seen.room(room)).private).toBe(true);
    }
    const found = JSON.stringify(await seen.rooms(seen.bo));
    expect(found.toLowerCase()).not.toContain('payroll');
  });

  it('shows a private room to those who were invited, and to nobody else', async ({ seen }) => {
    const room = await secretRoom(seen);
    if (!room) return;
    await seen.platform.invite(room, [seen.ana]);
    await seen.platform.post(room, say('the payroll was read'), { key: 'k1' });

    expect(JSON.stringify(await seen.rooms(seen.ana))).toContain(room.name);
    expect(await everything(seen, seen.ana, room)).toContain('the payroll was read');
    expect(JSON.stringify(await seen.rooms(seen.bo)).toLowerCase()).not.toContain('payroll');
    expect(await everything(seen, seen.bo, room)).toBe('');

    await seen.platform.invite(room, [seen.bo]);
    expect(await everything(seen, seen.bo, room)).toContain('the payroll was read');
  });

  it('opens a private room once, also after a restart', async ({ seen }) => {
    const first = await secretRoom(seen);
    if (!first) return;
    const again = await seen.restarted();
    expect(await again.openRoom(SECRET)).toEqual(first);
  });
}
