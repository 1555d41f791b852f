import { isObject, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import { badly, type Refusal } from '#test/support/slack/refusal.ts';

import { blockProblems } from './blocks.ts';
import { schemaProblems } from './schema.ts';

/** Slack's own numbers, of one view. */
const MOST_BLOCKS = 100;
const TITLE = 24;
const METADATA = 3000;
const CALLBACK_ID = 255;

/** Why Slack would refuse a view; null when it would not. */
export function invalidView(view: Json, type: 'modal' | 'home'): Refusal | null {
  const problems = [...viewProblems(view, type)];
  return problems.length > 0 ? badly('invalid_arguments', problems) : null;
}

function* viewProblems(view: Json, type: 'modal' | 'home'): Generator<string> {
  if (view['type'] !== type) yield `must be of type ${type} [json-pointer:/view/type]`;
  const shape = schemaProblems(view, type === 'home' ? 'home' : 'modal', '/view');
  yield* shape;
  if (shape.length > 0) return;
  const blocks = objectsOf(view['blocks']);
  if (blocks.length > MOST_BLOCKS) {
    yield `no more than ${MOST_BLOCKS} items allowed [json-pointer:/view/blocks]`;
  }
  yield* blockProblems(blocks, type, '/view/blocks');
  if (textOf(view['private_metadata']).length > METADATA) yield tooLong('private_metadata', METADATA);
  if (textOf(view['callback_id']).length > CALLBACK_ID) yield tooLong('callback_id', CALLBACK_ID);
  if (textOf(view['external_id']).length > CALLBACK_ID) yield tooLong('external_id', CALLBACK_ID);
  if (type === 'home') return;
  for (const name of ['title', 'submit', 'close']) {
    const text = view[name];
    if (!isObject(text)) continue;
    if (textOf(text['text']).length > TITLE) yield tooLong(`${name}/text`, TITLE);
    if (textOf(text['text']) === '') yield `must be more than 0 characters [json-pointer:/view/${name}/text]`;
  }
  if (!isObject(view['submit']) && blocks.some((it) => it['type'] === 'input')) {
    yield 'missing required field: submit, as there is an input block [json-pointer:/view]';
  }
}

function tooLong(name: string, most: number): string {
  return `must be less than ${most + 1} characters [json-pointer:/view/${name}]`;
}
