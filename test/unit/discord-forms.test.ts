import { ComponentType, type APIModalSubmission } from 'discord-api-types/v10';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { entered, Forms, modalOf, offerOf } from '#adapters/discord/forms.ts';
import { plainMessage, type Form } from '#src/chat/message.ts';
import type { Json } from '#src/chat/store.ts';
import { checkModal, inputsOf, type ModalBody } from '#test/support/discord/checks/modal.ts';
import type { Json as Component } from '#test/support/discord/world.ts';
import { formOf } from '#test/support/form.ts';

/** What Discord would show of it. */
function shown(form: Form) {
  const modal = modalOf(form, 'k'.repeat(22)) as unknown as ModalBody;
  checkModal(modal);
  return inputsOf(modal.components);
}

const submitted = (...components: readonly object[]) =>
  components.map((component) => ({
    type: ComponentType.Label,
    id: 1,
    component,
  })) as APIModalSubmission['components'];

const field = fc.record({
  name: fc.stringMatching(/^[a-z]{1,12}$/),
  label: fc.string({ maxLength: 80 }),
  help: fc.string({ maxLength: 200 }),
  kind: fc.constantFrom('line', 'paragraph', 'choice', 'person', 'when', 'duration'),
  required: fc.boolean(),
  choices: fc.array(
    fc.record({ label: fc.string({ maxLength: 120 }), value: fc.string({ maxLength: 120 }) }),
    { maxLength: 40 },
  ),
  searchable: fc.boolean(),
  value: fc.oneof(fc.string(), fc.constant('x'.repeat(5000))),
  error: fc.oneof(fc.constant(''), fc.string({ maxLength: 200 })),
});

describe('A form in Discord', () => {
  it('is one that Discord takes, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(field, { maxLength: 9, minLength: 1, selector: ({ name }) => name }),
        fc.string(),
        (fields, title) => {
          const form = { ...formOf(...fields), title };
          expect(shown(form).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lists few choices, has long lists written in, and picks people where none are listed', () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ label: `P${index}`, value: `p${index}` }));
    const types = shown(
      formOf(
        { name: 'a', kind: 'choice', choices: choices(25), value: 'p3' },
        { name: 'b', kind: 'choice', choices: choices(26), searchable: true },
        { name: 'c', kind: 'person' },
        { name: 'd', kind: 'paragraph' },
        { name: 'e', kind: 'line', choices: choices(2) },
      ),
    ).map(({ input }) => input['type']);
    expect(types).toEqual([
      ComponentType.StringSelect,
      ComponentType.TextInput,
      ComponentType.UserSelect,
      ComponentType.TextInput,
      ComponentType.TextInput,
    ]);
  });

  it('shows what was chosen also when it is far down in a long list', () => {
    const choices = Array.from({ length: 60 }, (_, index) => ({ label: `P${index}`, value: `p${index}` }));
    const [only] = shown(formOf({ kind: 'choice', choices, value: 'p42' }));
    const options = only?.input['options'] as readonly Component[];
    expect(options).toHaveLength(25);
    expect(options.filter((it) => it['default']).map((it) => it['value'])).toEqual(['p42']);
  });

  it('says above its fields what is wrong, and keeps what is in a field that has no room for it', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const form = formOf(
      ...names.map((name) => ({
        name,
        label: name,
        value: `${name}1`,
        error: name === 'e' ? 'say *more*' : '',
      })),
    );
    const [first] = modalOf(form, 'k'.repeat(22)).components;
    expect(first).toMatchObject({
      type: ComponentType.TextDisplay,
      content: String.raw`**e:** say \*more\*`,
    });
    expect(shown(form).map(({ input }) => input['custom_id'])).toEqual(['a', 'b', 'c', 'e']);

    const args = entered(form, submitted({ type: ComponentType.TextInput, custom_id: 'e', value: ' e2 ' }));
    expect(args).toEqual({ incident: 'INC-1', d: 'd1', e: 'e2' });
  });

  it('hands over what was entered and picked, and nothing that was not asked', () => {
    const form = formOf(
      { name: 'how' },
      { name: 'to', kind: 'person' },
      { name: 'why' },
      { name: 'level', kind: 'choice', choices: [{ label: 'L2', value: 'l2' }] },
    );
    const args = entered(
      form,
      submitted(
        { type: ComponentType.TextInput, custom_id: 'how', value: 'rolled\u202E back' },
        { type: ComponentType.UserSelect, custom_id: 'to', values: ['123456789012345678'] },
        { type: ComponentType.TextInput, custom_id: 'why', value: '  ' },
        { type: ComponentType.StringSelect, custom_id: 'level', values: ['l2'] },
        { type: ComponentType.TextInput, custom_id: 'incident', value: 'INC-666' },
      ),
    );
    expect(args).toEqual({ incident: 'INC-1', how: 'rolled back', to: '<@123456789012345678>', level: 'l2' });
  });

  it('is offered by a button with what is wrong beside it, where it cannot open', () => {
    const { message, below } = offerOf(formOf({ label: 'How?', error: 'say more' }), 'k'.repeat(22));
    expect(plainMessage(message)).toContain('How?: say more');
    expect(below.components).toMatchObject([{ label: 'Open the form', custom_id: `f:0:${'k'.repeat(22)}` }]);
  });

  it('is known at once, and after a restart once it was written', async () => {
    const kept = new Map<string, Json>();
    const store = {
      find: async <T extends Json>(key: string) => (kept.get(key) ?? null) as T | null,
      keep: async (key: string, value: Json) => void kept.set(key, value),
    };
    const form = formOf({ value: 'x' });
    const forms = new Forms(store);
    const { key, written } = forms.keep(form);
    expect(await forms.find(key)).toEqual(form);
    await written;
    expect(await new Forms(store).find(key)).toEqual(form);
    expect(await new Forms(store).find('y'.repeat(22))).toBe(null);
  });
});
