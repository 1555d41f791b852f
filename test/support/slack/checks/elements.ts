import { isObject, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';

import { textProblems } from './texts.ts';

/** Slack's own numbers: characters, or pieces. */
const ID = 255;
const BUTTON = 75;
const VALUE = 2000;
const URL_LENGTH = 3000;
const PLACEHOLDER = 150;
const MOST_OPTIONS = 100;
const MOST_CHOICES: Readonly<Record<string, number>> = { overflow: 5, radio_buttons: 10, checkboxes: 10 };
const OPTION = 75;
const OPTION_VALUE = 150;
const INPUT = 3000;
const CONFIRM = { title: 100, text: 300, confirm: 30, deny: 30 } as const;

/** Of a button, a menu or a field. */
export function* elementProblems(element: Json, at: string): Generator<string> {
  const type = textOf(element['type']);
  if (textOf(element['action_id']).length > ID) yield tooLong(ID, `${at}/action_id`);
  if (isObject(element['placeholder'])) {
    yield* textProblems(element['placeholder'], PLACEHOLDER, `${at}/placeholder`);
  }
  if (isObject(element['confirm'])) yield* confirmProblems(element['confirm'], `${at}/confirm`);
  if (type === 'button') yield* buttonProblems(element, at);
  else if (type === 'plain_text_input') yield* inputProblems(element, at);
  else if (
    ['overflow', 'radio_buttons', 'checkboxes', 'static_select', 'multi_static_select'].includes(type)
  ) {
    yield* choiceProblems(element, type, at);
  }
}

function* buttonProblems(button: Json, at: string): Generator<string> {
  yield* textProblems(button['text'], BUTTON, `${at}/text`);
  if (textOf(button['value']).length > VALUE) yield tooLong(VALUE, `${at}/value`);
  if (textOf(button['url']).length > URL_LENGTH) yield tooLong(URL_LENGTH, `${at}/url`);
  if (button['style'] !== undefined && !['primary', 'danger'].includes(textOf(button['style']))) {
    yield `must be primary or danger [json-pointer:${at}/style]`;
  }
}

function* inputProblems(input: Json, at: string): Generator<string> {
  const { min_length: min, max_length: max, initial_value: initial } = input;
  if (typeof max === 'number' && (max < 1 || max > INPUT)) {
    yield `must be between 1 and ${INPUT} [json-pointer:${at}/max_length]`;
  }
  if (typeof min === 'number' && (min < 0 || min > INPUT)) {
    yield `must be between 0 and ${INPUT} [json-pointer:${at}/min_length]`;
  }
  const most = typeof max === 'number' ? max : INPUT;
  if (textOf(initial).length > most) yield tooLong(most, `${at}/initial_value`);
}

function* choiceProblems(element: Json, type: string, at: string): Generator<string> {
  const groups = objectsOf(element['option_groups']);
  const grouped = groups.flatMap((it) => objectsOf(it['options']));
  const options = [...objectsOf(element['options']), ...grouped];
  const most = MOST_CHOICES[type] ?? MOST_OPTIONS;
  if (options.length === 0) yield `no fewer than 1 items allowed [json-pointer:${at}/options]`;
  if (options.length > most || groups.length > MOST_OPTIONS) {
    yield `no more than ${most} items allowed [json-pointer:${at}/options]`;
  }
  for (const [index, it] of options.entries()) yield* optionProblems(it, `${at}/options/${index}`);
  const values = options.map((it) => JSON.stringify(it['value']));
  if (new Set(values).size < values.length && type !== 'static_select') {
    yield `values must be unique [json-pointer:${at}/options]`;
  }
  const initial = isObject(element['initial_option'])
    ? [element['initial_option']]
    : objectsOf(element['initial_options']);
  const written = new Set(options.map((it) => sorted(it)));
  for (const it of initial) {
    if (!written.has(sorted(it))) yield `must be one of the options [json-pointer:${at}/initial_option]`;
  }
}

export function* optionProblems(option: Json, at: string): Generator<string> {
  yield* textProblems(option['text'], OPTION, `${at}/text`);
  const value = textOf(option['value']);
  if (value === '') yield `must be more than 0 characters [json-pointer:${at}/value]`;
  if (value.length > OPTION_VALUE) yield tooLong(OPTION_VALUE, `${at}/value`);
  if (isObject(option['description'])) {
    yield* textProblems(option['description'], OPTION, `${at}/description`);
  }
}

function* confirmProblems(confirm: Json, at: string): Generator<string> {
  for (const [name, most] of Object.entries(CONFIRM)) {
    if (confirm[name] !== undefined) yield* textProblems(confirm[name], most, `${at}/${name}`);
  }
}

/** Without regard to the order of names. */
function sorted(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).toSorted();
  return `{${names.map((it) => `${it}:${sorted(value[it])}`).join(',')}}`;
}

function tooLong(most: number, at: string): string {
  return `must be less than ${most + 1} characters [json-pointer:${at}]`;
}
