import { createHash } from 'node:crypto';

import type { Attachment } from 'botbuilder';

import { Kept } from '#src/chat/kept.ts';
import { say, type Form, type FormField, type Message } from '#src/chat/message.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { SCHEMA, type Action, type Card, type Choice, type Element } from './card.ts';
import { CARD_BYTES, LABEL, LIMITS, OPTIONS } from './limits.ts';
import { attached, OPENS_FORM } from './render.ts';
import { escaped, runs } from './text.ts';

/** A form that was offered to somebody, and where they asked for it. */
export interface Offered {
  readonly form: Form;
  readonly person: string;
  /** Null outside of rooms. */
  readonly room: string | null;
  /** The conversations in which the answer is said, to the asker alone or to everybody. */
  readonly conversation: string;
  readonly forAll: string;
}

/** What a dialog sends back beside its inputs. */
export const FORM = '_form';

/** Characters of one answer. */
const ANSWER = 8000;
const HELP = 300;

/** So many forms are known without asking the database: a dialog wants its form at once. */
const REMEMBERED = 500;

/** Forms are kept here: what is known of a command does not come back from a person's device. */
export class Forms {
  readonly #store: Pick<PlatformStore, 'find' | 'keep'>;
  readonly #lately = new Kept<string>(REMEMBERED);

  constructor(store: Pick<PlatformStore, 'find' | 'keep'>) {
    this.#store = store;
  }

  /** The key leads to it at once, and after a restart when it is written. */
  keep(offered: Offered): { readonly key: string; readonly written: Promise<void> } {
    const text = JSON.stringify(offered);
    const key = createHash('sha256').update(text).digest('base64url').slice(0, 22);
    this.#lately.set(key, text);
    return { key, written: this.#store.keep(`form:${key}`, text) };
  }

  /** Null for a form that was not offered to this person. */
  async find(key: unknown, person: string): Promise<Offered | null> {
    if (typeof key !== 'string' || !/^[\w-]{22}$/.test(key)) return null;
    const text = this.#lately.get(key) ?? (await this.#store.find<string>(`form:${key}`));
    const offered = text === null ? null : (JSON.parse(text) as Offered);
    return offered?.person === person ? offered : null;
  }
}

/** Teams opens dialogs only by a button. */
export function offer({ title }: Form, key: string): Message {
  const button = {
    label: 'Open the form',
    command: OPENS_FORM,
    args: { form: key },
    style: 'primary',
  } as const;
  return say(`A few things are needed: ${cleanLine(title, LABEL)}`, { type: 'buttons', buttons: [button] });
}

export interface Dialog {
  readonly title: string;
  readonly height: 'medium';
  readonly width: 'medium';
  readonly card: Attachment;
}

/** The form as a dialog, with as many choices as a card has room for. */
export function dialogOf(form: Form, key: string): Dialog {
  const title = cleanLine(form.title, LABEL) || 'Form';
  for (let choices = OPTIONS; ; choices = Math.floor(choices / 2)) {
    const card = cardFor(form, key, choices);
    const fits = Buffer.byteLength(JSON.stringify(card)) <= CARD_BYTES;
    if (fits || choices < 2) return { title, height: 'medium', width: 'medium', card: attached(card) };
  }
}

function cardFor(form: Form, key: string, choices: number): Card {
  const fields = form.fields.slice(0, LIMITS.formFields);
  const send: Action = {
    type: 'Action.Submit',
    title: cleanLine(form.submit, LABEL) || 'Send',
    style: 'positive',
    data: { [FORM]: key },
  };
  return {
    type: 'AdaptiveCard',
    $schema: SCHEMA,
    version: '1.5',
    fallbackText: escaped(cleanLine(form.title, LABEL)) || '…',
    body: [...wrongAbove(fields), ...fields.flatMap((it) => drawn(it, key, choices))],
    actions: [send],
    msteams: { width: 'Full' },
  };
}

/** What is wrong is said above the form, where it is seen at once, and again at its field. */
function wrongAbove(fields: readonly FormField[]): Element[] {
  const wrong = fields.filter(({ error }) => error !== '');
  if (wrong.length === 0) return [];
  const lines = wrong.map(({ label, error }) => `${cleanLine(label, LABEL)}: ${cleanLine(error, HELP)}`);
  return [attention(lines.join('\n'))];
}

function attention(text: string): Element {
  return { type: 'RichTextBlock', inlines: runs(clean(text), { color: 'Attention' }), spacing: 'Small' };
}

function drawn(field: FormField, key: string, most: number): Element[] {
  const error = field.error === '' ? [] : [attention(cleanLine(field.error, HELP))];
  return [inputOf(field, key, most), ...error];
}

function inputOf(field: FormField, key: string, most: number): Element {
  const { name, help, required, value, searchable } = field;
  const placeholder = cleanLine(help, HELP);
  const shared = {
    id: name,
    label: cleanLine(field.label, LABEL) || name,
    ...(required ? { isRequired: true, errorMessage: 'This is needed.' } : {}),
    ...(placeholder === '' ? {} : { placeholder }),
  };
  const listed = field.choices
    .slice(0, most)
    .map((it) => ({ title: cleanLine(it.label, LABEL) || '…', value: it.value }));
  if (listed.length === 0 && !searchable) {
    const text = shorten(clean(value), ANSWER);
    const isMultiline = field.kind === 'paragraph';
    return {
      type: 'Input.Text',
      ...shared,
      ...(text === '' ? {} : { value: text }),
      ...(isMultiline ? { isMultiline } : {}),
    };
  }
  return {
    type: 'Input.ChoiceSet',
    ...shared,
    style: searchable || listed.length > 8 ? 'filtered' : 'compact',
    choices: withValue(listed, field),
    ...(value === '' ? {} : { value }),
    // What is not listed is looked up while somebody types.
    ...(searchable ? { 'choices.data': { type: 'Data.Query', dataset: `${key}/${name}` } } : {}),
  };
}

/** What is in it already is one of its choices. */
function withValue(listed: readonly Choice[], { value, choices }: FormField): readonly Choice[] {
  if (value === '' || listed.some((it) => it.value === value)) return listed;
  const label = choices.find((it) => it.value === value)?.label ?? value;
  return [...listed, { title: cleanLine(label, LABEL) || '…', value }];
}

/** The command's arguments: what was known, what was entered, and what was in fields that there was no room for. */
export function argsFrom(
  { known, fields }: Form,
  data: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const args: Record<string, string> = { ...known };
  for (const [index, { name, value }] of fields.entries()) {
    const entered = index < LIMITS.formFields ? data[name] : value;
    if (typeof entered !== 'string') continue;
    const text = shorten(clean(entered), ANSWER);
    if (text.trim() !== '') args[name] = text;
  }
  return args;
}
