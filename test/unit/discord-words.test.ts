import { ComponentType, type APIMessage } from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { drawn } from '#adapters/discord/text.ts';
import { withoutMarks, wordsOf } from '#adapters/discord/words.ts';
import { bold, clock, link } from '#src/chat/message.ts';
import { clean } from '#src/chat/text.ts';

describe('The words of a message', () => {
  it('of a person are as they wrote them, with mentions in one way', () => {
    expect(wordsOf({ content: '**look** <@!123456789012345678> and <@9>' })).toBe(
      '**look** <@123456789012345678> and <@9>',
    );
  });

  it('of this program are read as it meant them', () => {
    const text = drawn(
      [
        bold('INC-1'),
        ' is *new* since ',
        clock(new Date('2026-03-01T08:00:00Z')),
        ', see ',
        link('the [graph]', 'https://g.example/'),
      ],
      1000,
    );
    const content = `### Title\n-# small\n${text}`;
    const components = [
      { type: ComponentType.Container, components: [{ type: ComponentType.TextDisplay, id: 1, content }] },
    ];
    expect(wordsOf({ content: '', components: components as NonNullable<APIMessage['components']> })).toBe(
      'Title\nsmall\nINC-1 is *new* since 2026-03-01 08:00 UTC, see the [graph] (https://g.example/)',
    );
  });

  it('come back out of any words that were drawn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(withoutMarks(drawn(text, 100_000))).toBe(clean(text).replaceAll('\u200B', ''));
      }),
    );
  });

  it('of another bot are those of its embeds', () => {
    expect(wordsOf({ content: '', embeds: [{ title: 'Deploy', description: 'v4.2 is out' }] })).toBe(
      'Deploy\nv4.2 is out',
    );
  });
});
