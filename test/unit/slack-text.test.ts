import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { emojiIn, emojiName, emojiOf } from '#adapters/slack/emoji.ts';
import { escape, escapedLine, isTame, spoken, typed } from '#adapters/slack/text.ts';
import { bold, link } from '#src/chat/message.ts';
import { clean, cleanLine } from '#src/chat/text.ts';
import { literally, unescaped } from '#test/support/slack/reading/entities.ts';
import { readMrkdwn } from '#test/support/slack/reading/mrkdwn.ts';
import { World } from '#test/support/slack/world.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 80 });

describe('words for Slack', () => {
  it('are read as they are when they are escaped', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescaped(escape(text))).toBe(text);
      }),
    );
  });

  it('fit their place with their escapes, and are never cut inside one', () => {
    const ampersands = fc.string({ unit: fc.constantFrom('&', '<', 'a', '🔥', ' '), maxLength: 400 });
    fc.assert(
      fc.property(fc.oneof(anyText, ampersands), fc.integer({ min: 8, max: 100 }), (text, max) => {
        const line = escapedLine(text, max);
        expect(line.length).toBeLessThanOrEqual(max);
        const whole = cleanLine(text, Infinity);
        const read = unescaped(line);
        expect(read === whole || whole.startsWith(read.replace(/…$/, ''))).toBe(true);
        expect(read.isWellFormed()).toBe(true);
      }),
    );
  });

  it('are drawn with markup only when nothing in them could be taken for any', () => {
    const world = new World(() => new Date());
    world.addUser({ name: 'ana', realName: 'Ana' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), (text) => {
        fc.pre(isTame(text));
        const read = readMrkdwn(world, escape(text), { links: false, names: false });
        expect(read).toEqual({ text, notified: [], links: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a word that sticks to what is bold', ['x', bold('y')]],
    ['bold that ends in a space', [bold('Impact: '), 'none']],
    ['an address with a bar in it', [link('here', 'https://a.example/x|y')]],
    ['markup', ['*a*']],
    ['a name of an emoji', [':fire:']],
    ['a line break', ['a\n1. b']],
  ])('are not drawn with markup where there is %s', (_, text) => {
    expect(isTame(text)).toBe(false);
  });
});

describe('words from Slack', () => {
  it('are heard as they were written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(spoken(literally(text))).toBe(clean(text));
      }),
    );
  });

  it.each([
    ['assign INC-1 to <@U0123|bo>', 'assign INC-1 to <@U0123>'],
    ['see <https://a.example/x?a=1&amp;b=2>', 'see https://a.example/x?a=1&b=2'],
    ['see <http://a.example|a.example>', 'see a.example'],
    ['see <https://a.example/d|the dashboard>', 'see the dashboard (https://a.example/d)'],
    ['mail <mailto:ana@example.com|ana@example.com>', 'mail ana@example.com'],
    ['in <#C0123|inc-1>', 'in #inc-1'],
    ['<!here> look', '@here look'],
    ['<!subteam^S1|@oncall> look', '@oncall look'],
    ['<!date^1700000000^{time}|10:13> it began', '10:13 it began'],
    ['5 &lt; 6 &amp;amp; 7', '5 < 6 &amp; 7'],
  ])('%s means %s', (text, meant) => {
    expect(spoken(text)).toBe(meant);
  });

  it('have the emoji that Slack says are in them, of any kind, and no others', () => {
    const blocks = [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'emoji', name: 'axolotl', unicode: '1f98e' },
              { type: 'emoji', name: 'wave', unicode: '1f44b-1f3fd' },
              { type: 'text', text: ' :fire: ' },
              { type: 'emoji', name: 'our_own' },
            ],
          },
        ],
      },
    ];
    expect(spoken(':axolotl: :wave: :fire: :our_own:', emojiIn(blocks))).toBe('🦎 👋🏽 :fire: :our_own:');
    expect(spoken(':fire:', emojiIn(undefined))).toBe(':fire:');
  });

  it('have emoji in a command where they stand alone', () => {
    expect(typed('declare :fire: in db-3')).toBe('declare 🔥 in db-3');
    expect(typed('note at 10:x:5 and a:fire:b')).toBe('note at 10:x:5 and a:fire:b');
    expect(typed('note :our_own:')).toBe('note :our_own:');
  });
});

describe('emoji', () => {
  it('have the same name there and back', () => {
    for (const character of ['📌', '📝', '📍', '👍', '👀', '✅', '❤️', '⚠️', '👋🏽']) {
      expect(emojiOf(emojiName(character) ?? '')).toBe(character);
    }
  });

  it('are passed on by their name where they are not known', () => {
    expect(emojiOf('our_own')).toBe(null);
    expect(emojiName(':our_own:')).toBe('our_own');
    expect(emojiName('no emoji')).toBe(null);
    expect(emojiName('⚠')).toBe('warning');
    expect(emojiOf('thumbsup::skin-tone-4')).toBe('👍🏽');
  });
});
