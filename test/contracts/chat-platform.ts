import { describe, expect } from 'vitest';

import { bold, link, person, say, type Button, type Form, type Message } from '#src/chat/message.ts';
import type { ChatPlatform, Invocation, Outcome, Ref, Said } from '#src/chat/platform.ts';

/** What a person sees of one message. */
export interface SeenMessage {
  /** Its words, without the labels of its buttons. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** The ids of those whom the platform notifies because of it. */
  readonly notified: readonly string[];
}

/** A platform under test, with eyes and hands: what people there see, and what they do. */
export interface Seen {
  readonly platform: ChatPlatform;
  /** Two people whom the platform knows. */
  readonly ana: Ref;
  readonly bo: Ref;
  /** What the engine heard, each wish once per id. */
  readonly heard: { readonly invocations: readonly Invocation[]; readonly said: readonly Said[] };
  /** What the engine answers from now on. */
  answers(outcome: Outcome): void;
  /** The main flow of a room as a person reads it, oldest first. */
  inRoom(reader: Ref, room: Ref): Promise<readonly SeenMessage[]>;
  /** What stands below a message. */
  below(reader: Ref, posted: Ref): Promise<readonly SeenMessage[]>;
  /** What the bot told a person outside of rooms. */
  directly(reader: Ref): Promise<readonly SeenMessage[]>;
  room(room: Ref): Promise<{ topic: string; archived: boolean; members: readonly string[] }>;
  /** `/incident` and a text, or words. What comes back is the form that opens, if one does. */
  types(who: Ref, room: Ref, line: string, delivery?: string): Promise<Form | null>;
  /** The button of the newest message in the room that has one of this label. */
  presses(who: Ref, room: Ref, label: string, delivery?: string): Promise<Form | null>;
  fills(who: Ref, room: Ref, form: Form, entered: Readonly<Record<string, string>>): Promise<Form | null>;
  /** The same platform in a new process, as after a kill. */
  restarted(): Promise<ChatPlatform>;
}

/** A test that is given a platform of its own. */
export type SeenTest = (name: string, run: (given: { seen: Seen }) => Promise<void>) => void;

const ROOM = { name: 'inc-1-checkout', topic: 'INC-1 P1 new', title: 'Checkout is down' };

const BUTTON: Button = {
  label: 'Acknowledge',
  command: 'ack',
  args: { incident: 'INC-1' },
  style: 'primary',
};

const FORM: Form = {
  title: 'Resolve INC-1',
  submit: 'Resolve',
  command: 'resolve',
  known: { incident: 'INC-1' },
  fields: [
    {
      name: 'how',
      label: 'What was done?',
      help: 'One line',
      kind: 'line',
      required: true,
      choices: [],
      value: '',
      error: '',
    },
  ],
};

/** What every chat platform must do, whatever it looks like. Each adapter's test calls this. */
export function chatPlatformContract(name: string, it: SeenTest): void {
  describe(`${name} keeps the chat platform contract`, () => {
    describe('rooms', () => roomContract(it));
    describe('messages', () => messageContract(it));
    describe('what people do', () => peopleContract(it));
    describe('text is data', () => textContract(it));
    describe('limits', () => limitContract(it));
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

function peopleContract(it: SeenTest): void {
  it('hears a command that is typed, and tells the room', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-1 is acknowledged by Ana.'), visible: 'room' });
    await seen.types(seen.ana, room, '/incident ack INC-1');

    expect(seen.heard.invocations).toMatchObject([
      {
        person: { platform: seen.ana.platform, id: seen.ana.id },
        room: { platform: room.platform, id: room.id },
        ask: { type: 'typed', text: 'ack INC-1' },
      },
    ]);
    const texts = (await seen.inRoom(seen.bo, room)).map(({ text }) => text);
    expect(texts.join('\n')).toContain('INC-1 is acknowledged by Ana.');
    expect(seen.heard.said).toEqual([]);
  });

  it('shows a private reply to the one who asked', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('Since you last looked: nothing.'), visible: 'private' });
    await seen.types(seen.ana, room, '/incident catchup');

    const everything = async (who: Ref) =>
      [...(await seen.inRoom(who, room)), ...(await seen.directly(who))].map(({ text }) => text).join('\n');
    expect(await everything(seen.ana)).toContain('Since you last looked');
    expect(await everything(seen.bo)).not.toContain('Since you last looked');
  });

  it('hands a pressed button over as the command that was saved in it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card:1' });
    await seen.presses(seen.bo, room, 'Acknowledge');
    expect(seen.heard.invocations).toMatchObject([
      {
        person: { id: seen.bo.id },
        room: { id: room.id },
        ask: { type: 'saved', command: 'ack', args: BUTTON.args },
      },
    ]);
  });

  it('opens a form, and hands over what was entered with what was known', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Resolve'), { key: 'card:1' });
    seen.answers({ type: 'form', form: FORM });
    const form = await seen.presses(seen.ana, room, 'Resolve');
    expect(form).toEqual(FORM);

    seen.answers({ type: 'reply', message: say('INC-1 is resolved.'), visible: 'room' });
    const next = await seen.fills(seen.ana, room, FORM, { how: 'Rolled back <b>4.2</b> & drank tea' });
    expect(next).toBe(null);
    const args = { incident: 'INC-1', how: 'Rolled back <b>4.2</b> & drank tea' };
    expect(seen.heard.invocations.at(-1)).toMatchObject({
      person: { id: seen.ana.id },
      ask: { type: 'form', command: 'resolve', args },
    });
  });

  it('does what is delivered twice once, and answers it once', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    seen.answers({ type: 'reply', message: say('INC-2 is declared.'), visible: 'room' });
    const delivery = 'd3b07384-d9a0-4c9b-8f0e-5a3b1f6f7a10';
    await Promise.all(
      [1, 2].map(() => seen.types(seen.ana, room, '/incident declare checkout is down', delivery)),
    );
    await seen.types(seen.ana, room, '/incident declare checkout is down', delivery);

    expect(seen.heard.invocations).toHaveLength(1);
    const answers = (await seen.inRoom(seen.bo, room)).filter(({ text }) =>
      text.includes('INC-2 is declared.'),
    );
    expect(answers).toHaveLength(1);
  });

  it('passes on what people say, once, and does not take it for a command', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const delivery = '7d793037-a076-4a3f-9c3b-0f1f2f5a6b7c';
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);
    await seen.types(seen.bo, room, 'the pool is exhausted', delivery);

    expect(seen.heard.said).toMatchObject([
      { person: { id: seen.bo.id }, room: { id: room.id }, text: 'the pool is exhausted', kind: 'message' },
    ]);
    expect(seen.heard.invocations).toEqual([]);
    expect((await seen.inRoom(seen.ana, room)).map(({ text }) => text)).toEqual(['the pool is exhausted']);
  });
}

const HOSTILE = [
  '<b>bold</b> <script>alert(1)</script> & <img src=x onerror=alert(1)>',
  '<!channel> <!here> <!everyone> <@U0123> <#C0123>',
  '@everyone @here @channel <at>everyone</at> <@&123>',
  '*bold* _italic_ ~gone~ **very** `code` ||spoiler|| > quote # title',
  '[click](javascript:alert(1)) <https://evil.example|https://good.example>',
  "'; drop table people; -- ${7*7} {{7*7}}",
];

function textContract(it: SeenTest): void {
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

function limitContract(it: SeenTest): void {
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

function card(text: string, label: string): Message {
  return say(text, { type: 'buttons', buttons: [{ ...BUTTON, label }] });
}
