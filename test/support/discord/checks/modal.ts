import { ComponentType as Type } from 'discord-api-types/v10';

import { Problems } from '#test/support/discord/errors.ts';
import { textOf, listOf, objectOf } from '#test/support/discord/json.ts';
import type { Json } from '#test/support/discord/world.ts';

import { childrenOf, checkSelect, SELECTS } from './components.ts';

export interface ModalBody {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly Json[];
}

/** What may stand below a label. */
const INPUTS: readonly number[] = [
  Type.TextInput,
  Type.StringSelect,
  Type.UserSelect,
  Type.RoleSelect,
  Type.MentionableSelect,
  Type.ChannelSelect,
  Type.FileUpload,
  Type.RadioGroup,
  Type.CheckboxGroup,
  Type.Checkbox,
];

/** The inputs of a form, each with what stands above it. */
export function inputsOf(
  components: readonly Json[],
): { readonly input: Json; readonly label: string; readonly description: string }[] {
  return components.flatMap((it) => {
    if (it['type'] === Type.Label) {
      const input = objectOf(it, 'component');
      return input ? [{ input, label: textOf(it, 'label'), description: textOf(it, 'description') }] : [];
    }
    if (it['type'] !== Type.ActionRow) return [];
    return childrenOf(it).map((input) => ({ input, label: textOf(input, 'label'), description: '' }));
  });
}

/** Checks a form. Throws 50035, which says all that is wrong. */
export function checkModal({ custom_id: id, title, components }: ModalBody): void {
  const problems = new Problems();
  problems.length('data.custom_id', id ?? '', 1, 100);
  problems.length('data.title', title ?? '', 1, 45);
  problems.count('data.components', components ?? [], 1, 5);
  for (const [index, it] of (components ?? []).entries()) checkTop(problems, `data.components.${index}`, it);
  const ids = inputsOf(components ?? []).map(({ input }) => textOf(input, 'custom_id'));
  if (new Set(ids).size < ids.length) {
    problems.add(
      'data.components',
      'COMPONENT_CUSTOM_ID_DUPLICATED',
      'Component custom id cannot be duplicated',
    );
  }
  problems.check();
}

function checkTop(problems: Problems, path: string, it: Json): void {
  if (it['type'] === Type.TextDisplay) {
    problems.length(`${path}.content`, textOf(it, 'content'), 1, 4000);
  } else if (it['type'] === Type.Label) {
    problems.length(`${path}.label`, textOf(it, 'label'), 1, 45);
    problems.length(`${path}.description`, textOf(it, 'description'), 0, 100);
    const input = objectOf(it, 'component');
    if (!input || !INPUTS.includes(input['type'] as number)) {
      problems.add(`${path}.component`, 'UNION_TYPE_CHOICES', 'A label holds one input.');
    } else if ('label' in input) {
      problems.add(
        `${path}.component.label`,
        'COMPONENT_LABEL_INVALID',
        'The label stands outside of the input.',
      );
    } else checkInput(problems, `${path}.component`, input);
  } else if (
    it['type'] === Type.ActionRow &&
    childrenOf(it).length === 1 &&
    childrenOf(it)[0]?.['type'] === Type.TextInput
  ) {
    const [input = {}] = childrenOf(it);
    problems.length(`${path}.components.0.label`, textOf(input, 'label'), 1, 45);
    checkInput(problems, `${path}.components.0`, input);
  } else {
    problems.add(`${path}.type`, 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1, 10, 18).');
  }
}

function checkInput(problems: Problems, path: string, input: Json): void {
  problems.length(`${path}.custom_id`, textOf(input, 'custom_id'), 1, 100);
  const type = input['type'] as Type;
  if (type === Type.TextInput) checkText(problems, path, input);
  else if (type === Type.RadioGroup) problems.count(`${path}.options`, optionsOf(input), 2, 10);
  else if (type === Type.CheckboxGroup) problems.count(`${path}.options`, optionsOf(input), 1, 10);
  else if (SELECTS.includes(type)) {
    checkSelect(problems, path, input);
    if (input['required'] !== false && input['min_values'] === 0) {
      problems.add(`${path}.min_values`, 'BASE_TYPE_BAD_LENGTH', 'What is required has at least one value.');
    }
  }
}

function checkText(problems: Problems, path: string, input: Json): void {
  if (input['style'] !== 1 && input['style'] !== 2) {
    problems.add(`${path}.style`, 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2}.');
  }
  const min = (input['min_length'] as number | undefined) ?? 0;
  const max = (input['max_length'] as number | undefined) ?? 4000;
  if (min < 0 || min > 4000 || max < 1 || max > 4000 || min > max) {
    problems.add(`${path}.max_length`, 'NUMBER_TYPE_MAX', 'Between 1 and 4000, and not below min_length.');
  }
  problems.length(`${path}.placeholder`, textOf(input, 'placeholder'), 0, 100);
  const value = input['value'];
  if (typeof value === 'string') {
    problems.length(`${path}.value`, value, value === '' ? 0 : Math.min(min, 1), max);
  }
}

export const optionsOf = (input: Json): readonly Json[] => listOf(input, 'options');
