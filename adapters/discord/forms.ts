import { createHash } from 'node:crypto';

import {
  ButtonStyle,
  ComponentType,
  TextInputStyle,
  type APILabelComponent,
  type APITextDisplayComponent,
  type APIModalInteractionResponseCallbackData,
  type APIStringSelectComponent,
  type APITextInputComponent,
  type APIModalSubmission,
  type ModalSubmitComponent,
} from 'discord-api-types/v10';

import { Kept } from '#src/chat/kept.ts';
import { bold, say, type Form, type FormField, type Message } from '#src/chat/message.ts';
import type { Json, PlatformStore } from '#src/chat/store.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { LIMITS, MAX } from './limits.ts';
import { optionsOf, type Row } from './render.ts';
import { drawn } from './text.ts';

/** Forms by a short key: what is known already, and what was asked for. */
export class Forms {
  readonly #store: Pick<PlatformStore, 'find' | 'keep'>;
  readonly #kept = new Kept<Form>(500);

  constructor(store: Pick<PlatformStore, 'find' | 'keep'>) {
    this.#store = store;
  }

  /** Known at once; `written` is settled when a new process knows it too. */
  keep(form: Form): { readonly key: string; readonly written: Promise<void> } {
    const text = JSON.stringify(form);
    const key = createHash('sha256').update(text).digest('base64url').slice(0, 22);
    this.#kept.set(key, form);
    return { key, written: this.#store.keep(`form:${key}`, JSON.parse(text) as Json) };
  }

  /** Null for a key that was never given. */
  async find(key: string): Promise<Form | null> {
    const found = this.#kept.get(key) ?? ((await this.#store.find(`form:${key}`)) as Form | null);
    if (found) this.#kept.set(key, found);
    return found;
  }
}

export function modalOf(form: Form, key: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: `m:${key}`,
    title: cleanLine(form.title, MAX.modalTitle) || '…',
    components: [...errorsOf(form), ...shownOf(form).map(labelOf)],
  };
}

/** What is wrong stands above the fields, and takes the place of one of them. */
function errorsOf({ fields }: Form): APITextDisplayComponent[] {
  const lines = wrongIn(fields).map(({ label, error }) => drawn([bold(`${label}:`), ` ${error}`], 500));
  return lines.length === 0 ? [] : [{ type: ComponentType.TextDisplay, content: lines.join('\n') }];
}

/** As many fields as Discord takes, those that are wrong among them; the others keep what is in them. */
function shownOf({ fields }: Form): readonly FormField[] {
  const wrong = wrongIn(fields);
  const room = LIMITS.formFields - (wrong.length === 0 ? 0 : 1);
  const first = [...wrong, ...fields.filter((it) => !wrong.includes(it))].slice(0, room);
  return fields.filter((it) => first.includes(it));
}

function wrongIn(fields: readonly FormField[]): readonly FormField[] {
  return fields.filter(({ error }) => error !== '');
}

/** What was entered, with what was known. What was left empty is not among it. */
export function entered(form: Form, components: APIModalSubmission['components']): Record<string, string> {
  const args: Record<string, string> = { ...form.known };
  const shown = shownOf(form);
  for (const { name, value } of form.fields.filter((it) => !shown.includes(it))) {
    if (value !== '') args[name] = value;
  }
  for (const it of components) {
    if (it.type !== ComponentType.Label) continue;
    const { component } = it;
    const value = clean(valueOf(component)).trim();
    if (shown.some(({ name }) => name === component.custom_id) && value !== '') {
      args[component.custom_id] = value;
    }
  }
  return args;
}

/** What is said where a form cannot open by itself: why, and a button that opens it. */
export function offerOf(form: Form, key: string): { readonly message: Message; readonly below: Row } {
  const wrong = wrongIn(form.fields);
  const message =
    wrong.length === 0
      ? say(`${form.title}: some things have to be filled in.`)
      : say('This is not right yet. What you entered is kept.', {
          type: 'fields',
          fields: wrong.map(({ label, error }) => ({ label, value: error })),
        });
  const button = {
    type: ComponentType.Button,
    style: ButtonStyle.Primary,
    label: 'Open the form',
    custom_id: `f:0:${key}`,
  } as const;
  return { message, below: { type: ComponentType.ActionRow, components: [button] } };
}

function labelOf(field: FormField): APILabelComponent {
  const { label, help, name } = field;
  const said = cleanLine(help, MAX.modalHelp);
  return {
    type: ComponentType.Label,
    label: cleanLine(label, MAX.modalLabel) || name,
    ...(said === '' ? null : { description: said }),
    component: inputOf(field),
  };
}

function inputOf(field: FormField): APILabelComponent['component'] {
  const { name, kind, required, choices, searchable } = field;
  const options = optionsOf(withChosen(field));
  const isList = (kind === 'choice' || kind === 'person') && options.length > 0;
  // Where some are left out, people had better write: what they write is looked up.
  if (isList && (options.length === choices.length || !searchable)) return selectOf(field, options);
  if (kind === 'person') {
    return { type: ComponentType.UserSelect, custom_id: name, required, min_values: required ? 1 : 0 };
  }
  return textOf(field);
}

/** What was chosen is among those that are listed. */
function withChosen({ choices, value }: FormField): FormField['choices'] {
  const chosen = choices.findIndex((it) => it.value === value);
  if (chosen < MAX.options) return choices;
  return [...choices.slice(0, MAX.options - 1), ...choices.slice(chosen, chosen + 1)];
}

function selectOf(
  { name, required, value }: FormField,
  options: ReturnType<typeof optionsOf>,
): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: name,
    required,
    min_values: required ? 1 : 0,
    max_values: 1,
    options: options.map((it) => (it.value === value ? { ...it, default: true } : it)),
  };
}

const PLACEHOLDERS: Readonly<Partial<Record<FormField['kind'], string>>> = {
  when: '30m, 14:45 or tomorrow 9:00',
  duration: '30m, 2h or 1d',
  person: '@name',
};

function textOf({ name, kind, required, value, choices }: FormField): APITextInputComponent {
  const offered = choices.map((it) => it.value).join(', ');
  const placeholder = cleanLine(PLACEHOLDERS[kind] ?? offered, MAX.modalPlaceholder);
  const words = kind === 'paragraph' ? clean(value) : cleanLine(value, MAX.input);
  return {
    type: ComponentType.TextInput,
    custom_id: name,
    style: kind === 'paragraph' ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required,
    max_length: MAX.input,
    ...(placeholder === '' ? null : { placeholder }),
    ...(words === '' ? null : { value: shorten(words, MAX.input) }),
  };
}

function valueOf(component: ModalSubmitComponent): string {
  if (component.type === ComponentType.TextInput) return component.value;
  if (component.type === ComponentType.StringSelect) return component.values[0] ?? '';
  const [user] = component.type === ComponentType.UserSelect ? component.values : [];
  return user === undefined ? '' : `<@${user}>`;
}
