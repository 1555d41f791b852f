import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { composed } from '#test/support/slack/hands/words.ts';
import { readBlocks, readText } from '#test/support/slack/reading/blocks.ts';
import { datesIn } from '#test/support/slack/reading/dates.ts';
import { characterOf, nameOf } from '#test/support/slack/reading/emoji.ts';
import { escaped, literally, unescaped } from '#test/support/slack/reading/entities.ts';
import { readMessage, seenMessage } from '#test/support/slack/reading/message.ts';
import { readMrkdwn } from '#test/support/slack/reading/mrkdwn.ts';
import { World, type Message } from '#test/support/slack/world.ts';

const NOW = new Date('2026-11-21T05:00:00Z');

function world() {
  const here = new World(() => NOW);
  const bo = here.addUser({ name: 'bo', realName: 'Bo Berg' });
  const room = here.addChannel({ kind: 'public', name: 'inc-1', creator: bo.id });
  here.groups.set('S1', { id: 'S1', handle: 'oncall', name: 'On call', users: [bo.id], enabled: true });
  return { world: here, bo: bo.id, room: room.id };
}

const LIVE = { links: true, names: true };
const VERBATIM = { links: false, names: false };

describe('mrkdwn, as the fake Slack reads it', () => {
  it('is markup: what marks is not seen, and what it does is', () => {
    const { world: here, bo, room } = world();
    const rows: [string, string, string[], string[]][] = [
      ['*bold* _it_ ~gone~ `code`', 'bold it gone code', [], []],
      ['2*3*4 a_b_c', '2*3*4 a_b_c', [], []],
      ['* not *, _ nor _', '* not *, _ nor _', [], []],
      ['```a *b*\nc```', 'a *b*\nc', [], []],
      ['> said\n&gt; so', 'said\nso', [], []],
      ['a &lt;b&gt; &amp;amp; &quot;', 'a <b> &amp; &quot;', [], []],
      [`<@${bo}> <@${bo}|x> <@U0NOBODY>`, '@bo @bo @unknown', [bo], []],
      ['<!here> <!channel> <!everyone>', '@here @channel @everyone', ['everyone'], []],
      ['<!subteam^S1>', '@oncall', [bo], []],
      [`<#${room}> <#C0NONE|x>`, '#inc-1 #x', [], []],
      ['<https://a.example/?a=1&amp;b|the *page*>', 'the *page*', [], ['https://a.example/?a=1&b']],
      ['<mailto:a@b.com|mail>', 'mail', [], ['mailto:a@b.com']],
      ['<javascript:alert(1)|x> <b>', 'x b', [], []],
      [
        'see https://a.example/b, or (http://c.example).',
        'see https://a.example/b, or (http://c.example).',
        [],
        ['https://a.example/b', 'http://c.example'],
      ],
      ['example.com and a@b.org', 'example.com and a@b.org', [], ['http://example.com', 'mailto:a@b.org']],
      [':fire: :+1::skin-tone-2: :no-such-emoji: 12:30:45', '🔥 👍🏻 :no-such-emoji: 12:30:45', [], []],
      ['@here @bo @somebody', '@here @bo @somebody', ['everyone', bo], []],
      ['<!date^1795237200^{date_short} at {time}|then>', 'Nov 21, 2026 at 05:00', [], []],
    ];
    for (const [source, text, notified, links] of rows) {
      expect({ source, ...readMrkdwn(here, source, LIVE) }).toEqual({ source, text, notified, links });
    }
  });

  it('leaves bare names and addresses alone where it is taken verbatim', () => {
    const { world: here } = world();
    const text = '@here https://a.example example.com @bo';
    expect(readMrkdwn(here, text, VERBATIM)).toEqual({ text, notified: [], links: [] });
  });

  it('is the words themselves when they are tame and escaped', () => {
    const { world: here } = world();
    const tame = fc.stringMatching(/^[\p{L}\p{N} ,.;()&<]*$/u);
    fc.assert(
      fc.property(tame, (text) => {
        expect(readMrkdwn(here, literally(text), VERBATIM)).toEqual({ text, notified: [], links: [] });
      }),
    );
  });

  it('never breaks, whatever it is given', () => {
    const { world: here } = world();
    const piece = fc.constantFrom(
      '<',
      '>',
      '|',
      '@',
      '!',
      '#',
      '*',
      '_',
      '~',
      '`',
      '```',
      '&lt;',
      '\n',
      ':',
      'fire',
      'U0',
      'https://x.example',
      ' ',
      '\u{F0000}',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
        expect(typeof readMrkdwn(here, pieces.join(''), LIVE).text).toBe('string');
      }),
    );
  });
});

describe('blocks, as the fake Slack reads them', () => {
  it('show rich text word by word: nothing in it is markup', () => {
    const { world: here } = world();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const section = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
        expect(readBlocks(here, [{ type: 'rich_text', elements: [section] }])).toEqual({
          text,
          notified: [],
          links: [],
        });
      }),
    );
  });

  it('show what is live in rich text', () => {
    const { world: here, bo, room } = world();
    const elements = [
      { type: 'user', user_id: bo },
      { type: 'text', text: ' ' },
      { type: 'broadcast', range: 'here' },
      { type: 'text', text: ' ' },
      { type: 'usergroup', usergroup_id: 'S1' },
      { type: 'text', text: ' ' },
      { type: 'channel', channel_id: room },
      { type: 'text', text: ' ' },
      { type: 'link', url: 'https://a.example', text: 'page' },
      { type: 'text', text: ' ' },
      { type: 'emoji', name: 'fire' },
      { type: 'text', text: ' ' },
      { type: 'date', timestamp: 1_795_237_200, format: '{time}', fallback: 'then' },
    ];
    const list = {
      type: 'rich_text_list',
      style: 'bullet',
      elements: ['a', 'b'].map((text) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] })),
    };
    const read = readBlocks(here, [
      { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }, list] },
    ]);
    expect(read).toEqual({
      text: '@bo @here @oncall #inc-1 page 🔥 05:00\n• a\n• b',
      notified: [bo, 'everyone'],
      links: ['https://a.example'],
    });
  });

  it('make emoji of names in plain text, unless it says that they are words', () => {
    const { world: here } = world();
    const text = 'a &lt;b&gt; *c* :fire: https://a.example <@U1>';
    const shown = 'a <b> *c* :fire: https://a.example <@U1>';
    expect(readText(here, { type: 'plain_text', text, emoji: false })).toEqual({
      text: shown,
      notified: [],
      links: [],
    });
    expect(readText(here, { type: 'plain_text', text }).text).toBe(shown.replace(':fire:', '🔥'));
  });

  it('show each part on a line of its own, and what can be pressed beside', () => {
    const { world: here, bo, room } = world();
    const plain = (text: string) => ({ type: 'plain_text', text });
    const options = [
      { text: plain('Red'), value: 'r' },
      { text: plain('Blue'), value: 'b' },
    ];
    const message: Message = here.addMessage({
      channel: room,
      user: bo,
      text: `for notifications, <@${bo}>`,
      blocks: [
        { type: 'header', text: plain('Head') },
        { type: 'divider' },
        {
          type: 'section',
          text: plain('Words'),
          fields: [plain('One'), plain('Two')],
          accessory: { type: 'button', text: plain('More') },
        },
        { type: 'context', elements: [plain('small'), { type: 'image', alt_text: 'a bell' }] },
        {
          type: 'actions',
          elements: [
            { type: 'button', text: plain('Go') },
            { type: 'static_select', options },
          ],
        },
      ],
      attachments: [{ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '<!channel> beside' } }] }],
    });
    expect(seenMessage(here, message)).toMatchObject({
      text: 'Head\nWords\nOne\nTwo\nsmall [a bell]\n@channel beside',
      buttons: ['More', 'Go'],
      options: ['Red', 'Blue'],
      // Mentions in attachments are seen, and notify nobody; those in the text notify, and are not seen.
      notified: [bo],
    });
  });

  it('show the text where there are no blocks, and do not format it where it says so', () => {
    const { world: here, bo, room } = world();
    const message = here.addMessage({
      channel: room,
      user: bo,
      text: '*a* `b` <https://x.example|c>',
      formats: false,
    });
    expect(readMessage(here, message)).toEqual({
      text: '*a* `b` c',
      notified: [],
      links: ['https://x.example'],
    });
  });
});

const plain = (text: string) => text.replaceAll('\uFE0F', '');

describe('what people type in the fake Slack', () => {
  it('is read as it was typed, and notifies only whom they picked', () => {
    const { world: here, bo, room } = world();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        const message = here.addMessage({ channel: room, user: bo, ...composed(here, typed) });
        // An emoji comes back by its name, in colour, however it was typed.
        const { text, notified } = readMessage(here, message);
        expect([plain(text), notified]).toEqual([plain(typed), []]);
      }),
    );
    const message = here.addMessage({ channel: room, user: bo, ...composed(here, `<@${bo}> <@U0> <!here>`) });
    expect(readMessage(here, message)).toMatchObject({ text: '@bo <@U0> <!here>', notified: [bo] });
  });

  it('goes to the app escaped, with addresses marked and emoji named', () => {
    const { world: here } = world();
    expect(composed(here, 'a <b> & https://x.example/y. me@x.org example.com 🔥').text).toBe(
      'a &lt;b&gt; &amp; <https://x.example/y>. <mailto:me@x.org|me@x.org> <http://example.com|example.com> :fire:',
    );
  });
});

describe('the small things that the fake Slack reads with', () => {
  it('knows emoji by name and names by emoji', () => {
    for (const name of ['fire', '+1', 'white_check_mark', 'warning']) {
      expect(nameOf(characterOf(name) ?? '')).toBe(name);
    }
    expect(characterOf('thumbsup')).toBe('👍');
    expect(characterOf('toString')).toBe(null);
  });

  it('escapes once, however often, and gives back what was literal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escaped(escaped(text))).toBe(escaped(text));
        expect(unescaped(literally(text))).toBe(text);
      }),
    );
  });

  it('writes dates as Slack does', () => {
    const at = NOW.getTime() / 1000;
    expect(datesIn('{date_num} {time_secs} {date_pretty} {ago}', at, NOW)).toBe(
      '2026-11-21 05:00:00 today 0 minutes ago',
    );
    expect(datesIn('{date_long} {ago}', at - 7200, NOW)).toBe('Saturday, November 21, 2026 2 hours ago');
    expect(datesIn('{date_short_pretty} {ago} {nonsense}', at + 86_400, NOW)).toBe(
      'tomorrow in 1 day {nonsense}',
    );
  });
});
