import { describe, expect, it } from 'vitest';

import type { Envelope } from '#test/support/slack/bare-app.ts';
import { started } from '#test/support/slack/given.ts';
import { objectOf, textOf } from '#test/support/slack/json.ts';

/** What an event is, in short. */
function kindOf({ payload }: Pick<Envelope, 'payload'>): string {
  const event = objectOf(payload['event']);
  return `${textOf(event['type'])} ${textOf(event['subtype'])}`.trim();
}

describe('the sockets of the fake Slack', () => {
  it('open once with each address, say hello, and are counted', async () => {
    const { slack, app } = await started();
    const address = await app.call('apps.connections.open', {}, slack.env['SLACK_APP_TOKEN']);
    await app.listen();
    expect(app.notices).toMatchObject([{ type: 'hello', connection_info: { app_id: 'A0FAKEAPP1' } }]);
    expect(slack.connections()).toBe(1);
    const url = String(address.json['url']);
    const opened = await Promise.allSettled([1, 2].map(() => connect(url)));
    expect(opened.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('carry commands, and give the person what comes with the acknowledgement', async () => {
    const { slack, app, ana, bo } = await started();
    await app.listen(() => ({ text: 'heard you', response_type: 'ephemeral' }));
    await slack.types(ana, slack.general, '/incident ack INC-1');
    expect(app.envelopes).toMatchObject([
      {
        type: 'slash_commands',
        accepts_response_payload: true,
        payload: {
          command: '/incident',
          text: 'ack INC-1',
          user_id: ana.id,
          channel_id: slack.general,
          channel_name: 'general',
        },
      },
    ]);
    expect(slack.messages(ana, slack.general).map(({ text }) => text)).toEqual(['heard you']);
    expect(slack.messages(bo, slack.general)).toEqual([]);
    expect(slack.measured.acknowledged).toHaveLength(1);
  });

  it('fail a command that is not acknowledged in time, and deliver an event again', async () => {
    const { slack, app, ana } = await started({ patience: { ackMs: 60, againMs: [10, 20, 30] } });
    await app.listen((it_) => (it_.type === 'events_api' && it_.retry_attempt === 2 ? {} : null));
    await app.call('conversations.join', { channel: slack.general });
    await expect(slack.types(ana, slack.general, '/incident list')).rejects.toThrow('operation_timeout');
    app.envelopes.length = 0;
    await slack.types(ana, slack.general, 'is anybody there?');
    const said = app.envelopes.filter(({ payload }) => JSON.stringify(payload).includes('anybody'));
    expect(said.map((it_) => it_.retry_attempt)).toEqual([0, 1, 2]);
    expect(new Set(said.map(({ payload }) => payload['event_id'])).size).toBe(1);
    expect(new Set(said.map((it_) => it_.envelope_id)).size).toBe(3);
  });

  it('deliver what was not acknowledged again when the connection is lost, to the next one', async () => {
    const { slack, app, ana } = await started();
    const first = await app.listen(() => null);
    const typed = slack.types(ana, slack.general, '/incident list');
    await expect.poll(() => app.envelopes.length).toBe(1);
    slack.trouble.dropConnections();
    await new Promise((resolve) => {
      first.once('close', resolve);
    });
    await app.listen();
    await typed;
    expect(app.envelopes).toHaveLength(2);
    expect(app.envelopes[0]?.payload).toEqual(app.envelopes[1]?.payload);
  });

  it('are renewed: it is said, nothing more comes over the old one, and it is closed', async () => {
    const { slack, app, ana } = await started();
    const old = await app.listen();
    slack.refreshConnections();
    await expect
      .poll(() => app.notices.map((it_) => it_['reason']))
      .toEqual([undefined, 'warning', 'refresh_requested']);
    const typed = slack.types(ana, slack.general, '/incident list');
    await app.listen();
    await typed;
    await expect.poll(() => old.readyState).toBe(old.CLOSED);
  });

  it('notice what is acknowledged wrongly', async () => {
    const { slack, app } = await started();
    const socket = await app.listen(({ type }) => (type === 'events_api' ? { text: 'not here' } : {}));
    socket.send(JSON.stringify({ envelope_id: 'made-up' }));
    await app.call('conversations.join', { channel: slack.general });
    await expect.poll(() => slack.measured.refused.length).toBeGreaterThanOrEqual(2);
    expect(slack.measured.refused.join('\n')).toMatch(/acknowledges nothing[^]*without a payload/);
  });

  it('are ten at most', async () => {
    const { slack, app } = await started({ pace: 1_000_000 });
    for (let count = 0; count < 10; count += 1) await app.listen();
    await expect(app.listen()).rejects.toThrow('Unexpected server response');
    expect(slack.connections()).toBe(10);
  });
});

describe('the events of the fake Slack', () => {
  it('tell of all that happens in rooms where the app is, and of nothing elsewhere', async () => {
    const { slack, app, ana, bo } = await started();
    await app.listen();
    await slack.types(bo, slack.general, 'the app is not here');
    expect(app.envelopes).toEqual([]);

    const room = await app.text('conversations.create', { name: 'inc-1' }, 'channel', 'id');
    await slack.types(bo, room, 'hello <@U0FAKEBOT1>');
    const seen = slack.messages(ana, room)[0];
    if (!seen) throw new Error('nothing is seen');
    await slack.reacts(ana, seen, '👀');
    await slack.reacts(ana, seen, '👀', { off: true });
    await slack.pins(ana, seen);
    await slack.rewrites(bo, seen, 'hello again');
    await slack.deletes(bo, seen);
    await slack.shares(ana, room, {
      name: 'x.png',
      type: 'image/png',
      bytes: new Uint8Array([1]),
      words: 'look',
    });
    await slack.opensHome(ana);
    await app.call('conversations.rename', { channel: room, name: 'inc-2' });
    await app.call('conversations.archive', { channel: room });
    slack.trouble.leaves(bo);
    await expect.poll(() => app.envelopes.map(kindOf)).toContain('user_change');
    expect(new Set(app.envelopes.map(kindOf))).toEqual(
      new Set([
        'message channel_join',
        'member_joined_channel',
        'message',
        'app_mention',
        'reaction_added',
        'reaction_removed',
        'pin_added',
        'message message_changed',
        'message message_deleted',
        'message file_share',
        'app_home_opened',
        'message channel_name',
        'channel_rename',
        'message channel_archive',
        'channel_archive',
        'user_change',
      ]),
    );
    expect(slack.measured.refused).toEqual([]);
  });

  it('say that a message was changed when it was only pinned or previewed, or deleted below its answers', async () => {
    const { slack, app, ana, bo } = await started();
    await app.listen();
    await app.call('conversations.join', { channel: slack.general });
    await slack.types(bo, slack.general, 'see https://a.example/b');
    const [seen] = slack.messages(ana, slack.general);
    if (!seen) throw new Error('nothing is seen');
    await slack.pins(ana, seen);
    await slack.answers(ana, seen, 'I see');
    await slack.deletes(bo, seen);
    const changes = app.envelopes
      .filter((one) => kindOf(one) === 'message message_changed')
      .map(({ payload }) => {
        const { message, previous_message: before } = objectOf(payload['event']);
        return [objectOf(before)['text'], objectOf(message)['text'], objectOf(message)['subtype']];
      });
    const text = 'see <https://a.example/b>';
    expect(changes).toEqual([
      [text, text, undefined],
      [text, text, undefined],
      [text, 'This message was deleted.', 'tombstone'],
    ]);
    expect(slack.messages(ana, slack.general)).toEqual([]);
    expect(slack.below(ana, seen.id).map((one) => one.text)).toEqual(['I see']);
  });

  it('tell of a room that was deleted, and of the app being removed, and of nothing after that', async () => {
    const { slack, app, ana } = await started();
    await app.listen();
    const room = await app.text('conversations.create', { name: 'inc-1' }, 'channel', 'id');
    slack.trouble.deleteRoom(room);
    slack.uninstall();
    await expect
      .poll(() => app.envelopes.map(kindOf).slice(-3))
      .toEqual(['channel_deleted', 'app_uninstalled', 'tokens_revoked']);
    await slack.types(ana, slack.general, '/incident list');
    expect(app.envelopes.map(({ type }) => type)).not.toContain('slash_commands');
    expect(slack.room(room)).toBe(null);
  });

  it('are those that the manifest asks for', async () => {
    const { slack, app, ana } = await started();
    await app.listen();
    await app.call('conversations.join', { channel: slack.general });
    slack.installs({
      oauth_config: { scopes: { bot: ['reactions:read'] } },
      settings: { event_subscriptions: { bot_events: ['reaction_added'] } },
    });
    app.envelopes.length = 0;
    await slack.types(ana, slack.general, 'hello');
    const seen = slack.messages(ana, slack.general).at(-1);
    if (seen) await slack.reacts(ana, seen, '👀');
    expect(app.envelopes.map(kindOf)).toEqual(['reaction_added']);
  });

  it('come as often as is said, with the same id, and wait and come in the other order', async () => {
    const { slack, app, ana } = await started();
    await app.listen();
    await app.call('conversations.join', { channel: slack.general });
    await expect.poll(() => app.envelopes.length).toBe(2);
    app.envelopes.length = 0;
    slack.trouble.deliverTimes(3);
    await slack.types(ana, slack.general, 'three times');
    expect(app.envelopes).toHaveLength(3);
    expect(new Set(app.envelopes.map(({ payload }) => payload['event_id'])).size).toBe(1);
    slack.trouble.deliverTimes(1);
    app.envelopes.length = 0;
    slack.trouble.hold();
    await slack.types(ana, slack.general, 'first');
    await slack.types(ana, slack.general, 'second');
    expect(app.envelopes).toEqual([]);
    await slack.trouble.release();
    expect(app.envelopes.map(({ payload }) => objectOf(payload['event'])['text'])).toEqual([
      'second',
      'first',
    ]);
  });

  it('that a test delivers again are the same thing again', async () => {
    const { slack, app, ana } = await started();
    await app.listen();
    await app.call('conversations.join', { channel: slack.general });
    const how = { delivery: 'd1' };
    await Promise.all([1, 2].map(() => slack.types(ana, slack.general, 'once', how)));
    await slack.types(ana, slack.general, 'once', how);
    await Promise.all(
      [1, 2].map(() => slack.types(ana, slack.general, '/incident list', { delivery: 'd2' })),
    );
    expect(slack.messages(ana, slack.general).map(({ text }) => text)).toEqual(['once']);
    const commands = app.envelopes.filter(({ type }) => type === 'slash_commands');
    expect(commands).toHaveLength(2);
    expect(new Set(commands.map(({ payload }) => payload['trigger_id'])).size).toBe(1);
  });
});

async function connect(url: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => {
    resolve();
    socket.close();
  });
  socket.addEventListener('error', () => reject(new Error('refused')));
  await promise;
}
