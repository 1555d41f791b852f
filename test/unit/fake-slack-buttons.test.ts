import { describe, expect, it } from 'vitest';

import type { Envelope } from '#test/support/slack/bare-app.ts';
import { listening, plain } from '#test/support/slack/given.ts';
import type { Json } from '#test/support/slack/json.ts';

describe('the buttons of the fake Slack', () => {
  async function posted(answer?: (envelope: Envelope) => Json | null) {
    const set = await listening(answer);
    const { app, room } = set;
    await app.call('conversations.join', { channel: room });
    const options = [{ text: plain('Red'), value: 'r' }];
    const button = { type: 'button', text: plain('Acknowledge'), action_id: 'press', value: 'k1' };
    const blocks = [
      {
        type: 'actions',
        block_id: 'b1',
        elements: [button, { type: 'static_select', action_id: 'pick', options }],
      },
    ];
    const ts = await app.text('chat.postMessage', { channel: room, text: 'card', blocks }, 'ts');
    return { ...set, ts };
  }

  it('say who pressed what, where', async () => {
    const { slack, app, room, bo, ts } = await posted();
    await slack.presses(bo, room, 'Acknowledge');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: bo.id, username: 'bo' },
      channel: { id: room, name: 'general' },
      container: { type: 'message', message_ts: ts, is_ephemeral: false },
      message: { ts, text: 'card' },
      actions: [{ type: 'button', action_id: 'press', block_id: 'b1', value: 'k1' }],
    });
    await slack.presses(bo, room, 'Red');
    expect(app.envelopes.at(-1)?.payload['actions']).toMatchObject([
      { action_id: 'pick', selected_option: { value: 'r' } },
    ]);
    await expect(slack.presses(bo, room, 'Resolve')).rejects.toThrow('no button "Resolve"');
  });

  it('come with an address to answer at: five times, with good blocks', async () => {
    const { slack, app, room, ana, bo } = await posted();
    await slack.presses(bo, room, 'Acknowledge');
    const url = String(app.envelopes.at(-1)?.payload['response_url']);
    const respond = async (body: Json) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).status;
    expect(await respond({ blocks: [{ type: 'wat' }] })).toBe(400);
    expect(await respond({ text: 'for you' })).toBe(200);
    expect(await respond({ text: 'for all', response_type: 'in_channel' })).toBe(200);
    expect(await respond({ text: 'changed', replace_original: true })).toBe(200);
    expect(await respond({ delete_original: true })).toBe(200);
    expect(await respond({ text: 'too late' })).toBe(404);
    expect(slack.messages(ana, room).map(({ text }) => text)).toEqual(['for all']);
    expect(slack.messages(bo, room).map(({ text }) => text)).toEqual(['for you', 'for all']);
    expect(slack.measured.refused.filter((it_) => it_.startsWith('response_url'))).toHaveLength(2);
  });

  it('of a message for one person carry no message', async () => {
    const { slack, app, room, ana } = await posted();
    const blocks = [
      { type: 'actions', elements: [{ type: 'button', text: plain('Only me'), action_id: 'x' }] },
    ];
    await app.call('chat.postEphemeral', { channel: room, user: ana.id, text: 'x', blocks });
    await slack.presses(ana, room, 'Only me');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({ container: { is_ephemeral: true } });
    expect(app.envelopes.at(-1)?.payload['message']).toBe(undefined);
    await expect(slack.presses(slack.people.bo, room, 'Only me')).rejects.toThrow('no button');
  });

  it("stand in a message's own menu as well", async () => {
    const { slack, app, room, ana } = await posted();
    const seen = slack.messages(ana, room)[0];
    if (!seen) throw new Error('nothing is seen');
    await slack.shortcut(ana, seen, 'Add to timeline');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'message_action',
      callback_id: 'note',
      message: { text: 'card' },
    });
    await expect(slack.shortcut(ana, seen, 'Nothing')).rejects.toThrow('There is no "Nothing"');
    await slack.globalShortcut(ana, 'Declare');
    expect(app.envelopes.at(-1)?.payload).toMatchObject({
      type: 'shortcut',
      callback_id: 'new-declare',
    });
    expect(app.envelopes.at(-1)?.payload['channel']).toBe(undefined);
  });
});
