import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { typedAfter } from '#adapters/web/command-line.ts';
import { fit } from '#adapters/web/fit.ts';
import { LIMITS } from '#adapters/web/limits.ts';
import { spoken, written } from '#adapters/web/render.ts';
import {
  bold,
  code,
  link,
  person,
  plainMessage,
  say,
  type Inline,
  type Message,
  type Part,
} from '#src/chat/message.ts';
import { clean } from '#src/chat/text.ts';

describe('what a person writes', () => {
  it('notifies those who are named by their handle, once each', () => {
    expect(mentions('@ana can you look? cc @bo, (@ana) and @Cy.')).toEqual(['ana', 'bo', 'cy']);
  });

  it('takes no address, path or package for a mention', () => {
    expect(mentions('mail ana@example.org or git@host:a/@scope/x, and @@ana')).toEqual([]);
  });

  it('is stored as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(written(text)).toMatchObject({ body: { type: 'words', text }, plain: text });
      }),
    );
  });

  it('is a command when it begins with /incident, and only then', () => {
    expect(typedAfter('/incident ack INC-1')).toBe('ack INC-1');
    expect(typedAfter('/Incident   note two\nlines')).toBe('note two\nlines');
    expect(typedAfter('/incident')).toBe('');
    for (const words of ['/incidents', 'say /incident ack', ' /incident ack', '/ack', '']) {
      expect(typedAfter(words)).toBe(null);
    }
  });
});

describe('what the bot says', () => {
  it('fits, is clean, and keeps its buttons, whatever it is', () => {
    fc.assert(
      fc.property(messages(), (message) => {
        const fitted = fit(message);
        const parts = fitted.parts.filter((part) => part.type !== 'buttons');
        const words = parts.map((part) => plainMessage({ ...fitted, parts: [part] })).join('');
        // Labels' colons and list dashes are the reader's, and not counted.
        expect(words.length).toBeLessThanOrEqual(LIMITS.message + 4 * words.split('\n').length + 200);
        expect(clean(JSON.stringify(fitted))).toBe(JSON.stringify(fitted));
        expect(fitted.parts.filter(isButtons)).toHaveLength(message.parts.filter(isButtons).length);
      }),
    );
  });

  it('loses nothing when it is short and clean', () => {
    const message: Message = {
      parts: [
        { type: 'heading', text: 'INC-1' },
        {
          type: 'text',
          text: ['It is ', bold('down'), ' ', code('x'), ' ', link('see', 'https://a.example/')],
        },
        { type: 'fields', fields: [{ label: 'Who', value: [person('ana', 'Ana')] }] },
        { type: 'list', items: ['a', ['b']] },
        { type: 'divider' },
        { type: 'context', text: 'since 8:00' },
        {
          type: 'select',
          select: { label: 'l', command: 'c', args: {}, arg: 'a', options: [{ label: 'o', value: 'v' }] },
        },
      ],
      summary: 'INC-1 is down',
      tone: 'alarm',
    };
    expect(fit(message)).toEqual(message);
  });

  it('is found by its words and not by its buttons', () => {
    const button = { label: 'Resolve', command: 'resolve', args: {}, style: 'plain' } as const;
    const { plain, body } = spoken(
      say(['Checkout is down, ', person('bo', 'Bo')], { type: 'buttons', buttons: [button] }),
    );
    expect(plain).toBe('Checkout is down, @Bo');
    expect(body.mentions).toEqual(['bo']);
  });

  it('links only to the web', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      ' https://x',
      'file:///etc/passwd',
      '//x',
      '',
    ]) {
      expect(fit(say([link('here', url)])).parts).toEqual([{ type: 'text', text: ['here'] }]);
    }
  });
});

function mentions(text: string): readonly string[] {
  return written(text).body.mentions;
}

function isButtons(part: Part): boolean {
  return part.type === 'buttons';
}

/** Messages of every kind of part with every kind of text, some of them far too long. */
function messages(): fc.Arbitrary<Message> {
  const words = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer({ min: 0, max: 30_000 }).map((length) => 'long '.repeat(length / 5)),
  );
  const inline: fc.Arbitrary<Inline> = fc.oneof(
    words,
    words.map(bold),
    words.map(code),
    fc.tuple(words, fc.webUrl()).map(([text, url]) => link(text, url)),
  );
  const text = fc.oneof(words, fc.array(inline, { maxLength: 4 }));
  const button = words.map(
    (label) => ({ label, command: 'ack', args: { a: label }, style: 'plain' }) as const,
  );
  const part: fc.Arbitrary<Part> = fc.oneof(
    words.map((it_): Part => ({ type: 'heading', text: it_ })),
    words.map((it_): Part => ({ type: 'code', text: it_ })),
    text.map((it_): Part => ({ type: 'text', text: it_ })),
    text.map((it_): Part => ({ type: 'context', text: it_ })),
    fc.array(text, { maxLength: 4 }).map((items): Part => ({ type: 'list', items })),
    fc
      .array(fc.record({ label: words, value: text }), { maxLength: 4 })
      .map((fields): Part => ({ type: 'fields', fields })),
    fc.array(button, { maxLength: 20 }).map((buttons): Part => ({ type: 'buttons', buttons })),
    fc.constant<Part>({ type: 'divider' }),
  );
  const tone = fc.constantFrom('alarm', 'warn', 'info', 'good', 'quiet');
  return fc.record({ parts: fc.array(part, { maxLength: 8 }), summary: words, tone });
}
