import { createRequire } from 'node:module';

import type * as AdaptiveCards from 'adaptivecards';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dialogOf } from '#adapters/teams/forms.ts';
import { LIMITS } from '#adapters/teams/limits.ts';
import { PRESS, render, type Pens } from '#adapters/teams/render.ts';
import { commands } from '#commands/index.ts';
import {
  ago,
  bold,
  code,
  link,
  moment,
  person,
  say,
  type Button,
  type Form,
  type Message,
  type Part,
  type Text,
} from '#src/chat/message.ts';
import { Presses } from '#src/chat/presses.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { Json } from '#src/chat/store.ts';
import { checkActivity } from '#test/support/teams/checks/activity.ts';
import { checkCard } from '#test/support/teams/checks/card.ts';
import { readActivity } from '#test/support/teams/client/reading.ts';
import { fieldsOf, listOf, type Fields } from '#test/support/teams/json.ts';

const ANYBODY = { canMention: () => true, canMentionInText: () => true };

function pens(): Pens {
  const kept = new Map<string, Json>();
  const store = {
    find: async <T extends Json>(key: string) => (kept.get(key) ?? null) as T | null,
    keep: async (key: string, value: Json) => void kept.set(key, value),
  };
  return { presses: new Presses(store), commands: () => commands.map(shapeOf) };
}

/** Drawn, and held to what Teams takes. */
async function drawn(message: Message): Promise<{ activity: Fields; card: Fields }> {
  const activity = { ...(await render(message, pens())) } as unknown as Fields;
  checkActivity(activity, ANYBODY);
  return { activity, card: fieldsOf(fieldsOf(listOf(activity['attachments'])[0])['content']) };
}

/** The library is made for browsers: of its two shapes this one loads in Node, if there is a `self`. */
function renderer(): typeof AdaptiveCards {
  Object.assign(globalThis, { self: globalThis });
  return createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as typeof AdaptiveCards;
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '数据库 '.repeat(2000),
    '',
    ' ',
    'word '.repeat(3000),
    '{{DATE(2026-01-01T00:00:00Z)}}',
    '<at>Bo</at>',
  ),
);
const text: fc.Arbitrary<Text> = fc.oneof(
  words,
  fc.array(
    fc.oneof(
      words,
      words.map(bold),
      words.map(code),
      fc.tuple(words, fc.webUrl()).map(([it, url]) => link(it, url)),
      words.map((name) => person('8f0e5a3b-1f6f-4c9b-a10d-3b07384d9a01', name)),
      fc.constantFrom(moment(new Date(0)), ago(new Date(0))),
    ),
    { maxLength: 6 },
  ),
);
const button: fc.Arbitrary<Button> = fc.record({
  label: words,
  command: fc.constantFrom('ack', 'resolve', 'note', 'declare', 'nothing'),
  args: fc.dictionary(fc.constantFrom('incident', 'text'), words, { maxKeys: 2 }),
  style: fc.constantFrom('primary', 'danger', 'plain'),
  confirm: words,
});
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('heading'), text: words }),
  fc.record({ type: fc.constant('text'), text }),
  fc.record({
    type: fc.constant('fields'),
    fields: fc.array(fc.record({ label: words, value: text }), { maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('list'), items: fc.array(text, { maxLength: 5 }) }),
  fc.record({ type: fc.constant('code'), text: words }),
  fc.record({ type: fc.constant('context'), text }),
  fc.record({ type: fc.constant('divider') }),
  fc.record({ type: fc.constant('buttons'), buttons: fc.array(button, { maxLength: 20 }) }),
  fc.record({
    type: fc.constant('select'),
    select: fc.record({
      label: words,
      command: fc.constant('ack'),
      args: fc.constant({}),
      arg: fc.constant('incident'),
      options: fc.array(fc.record({ label: words, value: words }), { maxLength: 120 }),
    }),
  }),
);
const message: fc.Arbitrary<Message> = fc.record({
  parts: fc.array(part, { maxLength: 8 }),
  summary: words,
  tone: fc.constantFrom('alarm', 'warn', 'info', 'good', 'quiet'),
});

describe('a message as a card', () => {
  it('is one that Teams takes, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(message, async (it_) => {
        await drawn(it_);
      }),
      { numRuns: 150 },
    );
  });

  it('is known to the renderer of Adaptive Cards, without complaint', async () => {
    const { AdaptiveCard, SerializationContext } = renderer();
    await fc.assert(
      fc.asyncProperty(message, async (it_) => {
        const { card } = await drawn(it_);
        const context = new SerializationContext();
        new AdaptiveCard().parse(JSON.parse(JSON.stringify(card)), context);
        const complaints = Array.from(
          { length: context.eventCount },
          (_, at) => context.getEventAt(at).message,
        );
        expect(complaints).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('opens a dialog where something is missing, and else carries the command out', async () => {
    const buttons: Button[] = [
      { label: 'Acknowledge', command: 'ack', args: { incident: 'INC-1' }, style: 'primary' },
      { label: 'Note', command: 'note', args: { incident: 'INC-1' }, style: 'plain' },
      {
        label: 'Close',
        command: 'close',
        args: { incident: 'INC-1' },
        style: 'danger',
        confirm: 'Is it over?',
      },
    ];
    const { card } = await drawn(say('INC-1', { type: 'buttons', buttons }));
    const [ack, note, close] = listOf(fieldsOf(listOf(card['body'])[1])['actions']).map(fieldsOf);
    expect(ack).toMatchObject({
      type: 'Action.Execute',
      style: 'positive',
      data: { [PRESS]: expect.stringMatching(/^[\w-]{22}$/) },
      fallback: { type: 'Action.Submit' },
    });
    expect(note).toMatchObject({ type: 'Action.Submit', data: { msteams: { type: 'task/fetch' } } });
    expect(close).toMatchObject({
      type: 'Action.ShowCard',
      card: { actions: [{ type: 'Action.Execute', title: 'Close' }] },
    });
  });

  it('carries in its buttons nothing of what they do', async () => {
    const args = { incident: 'INC-1', text: 'the secret plan' };
    const { activity } = await drawn(
      say('INC-1', { type: 'buttons', buttons: [{ label: 'Keep', command: 'note', args, style: 'plain' }] }),
    );
    expect(JSON.stringify(activity)).not.toMatch(/secret plan|"command"/);
  });

  it('says everything that fits, in its order', async () => {
    const { activity } = await drawn({
      parts: [
        { type: 'heading', text: 'INC-1 Checkout is down' },
        {
          type: 'fields',
          fields: [{ label: 'Impact', value: ['nobody, not even ', person('42', 'Bo'), ', can pay'] }],
        },
        { type: 'list', items: ['one', ['two for ', person('42', 'Bo')]] },
        { type: 'divider' },
        { type: 'context', text: 'since 8:00\nby Alertmanager' },
      ],
      summary: 'INC-1',
      tone: 'alarm',
    });
    expect(readActivity(activity).text).toBe(
      'INC-1 Checkout is down\nImpact: nobody, not even @Bo, can pay\n• one\n• two for @Bo\nsince 8:00\nby Alertmanager',
    );
  });
});

const form: fc.Arbitrary<Form> = fc.record({
  title: words,
  submit: words,
  command: fc.constant('declare'),
  known: fc.constant({}),
  fields: fc
    .array(
      fc.record({
        label: words,
        help: words,
        kind: fc.constantFrom('line', 'paragraph', 'choice', 'person', 'when', 'duration'),
        required: fc.boolean(),
        choices: fc.array(fc.record({ label: words, value: fc.string({ maxLength: 30 }) }), {
          maxLength: 100,
        }),
        searchable: fc.boolean(),
        value: fc.oneof(fc.constant(''), fc.string({ maxLength: 60 })),
        error: words,
      }),
      { maxLength: 30 },
    )
    .map((fields) => fields.map((it_, index) => ({ ...it_, name: `field${index}` }))),
});

describe('a form as a dialog', () => {
  it('is one that Teams takes, whatever is in it', () => {
    fc.assert(
      fc.property(form, (it_) => {
        const { card } = dialogOf(it_, 'k'.repeat(22));
        const content = fieldsOf(card.content);
        checkCard(content, { canMention: () => false });
        const inputs = listOf(content['body']).filter((e) =>
          String(fieldsOf(e)['type']).startsWith('Input.'),
        );
        expect(inputs).toHaveLength(Math.min(it_.fields.length, LIMITS.formFields));
      }),
      { numRuns: 100 },
    );
  });
});
