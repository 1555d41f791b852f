import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { bareApp, type Envelope } from '#test/support/slack/bare-app.ts';
import { startFakeSlack, type FakeSlackOptions } from '#test/support/slack/fake.ts';
import { objectOf, textOf, type Json } from '#test/support/slack/json.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

async function given(options: FakeSlackOptions = {}) {
  const slack = await startFakeSlack({ pace: 1000, ...options });
  running.push(slack);
  return { slack, app: bareApp(slack), ...slack.people };
}

/** What an event is, in short. */
function kindOf({ payload }: Pick<Envelope, 'payload'>): string {
  const event = objectOf(payload['event']);
  return `${textOf(event['type'])} ${textOf(event['subtype'])}`.trim();
}

describe('the sockets of the fake Slack', () => {
  it('open once with each address, say hello, and are counted', async () => {
    const { slack, app } = await given();
    const address = await app.call('apps.connections.open', {}, slack.env['SLACK_APP_TOKEN']);
    await app.listen();
    expect(app.notices).toMatchObject([{ type: 'hello', connection_info: { app_id: 'A0FAKEAPP1' } }]);
    expect(slack.connections()).toBe(1);
    const url = String(address.json['url']);
    const opened = await Promise.allSettled([1, 2].map(() => connect(url)));
    expect(opened.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('carry commands, and give the person what comes with the acknowledgement', async () => {
    const { slack, app, ana, bo } = await given();
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
    const { slack, app, ana } = await given({ patience: { ackMs: 60, againMs: [10, 20, 30] } });
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
    const { slack, app, ana } = await given();
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
    const { slack, app, ana } = await given();
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
    const { slack, app } = await given();
    const socket = await app.listen(({ type }) => (type === 'events_api' ? { text: 'not here' } : {}));
    socket.send(JSON.stringify({ envelope_id: 'made-up' }));
    await app.call('conversations.join', { channel: slack.general });
    await expect.poll(() => slack.measured.refused.length).toBeGreaterThanOrEqual(2);
    expect(slack.measured.refused.join('\n')).toMatch(/acknowledges nothing[^]*without a payload/);
  });

  it('are ten at most', async () => {
    const { slack, app } = await given({ pace: 1_000_000 });
    for (let count = 0; count < 10; count += 1) await app.listen();
    await expect(app.listen()).rejects.toThrow('Unexpected server response');
    expect(slack.connections()).toBe(10);
  });
});

describe('the events of the fake Slack', () => {
  it('tell of all that happens in rooms where the app is, and of nothing elsewhere', async () => {
    const { slack, app, ana, bo } = await given();
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
    await slack.answers(ana, seen, 'hi');
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

  it('tell of a room that was deleted, and of the app being removed, and of nothing after that', async () => {
    const { slack, app, ana } = await given();
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
    const { slack, app, ana } = await given();
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
    const { slack, app, ana } = await given();
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
    const { slack, app, ana } = await given();
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

describe('the requests of the fake Slack', () => {
  it('are signed, and carry commands, interactions and events as Slack writes them', async () => {
    const program = await listening(() => ({ body: { text: 'heard' } }));
    const { slack, app, ana } = await given({ mode: 'http', appUrl: () => program.url });
    expect(Object.keys(slack.env)).toContain('SLACK_SIGNING_SECRET');
    await slack.types(ana, slack.general, '/incident a & b=c');
    await app.call('conversations.join', { channel: slack.general });
    await slack.opensHome(ana);
    const [command] = program.requests;
    expect(command?.path).toBe('/slack/events');
    expect(command?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
    expect(Object.fromEntries(new URLSearchParams(command?.body))).toMatchObject({
      command: '/incident',
      text: 'a &amp; b=c',
    });
    expect(program.requests.at(-1)?.headers['content-type']).toBe('application/json');
    expect(slack.messages(ana, slack.general).map(({ text }) => text)).toEqual(['heard']);
  });

  it('come again, and say so, until they are taken', async () => {
    let count = 0;
    const program = await listening(() => ({ status: (count += 1) < 3 ? 500 : 200 }));
    const { slack, ana } = await given({
      mode: 'http',
      appUrl: () => program.url,
      patience: { againMs: [1, 1, 1] },
    });
    await slack.opensHome(ana);
    expect(program.requests.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([
      undefined,
      '1',
      '2',
    ]);
  });

  it('can be forged', async () => {
    const program = await listening(() => ({}));
    const { slack } = await given({ mode: 'http', appUrl: () => program.url });
    const request = { body: 'ssl_check=1', type: 'application/x-www-form-urlencoded' } as const;
    await slack.request(request);
    await slack.request({ ...request, timestamp: 1, secret: 'guessed' });
    const [good, bad] = program.requests.map(({ headers }) => headers);
    expect(good?.['x-slack-signature']).not.toBe(bad?.['x-slack-signature']);
    expect(bad?.['x-slack-request-timestamp']).toBe('1');
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

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program's web server that answers everything alike. */
async function listening(answer: () => { readonly status?: number; readonly body?: Json }) {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      const { status = 200, body: json } = answer();
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(json ? JSON.stringify(json) : '');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  running.push({ stop: async () => void server.close() });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
