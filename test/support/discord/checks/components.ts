import { ButtonStyle, ComponentType as Type } from 'discord-api-types/v10';

import type { Problems } from '#test/support/discord/errors.ts';
import { textOf, listOf, objectOf } from '#test/support/discord/json.ts';
import type { Json } from '#test/support/discord/world.ts';

/** In one message, nested ones counted. */
const V2_MAX = 40;
/** Characters of all texts of one message. */
const V2_TEXT_MAX = 4000;

/** Menus, by what they offer. */
export const SELECTS: readonly number[] = [
  Type.StringSelect,
  Type.UserSelect,
  Type.RoleSelect,
  Type.MentionableSelect,
  Type.ChannelSelect,
];

/** What may stand in what. */
const TOP_V1: readonly number[] = [Type.ActionRow];
const IN_CONTAINER: readonly number[] = [
  Type.ActionRow,
  Type.Section,
  Type.TextDisplay,
  Type.MediaGallery,
  Type.File,
  Type.Separator,
];
const TOP_V2: readonly number[] = [...IN_CONTAINER, Type.Container];

export const childrenOf = (it: Json): readonly Json[] => listOf(it, 'components');

/** All components of a message, at any depth. */
export function flat(components: readonly Json[]): Json[] {
  return components.flatMap((it) => {
    const accessory = objectOf(it, 'accessory');
    return [it, ...(accessory ? [accessory] : []), ...flat(childrenOf(it))];
  });
}

/** Checks what stands below a message: rows of buttons and menus, or the newer layout. */
export function checkComponents(problems: Problems, components: readonly Json[], isV2: boolean): void {
  if (isV2) {
    const all = flat(components);
    if (all.length > V2_MAX) {
      problems.add(
        'components',
        'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
        `Maximum number of components is ${V2_MAX}`,
      );
    }
    const characters = all.reduce(
      (sum, it) => sum + (it['type'] === Type.TextDisplay ? textOf(it, 'content').length : 0),
      0,
    );
    if (characters > V2_TEXT_MAX) {
      problems.add(
        'components',
        'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
        `Displayable text is longer than ${V2_TEXT_MAX}`,
      );
    }
  } else problems.count('components', components, 0, 5);
  for (const [index, it] of components.entries()) {
    checkOne(problems, `components.${index}`, it, isV2 ? TOP_V2 : TOP_V1);
  }
  const ids = flat(components).flatMap((it) =>
    it['custom_id'] === undefined ? [] : [textOf(it, 'custom_id')],
  );
  if (new Set(ids).size < ids.length) {
    problems.add('components', 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  }
}

function checkOne(problems: Problems, path: string, it: Json, mayBe: readonly number[]): void {
  const type = it['type'] as Type;
  if (!mayBe.includes(type)) {
    problems.add(
      `${path}.type`,
      'UNION_TYPE_CHOICES',
      `Value of field "type" must be one of (${mayBe.join(', ')}).`,
    );
    return;
  }
  if (type === Type.ActionRow) checkRow(problems, path, childrenOf(it));
  else if (type === Type.TextDisplay) {
    problems.length(`${path}.content`, textOf(it, 'content'), 1, V2_TEXT_MAX);
  } else if (type === Type.Container) {
    if (childrenOf(it).length === 0) {
      problems.add(`${path}.components`, 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    for (const [index, child] of childrenOf(it).entries()) {
      checkOne(problems, `${path}.components.${index}`, child, IN_CONTAINER);
    }
  } else if (type === Type.Section) checkSection(problems, path, it);
  else if (type === Type.MediaGallery) {
    problems.count(`${path}.items`, (it['items'] as unknown[] | undefined) ?? [], 1, 10);
  }
}

function checkSection(problems: Problems, path: string, it: Json): void {
  problems.count(`${path}.components`, childrenOf(it), 1, 3);
  for (const [index, child] of childrenOf(it).entries()) {
    checkOne(problems, `${path}.components.${index}`, child, [Type.TextDisplay]);
  }
  const accessory = objectOf(it, 'accessory');
  if (!accessory) problems.add(`${path}.accessory`, 'BASE_TYPE_REQUIRED', 'This field is required');
  else if (accessory['type'] === Type.Button) checkButton(problems, `${path}.accessory`, accessory);
}

function checkRow(problems: Problems, path: string, children: readonly Json[]): void {
  problems.count(`${path}.components`, children, 1, 5);
  const selects = children.filter((it) => SELECTS.includes(it['type'] as number));
  if (selects.length > 0 && children.length > 1) {
    problems.add(
      `${path}.components`,
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
      'The specified component exceeds the maximum width',
    );
  }
  for (const [index, child] of children.entries()) {
    const at = `${path}.components.${index}`;
    if (child['type'] === Type.Button) checkButton(problems, at, child);
    else if (SELECTS.includes(child['type'] as number)) checkSelect(problems, at, child);
    else {
      problems.add(
        `${at}.type`,
        'UNION_TYPE_CHOICES',
        'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).',
      );
    }
  }
}

function checkButton(problems: Problems, path: string, it: Json): void {
  const style = it['style'] as ButtonStyle;
  if (!Object.values(ButtonStyle).includes(style)) {
    problems.add(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5, 6}.');
  }
  const label = textOf(it, 'label');
  if (label === '' && !it['emoji']) {
    problems.add(path, 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or emoji is required');
  }
  problems.length(`${path}.label`, label, 0, 80);
  const isLink = style === ButtonStyle.Link;
  if (isLink) {
    problems.length(`${path}.url`, textOf(it, 'url'), 1, 512);
    if (!/^(?:https?|discord):\/\/\S+$/.test(textOf(it, 'url'))) {
      problems.add(
        `${path}.url`,
        'URL_TYPE_INVALID_SCHEME',
        "Scheme must be one of ('http', 'https', 'discord').",
      );
    }
  }
  if (isLink === (it['custom_id'] !== undefined)) {
    problems.add(
      `${path}.custom_id`,
      'BUTTON_COMPONENT_CUSTOM_ID',
      isLink ? 'A link has no custom id' : 'A custom id is required',
    );
  }
  if (!isLink) problems.length(`${path}.custom_id`, textOf(it, 'custom_id'), 1, 100);
}

/** Also of a menu in a form. */
export function checkSelect(problems: Problems, path: string, it: Json): void {
  problems.length(`${path}.custom_id`, textOf(it, 'custom_id'), 1, 100);
  problems.length(`${path}.placeholder`, textOf(it, 'placeholder'), 0, 150);
  const min = (it['min_values'] as number | undefined) ?? 1;
  const max = (it['max_values'] as number | undefined) ?? 1;
  if (min < 0 || min > 25 || max < 1 || max > 25 || min > max) {
    problems.add(
      `${path}.min_values`,
      'BASE_TYPE_BAD_LENGTH',
      'Must be between 0 and 25, and not above max_values.',
    );
  }
  if (it['type'] !== Type.StringSelect) return;
  const options = listOf(it, 'options');
  problems.count(`${path}.options`, options, 1, 25);
  const values = options.map((option) => textOf(option, 'value'));
  if (new Set(values).size < values.length) {
    problems.add(
      `${path}.options`,
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  }
  if (max > Math.max(1, options.length)) {
    problems.add(`${path}.max_values`, 'SELECT_COMPONENT_MAX_VALUES', 'More values than there are options.');
  }
  for (const [index, option] of options.entries()) {
    problems.length(`${path}.options.${index}.label`, textOf(option, 'label'), 1, 100);
    problems.length(`${path}.options.${index}.value`, textOf(option, 'value'), 1, 100);
    problems.length(`${path}.options.${index}.description`, textOf(option, 'description'), 0, 100);
  }
}
