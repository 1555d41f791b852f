import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';

import type { Form, FormField, Message } from '#src/chat/message.ts';
import type { Presses } from '#src/chat/presses.ts';
import { clean, shorten } from '#src/chat/text.ts';

import { BLOCKS, LIMITS } from './limits.ts';
import { line, render, words } from './render.ts';
import { escape } from './text.ts';

/** What a form keeps with itself, out of the reach of whoever fills it in. */
export interface FormMemory {
  readonly command: string;
  readonly known: Readonly<Record<string, string>>;
  /** The channel it was asked for in, and the message its answer stands below there. */
  readonly channel: string | null;
  readonly thread: string | null;
}

type Where = Pick<FormMemory, 'channel' | 'thread'>;

/** The callback id of forms, and of what is only shown. */
export const FORM = 'form';
const SHOWN = 'shown';

/** The action id of what a field is entered in. */
export const ENTERED = 'entered';

/**
 * A form as a modal. What is wrong with a field stands above it here; where Slack
 * waits for the verdict, `fieldErrors` are said at the field instead.
 */
export async function formView(form: Form, where: Where, presses: Presses): Promise<ModalView> {
  const beyond = form.fields.slice(LIMITS.formFields).filter(({ value }) => value !== '');
  // What stands already in a field that there is no room for is kept.
  const known = { ...Object.fromEntries(beyond.map(({ name, value }) => [name, value])), ...form.known };
  const memory: FormMemory = { command: form.command, known, ...where };
  return {
    type: 'modal',
    callback_id: FORM,
    title: line(form.title, BLOCKS.viewTitle),
    submit: line(form.submit, BLOCKS.viewTitle),
    close: line('Cancel', BLOCKS.viewTitle),
    private_metadata: await remembered(memory, presses),
    blocks: form.fields.slice(0, LIMITS.formFields).flatMap(fieldBlocks),
  };
}

/** What is wrong, by the block it is said at; empty when nothing is, or it is said of what is not shown. */
export function fieldErrors(form: Form, shown: readonly string[]): Readonly<Record<string, string>> {
  const wrong = form.fields
    .filter(({ error }) => error !== '')
    .map(({ name, error }) => [blockId(name), error] as const);
  return wrong.every(([id]) => shown.includes(id)) ? Object.fromEntries(wrong) : {};
}

/** A message in a modal: where there is no room to say it in, or the form still stands open. */
export async function messageView(
  title: string,
  message: Message,
  { channel, thread }: Where,
  presses: Presses,
): Promise<ModalView> {
  const { blocks } = await render(message, presses, BLOCKS.view);
  return {
    type: 'modal',
    callback_id: SHOWN,
    title: line(title, BLOCKS.viewTitle),
    close: line('Close', BLOCKS.viewTitle),
    private_metadata: await remembered({ command: '', known: {}, channel, thread }, presses),
    blocks,
  };
}

/** Stands open while the answer is being made. */
export function momentView(): ModalView {
  return wordsView('One moment', 'The answer is on its way. You may close this: it will find you.');
}

export function failedView(): ModalView {
  return wordsView('That did not work', 'Something went wrong here. Give the command once more.');
}

function wordsView(title: string, text: string): ModalView {
  return {
    type: 'modal',
    callback_id: SHOWN,
    title: line(title, BLOCKS.viewTitle),
    close: line('Close', BLOCKS.viewTitle),
    blocks: [{ type: 'section', text: words(text) }],
  };
}

/** Where a form or a message in a modal belongs; nowhere for what none of ours has written. */
export function whereOf(metadata: string): Where {
  if (!metadata.startsWith('{')) return { channel: null, thread: null };
  const { channel, thread } = JSON.parse(metadata) as Where;
  return { channel, thread };
}

/** Null for what no form of ours has written. */
export async function memoryOf(metadata: string, presses: Presses): Promise<FormMemory | null> {
  if (!metadata.startsWith('{')) return null;
  const { kept, ...memory } = JSON.parse(metadata) as FormMemory & { readonly kept?: string };
  if (kept === undefined) return memory;
  const saved = await presses.find(kept);
  return saved && { ...whereOf(metadata), command: saved.command, known: saved.args };
}

interface Filled {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
}

type Values = Readonly<Record<string, Readonly<Record<string, Filled>>>>;

/** What was entered, by argument; what was left empty is left out. */
export function enteredIn(values: Values): Record<string, string> {
  const entered: Record<string, string> = {};
  for (const [id, elements] of Object.entries(values)) {
    const [filled] = Object.values(elements);
    const text = clean(filled?.selected_option?.value ?? filled?.value ?? '');
    const name = argOf(id);
    if (name !== null && text.trim() !== '') entered[name] = text;
  }
  return entered;
}

/** Which argument is entered in a block; null for other blocks. */
export function argOf(block: string): string | null {
  return block.startsWith('arg:') ? block.slice('arg:'.length) : null;
}

/** What Slack offers in a menu. */
export function options(
  choices: readonly { readonly label: string; readonly value: string }[],
): PlainTextOption[] {
  const fitting = choices.filter(({ value }) => value !== '' && value.length <= BLOCKS.optionValue);
  return fitting
    .slice(0, BLOCKS.options)
    .map(({ label, value }) => ({ text: line(label, BLOCKS.option), value }));
}

function blockId(name: string): string {
  return `arg:${name}`;
}

/** What is too long for the place that Slack has for it stays with us, under a key. */
async function remembered(memory: FormMemory, presses: Presses): Promise<string> {
  const text = JSON.stringify(memory);
  if (text.length <= BLOCKS.metadata) return text;
  const { command, known, ...where } = memory;
  return JSON.stringify({ kept: await presses.keyFor({ command, args: known }), ...where });
}

function fieldBlocks(field: FormField): KnownBlock[] {
  const { name, label, help, required, error } = field;
  const input: InputBlock = {
    type: 'input',
    block_id: blockId(name),
    label: line(label, BLOCKS.label),
    optional: !required,
    element: elementFor(field),
    ...(help.trim() === '' ? {} : { hint: line(help, BLOCKS.label) }),
  };
  if (error === '') return [input];
  return [
    { type: 'context', elements: [words(`⚠️ ${escape(shorten(clean(error), BLOCKS.label / 2))}`)] },
    input,
  ];
}

function elementFor(field: FormField): InputBlock['element'] {
  const { kind, choices, searchable, value } = field;
  const offered = options(choices);
  const isPick = kind === 'choice' || kind === 'person';
  if (searchable) {
    const found = options([choices.find((it) => it.value === value) ?? { label: value, value }]);
    const [initial] = value === '' ? [] : found;
    return {
      type: 'external_select',
      action_id: ENTERED,
      min_query_length: 0,
      placeholder: line('Choose, or type to search', BLOCKS.placeholder),
      ...(initial ? { initial_option: initial } : {}),
    };
  }
  if (isPick && offered.length > 0 && offered.length === Math.min(choices.length, BLOCKS.options)) {
    const initial = offered.find((it) => it.value === value);
    const chosen = initial ? { initial_option: initial } : {};
    return { type: 'static_select', action_id: ENTERED, options: offered, ...chosen };
  }
  const text = shorten(clean(value), BLOCKS.input);
  return {
    type: 'plain_text_input',
    action_id: ENTERED,
    multiline: kind === 'paragraph',
    ...(text === '' ? {} : { initial_value: text }),
  };
}
