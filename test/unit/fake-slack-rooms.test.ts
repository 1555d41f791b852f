import { describe, expect, it } from 'vitest';

import { given, refusal } from '#test/support/slack/given.ts';

describe('rooms of the fake Slack', () => {
  it('have names that keep the rules', async () => {
    const { app } = await given();
    const words = await Promise.all(
      ['', 'Inc', 'a b', 'a.b', 'grün', 'x'.repeat(81), '--', 'inc-1'].map((name) =>
        refusal(app, 'conversations.create', { name }),
      ),
    );
    expect(words).toEqual([
      'invalid_name_required',
      'invalid_name_specials',
      'invalid_name_specials',
      'invalid_name_specials',
      'invalid_name_specials',
      'invalid_name_maxlength',
      'invalid_name_punctuation',
      'name_taken',
    ]);
  });

  it('keep their names when they are archived, and lose the app', async () => {
    const { slack, app, room } = await given();
    expect((await app.call('conversations.archive', { channel: room })).json['ok']).toBe(true);
    expect(await refusal(app, 'conversations.archive', { channel: room })).toBe('already_archived');
    expect(await refusal(app, 'conversations.create', { name: 'inc-1' })).toBe('name_taken');
    expect(await refusal(app, 'chat.postMessage', { channel: room, text: 'x' })).toBe('is_archived');
    expect(await refusal(app, 'conversations.join', { channel: room })).toBe('is_archived');
    expect(await refusal(app, 'conversations.unarchive', { channel: room })).toBe('not_in_channel');
    slack.archives(slack.people.ana, room, false);
    expect(slack.room(room)?.archived).toBe(false);
    expect(await refusal(app, 'conversations.setTopic', { channel: room, topic: 'x' })).toBe(
      'not_in_channel',
    );
    expect((await app.call('conversations.join', { channel: room })).json['ok']).toBe(true);
  });

  it('take all who are invited or nobody, unless it is forced', async () => {
    const { slack, app, room } = await given();
    const { ana, bo, cy } = slack.people;
    const users = `${ana.id},U0NOBODY`;
    expect(await refusal(app, 'conversations.invite', { channel: room, users })).toBe('user_not_found');
    expect(slack.room(room)?.members).toEqual([]);
    const { json } = await app.call('conversations.invite', { channel: room, users, force: true });
    expect(json).toMatchObject({ ok: true, errors: [{ user: 'U0NOBODY', error: 'user_not_found' }] });
    expect(await refusal(app, 'conversations.invite', { channel: room, users: `${bo.id},${ana.id}` })).toBe(
      'already_in_channel',
    );
    expect(await refusal(app, 'conversations.invite', { channel: room, users: 'U0FAKEBOT1' })).toBe(
      'cant_invite_self',
    );
    slack.trouble.leaves(cy);
    expect(await refusal(app, 'conversations.invite', { channel: room, users: cy.id })).toBe('cant_invite');
    expect(slack.room(room)?.members).toEqual([ana.id]);
  });

  it('that are private are seen by their members alone', async () => {
    const { slack, app } = await given();
    const { ana, bo } = slack.people;
    const room = await app.text(
      'conversations.create',
      { name: 'secret', is_private: true },
      'channel',
      'id',
    );
    await app.call('conversations.invite', { channel: room, users: ana.id });
    await app.call('chat.postMessage', { channel: room, text: 'the payroll was read' });
    expect([slack.messages(ana, room).length, slack.messages(bo, room).length]).toEqual([1, 0]);
    expect(slack.rooms(bo).map(({ name }) => name)).not.toContain('secret');
    await app.call('conversations.leave', { channel: room });
    expect(await refusal(app, 'conversations.info', { channel: room })).toBe('channel_not_found');
    const { json } = await app.call('conversations.list', { types: 'public_channel,private_channel' });
    expect(JSON.stringify(json)).not.toContain('secret');
  });

  it('have topics of 250 characters, seen as they were meant', async () => {
    const { slack, app, room } = await given();
    expect(await refusal(app, 'conversations.setTopic', { channel: room, topic: 'x'.repeat(251) })).toBe(
      'too_long',
    );
    await app.call('conversations.setTopic', { channel: room, topic: 'a &lt;b&gt; <!channel> :fire:' });
    expect(slack.room(room)?.topic).toBe('a <b> <!channel> 🔥');
  });

  it('are listed in pages', async () => {
    const { app } = await given();
    await app.call('conversations.create', { name: 'inc-2' });
    const first = await app.call('conversations.list', { limit: 2 });
    const cursor = await app.text('conversations.list', { limit: 2 }, 'response_metadata', 'next_cursor');
    const second = await app.call('conversations.list', { limit: 2, cursor });
    const names = [first, second]
      .flatMap(({ json }) => json['channels'] as { name: string }[])
      .map(({ name }) => name);
    expect(names).toEqual(['general', 'inc-1', 'inc-2']);
  });
});
