import { describe, expect, it } from 'vitest';

import { startFakeSlack } from '#test/support/slack/fake.ts';
import { given, refusal } from '#test/support/slack/given.ts';
import { EVERYTHING } from '#test/support/slack/settings.ts';

function manifest(scopes: readonly string[]): unknown {
  return { oauth_config: { scopes: { bot: scopes } } };
}

describe('tokens of the fake Slack', () => {
  it('are asked for, known, of the right kind and not revoked', async () => {
    const { slack, app } = await given();
    expect(await refusal(app, 'auth.test', {}, '')).toBe('not_authed');
    expect(await refusal(app, 'auth.test', {}, 'xoxb-somebody-else')).toBe('invalid_auth');
    expect(await refusal(app, 'apps.connections.open', {})).toBe('not_allowed_token_type');
    expect(
      await refusal(app, 'users.info', { user: slack.people.ana.id }, slack.env['SLACK_APP_TOKEN']),
    ).toBe('not_allowed_token_type');
    slack.trouble.revokeToken();
    expect(await refusal(app, 'auth.test', {})).toBe('token_revoked');
    slack.trouble.restoreToken();
    expect((await app.call('auth.test')).json).toMatchObject({ ok: true, user_id: 'U0FAKEBOT1' });
  });

  it('let do what their scopes say, and tell which one is missing', async () => {
    const { slack, app, room } = await given();
    slack.installs(manifest(['channels:read']));
    const { json, headers } = await app.call('conversations.setTopic', { channel: room, topic: 'x' });
    expect(json).toMatchObject({
      ok: false,
      error: 'missing_scope',
      needed: 'channels:manage',
      provided: 'channels:read',
    });
    expect(headers.get('x-oauth-scopes')).toBe('channels:read');
    expect(slack.measured.refused.join()).toContain('missing_scope');
    slack.installs(manifest(['channels:write.topic']));
    expect((await app.call('conversations.setTopic', { channel: room, topic: 'x' })).json['ok']).toBe(true);
  });

  it('need another scope for private rooms, e-mail addresses and a name of their own', async () => {
    const { slack, app, room } = await given();
    slack.installs(manifest(['channels:manage', 'users:read', 'chat:write']));
    expect(await refusal(app, 'conversations.create', { name: 'secret', is_private: true })).toBe(
      'missing_scope',
    );
    expect(await refusal(app, 'chat.postMessage', { channel: room, text: 'x', username: 'Boss' })).toBe(
      'missing_scope',
    );
    const { json } = await app.call('users.info', { user: slack.people.ana.id });
    expect(JSON.stringify(json)).not.toContain('ana@example.com');
  });

  it('are not put into addresses', async () => {
    const { slack } = await given();
    const response = await fetch(
      `${slack.env['SLACK_API_URL']}auth.test?token=${slack.env['SLACK_BOT_TOKEN']}`,
    );
    expect(await response.json()).toMatchObject({ ok: false, error: 'not_authed' });
  });
});

describe('calls of the fake Slack', () => {
  it('are refused when an argument is missing or no method has that name, and noted when one is misspelt', async () => {
    const { slack, app, room } = await given();
    const { json } = await app.call('conversations.invite', { channel: room });
    expect(json).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: users'] },
    });
    expect(await refusal(app, 'conversations.destroy', {})).toBe('unknown_method');
    await app.call('conversations.info', { channel: room, chanel: 'x' });
    expect(slack.measured.refused.join('\n')).toContain('there is no argument chanel');
  });

  it('are counted, with what was sent but for the token', async () => {
    const { slack, app, room } = await given();
    await app.call('chat.postMessage', { channel: room, text: 'x', blocks: [{ type: 'divider' }] });
    expect(slack.measured.calls.at(-1)).toMatchObject({
      method: 'chat.postMessage',
      status: 200,
      body: { channel: room, text: 'x', blocks: [{ type: 'divider' }] },
    });
    expect(JSON.stringify(slack.measured.calls)).not.toContain('xoxb');
  });

  it('meet the troubles that were planned, in order, and are seen in measured', async () => {
    const { slack, app, room } = await given();
    const text = { channel: room, text: 'x' };
    slack.trouble.next(
      'chat.postMessage',
      { status: 429, retryAfterS: 7 },
      { status: 502 },
      { error: 'fatal_error' },
      { lost: true },
      { delayMs: 60 },
    );
    const first = await app.call('chat.postMessage', text);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await app.call('chat.postMessage', text)).status).toBe(502);
    expect((await app.call('chat.postMessage', text)).json['error']).toBe('fatal_error');
    await expect(app.call('chat.postMessage', text)).rejects.toThrow('fetch failed');
    expect(slack.messages(slack.people.ana, room)).toHaveLength(1);
    const started = performance.now();
    expect((await app.call('chat.postMessage', text)).json['ok']).toBe(true);
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
    slack.trouble.down();
    expect((await app.call('auth.test')).status).toBe(503);
    slack.trouble.back();
    expect((await app.call('auth.test')).status).toBe(200);
    expect(slack.measured.refused).toEqual([]);
  });
});

describe('rates of the fake Slack', () => {
  it('let through a minute of each tier at once, and then say how long to wait', async () => {
    const { slack, app, room } = await given({ pace: 1 });
    for (let count = 0; count < 20; count += 1) {
      expect((await app.call('conversations.setTopic', { channel: room, topic: `${count}` })).status).toBe(
        200,
      );
    }
    const { status, headers, json } = await app.call('conversations.setTopic', {
      channel: room,
      topic: 'more',
    });
    expect([status, json['error']]).toEqual([429, 'ratelimited']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(3);
    expect(slack.measured.tooMany).toEqual([`conversations.setTopic ${room}`]);
    // Another method has its own.
    expect((await app.call('conversations.info', { channel: room })).status).toBe(200);
  });

  it('let one post a second into each room, and a few more for a moment', async () => {
    const { slack, app, room } = await given({ pace: 1 });
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      statuses.push((await app.call('chat.postMessage', { channel: room, text: 'x' })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const other = await app.text('conversations.create', { name: 'inc-2' }, 'channel', 'id');
    expect((await app.call('chat.postMessage', { channel: other, text: 'x' })).status).toBe(200);
    expect(slack.measured.tooMany).toHaveLength(2);
  });
});

describe('the manifest of the fake Slack', () => {
  it('is refused when it listens to what its scopes do not let it hear', () => {
    const settings = { event_subscriptions: { bot_events: ['message.channels'] } };
    const install = () =>
      startFakeSlack({ manifest: { settings, oauth_config: { scopes: { bot: ['chat:write'] } } } });
    return expect(install()).rejects.toThrow('channels:history');
  });

  it('says which commands and shortcuts there are', async () => {
    const { slack, room } = await given();
    slack.installs({ oauth_config: { scopes: { bot: EVERYTHING.scopes } } });
    await expect(slack.types(slack.people.ana, room, '/incident list')).rejects.toThrow(
      'not a valid command',
    );
  });
});
