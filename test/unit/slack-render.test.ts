import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { fieldErrors, formView, memoryOf, whereOf } from '#adapters/slack/forms.ts';
import { render } from '#adapters/slack/render.ts';
import {
  bold,
  clock,
  code,
  link,
  person,
  say,
  withTone,
  type Message,
  type Part,
} from '#src/chat/message.ts';
import { Presses } from '#src/chat/presses.ts';
import type { Json } from '#src/chat/store.ts';
import { clean } from '#src/chat/text.ts';
import { formOf } from '#test/support/form.ts';
import { refusedBlocks } from '#test/support/slack/checks/message.ts';
import { loadSchema } from '#test/support/slack/checks/schema.ts';
import { invalidView } from '#test/support/slack/checks/views.ts';
import { readBlocks } from '#test/support/slack/reading/blocks.ts';
import { World } from '#test/support/slack/world.ts';

beforeAll(async () => {
  await loadSchema();
});

const world = new World(() => new Date('2026-03-01T09:00:00Z'));
const bo = world.addUser({ name: 'bo', realName: 'Bo' }).id;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '*a*',
    '_b_ <@U1> &amp;',
    'https://evil.example',
    ':fire:',
    '`x`',
    'a\nb',
    '<!channel>',
  ),
  fc.string({ unit: fc.constantFrom('<', '&', '>', 'a', ' ', '🔥'), maxLength: 4000 }),
);
const anyInline = fc.oneof(
  anyText,
  fc.record({ type: fc.constantFrom('bold' as const, 'code' as const), text: anyText }),
  fc.record({ type: fc.constant('link' as const), text: anyText, url: fc.oneof(fc.webUrl(), anyText) }),
  fc.record({ type: fc.constant('person' as const), id: fc.oneof(fc.constant(bo), anyText), name: anyText }),
  fc.record({
    type: fc.constant('time' as const),
    at: fc.constant('2026-03-01T08:00:00.000Z'),
    style: fc.constantFrom('clock' as const, 'date' as const, 'relative' as const),
  }),
);
const anyRun = fc.oneof(anyText, fc.array(anyInline, { maxLength: 6 }));
const anyButton = fc.record(
  {
    label: anyText,
    command: fc.constant('ack'),
    args: fc.dictionary(anyText, anyText, { maxKeys: 2 }),
    style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
    confirm: anyText,
  },
  { requiredKeys: ['label', 'command', 'args', 'style'] },
);
const anySelect = fc.record({
  label: anyText,
  command: fc.constant('ack'),
  args: fc.constant({}),
  arg: fc.constant('incident'),
  options: fc.array(fc.record({ label: anyText, value: anyText }), { maxLength: 120 }),
});
const anyPart: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('heading' as const), text: anyText }),
  fc.record({ type: fc.constantFrom('text' as const, 'context' as const), text: anyRun }),
  fc.record({
    type: fc.constant('fields' as const),
    fields: fc.array(fc.record({ label: anyText, value: anyRun }), { maxLength: 30 }),
  }),
  fc.record({ type: fc.constant('list' as const), items: fc.array(anyRun, { maxLength: 8 }) }),
  fc.record({ type: fc.constant('code' as const), text: anyText }),
  fc.constant({ type: 'divider' as const }),
  fc.record({ type: fc.constant('buttons' as const), buttons: fc.array(anyButton, { maxLength: 30 }) }),
  fc.record({ type: fc.constant('select' as const), select: anySelect }),
);
const anyMessage: fc.Arbitrary<Message> = fc.record({
  parts: fc.array(anyPart, { maxLength: 60 }),
  summary: anyText,
  tone: fc.constantFrom(
    'alarm' as const,
    'warn' as const,
    'info' as const,
    'good' as const,
    'quiet' as const,
  ),
});

describe('a message drawn for Slack', () => {
  it('is never refused, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessage, async (message) => {
        const { blocks, text } = await render(message, presses());
        const refusal = refusedBlocks(blocks as never, []);
        expect(refusal && `${refusal.word} ${JSON.stringify(refusal.details)}`).toBe(null);
        expect(text.length).toBeLessThanOrEqual(3000);
      }),
      { numRuns: 200 },
    );
  });

  it('has no small print of which nothing is left but white space', async () => {
    for (const text of [' ', [' ', '\n'], [link(' ', '')], [link('', 'https://x.example'), ' ']]) {
      const { blocks } = await render(say('kept', { type: 'context', text }), presses());
      expect(blocks).toHaveLength(1);
    }
  });

  it('reads as it was meant, with nothing live in it but what was made so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), async (words) => {
        const shown = words.trim();
        const message = say(
          [bold(shown), ' ', code(shown)],
          { type: 'fields', fields: [{ label: shown, value: shown }] },
          { type: 'list', items: [shown] },
          { type: 'context', text: shown },
        );
        const { blocks } = await render(message, presses());
        const read = readBlocks(world, blocks as never);
        expect(read.notified).toEqual([]);
        expect(read.links).toEqual([]);
        // Of nothing but white space there is nothing to be read.
        const wanted = clean(shown).trim();
        if (wanted !== '') expect(read.text.split(wanted).length).toBeGreaterThan(5);
      }),
      { numRuns: 300, examples: [[' '], ['\n'], ['\u{FEFF}'], ['\u200E']] },
    );
  });

  it('puts short facts into two columns, and facts that hold anything like markup on lines of their own', async () => {
    const fields = (value: string): Message =>
      say('x', {
        type: 'fields',
        fields: [
          { label: 'Severity', value: 'P1' },
          { label: 'Service', value },
        ],
      });
    const typesOf = async (value: string) =>
      (await render(fields(value), presses())).blocks.map(({ type }) => type);
    expect(await typesOf('checkout-api')).toEqual(['rich_text', 'section']);
    for (const value of ['*checkout*', 'a_b_c', ':fire:', '<x>', '`x`', 'a\n> b', '@here']) {
      expect(await typesOf(value)).toEqual(['rich_text', 'rich_text']);
    }
  });

  it('draws people, times and links in small print and in columns', async () => {
    const at = clock(new Date('2026-03-01T08:15:00Z'));
    const text = [
      'opened by ',
      person(bo, 'Bo'),
      ' at ',
      at,
      ', see ',
      link('the graph', 'https://g.example/d?a=1&b=2'),
    ];
    const { blocks } = await render(say('x', { type: 'context', text }), presses());
    expect(blocks[1]?.type).toBe('context');
    expect(readBlocks(world, blocks.slice(1) as never)).toEqual({
      text: 'opened by @bo at 08:15, see the graph',
      notified: [bo],
      links: ['https://g.example/d?a=1&b=2'],
    });
  });

  it('marks how urgent it is after its first words, and marks information with nothing', async () => {
    const textOf = async (message: Message) =>
      readBlocks(world, (await render(message, presses())).blocks as never).text;
    expect(await textOf(say('INC-1'))).toBe('INC-1');
    expect(await textOf(withTone(say('INC-1'), 'alarm'))).toBe('INC-1 🔴');
    const card: Message = {
      ...withTone(say('body'), 'good'),
      parts: [
        { type: 'heading', text: 'INC-1' },
        { type: 'text', text: 'body' },
      ],
    };
    expect(await textOf(card)).toBe('INC-1 🟢\nbody');
  });

  it('keeps all buttons when the words are too many', async () => {
    const buttons = Array.from({ length: 25 }, (_, at) => ({
      label: `b${at}`,
      command: 'ack',
      args: {},
      style: 'plain' as const,
    }));
    const parts: Part[] = Array.from({ length: 80 }, () => ({ type: 'text', text: 'word '.repeat(100) }));
    const message: Message = { parts: [...parts, { type: 'buttons', buttons }], summary: 's', tone: 'info' };
    const { blocks } = await render(message, presses());
    expect(blocks.at(-1)).toMatchObject({ type: 'actions', elements: { length: 25 } });
    expect(refusedBlocks(blocks as never, [])).toBe(null);
  });
});

const anyField = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  label: anyText,
  help: anyText,
  kind: fc.constantFrom('line', 'paragraph', 'choice', 'person', 'when', 'duration'),
  required: fc.boolean(),
  choices: fc.array(fc.record({ label: anyText, value: anyText }), { maxLength: 120 }),
  searchable: fc.boolean(),
  value: anyText,
  error: anyText,
});
const anyForm = fc.record({
  title: anyText,
  submit: anyText,
  command: fc.constant('resolve'),
  known: fc.dictionary(fc.string({ maxLength: 10 }), anyText, { maxKeys: 3 }),
  fields: fc.uniqueArray(anyField, { selector: ({ name }) => name, maxLength: 4 }),
});

describe('a form drawn for Slack', () => {
  it('is never refused, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyForm, async (form) => {
        fc.pre(form.fields.length > 0);
        const view = await formView(form, { channel: 'C1', thread: null }, presses());
        const refusal = invalidView(view as never, 'modal');
        expect(refusal && `${refusal.word} ${JSON.stringify(refusal.details)}`).toBe(null);
      }),
      { numRuns: 200 },
    );
  });

  it('remembers what is known already and where it was asked for, however long that is', async () => {
    await fc.assert(
      fc.asyncProperty(anyForm, async ({ fields, ...form }) => {
        const kept = presses();
        const where = { channel: 'C1', thread: '1.2' };
        const { private_metadata: metadata = '' } = await formView({ ...form, fields }, where, kept);
        expect(metadata.length).toBeLessThanOrEqual(3000);
        expect(whereOf(metadata)).toEqual(where);
        expect(await memoryOf(metadata, kept)).toEqual({
          ...where,
          command: form.command,
          known: form.known,
        });
      }),
    );
    expect(await memoryOf('', presses())).toBe(null);
    expect(whereOf('anything')).toEqual({ channel: null, thread: null });
  });

  it('says errors at the fields only where all of them are shown', () => {
    const form = formOf({ error: 'too short' }, { name: 'why' });
    expect(fieldErrors(form, ['arg:how', 'arg:why'])).toEqual({ 'arg:how': 'too short' });
    expect(fieldErrors(form, ['arg:why'])).toEqual({});
  });
});

function presses(): Presses {
  const kept = new Map<string, Json>();
  return new Presses({
    keep: async (key, value) => void kept.set(key, value),
    find: async <T extends Json>(key: string) => (kept.get(key) ?? null) as T | null,
  });
}
