import { expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import type { Ref } from '#src/chat/platform.ts';

import { ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';

/** What people write and do in a room beside commands reaches the engine as it was, once; what bots do never does. */
export function saidContract(it: SeenTest): void {
  it('passes on what people say, once, and does not take it for a command', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const delivery = '7d793037-a076-4a3f-9c3b-0f1f2f5a6b7c';
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);

    expect(seen.heard.said).toMatchObject([
      {
        person: { platform: seen.platform.name, id: seen.bo.id },
        room: { platform: seen.platform.name, id: room.id },
        text: 'the pool is exhausted',
        kind: 'message',
        files: [],
        below: null,
      },
    ]);
    expect(seen.heard.invocations).toEqual([]);
    expect((await seen.inRoom(seen.ana, room)).at(-1)?.text).toBe('the pool is exhausted');
  });

  it('says below which message something was said', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1' });
    const message = (await seen.inRoom(seen.bo, room)).at(-1);
    if (!message || !seen.platform.limits.threads) return;
    await seen.replies(seen.bo, message, 'looking at it');
    expect(seen.heard.said).toMatchObject([
      {
        kind: 'message',
        text: 'looking at it',
        below: posted,
        room: { id: room.id },
        person: { id: seen.bo.id },
      },
    ]);
    expect((await seen.below(seen.ana, posted)).map(({ text }) => text)).toEqual(['looking at it']);
  });

  it('says what a person made of their words, and that they took them back', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const message = await written(seen, room, 'the pool is exhusted');
    const [first] = seen.heard.said;
    await seen.rewrites(seen.bo, message, 'the pool is exhausted');
    const changed = (await seen.inRoom(seen.bo, room)).at(-1);
    if (changed) await seen.deletes(seen.bo, changed);
    expect(seen.heard.said.slice(1)).toMatchObject([
      { kind: 'edited', text: 'the pool is exhausted', message: first?.message, person: { id: seen.bo.id } },
      { kind: 'deleted', message: first?.message, room: { id: room.id } },
    ]);
    expect(new Set(seen.heard.said.map(({ id }) => id)).size).toBe(3);
  });

  it('says who pinned what, where there are pins', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const message = await written(seen, room, 'the disk of db-3 is full');
    const [first] = seen.heard.said;
    if (!seen.platform.limits.pins) return;
    await seen.pins(seen.ana, message, 'b6d1f0c2-0b4e-4a52-9a3e-6d6f6d2f1a01');
    await seen.pins(seen.ana, message, 'b6d1f0c2-0b4e-4a52-9a3e-6d6f6d2f1a01');
    expect(seen.heard.said.slice(1)).toMatchObject([
      {
        kind: 'pinned',
        text: 'the disk of db-3 is full',
        by: { platform: seen.platform.name, id: seen.bo.id },
        message: first?.message,
        person: { id: seen.ana.id },
        room: { id: room.id },
      },
    ]);
  });

  it('says who reacted with what, and who took it off', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const message = await written(seen, room, 'vendor ticket 8812 is open');
    const [first] = seen.heard.said;
    if (!seen.platform.limits.reactions) return;
    await seen.reacts(seen.ana, message, '📝');
    await seen.reacts(seen.ana, message, '📝', { off: true });
    const of = {
      kind: 'reacted',
      emoji: '📝',
      message: first?.message,
      person: { id: seen.ana.id },
    };
    expect(seen.heard.said.slice(1)).toMatchObject([
      { ...of, on: true, by: { platform: seen.platform.name, id: seen.bo.id } },
      { ...of, on: false },
    ]);
    const [on] = seen.heard.said.slice(1);
    expect(on?.kind === 'reacted' && ['', 'vendor ticket 8812 is open'].includes(on.text)).toBe(true);
  });

  it('tells the engine what the emoji was put to, also when the bot wrote it', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1' });
    const message = (await seen.inRoom(seen.bo, room)).at(-1);
    if (!message || !seen.platform.limits.reactions) return;
    await seen.reacts(seen.bo, message, '👍');
    expect(seen.heard.said).toMatchObject([{ kind: 'reacted', emoji: '👍', message: posted, on: true }]);
  });

  it('never hears what a bot does', async ({ seen }) => {
    const room = await roomWithPeople(seen);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'k1', pin: true });
    await seen.platform.edit(posted, say('INC-1 is acknowledged'));
    await seen.platform.replyTo(posted, say('7 more alerts'), { key: 'k2' });
    await seen.platform.react(posted, '👀', true);
    await seen.platform.react(posted, '👀', false);
    const bytes = new Uint8Array([1, 2, 3]);
    await seen.platform.attach(
      room,
      { name: 'x.txt', type: 'text/plain', bytes },
      { key: 'f', words: 'a file' },
    );
    await seen.platform.direct(seen.ana, say('a page'), { key: 'd' });
    await seen.platform.remove(posted);
    await seen.quiet();
    expect(seen.heard.said).toEqual([]);
    expect(seen.heard.invocations).toEqual([]);
  });
}

async function roomWithPeople(seen: Seen): Promise<Ref> {
  const room = await seen.platform.openRoom(ROOM);
  await seen.platform.invite(room, [seen.ana, seen.bo]);
  return room;
}

async function written(seen: Seen, room: Ref, text: string) {
  await seen.types(seen.bo, room, text);
  const message = (await seen.inRoom(seen.bo, room)).at(-1);
  if (!message) throw new Error('the words are not seen');
  return message;
}
