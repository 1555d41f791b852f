import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { smsText } from '#src/notify/channels/sms.ts';
import { count, fit, plainPunctuation } from '#src/notify/segments.ts';
import { ACK_URL, INCIDENT, page, PAGE_URL } from '#test/support/notify/notices.ts';

const words = () => fc.string({ unit: 'grapheme', maxLength: 600 });

describe('a text is counted as it goes over the air', () => {
  it.each([
    ['', 'gsm', 1],
    ['a'.repeat(160), 'gsm', 1],
    ['a'.repeat(161), 'gsm', 2],
    ['a'.repeat(306), 'gsm', 2],
    ['a'.repeat(307), 'gsm', 3],
    ['€'.repeat(80), 'gsm', 1],
    ['€'.repeat(81), 'gsm', 2],
    // 153 is odd: the last place of the first part stays empty.
    ['€'.repeat(153), 'gsm', 3],
    ['é{}'.repeat(32), 'gsm', 1],
    ['я'.repeat(70), 'ucs2', 1],
    ['я'.repeat(71), 'ucs2', 2],
    ['я'.repeat(135), 'ucs2', 3],
    ['🔥'.repeat(35), 'ucs2', 1],
    // 67 is odd too.
    ['🔥'.repeat(67), 'ucs2', 3],
    ['ê', 'ucs2', 1],
  ] as const)('%j', (text, alphabet, segments) => {
    expect(count(text)).toEqual({ alphabet, segments });
  });

  it('with plain punctuation in place of the typographic, and letters left as they are', () => {
    expect(plainPunctuation('“it’s – down…” → ж')).toBe('"it\'s - down..." -> ж');
    expect(count(plainPunctuation('“it’s – down…”')).alphabet).toBe('gsm');
  });
});

describe('words are cut to fit', () => {
  it('whatever they are, and what stands around them is whole', () => {
    fc.assert(
      fc.property(words(), fc.integer({ min: 1, max: 3 }), (text, most) => {
        const fitted = fit('#42 ', text, '\nhttps://example.com/i/42', most);
        expect(count(fitted).segments).toBeLessThanOrEqual(most);
        expect(fitted).toMatch(/^#42/);
        expect(fitted).toMatch(/\nhttps:\/\/example\.com\/i\/42$/);
      }),
    );
  });

  it('only where they have to be, and as little as possible', () => {
    fc.assert(
      fc.property(words(), (text) => {
        const whole = `#42 ${text}.`;
        const fitted = fit('#42 ', text, '.', 2);
        if (count(whole).segments <= 2) expect(fitted).toBe(whole);
        else expect(fitted).toMatch(/\.\.\.\.$|^#42\.$/);
      }),
    );
    expect(fit('', 'a'.repeat(200), '', 1)).toBe(`${'a'.repeat(157)}...`);
  });

  it('never through what people see as one character', () => {
    const family = '👨‍👩‍👧‍👦';
    const fitted = fit('', family.repeat(40), '', 1);
    expect(fitted.replace('...', '').replaceAll(family, '')).toBe('');
  });
});

describe('a page as a text', () => {
  it('says what it is, how to acknowledge and where it is', () => {
    expect(smsText(page())).toBe(`[P1] INC-42 checkout is down. Reply ACK 42\n${PAGE_URL}`);
  });

  it('has the link to acknowledge by where nobody can reply', () => {
    expect(smsText(page({ ack: { url: ACK_URL, code: null } }))).toBe(
      `[P1] INC-42 checkout is down\n${ACK_URL}`,
    );
  });

  it('says all of what cannot be read elsewhere', () => {
    const lines = ['Your code is 123456.', 'It is good for ten minutes.'];
    const notice = page({
      kind: 'verification',
      incident: null,
      ack: null,
      subject: 'Is this your number?',
      lines,
    });
    expect(smsText(notice)).toBe(`Is this your number?\n${lines.join('\n')}`);
  });

  it('has three parts at most, and reply and link in them, whatever the title is', () => {
    fc.assert(
      fc.property(words(), (subject) => {
        const text = smsText(page({ subject }));
        expect(count(text).segments).toBeLessThanOrEqual(3);
        expect(text).toMatch(/^\[P1\] INC-42/);
        expect(text.endsWith(`. Reply ACK 42\n${PAGE_URL}`)).toBe(true);
      }),
    );
  });

  it('leaves a link out that would fill it all by itself', () => {
    const incident = { ...INCIDENT, url: `https://example.com/${'x'.repeat(500)}` };
    const text = smsText(page({ incident }));
    expect(text).toBe('[P1] INC-42 checkout is down. Reply ACK 42');
  });
});
