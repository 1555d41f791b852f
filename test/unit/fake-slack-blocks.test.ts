import { describe, expect, it } from 'vitest';

import { FIELD, input, listening, modal, plain, triggerOf } from '#test/support/slack/given.ts';
import { objectsOf, type Json } from '#test/support/slack/json.ts';

describe('the checks of blocks of the fake Slack', () => {
  const text = (length: number) => plain('x'.repeat(length));
  const bad: [string, Json][] = [
    ['a block it does not know', { type: 'wat' }],
    [
      'markup in a button',
      { type: 'actions', elements: [{ type: 'button', text: { type: 'mrkdwn', text: 'x' } }] },
    ],
    ['a member it does not know', { type: 'divider', colour: 'red' }],
    ['an empty section', { type: 'section' }],
    ['empty words', { type: 'section', text: plain('') }],
    ['a long header', { type: 'header', text: text(151) }],
    ['a long section', { type: 'section', text: text(3001) }],
    ['a long field', { type: 'section', fields: [text(2001)] }],
    ['eleven fields', { type: 'section', fields: Array.from({ length: 11 }, () => plain('x')) }],
    [
      'eleven pieces of small print',
      { type: 'context', elements: Array.from({ length: 11 }, () => plain('x')) },
    ],
    [
      '26 buttons',
      {
        type: 'actions',
        elements: Array.from({ length: 26 }, (_, at) => ({
          type: 'button',
          text: plain('x'),
          action_id: `${at}`,
        })),
      },
    ],
    ['no buttons', { type: 'actions', elements: [] }],
    ['a long button', { type: 'actions', elements: [{ type: 'button', text: text(76) }] }],
    [
      'a long value',
      { type: 'actions', elements: [{ type: 'button', text: plain('x'), value: 'x'.repeat(2001) }] },
    ],
    [
      'a long question',
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            text: plain('x'),
            confirm: { title: text(101), text: plain('x'), confirm: plain('y'), deny: plain('n') },
          },
        ],
      },
    ],
    [
      'one action twice',
      { type: 'actions', elements: [1, 2].map(() => ({ type: 'button', text: plain('x'), action_id: 'a' })) },
    ],
    [
      'an option with a long value',
      {
        type: 'actions',
        elements: [{ type: 'static_select', options: [{ text: plain('x'), value: 'x'.repeat(151) }] }],
      },
    ],
    [
      '101 options',
      {
        type: 'actions',
        elements: [
          {
            type: 'static_select',
            options: Array.from({ length: 101 }, (_, at) => ({ text: plain('x'), value: `${at}` })),
          },
        ],
      },
    ],
    [
      'empty rich text',
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }],
      },
    ],
    [
      'a rich link that runs something',
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:x' }] }],
      },
    ],
    ['a long id', { type: 'divider', block_id: 'x'.repeat(256) }],
  ];

  it.each(bad)('refuse %s', async (_, block) => {
    const { slack, app, room } = await listening();
    await app.call('conversations.join', { channel: room });
    const { json } = await app.call('chat.postMessage', { channel: room, text: 'x', blocks: [block] });
    expect(json).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(slack.measured.refused.join()).toContain('invalid_blocks');
  });

  it('take one of each that is right', async () => {
    const { slack, app, room } = await listening();
    await app.call('conversations.join', { channel: room });
    const options = [{ text: plain('Red'), value: 'r' }];
    const words = [{ type: 'text', text: 'x', style: { bold: true } }];
    const blocks = [
      { type: 'header', text: plain('x') },
      { type: 'divider' },
      { type: 'section', text: { type: 'mrkdwn', text: '*x*', verbatim: true }, expand: true },
      { type: 'section', fields: [plain('x')], accessory: { type: 'overflow', action_id: 'o', options } },
      {
        type: 'context',
        elements: [plain('x'), { type: 'image', image_url: 'https://x.example', alt_text: 'x' }],
      },
      { type: 'image', image_url: 'https://x.example', alt_text: 'x' },
      { type: 'actions', elements: [{ type: 'button', text: plain('x'), style: 'danger', value: 'v' }] },
      {
        type: 'rich_text',
        elements: [
          { type: 'rich_text_section', elements: words },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'x' }] },
          {
            type: 'rich_text_list',
            style: 'bullet',
            elements: [{ type: 'rich_text_section', elements: words }],
          },
        ],
      },
    ];
    const { json } = await app.call('chat.postMessage', { channel: room, text: 'x', blocks });
    expect(json).toMatchObject({ ok: true });
    expect(slack.measured.refused).toEqual([]);
  });

  it('refuse too many of them, too long ones together, and one id twice', async () => {
    const { app, room } = await listening();
    await app.call('conversations.join', { channel: room });
    const post = async (blocks: readonly Json[]) =>
      (await app.call('chat.postMessage', { channel: room, text: 'x', blocks })).json['error'];
    expect(await post(Array.from({ length: 50 }, () => ({ type: 'divider' })))).toBe(undefined);
    expect(await post(Array.from({ length: 51 }, () => ({ type: 'divider' })))).toBe('invalid_blocks');
    expect(await post([1, 2].map(() => ({ type: 'divider', block_id: 'same' })))).toBe('invalid_blocks');
    expect(await post(Array.from({ length: 5 }, () => ({ type: 'section', text: text(3000) })))).toBe(
      'msg_blocks_too_long',
    );
    expect(await post(Array.from({ length: 50 }, () => ({ type: 'section', text: text(150) })))).toBe(
      'msg_blocks_too_long',
    );
    expect(
      objectsOf((await app.call('conversations.history', { channel: room })).json['messages']),
    ).not.toEqual([]);
  });

  it('refuse views that are wrong', async () => {
    const { slack, app, room, ana } = await listening();
    const wrong: Json[] = [
      { ...modal(FIELD), title: text(25) },
      { ...modal(FIELD), submit: undefined },
      { ...modal(FIELD), private_metadata: 'x'.repeat(3001) },
      { ...modal(FIELD), type: 'home' },
      modal({ type: 'markdown', text: 'x' }),
      modal(input('x', { type: 'plain_text_input', initial_value: 'x'.repeat(3001) })),
      modal(
        input('x', {
          type: 'static_select',
          options: [{ text: plain('a'), value: 'a' }],
          initial_option: { text: plain('b'), value: 'b' },
        }),
      ),
      modal(...Array.from({ length: 101 }, () => ({ type: 'divider' }))),
    ];
    for (const view of wrong) {
      await slack.types(ana, room, '/incident declare');
      expect((await app.call('views.open', { trigger_id: triggerOf(app), view })).json['error']).toBe(
        'invalid_arguments',
      );
    }
    expect(slack.modal(ana)).toBe(null);
  });
});
