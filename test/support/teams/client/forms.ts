import type { FakePerson, SeenForm } from '#test/support/fake-platform.ts';

import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import type { OpenDialog, Stage } from '../stage.ts';
import type { Posted } from '../world.ts';
import { cardsOf, elementsIn, inputsOf, kindOf } from './cards.ts';
import { readMarkdown } from './markup.ts';

/** What stands open for somebody to fill in: a dialog, or a card with inputs that only they see. */
export type OpenForm =
  | { readonly kind: 'dialog'; readonly dialog: OpenDialog; readonly card: Fields }
  | { readonly kind: 'message'; readonly posted: Posted; readonly card: Fields };

export function openForm({ world, dialogs }: Stage, reader: FakePerson): OpenForm | null {
  const dialog = dialogs.get(reader.id);
  if (dialog) return { kind: 'dialog', dialog, card: dialog.card };
  const who = world.person(reader.id);
  if (!who) return null;
  const chat = world.hasChat(who) ? world.chatWith(who) : null;
  for (const posted of world.posted.toReversed()) {
    const view = posted.views.get(who.id);
    const isTheirs =
      view !== undefined || posted.to === who.id || (chat !== null && posted.conversation === chat);
    if (posted.author !== 'bot' || posted.deleted || !isTheirs) continue;
    const card = (view ? [view] : cardsOf(posted.activity)).find(isForm);
    if (card) return { kind: 'message', posted, card };
  }
  return null;
}

/** One menu alone, beside its button, is no form. */
function isForm(card: Fields): boolean {
  const inputs = inputsOf(card);
  return inputs.length > 1 || inputs.some((it) => kindOf(it) !== 'Input.ChoiceSet');
}

/** The form as the person reads it: errors are words in the colour of attention, each after its input. */
export function formSeen(stage: Stage, reader: FakePerson): SeenForm | null {
  const open = openForm(stage, reader);
  if (!open) return null;
  const complaints = open.kind === 'dialog' ? open.dialog.complaints : {};
  const fields: SeenForm['fields'][number][] = [];
  let error = '';
  let before = '';
  let heading = '';
  for (const element of elementsIn(open.card)) {
    if (element['isVisible'] === false) continue;
    const words = wordsOf(element);
    const last = fields.at(-1);
    if (kindOf(element).startsWith('Input.')) {
      fields.push(fieldSeen(element, before, complaints));
      before = '';
    } else if (words !== '' && isAttention(element)) {
      if (last) fields.splice(-1, 1, { ...last, error: words });
      else error = words;
    } else if (words !== '') {
      heading ||= words;
      before = words;
    }
  }
  return { title: open.kind === 'dialog' ? open.dialog.title : heading, error, fields };
}

function fieldSeen(
  input: Fields,
  before: string,
  complaints: Readonly<Record<string, string>>,
): SeenForm['fields'][number] {
  const name = textOf(input['id']);
  const choices = listOf(input['choices']).map(fieldsOf);
  const value = textOf(input['value']);
  const chosen = value
    .split(',')
    .map((it) => choices.find((choice) => choice['value'] === it)?.['title'] ?? it);
  return {
    name,
    label: textOf(input['label']) || textOf(input['title']) || before,
    value: choices.length > 0 ? chosen.map(textOf).join(', ') : value,
    error: complaints[name] ?? '',
    choices: choices.map((it) => textOf(it['title'])),
  };
}

function wordsOf(element: Fields): string {
  if (kindOf(element) === 'TextBlock') return readMarkdown(textOf(element['text'])).text;
  if (kindOf(element) !== 'RichTextBlock') return '';
  return listOf(element['inlines'])
    .map((it) => (typeof it === 'string' ? it : textOf(fieldsOf(it)['text'])))
    .join('');
}

function isAttention(element: Fields): boolean {
  const colours = [element['color'], ...listOf(element['inlines']).map((it) => fieldsOf(it)['color'])];
  return colours.some((it) => textOf(it).toLowerCase() === 'attention');
}

/** What is sent of a card's inputs: what was in them, and these answers, by the choice's label or value. */
export function entered(
  card: Fields,
  answers: Readonly<Record<string, string>>,
): {
  readonly values: Readonly<Record<string, string>>;
  readonly complaints: Readonly<Record<string, string>>;
} {
  const values: Record<string, string> = {};
  const complaints: Record<string, string> = {};
  const inputs = inputsOf(card);
  const unknown = Object.keys(answers).find((name) => !inputs.some((it) => it['id'] === name));
  if (unknown !== undefined) {
    throw new Error(
      `the form has no field ${unknown}; it has ${inputs.map((it) => textOf(it['id'])).join(', ')}`,
    );
  }
  for (const input of inputs) {
    const name = textOf(input['id']);
    const value = valueOf(input, answers[name]);
    const complaint = complaintOf(input, value);
    if (complaint !== null) complaints[name] = textOf(input['errorMessage']) || complaint;
    if (value !== '' || answers[name] !== undefined || input['value'] !== undefined) values[name] = value;
  }
  return { values, complaints };
}

function valueOf(input: Fields, answer: string | undefined): string {
  if (answer === undefined) {
    const { value } = input;
    if (typeof value === 'number') return String(value);
    return textOf(value) || (kindOf(input) === 'Input.Toggle' ? 'false' : '');
  }
  const choice = listOf(input['choices'])
    .map(fieldsOf)
    .find((it) => it['title'] === answer || it['value'] === answer);
  return choice ? textOf(choice['value']) : answer;
}

/** What the app itself finds wrong, before anything is sent. */
function complaintOf(input: Fields, value: string): string | null {
  if (value === '') return input['isRequired'] === true ? 'This is a required input' : null;
  const kind = kindOf(input);
  const most = input['maxLength'];
  if (kind === 'Input.Text' && typeof most === 'number' && value.length > most) {
    return `At most ${most} characters`;
  }
  if (
    kind === 'Input.Text' &&
    typeof input['regex'] === 'string' &&
    !new RegExp(input['regex']).test(value)
  ) {
    return 'Invalid input';
  }
  if (kind === 'Input.Date' && !/^\d{4}-\d\d-\d\d$/.test(value)) return 'No date';
  if (kind === 'Input.Time' && !/^\d\d:\d\d$/.test(value)) return 'No time';
  if (kind === 'Input.Number' && !Number.isFinite(Number(value))) return 'No number';
  const choices = listOf(input['choices']).map((it) => textOf(fieldsOf(it)['value']));
  const isClosed = kind === 'Input.ChoiceSet' && input['choices.data'] === undefined;
  if (isClosed && value.split(',').some((it) => !choices.includes(it))) return 'None of the choices';
  return null;
}
