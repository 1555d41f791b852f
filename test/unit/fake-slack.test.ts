import { App, LogLevel, type Logger } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';

import { startFakeSlack, type FakeSlack, type FakeSlackOptions } from '#test/support/slack/fake.ts';
import { soon } from '#test/support/soon.ts';

/** Connections that end with the test are no news. */
const QUIET: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

async function given(options: FakeSlackOptions = {}): Promise<{ slack: FakeSlack; app: App }> {
  const slack = await startFakeSlack(options);
  const { env } = slack;
  const app = new App({
    token: env['SLACK_BOT_TOKEN'] ?? '',
    appToken: env['SLACK_APP_TOKEN'] ?? '',
    socketMode: true,
    logger: QUIET,
    clientOptions: { slackApiUrl: env['SLACK_API_URL'] ?? '', retryConfig: { retries: 0 } },
  });
  running.push(slack, app);
  return { slack, app };
}

describe('the fake Slack', () => {
  it('lets a program of the real library run a room', async () => {
    const { slack, app } = await given();
    const { ana, bo } = slack.people;
    const heard: string[] = [];
    app.command('/incident', async ({ command, ack, client, respond }) => {
      await ack();
      heard.push(command.text);
      await client.views.open({
        trigger_id: command.trigger_id,
        view: {
          type: 'modal',
          title: { type: 'plain_text', text: 'Declare' },
          submit: { type: 'plain_text', text: 'Go' },
          blocks: [
            {
              type: 'input',
              block_id: 'arg:title',
              label: { type: 'plain_text', text: 'Title' },
              element: { type: 'plain_text_input', action_id: 'value' },
            },
          ],
        },
      });
      await respond({ text: 'just you', response_type: 'ephemeral' });
    });
    app.action('ack', async ({ ack, action }) => {
      await ack();
      heard.push('value' in action ? action.value : '?');
    });
    app.view(/.*/, async ({ ack, view }) => {
      await ack({ response_action: 'errors', errors: { 'arg:title': 'longer' } });
      heard.push(JSON.stringify(view.state.values));
    });
    app.message(/.*/, async ({ message }) => {
      if (!('bot_id' in message) && !message.subtype && 'text' in message) heard.push(`said ${message.text}`);
    });
    await app.start();

    const { channel } = await app.client.conversations.create({ name: 'inc-1' });
    const room = channel?.id ?? '';
    await app.client.conversations.invite({ channel: room, users: `${ana.id},${bo.id}` });
    await app.client.apiCall('chat.postMessage', {
      channel: room,
      text: 'new',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: `*INC-1* for <@${bo.id}> :fire: &lt;x&gt; https://a.example/b` },
        },
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              text: { type: 'plain_text', text: 'Acknowledge' },
              action_id: 'ack',
              value: 'k1',
            },
          ],
        },
      ],
    });
    expect(slack.messages(ana, room)).toMatchObject([
      {
        text: 'INC-1 for @bo 🔥 <x> https://a.example/b',
        buttons: ['Acknowledge'],
        notified: [bo.id],
        links: ['https://a.example/b'],
      },
    ]);

    await slack.types(ana, room, `/incident declare <b> to <@${bo.id}>`);
    await soon('a form', () => slack.form(ana));
    expect(slack.form(ana)).toMatchObject({
      title: 'Declare',
      fields: [{ name: 'title', label: 'Title', value: '' }],
    });
    await slack.fills(ana, { title: 'x' });
    expect(slack.form(ana)?.fields).toMatchObject([{ value: 'x', error: 'longer' }]);
    await slack.presses(bo, room, 'Acknowledge');
    await slack.types(bo, room, 'the pool <!channel> is *full* 🔥');
    await soon('an answer', () => slack.messages(ana, room).some((it_) => it_.private));
    expect(slack.messages(bo, room).map(({ text }) => text)).toContain('the pool <!channel> is *full* 🔥');
    await soon('words', () => heard.length === 4);
    expect(heard).toEqual([
      `declare &lt;b&gt; to <@${bo.id}|bo>`,
      expect.stringContaining('"value":"x"'),
      'k1',
      'said the pool &lt;!channel&gt; is *full* :fire:',
    ]);
    expect(slack.measured.refused).toEqual([]);
    expect(slack.measured.tooMany).toEqual([]);
    expect(slack.measured.acknowledged.length).toBeGreaterThan(6);
  });
});
