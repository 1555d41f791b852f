import { isObject, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import { isDateFormat } from '#test/support/slack/reading/dates.ts';

import { elementProblems } from './elements.ts';
import { textProblems } from './texts.ts';

export type Surface = 'message' | 'modal' | 'home';

/** Slack's own numbers: characters, or pieces. */
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const MOST_FIELDS = 10;
const MOST_ACTIONS = 25;
const MOST_CONTEXT = 10;
const LABEL = 2000;
const ID = 255;
const ALT = 2000;
const URL_LENGTH = 3000;
const MARKDOWN = 12_000;

/** Where a kind of block may not stand. */
const ELSEWHERE: Readonly<Record<string, readonly Surface[]>> = {
  markdown: ['modal', 'home'],
  table: ['modal', 'home'],
  alert: ['message', 'home'],
  file: ['message', 'modal', 'home'],
};

/** What the types do not say: lengths, counts, and what must not be empty or there twice. */
export function blockProblems(blocks: readonly Json[], surface: Surface, at: string): readonly string[] {
  return [...problems(blocks, surface, at)];
}

function* problems(blocks: readonly Json[], surface: Surface, at: string): Generator<string> {
  const seen = new Set<string>();
  let markdown = 0;
  for (const [index, block] of blocks.entries()) {
    const here = `${at}/${index}`;
    const type = textOf(block['type']);
    const id = textOf(block['block_id']);
    if (id.length > ID) yield `must be less than ${ID + 1} characters [json-pointer:${here}/block_id]`;
    if (id !== '' && seen.has(id)) yield `block_id already exists: ${id} [json-pointer:${here}/block_id]`;
    seen.add(id);
    if (ELSEWHERE[type]?.includes(surface)) yield `unsupported type: ${type} [json-pointer:${here}/type]`;
    if (type === 'markdown') markdown += textOf(block['text']).length;
    yield* BLOCKS[type]?.(block, here) ?? [];
    yield* elementsTwice(block, here);
  }
  if (markdown > MARKDOWN) {
    yield `must be less than ${MARKDOWN + 1} characters of markdown [json-pointer:${at}]`;
  }
}

/** An action's id stands once in its block. */
function* elementsTwice(block: Json, at: string): Generator<string> {
  const ids = objectsOf(block['elements'])
    .map((it) => textOf(it['action_id']))
    .filter((it) => it !== '');
  if (new Set(ids).size < ids.length) yield `action_id already exists [json-pointer:${at}/elements]`;
}

const BLOCKS: Readonly<Record<string, (block: Json, at: string) => Iterable<string>>> = {
  *section(block, at) {
    const fields = objectsOf(block['fields']);
    if (!isObject(block['text']) && fields.length === 0) {
      yield `missing required field: text [json-pointer:${at}]`;
    }
    if (isObject(block['text'])) yield* textProblems(block['text'], SECTION, `${at}/text`);
    if (Array.isArray(block['fields']) && fields.length === 0) {
      yield `no fewer than 1 items allowed [json-pointer:${at}/fields]`;
    }
    if (fields.length > MOST_FIELDS) {
      yield `no more than ${MOST_FIELDS} items allowed [json-pointer:${at}/fields]`;
    }
    for (const [index, it] of fields.entries()) yield* textProblems(it, FIELD, `${at}/fields/${index}`);
    if (isObject(block['accessory'])) yield* elementProblems(block['accessory'], `${at}/accessory`);
  },
  *header(block, at) {
    yield* textProblems(block['text'], HEADER, `${at}/text`);
  },
  *context(block, at) {
    const elements = objectsOf(block['elements']);
    if (elements.length === 0) yield `no fewer than 1 items allowed [json-pointer:${at}/elements]`;
    if (elements.length > MOST_CONTEXT) {
      yield `no more than ${MOST_CONTEXT} items allowed [json-pointer:${at}/elements]`;
    }
    for (const [index, it] of elements.entries()) {
      const here = `${at}/elements/${index}`;
      yield* it['type'] === 'image' ? imageProblems(it, here) : textProblems(it, SECTION, here);
    }
  },
  *actions(block, at) {
    const elements = objectsOf(block['elements']);
    if (elements.length === 0) yield `no fewer than 1 items allowed [json-pointer:${at}/elements]`;
    if (elements.length > MOST_ACTIONS) {
      yield `no more than ${MOST_ACTIONS} items allowed [json-pointer:${at}/elements]`;
    }
    for (const [index, it] of elements.entries()) yield* elementProblems(it, `${at}/elements/${index}`);
  },
  *input(block, at) {
    yield* textProblems(block['label'], LABEL, `${at}/label`);
    if (isObject(block['hint'])) yield* textProblems(block['hint'], LABEL, `${at}/hint`);
    if (isObject(block['element'])) yield* elementProblems(block['element'], `${at}/element`);
  },
  image: imageProblems,
  *rich_text(block, at) {
    const elements = objectsOf(block['elements']);
    if (elements.length === 0) yield `no fewer than 1 items allowed [json-pointer:${at}/elements]`;
    yield* richTextProblems(elements, `${at}/elements`);
  },
  *alert(block, at) {
    yield* textProblems(block['text'], SECTION, `${at}/text`);
  },
};

function* imageProblems(image: Json, at: string): Generator<string> {
  const alt = textOf(image['alt_text']);
  if (alt === '') yield `must be more than 0 characters [json-pointer:${at}/alt_text]`;
  if (alt.length > ALT) yield `must be less than ${ALT + 1} characters [json-pointer:${at}/alt_text]`;
  const url = textOf(image['image_url']);
  if (url.length > URL_LENGTH) {
    yield `must be less than ${URL_LENGTH + 1} characters [json-pointer:${at}/image_url]`;
  }
}

/** Text in rich text must not be empty, and what it points at must be there. */
function* richTextProblems(elements: readonly Json[], at: string): Generator<string> {
  for (const [index, it] of elements.entries()) {
    const here = `${at}/${index}`;
    if (it['type'] === 'text' && textOf(it['text']) === '') {
      yield `must be more than 0 characters [json-pointer:${here}/text]`;
    }
    if (it['type'] === 'link' && !/^(?:https?|mailto|tel|slack):/i.test(textOf(it['url']))) {
      yield `invalid url [json-pointer:${here}/url]`;
    }
    if (it['type'] === 'date' && !isDateFormat(textOf(it['format']))) {
      yield `invalid format [json-pointer:${here}/format]`;
    }
    if (it['type'] === 'user' && !/^[UWB][A-Z0-9]+$/.test(textOf(it['user_id']))) {
      yield `invalid user_id [json-pointer:${here}/user_id]`;
    }
    if (textOf(it['url']).length > URL_LENGTH) {
      yield `must be less than ${URL_LENGTH + 1} characters [json-pointer:${here}/url]`;
    }
    yield* richTextProblems(objectsOf(it['elements']), `${here}/elements`);
  }
}

/** The words of all of them, wherever they stand. */
export function charactersIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, it) => sum + charactersIn(it), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [name, it]) => {
    return sum + (name === 'text' && typeof it === 'string' ? it.length : charactersIn(it));
  }, 0);
}
