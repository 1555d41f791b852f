import { expect } from 'vitest';

import { bold, code, person, say, type Message } from '#src/chat/message.ts';

import { BUTTON, ofBot, read, ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';
import { formOf } from './chat-platform-wishes.ts';

const HOSTILE = [
  '<b>bold</b> <script>alert(1)</script> & <img src=x onerror=alert(1)>',
  '<!channel> <!here> <!everyone> <@U0123> <#C0123>',
  '@everyone @here @channel <at>everyone</at> <@&123>',
  '*bold* _italic_ ~gone~ **very** `code` ||spoiler|| > quote # title',
  '[click](javascript:alert(1)) <https://evil.example|https://good.example>',
  "'; drop table people; -- ${7*7} {{7*7}}",
  '> quoted\n# title\n- item\n1. first\n```\nfence\n```',
  '&lt;b&gt; &amp; &#64;everyone \\*not\\* :fire: <t:0:R> <:x:123>',
  '{{DATE(2026-01-01T00:00:00Z)}} <!date^0^{date}|x> ![i](https://evil.example/i.png)',
  '[@everyone](https://good.example) <a href="https://evil.example">https://good.example</a>',
];

/** Those of one line, as titles, labels and names are. */
const LINES = HOSTILE.filter((it) => !it.includes('\n'));

/** Text is data, however much it looks like something else. */
export function hostileContract(it: SeenTest): void {
  saidByBotContract(it);
  saidByPeopleContract(it);
  controlsContract(it);
}

/** Nobody is notified, nothing can be followed that is not written there, and nothing was refused. */
export function expectHarmless(seen: Seen, shown: Awaited<ReturnType<Seen['inRoom']>>): void {
  expect(shown.flatMap(({ notified }) => notified)).toEqual([]);
  for (const { text, links } of shown) {
    for (const address of links) {
      expect(address).toMatch(/^https?:/);
      expect(read(text)).toContain(address.replace(/\/$/, ''));
    }
  }
  expect(seen.far?.measured.refused ?? []).toEqual([]);
}

function saidByBotContract(it: SeenTest): void {
  it('shows the same words, whatever they look like, and notifies nobody', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const before = (await ofBot(seen, seen.ana, room)).length;
    for (const text of HOSTILE) {
      await seen.platform.post(room, say(text), { key: `h:${text}` });
      await seen.platform.post(room, say(['Title: ', bold(text)]), { key: `b:${text}` });
    }
    const shown = (await ofBot(seen, seen.ana, room)).slice(before);
    const wanted = HOSTILE.flatMap((text) => [text, `Title: ${text}`]);
    expect(shown.map(({ text }) => read(text))).toEqual(wanted.map(read));
    expectHarmless(seen, shown);
  });

  it('shows the same words in headings, lists, fields, small print and code', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const before = (await ofBot(seen, seen.ana, room)).length;
    for (const text of LINES) await seen.platform.post(room, filledWith(text), { key: `p:${text}` });
    const shown = (await ofBot(seen, seen.ana, room)).slice(before);
    for (const [index, text] of LINES.entries()) {
      expect(read(shown[index]?.text ?? '').split(read(text))).toHaveLength(9);
    }
    expectHarmless(seen, shown);
  });

  it('shows names that people gave themselves as they are', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    for (const text of LINES) {
      await seen.platform.post(room, say(['For ', person(seen.bo.id, text), '.']), { key: `n:${text}` });
    }
    const shown = (await ofBot(seen, seen.ana, room)).slice(-LINES.length);
    expect(shown.map(({ notified }) => notified)).toEqual(LINES.map(() => [seen.bo.id]));
    expect(shown.flatMap(({ links }) => links)).toEqual([]);
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('says hostile words to one person, below a message, and beside a file', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    // Where everybody is in the room already, to be called in is to be mentioned.
    const before = (await seen.inRoom(seen.ana, room)).length;
    const posted = await seen.platform.post(room, say('INC-1'), { key: 'k1' });
    const bytes = new Uint8Array([1, 2, 3]);
    for (const [at, text] of LINES.entries()) {
      await seen.platform.direct(seen.ana, say(text), { key: `d${at}` });
      await seen.platform.replyTo(posted, say(text), { key: `r${at}` });
      const file = { name: `${text}.txt`, type: 'text/plain', bytes };
      await seen.platform.attach(room, file, { key: `f${at}`, words: text });
    }
    expect((await seen.directly(seen.ana)).map(({ text }) => read(text))).toEqual(LINES.map(read));
    const inRoom = (await seen.inRoom(seen.ana, room)).slice(before);
    const words = inRoom.map(({ text }) => read(text)).join('\n');
    for (const text of LINES) expect(words).toContain(read(text));
    expectHarmless(seen, [
      ...inRoom,
      ...(await seen.directly(seen.ana)),
      ...(await seen.below(seen.ana, posted)),
    ]);
  });
}

function saidByPeopleContract(it: SeenTest): void {
  it('passes on hostile words of a person as they are', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    for (const text of LINES) await seen.types(seen.bo, room, text);
    expect(seen.heard.said.map((one) => (one.kind === 'message' ? one.text : ''))).toEqual(LINES);
  });

  it('hears hostile words in a command as they are', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const text of LINES) {
      const form = formOf({ name: 'notes', value: '' });
      seen.answers({ type: 'form', form });
      await seen.types(seen.ana, room, '/incident note INC-1');
      seen.answers({ type: 'reply', message: say('Kept it.'), visible: 'private' });
      await seen.fills(seen.ana, { notes: text });
      const ask = seen.heard.invocations.at(-1)?.ask;
      expect(ask?.type === 'form' && ask.args['notes']).toBe(text);
    }
  });
}

function controlsContract(it: SeenTest): void {
  it('shows hostile words on buttons and in menus, and they work', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const [at, text] of LINES.entries()) {
      const button = { ...BUTTON, label: text, args: { incident: 'INC-1', note: text }, confirm: text };
      const select = {
        label: text,
        command: 'tag',
        args: {},
        arg: 'tag',
        options: [{ label: text, value: text }],
      };
      const message = say('Pick', { type: 'buttons', buttons: [button] }, { type: 'select', select });
      await seen.platform.post(room, message, { key: `c${at}` });
      const shown = (await ofBot(seen, seen.ana, room)).at(-1);
      expect(fits(shown?.buttons[0], text)).toBe(true);
      expect(fits(shown?.options[0], text)).toBe(true);
    }
    const [last = ''] = (await ofBot(seen, seen.ana, room)).at(-1)?.buttons ?? [];
    await seen.presses(seen.bo, room, last);
    expect(seen.heard.invocations.at(-1)?.ask).toMatchObject({ args: { note: LINES.at(-1) } });
    expectHarmless(seen, await ofBot(seen, seen.ana, room));
  });

  it('shows hostile words in forms', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    for (const text of LINES) {
      const choice = {
        kind: 'choice',
        choices: [{ label: text, value: 'a' }],
        name: 'which',
        label: 'Which',
      } as const;
      const form = formOf({ label: text, help: text, value: text, error: text }, choice);
      seen.answers({ type: 'form', form: { ...form, title: text, submit: text } });
      const shown = await seen.types(seen.ana, room, '/incident resolve INC-1');
      expect(fits(shown?.title, text)).toBe(true);
      expect(fits(shown?.fields[0]?.label, text)).toBe(true);
      expect(shown?.fields[0]?.value).toBe(text);
      expect(fits(shown?.fields[1]?.choices[0], text)).toBe(true);
    }
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('opens rooms whose names, topics and links are hostile', async ({ seen }) => {
    for (const text of LINES) {
      const links = [{ title: text, url: 'https://incidents.example/rooms/inc-1' }];
      const room = await seen.platform.openRoom({
        name: text,
        topic: text,
        title: text,
        isPrivate: false,
        links,
      });
      const shown = await seen.room(room);
      expect(read(shown.topic)).toContain(read(text).slice(0, 40));
      await seen.platform.setTopic(room, `now ${text}`);
      expectHarmless(seen, await seen.inRoom(seen.ana, room));
    }
  });
}

/** The whole words, or their beginning with an ellipsis. */
export function fits(shown: string | undefined, text: string): boolean {
  const [is, whole] = [read(shown ?? ''), read(text)];
  return is === whole || (is.endsWith('…') && is.length > 4 && whole.startsWith(is.slice(0, -1).trimEnd()));
}

/** The words eight times, each time in another part. */
function filledWith(text: string): Message {
  return {
    parts: [
      { type: 'heading', text },
      { type: 'fields', fields: [{ label: text, value: text }] },
      { type: 'list', items: [text, [bold(text), code(text)]] },
      { type: 'context', text },
      { type: 'code', text },
    ],
    summary: text,
    tone: 'alarm',
  };
}
