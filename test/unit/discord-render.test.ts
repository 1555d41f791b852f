import { ComponentType } from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Questions } from '#adapters/discord/questions.ts';
import { markOf, render } from '#adapters/discord/render.ts';
import { bold, code, link, person, say, type Message, type Part, type Text } from '#src/chat/message.ts';
import { Presses } from '#src/chat/presses.ts';
import type { Json } from '#src/chat/store.ts';
import { flat } from '#test/support/discord/checks/components.ts';
import { checkMessage } from '#test/support/discord/checks/message.ts';
import type { Json as Component } from '#test/support/discord/world.ts';

function drawingOn(kept = new Map<string, Json>()) {
  const store = {
    find: async <T extends Json>(key: string) => (kept.get(key) ?? null) as T | null,
    keep: async (key: string, value: Json) => void kept.set(key, value),
  };
  return { kept, presses: new Presses(store), questions: new Questions(store) };
}

async function drawn(message: Message, key?: string) {
  const drawing = drawingOn();
  const body = await render(message, drawing, key === undefined ? {} : { key });
  const checked = { ...body, components: body.components as unknown as Component[] };
  checkMessage(checked, [], { isInteraction: false, before: null });
  const all = flat(checked.components);
  return { ...drawing, body, all, texts: all.filter((it) => it['type'] === ComponentType.TextDisplay) };
}

const words = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('`*_<@1>\n# x\n'.repeat(400), '', ' ', 'word '.repeat(900)),
);
const text: fc.Arbitrary<Text> = fc.oneof(
  words,
  fc.array(
    fc.oneof(
      words,
      words.map(bold),
      words.map(code),
      words.map((it) => link(it, 'https://x.example/a')),
    ),
    { maxLength: 4 },
  ),
);
const button = fc.record({
  label: words,
  command: fc.constantFrom('ack', 'resolve'),
  args: fc.constant({ incident: 'INC-1' }),
  style: fc.constantFrom('primary', 'danger', 'plain'),
});
const option = fc.record({
  label: words,
  value: fc.oneof(fc.string({ maxLength: 120 }), fc.constant('same')),
});
const part: fc.Arbitrary<Part> = fc.oneof(
  words.map((it): Part => ({ type: 'heading', text: it })),
  words.map((it): Part => ({ type: 'code', text: it })),
  text.map((it): Part => ({ type: 'text', text: it })),
  text.map((it): Part => ({ type: 'context', text: it })),
  fc.array(text, { maxLength: 30 }).map((items): Part => ({ type: 'list', items })),
  fc
    .array(fc.record({ label: words, value: text }), { maxLength: 30 })
    .map((fields): Part => ({ type: 'fields', fields })),
  fc.constant<Part>({ type: 'divider' }),
  fc.array(button, { maxLength: 30 }).map((buttons): Part => ({ type: 'buttons', buttons })),
  fc.array(option, { maxLength: 40 }).map((options): Part => ({
    type: 'select',
    select: { label: 'Which?', command: 'ack', args: {}, arg: 'incident', options },
  })),
);

describe('A message in Discord', () => {
  it('is one that Discord takes, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), words, async (parts, summary) => {
        await drawn({ parts, summary, tone: 'alarm' });
      }),
      { numRuns: 200 },
    );
  });

  it('has all of its 25 buttons, each with a short id of its own', async () => {
    const buttons = Array.from({ length: 25 }, (_, index) => ({
      label: `Do ${index}`,
      command: 'do',
      args: { what: 'x'.repeat(500) },
      style: 'plain' as const,
    }));
    const parts: Part[] = [
      { type: 'text', text: 'Pick' },
      { type: 'buttons', buttons },
    ];
    const { all } = await drawn({ parts, summary: '', tone: 'info' });
    const shown = all.filter((it) => it['type'] === ComponentType.Button);
    expect(shown.map((it) => it['label'])).toEqual(buttons.map(({ label }) => label));
    expect(new Set(shown.map((it) => it['custom_id'])).size).toBe(25);
  });

  it('keeps what was said before and after its buttons in its order', async () => {
    const { all } = await drawn(
      say(
        'before',
        { type: 'buttons', buttons: [{ label: 'Go', command: 'go', args: {}, style: 'primary' }] },
        { type: 'divider' },
        { type: 'text', text: 'after' },
      ),
    );
    expect(all.map((it) => it['content'] ?? it['label'] ?? it['type'])).toEqual([
      ComponentType.Container,
      'before',
      ComponentType.ActionRow,
      'Go',
      ComponentType.Separator,
      'after',
    ]);
  });

  it('notifies the people it names on purpose, and nobody else', async () => {
    const id = '123456789012345678';
    const { body } = await drawn(
      say(['@everyone <@&1> <@999999999999999999> ', person(id, 'Ana'), person(id, 'Ana')]),
    );
    expect(body.allowed_mentions).toEqual({ parse: [], users: [id] });
  });

  it('carries a number by which it is found again, and the same for the same key', async () => {
    const { body } = await drawn(say('x'), 'card:1');
    expect(body.components[0]?.id).toBe(markOf('card:1'));
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(Number.isInteger(markOf(key))).toBe(true);
        // Discord's numbers have 31 bits, and it counts on from ours for what is inside.
        expect(markOf(key)).toBeGreaterThan(1000);
        expect(markOf(key)).toBeLessThan(2 ** 31 - 1000);
      }),
    );
  });

  it('asks before a button that has to be meant, and knows the question later', async () => {
    const buttons = [
      { label: 'Close', command: 'close', args: {}, style: 'danger', confirm: 'Close it for good?' } as const,
    ];
    const { all, kept } = await drawn(say('x', { type: 'buttons', buttons }));
    const id = String(all.find((it) => it['type'] === ComponentType.Button)?.['custom_id']);
    const [kind, , key = ''] = id.split(':');
    expect(kind).toBe('c');
    const later = new Questions({
      find: async <T extends Json>(name: string) => (kept.get(name) ?? null) as T | null,
      keep: async () => {},
    });
    expect(await later.find(key)).toEqual({ text: 'Close it for good?', label: 'Close', style: 'danger' });
  });
});
