import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { emojiOf } from '#adapters/teams/reading.ts';
import { roomName } from '#adapters/teams/rooms.ts';
import { escaped, Mentions, runs, textOfHtml } from '#adapters/teams/text.ts';
import { bold, code, link, moment, person, type Inline } from '#src/chat/message.ts';
import { readMarkdown } from '#test/support/teams/client/markup.ts';
import { readCard } from '#test/support/teams/client/reading.ts';

const MEANT = [
  '** _ ~~ ` [x](https://evil.example) <at>Bo</at> &lt; &#64; {{DATE(2026-01-01T00:00:00Z)}}',
  '# > - 1. --- === | \\ https://evil.example ![i](https://evil.example) <https://evil.example>',
  '<b> {{ }} @everyone $ ^ :fire:',
].flatMap((it) => it.split(' '));

/** Text of one line, rich in what means something in Markdown, in cards and in Teams. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MEANT, '    ', ' '),
      fc.string({ unit: 'grapheme', maxLength: 8 }).map((it) => it.replaceAll(/\s+/g, ' ')),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

const blanks = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

describe('text in cards', () => {
  it('is read as it was written, whatever it looks like, and leads nowhere', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const card = {
          body: [{ type: 'RichTextBlock', inlines: runs(['Title: ', bold(text), code(text)]) }],
        };
        const seen = readCard({ type: 'AdaptiveCard', ...card });
        expect(seen.text).toBe(`Title: ${text}${text}`);
        expect(seen.links).toEqual([]);
      }),
    );
  });

  it('is read as it was written beside a mention too, where cards read Markdown', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inlines: Inline[] = [text, ' ', bold(text), ' ', code(text), ' for ', person('42', 'Bo')];
        const mentions = new Mentions(JSON.stringify(inlines));
        const block = mentions.block(inlines);
        const seen = readCard({
          type: 'AdaptiveCard',
          body: [block],
          msteams: { entities: mentions.entities },
        });
        const [mention] = mentions.entities;
        const name = mention?.text.replace('<at>', '@').replace('</at>', '') ?? '';
        expect(blanks(seen.text)).toBe(blanks(`${text} ${text} ${text} for ${name}`));
        expect(seen.links).toEqual([]);
        expect(mentions.entities).toHaveLength(1);
      }),
    );
  });

  it('is escaped so that Markdown shows it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(blanks(readMarkdown(`x ${escaped(text)}`).text)).toBe(blanks(`x ${text}`));
      }),
    );
  });

  it('marks a mention with what nobody else has written there', () => {
    const inlines: Inline[] = ['<at>Bo</at> said so, ', person('42', 'Bo'), ' and ', person('43', 'Bo')];
    const mentions = new Mentions(JSON.stringify(inlines));
    mentions.block(inlines);
    expect(mentions.entities).toEqual([
      { type: 'mention', text: '<at>Bo (2)</at>', mentioned: { id: '42', name: 'Bo (2)' } },
      { type: 'mention', text: '<at>Bo (3)</at>', mentioned: { id: '43', name: 'Bo (3)' } },
    ]);
  });

  it('follows links to the web only, and times in the clock of the reader', () => {
    expect(runs([link('here', 'https://a.example/?q=1'), link('there', 'javascript:alert(1)')])).toEqual([
      {
        type: 'TextRun',
        text: 'here',
        selectAction: { type: 'Action.OpenUrl', url: 'https://a.example/?q=1' },
      },
      { type: 'TextRun', text: 'there' },
    ]);
    expect(runs([moment(new Date('2026-03-01T08:00:00.123Z'))])).toEqual([
      { type: 'TextRun', text: '{{DATE(2026-03-01T08:00:00Z, SHORT)}} {{TIME(2026-03-01T08:00:00Z)}}' },
    ]);
  });
});

describe('what Teams hands over', () => {
  it.each([
    ['<div>the disk of db-3 is full</div>', 'the disk of db-3 is full'],
    ['<p>one</p><p>two &lt;b&gt; &amp; &#64;x<br>three</p>', 'one\ntwo <b> & @x\nthree'],
    ['<at id="0">Bo</at>&nbsp;look<script>alert(1)</script>', 'Bo look'],
    ['&lt;script&gt; &unknown; &#0;', '<script> &unknown; &#0;'],
  ])('reads %j as text', (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it.each([
    ['like', '👍'],
    ['1f440_eyes', '👀'],
    ['1f4dd_reaction', '📝'],
    ['1f468-200d-1f4bb_mantechnologist', '👨‍💻'],
    ['ours:party-parrot', null],
  ])('reads the reaction %s', (type, emoji) => {
    expect(emojiOf(type)).toBe(emoji);
  });
});

describe('names of rooms', () => {
  it('are what a channel can be called, whatever is wanted', () => {
    fc.assert(
      fc.property(hostile, (wanted) => {
        fc.pre(/[\p{L}\p{N}]/u.test(wanted));
        const name = roomName(wanted);
        expect(name).not.toMatch(/[#%&*{}/\\:<>?+|'"~\s]|^[_.]|\.$|\.\./);
        expect(name.length).toBeGreaterThan(0);
        expect(name.length).toBeLessThanOrEqual(50);
        expect(roomName(name)).toBe(name);
      }),
    );
  });

  it('say clearly when nothing is left of one', () => {
    expect(() => roomName('///')).toThrow(/letter or a digit/);
    expect(roomName('General')).toBe('General-1');
  });
});
