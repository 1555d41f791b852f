import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { codeBlock, drawn, drawnLine, escaped } from '#adapters/discord/text.ts';
import { ago, bold, clock, code, link, person, plain, type Inline } from '#src/chat/message.ts';
import { clean } from '#src/chat/text.ts';
import { readMarkdown, type Names } from '#test/support/discord/eyes/markdown.ts';

const NAMES: Names = {
  user: (id) => `user ${id}`,
  role: (id) => `role ${id}`,
  channel: (id) => `channel ${id}`,
  now: new Date('2026-03-01T08:00:00Z'),
};

/** Pieces out of which Discord's markup is made, between blanks. */
const SIGNS =
  '* ** _ __ ~~ ` ``` || > >>> # ### -# - 1. + [ ] ( ) < @ & : ! / \\ :// http https:// @everyone @here </ack:1> ' +
  '<@123456789012345678> <@&1> <#1> <t:1:R> <:x:1> :fire: fire evil.example mailto:a@b.example a 7 . {} … 🔥 数据';
const markup = fc
  .array(fc.constantFrom('\n', ' ', '  ', '# ', '- ', '> ', '-# ', '1. ', ...SIGNS.split(' ')), {
    maxLength: 14,
  })
  .map((pieces) => pieces.join(''));
const words = fc.oneof(markup, fc.string({ unit: 'grapheme', maxLength: 60 }));
const word = words.filter((it) => it.trim() !== '');

const reading = (source: string) => {
  const shown = readMarkdown(source, NAMES);
  return { ...shown, text: shown.text.replaceAll('\u200B', '') };
};
const asRead = (text: string) => clean(text).replaceAll('\u200B', '');

describe('Words in Discord', () => {
  it('read the same, whatever they look like, and lead nowhere', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(reading(escaped(text))).toEqual({ text: asRead(text), links: [] });
      }),
      { numRuns: 3000 },
    );
  });

  it('read the same beside pieces that are drawn in another way', () => {
    const piece: fc.Arbitrary<Inline> = fc.oneof(
      words,
      word.map(bold),
      word.map((it) => code(it.replaceAll(/\s+/g, ' ').trim() || 'x')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (text) => {
        expect(reading(drawn(text, 100_000))).toEqual({ text: asRead(plain(text)), links: [] });
      }),
      { numRuns: 2000 },
    );
  });

  it('mean nothing together either', () => {
    for (const text of [
      ['http:', '//evil.example/x'],
      ['it is :fi', 're: now'],
      ['1', '. first'],
      ['<', '@everyone>'],
    ]) {
      expect(reading(drawn(text, 1000))).toEqual({ text: text.join(''), links: [] });
    }
  });

  it('read the same in a block of code', () => {
    fc.assert(
      fc.property(
        words.filter((it) => /^\S/.test(clean(it)) && /\S$/.test(clean(it))),
        (text) => {
          expect(reading(codeBlock(text, 100_000))).toEqual({ text: asRead(text), links: [] });
        },
      ),
    );
  });

  it('never take more room than there is, and say so when they were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, word.map(bold)), { maxLength: 5 }),
        fc.integer({ min: 20, max: 200 }),
        (text, max) => {
          const cut = drawn(text, max);
          expect(cut.length).toBeLessThanOrEqual(max);
          const shown = reading(cut);
          expect(shown.links).toEqual([]);
          const whole = asRead(plain(text));
          if (shown.text !== whole) expect(shown.text).toMatch(/…$/u);
          expect(whole.startsWith(shown.text.replace(/…$/u, ''))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('stand in one line where there is one', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(drawnLine(text, 1000)).not.toContain('\n');
      }),
    );
  });

  it('are shown as they are in what people read most', () => {
    expect(escaped('INC-42 P1: checkout is down since 10:45 (db-3)')).toBe(
      'INC-42 P1: checkout is down since 10:45 (db-3)',
    );
  });
});

describe('Pieces that Discord draws itself', () => {
  it('mention a person by their id, and only those that can be people there', () => {
    expect(drawn([person('123456789012345678', 'Ana')], 100)).toBe('<@123456789012345678>');
    expect(drawn([person('ana> <@1', '*Ana*')], 100)).toBe(String.raw`**\*Ana\***`);
  });

  it('show times in the time of the reader', () => {
    const at = new Date('2026-03-01T08:00:30.900Z');
    expect(drawn([clock(at), ' ', ago(at)], 100)).toBe('<t:1772352030:t> <t:1772352030:R>');
    expect(drawn([{ type: 'time', at: 'soon', style: 'date' }], 100)).toBe('soon');
  });

  it('follow a link to the web and nowhere else, also one with brackets', () => {
    const followed = (url: string) => reading(drawn([link('the *graph*', url)], 2000));
    for (const url of [
      'https://grafana.example/d/1?a=(b)&c=d_e_',
      'http://g.example/a)b',
      'https://g.example/(a',
    ]) {
      const { text, links } = followed(url);
      expect(text).toBe('the *graph*');
      expect(links.map(decodeURIComponent)).toEqual([url]);
    }
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'nowhere', '']) {
      expect(followed(url)).toEqual({ text: 'the *graph*', links: [] });
    }
  });
});
