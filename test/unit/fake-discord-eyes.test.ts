import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readMarkdown } from '#test/support/discord/eyes/markdown.ts';
import { test } from '#test/support/discord/testing.ts';

const NAMES = {
  user: (id: string) => (id === '11' ? 'Ana Lima' : null),
  role: (id: string) => (id === '22' ? 'on-call' : null),
  channel: (id: string) => (id === '33' ? 'general' : null),
  now: new Date('2026-03-01T08:00:00Z'),
};

const shown = (source: string): string => readMarkdown(source, NAMES).text;
const links = (source: string): readonly string[] => readMarkdown(source, NAMES).links;

describe('what a person reads', () => {
  const cases: readonly (readonly [source: string, text: string])[] = [
    ['**bold** *it* _it_ __under__ ~~gone~~ ||hidden||', 'bold it it under gone hidden'],
    ['***both*** **a *b* c**', 'both a b c'],
    [String.raw`\*no\* \_no\_ \~\~no\~\~ \|\|no\|\| \`no\``, '*no* _no_ ~~no~~ ||no|| `no`'],
    ['snake_case_name 2 * 3 * 4', 'snake_case_name 2 * 3 * 4'],
    ['`a **b** \\*`', 'a **b** \\*'],
    ['``a ` b``', 'a ` b'],
    ['```js\nlet x = **1**;\n```', 'let x = **1**;'],
    ['```a```', 'a'],
    ['# Title\ntext', 'Title\ntext'],
    ['### Small title', 'Small title'],
    ['#no title', '#no title'],
    ['-# small print', 'small print'],
    ['> quoted\nnot', 'quoted\nnot'],
    ['- one\n* two', '• one\n• two'],
    [String.raw`\- one`, '- one'],
    ['2026. A year\n1999. Another', '2026. A year\n2027. Another'],
    [String.raw`2026\. A year`, '2026. A year'],
    ['- # both', '• both'],
    ['a > b - c # d', 'a > b - c # d'],
    ['[words](https://example.com)', 'words'],
    ['[words](<https://example.com>)', 'words'],
    ['[words](javascript:alert(1))', '[words](javascript:alert(1))'],
    ['[https://good.example](https://evil.example)', '[https://good.example](https://evil.example)'],
    [String.raw`\[words](https\://example.com)`, '[words](https://example.com)'],
    ['<https://example.com>', 'https://example.com'],
    ['<@11> <@!11> <@&22> <#33>', '@Ana Lima @Ana Lima @on-call #general'],
    ['<@99> <@&99> <#99>', '@unknown-user @unknown-role #unknown'],
    [String.raw`\<@11>`, '<@11>'],
    ['<b>bold</b> & <U123>', '<b>bold</b> & <U123>'],
    ['<:party:123> <a:party:123> </incident ack:123>', ':party: :party: /incident ack'],
    [':fire: :no_such_emoji: 12:30:45', '🔥 :no_such_emoji: 12:30:45'],
    [String.raw`\:fire:`, ':fire:'],
    ['<t:1772352000:t> <t:1772352000:D>', '08:00 1 March 2026'],
    ['<t:1772352000> <t:1772351700:R> <t:1772359200:R>', '1 March 2026 08:00 5 minutes ago in 2 hours'],
    [String.raw`C:\path \é`, String.raw`C:\path é`],
    ['@everyone @here', '@everyone @here'],
    ['**not closed', '**not closed'],
  ];

  it.each(cases)('of %j is %j', (source, text) => {
    expect(shown(source)).toBe(text);
  });

  it('is every text as it was meant, where each of its signs is escaped', () => {
    const escaped = (text: string) => text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
    const pieces = fc.constantFrom(
      '*',
      '_',
      '~',
      '|',
      '`',
      '>',
      '#',
      '-',
      '\\',
      '[',
      ']',
      '(',
      ')',
      '<',
      '@',
      ':',
      '!',
      '&',
    );
    const words = fc.constantFrom(
      'https://a.example',
      'fire',
      ' ',
      '\n',
      'a',
      '1',
      '@everyone',
      '数',
      '🔥',
      '<@11>',
      '<t:1:R>',
      '```',
      '- ',
      '> ',
    );
    const texts = fc.array(fc.oneof(pieces, words), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(readMarkdown(escaped(text), NAMES)).toEqual({ text, links: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes longer than its length lets expect', () => {
    for (const piece of ['*', '**a', '[', '[a](', '`', '```', '<', '||', '_a_', 'https://', '> ', '\\']) {
      expect(typeof shown(piece.repeat(4000 / piece.length))).toBe('string');
    }
  });
});

describe('what a person can follow', () => {
  const cases: readonly (readonly [source: string, links: readonly string[]])[] = [
    ['see https://a.example/x?y=1.', ['https://a.example/x?y=1']],
    ['(https://a.example/x)', ['https://a.example/x']],
    ['https://a.example/(x)', ['https://a.example/(x)']],
    ['xhttps://a.example', ['https://a.example']],
    [String.raw`https\://a.example`, []],
    ['<https://a.example>', ['https://a.example']],
    ['[a](https://a.example)', ['https://a.example']],
    ['[a](javascript:alert(1)) javascript:alert(1) www.a.example', []],
    ['`https://a.example`', []],
    ['```\nhttps://a.example\n```', []],
  ];

  it.each(cases)('in %j is %j', (source, all) => {
    expect(links(source)).toEqual(all);
  });
});

describe('a message', () => {
  test('is its words, its embeds and its parts, each on lines of their own, and its buttons', async ({
    fake,
    bot,
  }) => {
    const path = `/channels/${fake.general}/messages`;
    const row = (...components: object[]) => ({ type: 1, components });
    await bot.post(path, {
      content: '**words**',
      embeds: [
        {
          title: '*T*',
          url: 'https://a.example',
          description: 'D',
          fields: [{ name: 'N', value: '_V_' }],
          footer: { text: '*F*' },
        },
      ],
      components: [
        row(
          { type: 2, style: 1, label: 'Ack', custom_id: 'a', emoji: { name: '👀' } },
          { type: 2, style: 1, label: 'Off', custom_id: 'b', disabled: true },
        ),
        row({ type: 2, style: 5, label: 'Open', url: 'https://b.example' }),
        row({ type: 3, custom_id: 's', options: [{ label: 'One', value: '1' }] }),
      ],
    });
    await bot.post(path, {
      flags: 1 << 15,
      components: [
        {
          type: 17,
          components: [
            { type: 10, content: '# Title' },
            { type: 14 },
            {
              type: 9,
              components: [{ type: 10, content: 'beside' }],
              accessory: { type: 2, style: 2, label: 'More', custom_id: 'm' },
            },
            row({ type: 2, style: 3, label: 'Yes', custom_id: 'y' }),
          ],
        },
      ],
    });
    expect(fake.messages(fake.people.ana, fake.general)).toMatchObject([
      {
        text: 'words\nT\nD\nN\nV\n*F*',
        author: 'bot',
        buttons: ['👀 Ack', 'Open'],
        options: ['One'],
        links: ['https://a.example', 'https://b.example'],
      },
      { text: 'Title\nbeside', buttons: ['More', 'Yes'] },
    ]);
  });

  test('shows what its addresses lead to, unless that is turned off', async ({ fake, bot }) => {
    const path = `/channels/${fake.general}/messages`;
    const send = async (content: string, flags?: number) =>
      void (await bot.post(path, { content, ...(flags ? { flags } : null) }));
    await send('https://a.example');
    await send('<https://a.example> [a](<https://b.example>)');
    await send('https://a.example', 1 << 2);
    expect(fake.messages(fake.people.ana, fake.general).map(({ text }) => text)).toEqual([
      'https://a.example\nPreview of a.example',
      'https://a.example a',
      'https://a.example',
    ]);
  });
});
