import { isObject, objectOf, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import type { World } from '#test/support/slack/world.ts';

import { withEmoji } from './emoji.ts';
import { unescaped } from './entities.ts';
import { joined, NOTHING, readMrkdwn, type Read } from './mrkdwn.ts';
import { readRichText } from './rich-text.ts';

/** What somebody reads of blocks, part by part on lines of their own, without the labels of what can be pressed. */
export function readBlocks(world: World, blocks: readonly Json[]): Read {
  return joined(
    blocks.map((it) => readBlock(world, it)),
    '\n',
  );
}

export function readBlock(world: World, block: Json): Read {
  const read = BLOCKS[textOf(block['type'])];
  return read
    ? read(world, block)
    : { ...NOTHING, text: `[a ${textOf(block['type'])} that the eyes cannot read]` };
}

const BLOCKS: Readonly<Record<string, (world: World, block: Json) => Read>> = {
  section: (world, it) =>
    joined(
      [it['text'], ...objectsOf(it['fields'])].map((text) => readText(world, text)),
      '\n',
    ),
  header: (world, it) => readText(world, it['text']),
  context: (world, it) =>
    joined(
      objectsOf(it['elements']).map((element) => readContext(world, element)),
      ' ',
    ),
  rich_text: readRichText,
  divider: () => NOTHING,
  actions: () => NOTHING,
  input: (world, it) => readText(world, it['label']),
  alert: (world, it) => readText(world, it['text']),
  image: (world, it) =>
    joined([readText(world, it['title']), { ...NOTHING, text: `[${textOf(it['alt_text'])}]` }], '\n'),
};

function readContext(world: World, element: Json): Read {
  return element['type'] === 'image'
    ? { ...NOTHING, text: `[${textOf(element['alt_text'])}]` }
    : readText(world, element);
}

/** A text object: `plain_text` or `mrkdwn`. */
export function readText(world: World, text: unknown): Read {
  if (!isObject(text)) return NOTHING;
  const source = textOf(text['text']);
  if (text['type'] === 'mrkdwn') {
    const isVerbatim = text['verbatim'] === true;
    return readMrkdwn(world, source, { links: !isVerbatim, names: !isVerbatim });
  }
  const words = unescaped(source);
  return { ...NOTHING, text: text['emoji'] === false ? words : withEmoji(words) };
}

/** Something that can be pressed or picked, and what is asked before. */
export interface Control {
  readonly label: string;
  readonly isOption: boolean;
  readonly block: Json;
  readonly element: Json;
  /** The option that is picked. */
  readonly option: Json | null;
}

/** What can be done with blocks: buttons, and options of menus. */
export function controlsIn(world: World, blocks: readonly Json[]): readonly Control[] {
  return blocks.flatMap((block) => {
    const elements =
      block['type'] === 'actions' ? objectsOf(block['elements']) : [objectOf(block['accessory'])];
    return elements.flatMap((element) => controlsOf(world, block, element));
  });
}

function controlsOf(world: World, block: Json, element: Json): readonly Control[] {
  if (element['type'] === 'button') {
    return [{ label: readText(world, element['text']).text, isOption: false, block, element, option: null }];
  }
  return optionsOf(element).map((option) => ({
    label: readText(world, option['text']).text,
    isOption: true,
    block,
    element,
    option,
  }));
}

export function optionsOf(element: Json): readonly Json[] {
  const groups = objectsOf(element['option_groups']).flatMap((it) => objectsOf(it['options']));
  return [...objectsOf(element['options']), ...groups];
}
