import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { spoken } from '#src/notify/channels/voice.ts';
import { mailHtml, mailText } from '#src/notify/mail-body.ts';
import { bodyLines, escapeMarkup, headline, link, nameFor, shortenBytes } from '#src/notify/words.ts';
import { anyText } from '#test/support/notify/any-text.ts';
import { elementsIn, readMarkup, wordsIn } from '#test/support/notify/markup.ts';
import { INCIDENT, page } from '#test/support/notify/notices.ts';

const anything = () => anyText(200);

describe('words from outside', () => {
  it('are one headline, with what it is about before it', () => {
    expect(headline(page(), 100)).toBe('[P1] INC-42 checkout is down');
    expect(headline(page({ incident: null, subject: ' two\nlines ' }), 100)).toBe('two lines');
    expect(headline(page({ incident: null, subject: '\u0000\u202E' }), 100)).toBe('Incident Manager');
    expect(headline(page(), 20)).toBe('[P1] INC-42 checkou…');
  });

  it('stand under it in lines, and the state of the incident after them', () => {
    const { lines } = page();
    expect(bodyLines(page(), 1000)).toEqual([...lines, 'Status: new, service: checkout']);
    const working = { ...INCIDENT, status: 'IN_PROGRESS', service: null } as const;
    expect(bodyLines(page({ lines: [], incident: working }), 1000)).toEqual(['Status: in progress']);
  });

  it('never take more room than there is', () => {
    fc.assert(
      fc.property(
        anything(),
        fc.array(anything(), { maxLength: 5 }),
        fc.integer({ min: 30, max: 300 }),
        (subject, lines, max) => {
          const notice = page({ subject, lines });
          expect(headline(notice, max).length).toBeLessThanOrEqual(max);
          expect(bodyLines(notice, max).join('\n').length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it('are cut by bytes between characters', () => {
    fc.assert(
      fc.property(anything(), fc.integer({ min: 3, max: 100 }), (given, max) => {
        const text = given.toWellFormed();
        const cut = shortenBytes(text, max);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true);
        expect(cut).not.toContain('\uFFFD'.repeat(text.includes('\uFFFD') ? 1000 : 1));
      }),
    );
  });

  it('are nothing but words in HTML and in what is spoken', () => {
    const tags = new Set(['html', 'head', 'meta', 'body', 'h1', 'p', 'a', 'Response', 'Say', 'Gather']);
    const read = (text: string) => readMarkup(text.replace(/^<[!?][^>]*>/, ''), tags, new Set(['meta']));
    fc.assert(
      fc.property(anything(), anything(), (subject, line) => {
        const notice = page({ subject, lines: [line] });
        const mail = read(mailHtml(notice, 5000));
        expect(elementsIn(mail, 'h1').map(wordsIn)).toEqual([headline(notice, 5000)]);
        expect(elementsIn(mail, 'a')).toHaveLength(2);
        const call = read(spoken(notice, 'https://example.com/voice?key=a&b'));
        expect(elementsIn(call, 'Say')).toHaveLength(2);
        expect(elementsIn(call, 'Gather')[0]?.attributes['action']).toBe('https://example.com/voice?key=a&b');
      }),
    );
  });

  it('are escaped where they are drawn', () => {
    expect(escapeMarkup(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  });
});

describe('what can be opened', () => {
  it.each([
    ['https://example.com/i/42', 'https://example.com/i/42'],
    ['http://localhost:3000/i/42', 'http://localhost:3000/i/42'],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['example.com', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('%s', (url, opened) => {
    expect(link(url)).toBe(opened);
  });

  it('stands on a line of its own in the mail without markup', () => {
    expect(
      mailText(page(), 1000)
        .split('\n')
        .filter((it) => it.startsWith('https:')),
    ).toHaveLength(2);
  });
});

describe('what is spoken', () => {
  it('says a code digit by digit, and asks for no key where there is nothing to acknowledge', () => {
    const notice = page({ kind: 'verification', incident: null, ack: null, lines: ['Your code is 123456.'] });
    expect(spoken(notice, 'https://example.com')).toContain('1 2 3 4 5 6');
    expect(spoken(notice, 'https://example.com')).not.toContain('Gather');
  });
});

it('a name is the same for the same, and has no character that anybody objects to', () => {
  expect(nameFor('x', 32)).toBe(nameFor('x', 32));
  expect(nameFor('x', 32)).not.toBe(nameFor('y', 32));
  expect(nameFor('x', 32)).toMatch(/^[0-9a-f]{32}$/);
});
