import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FakePerson } from '#test/support/fake-platform.ts';
import { startStubBot, type StubBot } from '#test/support/teams/stub-bot.ts';

let bot: StubBot;
let ana: FakePerson;
let bo: FakePerson;

beforeEach(async () => {
  bot = await startStubBot();
  ({ ana, bo } = bot.fake.people);
});

afterEach(async () => await bot.stop());

const last = () => bot.heard.at(-1) ?? {};

describe('what people write to the bot', () => {
  test('a command is a mention in a channel, and plain words in a chat', async () => {
    const { fake } = bot;
    await fake.types(ana, fake.lobby, '/incident ack INC-1');
    expect(last()).toMatchObject({
      type: 'message',
      channelId: 'msteams',
      serviceUrl: fake.serviceUrl,
      text: '<at>Incident Manager</at> ack INC-1',
      from: { id: fake.mri(ana), aadObjectId: ana.id, name: 'Ana Lima' },
      recipient: { id: fake.bot.id },
      conversation: {
        conversationType: 'channel',
        isGroup: true,
        id: `${fake.lobby};messageid=${String(last()['id'])}`,
      },
      channelData: {
        team: { id: fake.team.id },
        channel: { id: fake.lobby },
        tenant: { id: fake.env['TEAMS_TENANT_ID'] },
      },
      entities: [{ type: 'mention', mentioned: { id: fake.bot.id } }, { type: 'clientInfo' }],
    });
    await fake.types(ana, 'direct', '/incident ack INC-1');
    expect(last()).toMatchObject({
      text: 'ack INC-1',
      conversation: { conversationType: 'personal', id: fake.chat(ana) },
    });
    expect(fake.direct(ana).map((it) => it.text)).toEqual(['ack INC-1']);
  });

  test('a mention of somebody is told from words that look like one', async () => {
    const { fake } = bot;
    await fake.types(ana, fake.lobby, `/incident assign <@${bo.id}> <@U0123> <at>everyone</at> & <b>`);
    expect(last()).toMatchObject({
      text: '<at>Incident Manager</at> assign <at>Bo Chen</at> <@U0123> <at>everyone</at> & <b>',
      entities: [
        { text: '<at>Incident Manager</at>' },
        { text: '<at>Bo Chen</at>', mentioned: { id: fake.mri(bo) } },
        {},
      ],
    });
    const [html] = last()['attachments'] as { contentType: string; content: string }[];
    expect(html).toEqual({
      contentType: 'text/html',
      content:
        '<p><span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">Incident Manager</span> assign ' +
        '<span itemscope itemtype="http://schema.skype.com/Mention" itemid="1">Bo Chen</span> &lt;@U0123&gt; &lt;at&gt;everyone&lt;/at&gt; &amp; &lt;b&gt;</p>',
    });
    expect(fake.messages(bo, fake.lobby)[0]).toMatchObject({ author: ana.id, notified: [bo.id] });
  });

  test('the same delivery is the same activity, and no second message', async () => {
    const { fake } = bot;
    const how = { delivery: 'd1' };
    await Promise.all([fake.types(ana, fake.lobby, 'hello', how), fake.types(ana, fake.lobby, 'hello', how)]);
    expect(bot.heard[1]).toEqual(bot.heard[0]);
    expect(fake.messages(bo, fake.lobby)).toHaveLength(1);
  });

  test('without the permission to read all the bot hears only what mentions it', async () => {
    await bot.stop();
    bot = await startStubBot({ rsc: [] });
    const { fake } = bot;
    await fake.types(fake.people.ana, fake.lobby, 'just talking');
    await fake.types(fake.people.ana, fake.lobby, '/incident help');
    await fake.types(fake.people.ana, 'direct', 'in our chat');
    expect(bot.heard.map((it) => it['text'])).toEqual(['<at>Incident Manager</at> help', 'in our chat']);
  });

  test('a slash command is private, and says so to the bot', async () => {
    const { fake } = bot;
    await fake.slash(ana, fake.lobby, 'catchup');
    expect(last()).toMatchObject({ text: 'catchup', recipient: { id: fake.bot.id, isTargeted: true } });
    expect(fake.messages(ana, fake.lobby)).toMatchObject([{ text: 'catchup', private: true }]);
    expect(fake.messages(bo, fake.lobby)).toEqual([]);
  });

  test('changes, deletions and what is restored are told apart', async () => {
    const { fake } = bot;
    await fake.types(bo, fake.lobby, 'exhusted');
    const id = last()['id'];
    const message = () => fake.messages(ana, fake.lobby)[0] ?? expect.fail('nobody sees the message');
    const first = message();
    await fake.rewrites(bo, first, 'exhausted');
    expect(last()).toMatchObject({
      type: 'messageUpdate',
      id,
      text: 'exhausted',
      channelData: { eventType: 'editMessage' },
    });
    expect(message().text).toBe('exhausted');
    await fake.deletes(bo, first);
    expect(last()).toMatchObject({
      type: 'messageDelete',
      id,
      channelData: { eventType: 'softDeleteMessage' },
    });
    expect(last()['text']).toBe(undefined);
    expect(fake.messages(ana, fake.lobby)).toEqual([]);
    await fake.restores(bo, first);
    expect(last()).toMatchObject({ type: 'messageUpdate', channelData: { eventType: 'undeleteMessage' } });
    await expect(fake.rewrites(ana, message(), 'x')).rejects.toThrow('did not write');
  });

  test('an answer stands in the thread, and reactions are told of the bot’s own messages', async () => {
    const { fake } = bot;
    const id = await bot.says(fake.lobby, { text: 'INC-1' });
    const message = fake.messages(bo, fake.lobby)[0] ?? expect.fail('nobody sees the message');
    await fake.answers(bo, message, 'looking at it');
    expect(last()).toMatchObject({
      text: 'looking at it',
      replyToId: id,
      conversation: { id: `${fake.lobby};messageid=${id}` },
    });
    expect(fake.below(ana, message.id).map((it) => it.text)).toEqual(['looking at it']);
    await fake.reacts(bo, message, '👍');
    expect(last()).toMatchObject({
      type: 'messageReaction',
      replyToId: id,
      reactionsAdded: [{ type: 'like' }],
    });
    await fake.reacts(bo, message, '📝', { off: true });
    expect(last()).toMatchObject({ reactionsRemoved: [{ type: '1f4dd_reaction' }] });
    const heard = bot.heard.length;
    const answer = fake.below(ana, message.id)[0] ?? expect.fail('nobody sees the answer');
    await fake.reacts(ana, answer, '👀');
    expect(bot.heard).toHaveLength(heard);
    expect(fake.below(ana, message.id)[0]?.reactions).toEqual({ '👀': 1 });
    expect(fake.messages(ana, fake.lobby)[0]?.reactions).toEqual({ '👍': 1 });
  });

  test('pictures lie at the Bot Connector, other files where no token is needed', async () => {
    const { fake } = bot;
    const bytes = new Uint8Array([1, 2, 3]);
    await fake.shares(ana, fake.lobby, { name: 'p99.png', type: 'image/png', bytes, words: 'p99' });
    const [picture] = last()['attachments'] as { contentUrl: string; contentType: string }[];
    expect(picture?.contentType).toBe('image/png');
    expect((await fetch(picture?.contentUrl ?? '')).status).toBe(401);
    const path = picture?.contentUrl.split('/v3')[1] ?? '';
    expect((await bot.call('GET', path)).status).toBe(200);
    expect((await bot.call('GET', path.replace('/views/original', ''))).body).toMatchObject({
      views: [{ viewId: 'original', size: 3 }],
    });
    await fake.shares(ana, 'direct', { name: 'a b.txt', type: 'text/plain', bytes, words: '' });
    const [file] = last()['attachments'] as { contentType: string; content: { downloadUrl: string } }[];
    expect(file).toMatchObject({
      contentType: 'application/vnd.microsoft.teams.file.download.info',
      content: { fileType: 'txt' },
    });
    expect(new Uint8Array(await (await fetch(file?.content.downloadUrl ?? '')).arrayBuffer())).toEqual(bytes);
    expect(fake.direct(ana)[0]?.files).toMatchObject([{ name: 'a b.txt' }]);
  });
});
