import { expect } from 'vitest';

import { bold, link, say, type Message } from '#src/chat/message.ts';

import { BUTTON, card, ROOM, type SeenTest } from './chat-platform-seen.ts';

const HOSTILE = [
  '<b>bold</b> <script>alert(1)</script> & <img src=x onerror=alert(1)>',
  '<!channel> <!here> <!everyone> <@U0123> <#C0123>',
  '@everyone @here @channel <at>everyone</at> <@&123>',
  '*bold* _italic_ ~gone~ **very** `code` ||spoiler|| > quote # title',
  '[click](javascript:alert(1)) <https://evil.example|https://good.example>',
  "'; drop table people; -- ${7*7} {{7*7}}",
];

/** Text is data, however much it looks like something else. */
export function textContract(it: SeenTest): void {
  it('shows the same words, whatever they look like, and notifies nobody', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const text of HOSTILE) {
      await seen.platform.post(room, say(text), { key: `h:${text}` });
      await seen.platform.post(room, say(['Title: ', bold(text)]), { key: `b:${text}` });
    }
    const shown = await seen.inRoom(seen.ana, room);
    expect(shown.map(({ text }) => text)).toEqual(HOSTILE.flatMap((text) => [text, `Title: ${text}`]));
    expect(shown.flatMap(({ notified }) => notified)).toEqual([]);
  });

  it('shows the same words in lists, fields, small print and code', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const text of HOSTILE) {
      const message: Message = {
        parts: [
          { type: 'heading', text },
          { type: 'fields', fields: [{ label: 'Impact', value: text }] },
          { type: 'list', items: [text] },
          { type: 'context', text },
          { type: 'code', text },
        ],
        summary: text,
        tone: 'alarm',
      };
      await seen.platform.post(room, message, { key: `p:${text}` });
    }
    const shown = await seen.inRoom(seen.ana, room);
    for (const [index, text] of HOSTILE.entries()) {
      expect(shown[index]?.text.split(text)).toHaveLength(6);
      expect(shown[index]?.notified).toEqual([]);
    }
  });

  it('takes what could fool the eye out, and nothing else', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, say('invoice\u202Efdp.exe\u0000\u0007 déjà 数据库 🔥'), { key: 'k1' });
    expect((await seen.inRoom(seen.ana, room))[0]?.text).toBe('invoicefdp.exe déjà 数据库 🔥');
  });

  it('makes no link of an address that would run something', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, say([link('the dashboard', 'javascript:alert(1)')]), { key: 'k1' });
    expect((await seen.inRoom(seen.ana, room))[0]?.text).toBe('the dashboard');
  });

  it('passes on hostile words of a person as they are', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const text of HOSTILE) await seen.types(seen.bo, room, text);
    expect(seen.heard.said.map(({ text }) => text)).toEqual(HOSTILE);
    expect((await seen.inRoom(seen.ana, room)).flatMap(({ notified }) => notified)).toEqual([]);
  });
}

/** What is too long or too much is made to fit, and never refused. */
export function limitContract(it: SeenTest): void {
  it('shortens a message that is too long, and keeps its buttons', async ({ seen }) => {
    const { limits } = seen.platform;
    const room = await seen.platform.openRoom(ROOM);
    const long = 'checkout is down '.repeat(limits.message / 8);
    await seen.platform.post(room, card(long, 'Acknowledge'), { key: 'k1' });
    const [shown] = await seen.inRoom(seen.ana, room);
    expect(shown?.text).toMatch(/^checkout is down .*…$/su);
    expect(shown?.text.length).toBeLessThanOrEqual(limits.message);
    expect(shown?.buttons).toEqual(['Acknowledge']);
  });

  it('shortens the name of a room and its topic', async ({ seen }) => {
    const { limits } = seen.platform;
    const name = `inc-7-${'checkout-'.repeat(40)}`;
    const room = await seen.platform.openRoom({ ...ROOM, name, topic: 'long '.repeat(500) });
    expect(room.name.length).toBeLessThanOrEqual(limits.roomName);
    expect(room.name).toMatch(/^inc-7-checkout/);
    expect((await seen.room(room)).topic.length).toBeLessThanOrEqual(limits.topic);
    await seen.platform.setTopic(room, 'longer '.repeat(500));
    expect((await seen.room(room)).topic.length).toBeLessThanOrEqual(limits.topic);
  });

  it('opens a room for any name that has a letter in it', async ({ seen: { platform } }) => {
    for (const name of [
      'Checkout: é down!',
      'a b\tc\nd',
      'x'.repeat(300),
      'Größe',
      '../../etc/passwd',
      '<b>1</b>',
    ]) {
      const room = await platform.openRoom({ ...ROOM, name });
      expect(room.name).not.toBe('');
      expect(await platform.openRoom({ ...ROOM, name })).toEqual(room);
    }
  });

  it('takes more buttons than it can draw', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const buttons = Array.from({ length: seen.platform.limits.buttons + 5 }, (_, index) => ({
      ...BUTTON,
      label: `Choice ${index}`,
    }));
    await seen.platform.post(room, say('Pick one', { type: 'buttons', buttons }), { key: 'k1' });
    expect((await seen.inRoom(seen.ana, room))[0]?.buttons).toContain('Choice 0');
  });
}
