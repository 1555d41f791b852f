import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkActivity } from '#test/support/teams/checks/activity.ts';
import { checkCard } from '#test/support/teams/checks/card.ts';
import { hasSpecs } from '#test/support/teams/checks/specs.ts';
import { readHtml, readMarkdown } from '#test/support/teams/client/markup.ts';
import { readActivity, readCard } from '#test/support/teams/client/reading.ts';
import type { Fields } from '#test/support/teams/json.ts';
import { Refusal } from '#test/support/teams/service/refusal.ts';

const ANYBODY = { canMention: () => true, canMentionInText: () => true };
const card = (more: Fields): Fields => ({ type: 'AdaptiveCard', version: '1.5', body: [], ...more });
const text = (words: string): Fields => ({ type: 'TextBlock', text: words });
const execute = (title: string): Fields => ({
  type: 'Action.Execute',
  title,
  verb: 'press',
  data: { key: 'k' },
});

describe('cards that Teams takes', () => {
  test('one with everything that is used', () => {
    const whole = card({
      body: [
        { type: 'Container', style: 'attention', items: [text('INC-1 for <at>Bo</at>')] },
        { type: 'FactSet', facts: [{ title: 'Impact', value: 'nobody can pay' }] },
        {
          type: 'RichTextBlock',
          inlines: [
            'see ',
            {
              type: 'TextRun',
              text: 'it',
              selectAction: { type: 'Action.OpenUrl', url: 'https://x.example/' },
            },
          ],
        },
        {
          type: 'ColumnSet',
          columns: [
            { type: 'Column', items: [text('left')] },
            { type: 'Column', items: [text('right')] },
          ],
        },
        {
          type: 'Table',
          columns: [{ width: 1 }],
          rows: [{ type: 'TableRow', cells: [{ type: 'TableCell', items: [text('cell')] }] }],
        },
        {
          type: 'Input.ChoiceSet',
          id: 'team',
          choices: [{ title: 'Payments', value: 'p' }],
          'choices.data': { type: 'Data.Query', dataset: 'teams' },
        },
        {
          type: 'ActionSet',
          actions: [{ type: 'Action.Submit', title: 'Open', data: { msteams: { type: 'task/fetch' } } }],
        },
      ],
      actions: [
        { ...execute('Acknowledge'), fallback: { type: 'Action.Submit', title: 'Acknowledge' } },
        { type: 'Action.ShowCard', title: 'More', card: card({ body: [text('Sure?')] }) },
      ],
      refresh: { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: ['29:1abc'] },
      msteams: {
        width: 'Full',
        entities: [{ type: 'mention', text: '<at>Bo</at>', mentioned: { id: '29:bo', name: 'Bo' } }],
      },
    });
    expect(() => checkCard(whole, ANYBODY)).not.toThrow();
  });
});

describe('cards that Teams refuses', () => {
  const cards: Readonly<Record<string, Fields>> = {
    'no version': { type: 'AdaptiveCard', body: [] },
    'a version that Teams does not show': card({ version: '1.6' }),
    'Action.Execute in an older version': card({ version: '1.4', actions: [execute('x')] }),
    'an element that is unknown': card({ body: [{ type: 'Chart.Pie' }] }),
    'an element in a column that is unknown': card({
      body: [{ type: 'ColumnSet', columns: [{ items: [{ type: 'Text' }] }] }],
    }),
    'an action that is unknown': card({ actions: [{ type: 'Action.Http', title: 'x' }] }),
    'an action of a card that is unfolded that is unknown': card({
      actions: [{ type: 'Action.ShowCard', card: { actions: [{ type: 'Action.Http' }] } }],
    }),
    'a text without text': card({ body: [{ type: 'TextBlock' }] }),
    'facts without values': card({ body: [{ type: 'FactSet', facts: [{ title: 'x' }] }] }),
    'an input without an id': card({ body: [{ type: 'Input.Text' }] }),
    'inputs of the same id': card({
      body: [
        { type: 'Input.Text', id: 'a' },
        { type: 'Input.Date', id: 'a' },
      ],
    }),
    'choices without titles': card({
      body: [{ type: 'Input.ChoiceSet', id: 'a', choices: [{ value: 'x' }] }],
    }),
    'an address that runs something': card({
      actions: [{ type: 'Action.OpenUrl', title: 'x', url: 'javascript:alert(1)' }],
    }),
    'a run that leads to something that runs': card({
      body: [
        {
          type: 'RichTextBlock',
          inlines: [{ type: 'TextRun', text: 'x', selectAction: { type: 'Action.OpenUrl', url: 'data:x' } }],
        },
      ],
    }),
    'a Submit that does what Teams does not know': card({
      actions: [{ type: 'Action.Submit', data: { msteams: { type: 'open' } } }],
    }),
    'more than 60 people to refresh for': card({
      refresh: { action: execute('x'), userIds: Array.from({ length: 61 }, (_, at) => `29:${at}`) },
    }),
    'people to refresh for by ids of the directory': card({
      refresh: { action: execute('x'), userIds: ['0b29ef19-31ac-4a78-9565-d09d7a615b02'] },
    }),
    'a mention that is not in its texts': card({
      body: [text('Bo')],
      msteams: {
        entities: [{ type: 'mention', text: '<at>Bo</at>', mentioned: { id: '29:bo', name: 'Bo' } }],
      },
    }),
    'more than 28 KB': card({ body: [text('x'.repeat(28 * 1024))] }),
  };

  test.each(Object.entries(cards))('%s', (_, wrong) => {
    expect(() => checkCard(wrong, ANYBODY)).toThrow(Refusal);
  });

  test('a mention of nobody who is there', () => {
    const one = card({
      body: [text('<at>Bo</at>')],
      msteams: {
        entities: [{ type: 'mention', text: '<at>Bo</at>', mentioned: { id: '29:bo', name: 'Bo' } }],
      },
    });
    expect(() => checkCard(one, { canMention: () => false })).toThrow('nobody');
  });

  test('what only the official descriptions know, where they are there', () => {
    const wrong = card({ body: [{ ...text('x'), colour: 'red' }] });
    const check = () => checkCard(wrong, ANYBODY);
    if (hasSpecs) expect(check).toThrow('adaptive card');
    else expect(check).not.toThrow();
    const activity = () => checkActivity({ type: 'message', text: 'x', importance: 5 }, ANYBODY);
    if (hasSpecs) expect(activity).toThrow('Activity');
    else expect(activity).not.toThrow();
  });
});

describe('what a person reads of a card', () => {
  test('parts on lines of their own, labels of buttons and options apart', () => {
    const read = readCard(
      card({
        body: [
          text('**INC-1** is _new_, see [it](https://x.example/1)'),
          {
            type: 'RichTextBlock',
            inlines: [
              '*literal* ',
              {
                type: 'TextRun',
                text: '{{DATE(2026-03-01T08:00:00Z, SHORT)}} {{TIME(2026-03-01T08:00:00Z)}}',
              },
            ],
          },
          { type: 'FactSet', facts: [{ title: 'Impact', value: 'a \\*star\\*' }] },
          {
            type: 'ColumnSet',
            columns: [
              { type: 'Column', items: [text('left')] },
              { type: 'Column', items: [text('right')] },
            ],
          },
          { ...text('hidden'), isVisible: false },
          { type: 'Input.ChoiceSet', id: 'team', choices: [{ title: 'Payments', value: 'p' }] },
        ],
        actions: [
          execute('Acknowledge'),
          { type: 'Action.OpenUrl', title: 'Open', url: 'https://x.example/2' },
        ],
      }),
    );
    expect(read).toEqual({
      text: 'INC-1 is new, see it\n*literal* 2026-03-01 08:00 UTC\nImpact: a *star*\nleft right',
      links: ['https://x.example/1', 'https://x.example/2'],
      buttons: ['Acknowledge', 'Open'],
      options: ['Payments'],
    });
  });

  test('the button beside a menu is part of the menu', () => {
    const menu = { type: 'Input.ChoiceSet', id: 'team', choices: [{ title: 'Payments', value: 'p' }] };
    const row = (...titles: readonly string[]) => ({
      type: 'ActionSet',
      actions: titles.map((it) => execute(it)),
    });
    expect(readCard(card({ body: [row('Acknowledge'), menu, row('Team')] })).buttons).toEqual([
      'Acknowledge',
    ]);
    expect(readCard(card({ body: [menu, row('One', 'Two')] })).buttons).toEqual(['One', 'Two']);
  });

  test('six buttons of a row, and those of its menu', () => {
    const many = Array.from({ length: 9 }, (_, at) => execute(`${at}`));
    expect(readCard(card({ actions: many })).buttons).toEqual(['0', '1', '2', '3', '4', '5']);
    const menu = [...many.slice(0, 6), { ...execute('7'), mode: 'secondary' }];
    expect(readCard(card({ body: [{ type: 'ActionSet', actions: menu }] })).buttons).toHaveLength(7);
  });

  test('a name only where somebody is mentioned, and the words of one who looks like it', () => {
    const mention = { type: 'mention', text: '<at>a*b* c</at>', mentioned: { id: '29:x', name: 'x' } };
    expect(
      readCard(card({ body: [text('<at>a*b* c</at>, <at>Bo</at>')], msteams: { entities: [mention] } })).text,
    ).toBe('@a*b* c, <at>Bo</at>');
  });
});

describe('what a person reads of a text', () => {
  test.each([
    ['**bold** _it_ ~~gone~~ `code`', 'bold it gone code', []],
    ['snake_case_words 2*3*4', 'snake_case_words 234', []],
    ['one\ntwo\n\nthree', 'one two\nthree', []],
    ['- a\n- b\n1. c', '- a\n- b\n1. c', []],
    ['# title\n\n> quote', 'title\nquote', []],
    [
      '[@everyone](https://good.example) ![i](https://evil.example/i.png)',
      '@everyone i',
      ['https://good.example', 'https://evil.example/i.png'],
    ],
    [
      'see https://x.example/a_b. and www.y.example',
      'see https://x.example/a_b. and www.y.example',
      ['https://x.example/a_b', 'http://www.y.example'],
    ],
    ['https\\://x.example', 'https://x.example', []],
    ['&lt;b&gt; &amp;amp; &#64;', '<b> &amp; @', []],
    ['<https://x.example>', 'https://x.example', ['https://x.example']],
    [String.raw`\*not\* \[a\](b) \_x\_`, '*not* [a](b) _x_', []],
  ])('%j', (source, words, links) => {
    expect(readMarkdown(source)).toEqual({ text: words, links });
  });

  test('what is escaped is read as it was meant', () => {
    const anything = fc
      .string({ unit: 'grapheme-ascii', minLength: 1 })
      .map((it) => it.replaceAll(/\s+/g, ' ').trim());
    fc.assert(
      fc.property(anything, (words) => {
        const escaped = words.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
        expect(readMarkdown(escaped)).toEqual({ text: words, links: [] });
      }),
    );
  });

  test('formats of messages: plain is literal, xml and Markdown have elements', () => {
    const source = '<b>bold</b> &amp; **x** <script>alert(1)</script>';
    expect(readActivity({ text: source, textFormat: 'plain' }).text).toBe(source);
    expect(readActivity({ text: source, textFormat: 'xml' }).text).toBe('bold & **x** ');
    expect(readActivity({ text: source }).text).toBe('bold & x ');
    expect(readHtml('<a href="https://x.example/?a=1&amp;b=2">x</a><br>y')).toEqual({
      text: 'x\ny',
      links: ['https://x.example/?a=1&b=2'],
    });
  });
});
