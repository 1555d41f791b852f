import type { SeenForm } from '#test/support/fake-platform.ts';

import type { Core } from './core.ts';
import { isObject, objectOf, objectsOf, textOf, type Json } from './json.ts';
import { optionsOf, readBlock, readText } from './reading/blocks.ts';
import { fieldKey, statefulElements, VALUE_NAMES, type Entered, type Field, type View } from './views.ts';
import type { World } from './world.ts';

/** A field's name is what stands after the colon in the id of its block, or the whole id. */
export function fieldName({ blockId }: Pick<Field, 'blockId'>): string {
  return blockId.slice(blockId.indexOf(':') + 1);
}

/** The form that stands open; a view without anything to enter is none. */
export function seenForm(core: Core, user: string): SeenForm | null {
  const view = core.views.top(user);
  if (!view || !isObject(view.body['submit'])) return null;
  const { world } = core;
  const blocks = objectsOf(view.body['blocks']);
  const first = blocks.findIndex((it) => it['type'] === 'input');
  if (first < 0) return null;
  const fields = statefulElements(view.body).filter(({ block }) => block['type'] === 'input');
  return {
    title: readText(world, view.body['title']).text,
    error: wordsOf(world, blocks.slice(0, first)),
    fields: fields.map((field) => ({
      name: fieldName(field),
      label: readText(world, field.block['label']).text,
      value: valueText(world, view.entered.get(fieldKey(field.blockId, field.actionId))),
      error: view.errors[field.blockId] ?? above(world, view, field),
      choices: optionsOf(field.element).map((it) => readText(world, it['text']).text),
    })),
  };
}

export interface SeenModal {
  readonly title: string;
  /** All words in it, those of fields included. */
  readonly text: string;
}

export function seenModal(core: Core, user: string): SeenModal | null {
  const view = core.views.top(user);
  if (!view) return null;
  const title = readText(core.world, view.body['title']).text;
  return { title, text: wordsOf(core.world, objectsOf(view.body['blocks'])) };
}

/** What stands between a field and the one before it. */
function above(world: World, view: View, { blockId }: Field): string {
  const blocks = objectsOf(view.body['blocks']);
  const at = blocks.findIndex((it) => it['block_id'] === blockId);
  const before = blocks.slice(0, at).findLastIndex((it) => it['type'] === 'input');
  return wordsOf(world, blocks.slice(before + 1, at));
}

function wordsOf(world: World, blocks: readonly Json[]): string {
  return blocks
    .map((it) => readBlock(world, it).text)
    .filter((it) => it !== '')
    .join('\n');
}

/** What is entered, as the person reads it. */
function valueText(world: World, entered: Entered | undefined): string {
  const value = entered?.[VALUE_NAMES[entered.type] ?? 'value'];
  if (Array.isArray(value)) return value.map((it) => optionText(world, it)).join('\n');
  if (entered?.type === 'datetimepicker' && typeof value === 'number') {
    return new Date(value * 1000).toISOString();
  }
  return optionText(world, value);
}

function optionText(world: World, value: unknown): string {
  if (isObject(value)) return readText(world, objectOf(value)['text']).text;
  return world.users.get(textOf(value))?.realName ?? textOf(value);
}
