import { expect } from 'vitest';

import { person, say } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

import { card, everything, ofBot, read, ROOM, type SeenTest, type TestFile } from './chat-platform-seen.ts';

/** Messages are posted once per key, changed where they stand, and seen by those they are for. */
export function messageContract(it: SeenTest): void {
  postingContract(it);
  toOneContract(it);
  markingContract(it);
}

function postingContract(it: SeenTest): void {
  it('posts once per key, also when asked twice at once and after a restart', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const post = (on: ChatPlatform) => on.post(room, say('INC-1 is new'), { key: 'card:1' });
    const first = await post(seen.platform);
    const rest = await Promise.all([post(seen.platform), post(seen.platform), post(await seen.restarted())]);
    expect(rest).toEqual([first, first, first]);
    expect((await everything(seen, seen.ana, room)).split('INC-1 is new')).toHaveLength(2);
  });

  it('posts once when a new key is used many times at once', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await Promise.all(
      Array.from({ length: 6 }, () => seen.platform.post(room, say('INC-1 is new'), { key: 'card:1' })),
    );
    expect(new Set(posted.map(({ id }) => id)).size).toBe(1);
    expect((await everything(seen, seen.bo, room)).split('INC-1 is new')).toHaveLength(2);
  });

  it('shows a message with its buttons, and changes it where it stands', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card:1' });
    await seen.platform.post(room, say('something else'), { key: 'k2' });
    await seen.platform.edit(posted, card('INC-1 is acknowledged', 'Resolve'));
    await seen.platform.edit(posted, card('INC-1 is acknowledged', 'Resolve'));

    const messages = (await ofBot(seen, seen.bo, room)).slice(-2);
    expect(messages[0]?.text).toContain('INC-1 is acknowledged');
    expect(messages[0]?.text).not.toContain('INC-1 is new');
    expect(messages.map(({ buttons }) => buttons)).toEqual([['Resolve'], []]);
  });

  it('shows the last of many changes', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, card('state 0', 'Acknowledge'), { key: 'card:1' });
    await Promise.all(
      [1, 2, 3, 4, 5].map((state) => seen.platform.edit(posted, card(`state ${state}`, 'Acknowledge'))),
    );
    expect((await ofBot(seen, seen.bo, room)).at(-1)?.text).toContain('state 5');
  });

  it('takes a message away, and is not surprised when it is gone', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('posted by mistake'), { key: 'k1' });
    await seen.platform.remove(posted);
    await seen.platform.remove(posted);
    expect(await everything(seen, seen.ana, room)).not.toContain('posted by mistake');
  });

  it('puts a reply below its message where there are threads, once per key', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1 is new'), { key: 'card:1' });
    const before = (await ofBot(seen, seen.bo, room)).length;
    const reply = () => seen.platform.replyTo(posted, say('7 more alerts'), { key: 'storm:1' });
    expect(await reply()).toEqual(await reply());

    const below = (await seen.below(seen.bo, posted)).map(({ text }) => text);
    const after = (await ofBot(seen, seen.bo, room)).slice(before).map(({ text }) => text);
    expect(seen.platform.limits.threads ? [below, after] : [after, []]).toEqual([['7 more alerts'], []]);
  });
}

function toOneContract(it: SeenTest): void {
  it('whispers to one person once, and nobody else sees it', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    const whisper = () => seen.platform.whisper(seen.ana, room, say('You are next on call'), { key: 'w:1' });
    await whisper();
    await whisper();
    expect((await everything(seen, seen.ana, room)).split('You are next on call')).toHaveLength(2);
    expect(await everything(seen, seen.bo, room)).not.toContain('You are next on call');
  });

  it('tells one person something outside of every room, once per key', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const tell = () => seen.platform.direct(seen.ana, say('You are on call from 9:00'), { key: 'd:1' });
    expect(await tell()).toEqual(await tell());
    const told = (await seen.directly(seen.ana)).map(({ text }) => read(text));
    expect(told).toEqual(['You are on call from 9:00']);
    expect(await seen.directly(seen.bo)).toEqual([]);
    const inRoom = (await seen.inRoom(seen.ana, room)).map(({ text }) => text).join('\n');
    expect(inRoom).not.toContain('You are on call');
  });

  it('notifies the people that a message names, and nobody else', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.platform.post(room, say(['It is yours, ', person(seen.bo.id, 'Bo'), '.']), { key: 'k1' });
    expect((await seen.inRoom(seen.ana, room)).at(-1)?.notified).toEqual([seen.bo.id]);
  });

  it('says of what does not exist that trying again is no use, and what is gone', async ({
    seen: { platform },
  }) => {
    const nowhere = { platform: platform.name, id: '999999999' };
    await expect(platform.post(nowhere, say('?'), { key: 'k1' })).rejects.toMatchObject({
      name: 'ProviderError',
      retry: false,
      gone: 'room',
    });
    await expect(platform.edit(nowhere, say('?'))).rejects.toMatchObject({ retry: false, gone: 'message' });
    await expect(platform.setTopic(nowhere, '?')).rejects.toMatchObject({ retry: false, gone: 'room' });
    await expect(platform.direct(nowhere, say('?'), { key: 'k2' })).rejects.toMatchObject({
      retry: false,
      gone: 'person',
    });
    await platform.remove(nowhere);
  });
}

function markingContract(it: SeenTest): void {
  it('pins where there are pins', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, card('INC-1 is new', 'Acknowledge'), { key: 'card:1', pin: true });
    await seen.platform.post(room, say('something else'), { key: 'k2' });
    const pinned = (await ofBot(seen, seen.ana, room)).slice(-2).map((one) => one.pinned);
    expect(pinned).toEqual(seen.platform.limits.pins ? [true, false] : [false, false]);
  });

  it('puts an emoji to a message and takes it off, each of them also twice', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('noted'), { key: 'k1' });
    const shown = async () => (await ofBot(seen, seen.ana, room)).at(-1)?.reactions['👀'] ?? 0;
    await seen.platform.react(posted, '👀', true);
    await seen.platform.react(posted, '👀', true);
    expect(await shown()).toBe(seen.platform.limits.reactions ? 1 : 0);
    await seen.platform.react(posted, '👀', false);
    await seen.platform.react(posted, '👀', false);
    expect(await shown()).toBe(0);
  });
}

const CHART: TestFile & { readonly words: string } = {
  name: 'latency.png',
  type: 'image/png',
  bytes: Uint8Array.from({ length: 3000 }, (_, at) => (at * 31) % 256),
  words: 'p99 of checkout',
};

/** Files go in and out byte for byte. */
export function fileContract(it: SeenTest): void {
  it('puts a file into a room with words beside it, once per key', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const put = () => seen.platform.attach(room, CHART, { key: 'f:1', words: CHART.words });
    expect(await put()).toEqual(await put());
    const messages = await ofBot(seen, seen.bo, room);
    expect(messages.filter(({ text }) => text.includes('p99 of checkout'))).toHaveLength(1);
    const files = messages.flatMap((one) => one.files);
    if (seen.platform.limits.file < CHART.bytes.length) {
      // Where it takes no files, the words say what there would have been.
      expect(files).toEqual([]);
      expect(messages.map(({ text }) => text).join('\n')).toContain('latency.png');
      return;
    }
    expect(files.map(({ name }) => name)).toEqual(['latency.png']);
    expect(Buffer.from(files[0]?.bytes ?? []).equals(CHART.bytes)).toBe(true);
  });

  it('fetches a file that somebody shares, as it was', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana]);
    await seen.shares(seen.ana, room, CHART);
    const said = seen.heard.said.at(-1);
    if (said?.kind !== 'message') throw new Error('no message was heard');
    expect(said).toMatchObject({
      text: 'p99 of checkout',
      person: { id: seen.ana.id },
      room: { id: room.id },
    });
    expect(said.files).toMatchObject([{ name: 'latency.png', type: 'image/png', size: 3000 }]);
    const [file] = said.files;
    if (!file) throw new Error('no file was heard');
    expect(Buffer.from(await seen.platform.fetchFile(file)).equals(CHART.bytes)).toBe(true);
  });

  it('says of a file that is not there that trying again is no use', async ({ seen: { platform } }) => {
    const file = { platform: platform.name, id: '999999999', name: 'x.png', type: 'image/png', size: 1 };
    await expect(platform.fetchFile(file)).rejects.toMatchObject({ name: 'ProviderError', retry: false });
  });
}

/** Who somebody is there. */
export function peopleContract(it: SeenTest): void {
  it('knows people by their id', async ({ seen: { platform, ana, guest } }) => {
    const email = platform.limits.emails ? 'ana@example.com' : null;
    const found = await platform.whois({ id: ana.id });
    expect(found).toMatchObject({ platform: platform.name, id: ana.id, email, isGuest: false });
    expect(found?.name).toMatch(/ana/i);
    if (platform.limits.emails) {
      expect(await platform.whois({ id: guest.id })).toMatchObject({ isGuest: true });
    }
  });

  it('knows people by their e-mail address where the platform tells any', async ({ seen }) => {
    const found = await seen.platform.whois({ email: 'bo@example.com' });
    if (seen.platform.limits.emails) expect(found).toMatchObject({ id: seen.bo.id, isGuest: false });
    else expect(found).toBe(null);
  });

  it('knows nobody of an id or an address that nobody has', async ({ seen: { platform } }) => {
    expect(await platform.whois({ id: 'nobody-of-that-name' })).toBe(null);
    expect(await platform.whois({ email: 'nobody@example.com' })).toBe(null);
  });

  it('sets who is in a group, or says clearly why it cannot', async ({ seen }) => {
    const set = (people: readonly (typeof seen.ana)[]) => seen.platform.setGroup('oncall', people);
    const refused = await set([seen.ana]).then(
      () => null,
      (error: unknown) => error,
    );
    if (refused === null) {
      await set([seen.bo, seen.ana]);
      return;
    }
    // The built-in chat has its groups elsewhere, and a place that has only threads may have none.
    expect(seen.far === null || seen.platform.limits.room === 'thread').toBe(true);
    expect(refused).toBeInstanceOf(ProviderError);
    expect(refused).toMatchObject({ retry: false });
  });

  it('is there, and lets us in', async ({ seen }) => {
    await seen.platform.check();
  });
}
