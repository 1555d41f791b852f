import { describe, expect, it } from 'vitest';

import { given, refusal } from '#test/support/slack/given.ts';

describe('messages of the fake Slack', () => {
  it('are changed and deleted only by whoever wrote them', async () => {
    const { slack, app, room } = await given();
    await app.listen();
    await slack.types(slack.people.bo, room, 'mine');
    const [, ts = ''] = slack.messages(slack.people.bo, room)[0]?.id.split(':') ?? [];
    expect(await refusal(app, 'chat.update', { channel: room, ts, text: 'yours' })).toBe(
      'cant_update_message',
    );
    expect(await refusal(app, 'chat.delete', { channel: room, ts })).toBe('cant_delete_message');
    expect(await refusal(app, 'chat.update', { channel: room, ts: '1.000001', text: 'x' })).toBe(
      'message_not_found',
    );
    expect(await refusal(app, 'chat.postMessage', { channel: room })).toBe('no_text');
    expect(await refusal(app, 'chat.postMessage', { channel: room, text: 'x'.repeat(40_001) })).toBe(
      'msg_too_long',
    );
  });

  it('keep what an edit does not name, and carry metadata to whoever asks for it', async () => {
    const { slack, app, room } = await given();
    const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'card' } }];
    const metadata = { event_type: 'card', event_payload: { key: 'k1' } };
    const ts = await app.text(
      'chat.postMessage',
      { channel: room, text: 'fallback', blocks, metadata },
      'ts',
    );
    await app.call('chat.update', { channel: room, ts, text: 'changed' });
    expect(slack.messages(slack.people.ana, room).map(({ text }) => text)).toEqual(['card']);
    const { json } = await app.call('conversations.history', { channel: room, include_all_metadata: true });
    expect(json['messages']).toContainEqual(
      expect.objectContaining({ ts, text: 'changed', metadata, edited: expect.anything() }),
    );
    const without = await app.call('conversations.history', { channel: room });
    expect(JSON.stringify(without.json)).not.toContain('event_payload');
  });

  it('for one person need that person and the app in the room, and are kept nowhere', async () => {
    const { slack, app, room } = await given();
    const { ana, bo } = slack.people;
    const args = { channel: room, user: ana.id, text: 'psst' };
    expect(await refusal(app, 'chat.postEphemeral', args)).toBe('user_not_in_channel');
    await app.call('conversations.invite', { channel: room, users: `${ana.id},${bo.id}` });
    const ts = await app.text('chat.postEphemeral', args, 'message_ts');
    expect(slack.messages(ana, room)).toMatchObject([{ text: 'psst', private: true }]);
    expect(slack.messages(bo, room)).toEqual([]);
    const { json } = await app.call('conversations.history', { channel: room });
    expect(JSON.stringify(json)).not.toContain('psst');
    expect(await refusal(app, 'chat.update', { channel: room, ts, text: 'x' })).toBe('message_not_found');
  });

  it('stand below others, and come in order', async () => {
    const { slack, app, room } = await given();
    const ts = await app.text('chat.postMessage', { channel: room, text: 'parent' }, 'ts');
    for (const text of ['one', 'two']) {
      await app.call('chat.postMessage', { channel: room, text, thread_ts: ts });
    }
    expect(await refusal(app, 'chat.postMessage', { channel: room, text: 'x', thread_ts: '1.000001' })).toBe(
      'thread_not_found',
    );
    expect(slack.messages(slack.people.ana, room).map(({ text }) => text)).toEqual(['parent']);
    expect(slack.below(slack.people.ana, `${room}:${ts}`).map(({ text }) => text)).toEqual(['one', 'two']);
    const { json } = await app.call('conversations.replies', { channel: room, ts });
    expect((json['messages'] as { text: string }[]).map(({ text }) => text)).toEqual([
      'parent',
      'one',
      'two',
    ]);
  });

  it('go to one person outside of rooms, as long as they are there', async () => {
    const { slack, app } = await given();
    const { ana, cy } = slack.people;
    const channel = await app.text('conversations.open', { users: ana.id }, 'channel', 'id');
    await app.call('chat.postMessage', { channel, text: 'one' });
    await app.call('chat.postMessage', { channel: ana.id, text: 'two' });
    expect(slack.direct(ana).map(({ text }) => text)).toEqual(['one', 'two']);
    expect(await refusal(app, 'conversations.open', { users: 'U0NOBODY' })).toBe('user_not_found');
    slack.trouble.leaves(cy);
    expect(await refusal(app, 'conversations.open', { users: cy.id })).toBe('user_disabled');
    expect(await refusal(app, 'users.lookupByEmail', { email: 'cy@example.com' })).toBe('users_not_found');
  });

  it('are pinned and marked once each', async () => {
    const { slack, app, room } = await given();
    const timestamp = await app.text('chat.postMessage', { channel: room, text: 'x' }, 'ts');
    const at = { channel: room, timestamp };
    await app.call('pins.add', at);
    await app.call('reactions.add', { ...at, name: 'eyes' });
    expect(slack.messages(slack.people.ana, room)).toMatchObject([{ pinned: true, reactions: { '👀': 1 } }]);
    expect(await refusal(app, 'pins.add', at)).toBe('already_pinned');
    expect(await refusal(app, 'reactions.add', { ...at, name: 'eyes' })).toBe('already_reacted');
    expect(await refusal(app, 'reactions.add', { ...at, name: '👀' })).toBe('invalid_name');
    expect(await refusal(app, 'reactions.remove', { ...at, name: 'fire' })).toBe('no_reaction');
    expect(
      await refusal(app, 'bookmarks.add', {
        channel_id: room,
        title: 'x',
        type: 'link',
        link: 'javascript:alert(1)',
      }),
    ).toBe('invalid_link');
  });
});

describe('the group and files of the fake Slack', () => {
  it('has a group whose members are replaced, and that is never empty', async () => {
    const { slack, app } = await given();
    const { ana, bo } = slack.people;
    const usergroup = slack.group.id;
    await app.call('usergroups.users.update', { usergroup, users: `${ana.id},${bo.id}` });
    expect(slack.groupMembers(usergroup)).toEqual([ana.id, bo.id]);
    expect(await refusal(app, 'usergroups.users.update', { usergroup, users: '' })).toBe('no_users_provided');
    expect(await refusal(app, 'usergroups.users.update', { usergroup, users: 'U0NOBODY' })).toBe(
      'invalid_users',
    );
    expect(await refusal(app, 'usergroups.users.update', { usergroup: 'S0NONE', users: ana.id })).toBe(
      'no_such_subteam',
    );
  });

  it('takes a file in three steps, shows it a little later, and gives it only to those who may', async () => {
    const { slack, app, room } = await given();
    const bytes = new TextEncoder().encode('a,b\n1,2\n');
    const { json } = await app.call('files.getUploadURLExternal', {
      filename: 'x.csv',
      length: bytes.length,
    });
    const uploadUrl = String(json['upload_url']);
    expect((await fetch(uploadUrl, { method: 'POST', body: bytes.slice(1) })).status).toBe(400);
    expect((await fetch(uploadUrl, { method: 'POST', body: bytes })).status).toBe(200);
    const done = {
      files: [{ id: json['file_id'], title: 'X' }],
      channel_id: room,
      initial_comment: 'the numbers',
    };
    expect((await app.call('files.completeUploadExternal', done)).json['files']).toEqual([
      { id: json['file_id'], title: 'X' },
    ]);
    expect(slack.messages(slack.people.ana, room)).toEqual([]);
    await expect
      .poll(() => slack.messages(slack.people.ana, room))
      .toMatchObject([{ text: 'the numbers', files: [{ name: 'x.csv', bytes }] }]);

    const url = await app.text('files.info', { file: json['file_id'] }, 'file', 'url_private');
    const authorization = `Bearer ${slack.env['SLACK_BOT_TOKEN']}`;
    expect(await (await fetch(url, { headers: { authorization } })).text()).toBe('a,b\n1,2\n');
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });
});
