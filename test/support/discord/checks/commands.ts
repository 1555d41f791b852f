import { Problems } from '#test/support/discord/errors.ts';

/** A command as a bot registers it. */
export interface CommandBody {
  readonly name: string;
  readonly type?: number;
  readonly description?: string;
  readonly options?: readonly OptionBody[];
  readonly contexts?: readonly number[] | null;
  readonly default_member_permissions?: string | null;
}

export interface OptionBody {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly options?: readonly OptionBody[];
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_value?: number;
  readonly max_value?: number;
}

const NAME = /^[-_'\p{L}\p{N}\p{sc=Devanagari}\p{sc=Thai}]{1,32}$/u;
const SUBCOMMAND = 1;
const GROUP = 2;
/** Kinds for which choices and completion exist: text and numbers. */
const CHOOSABLE: readonly number[] = [3, 4, 10];

/** How many of each kind one guild may have: typed, on a person, on a message. */
const MAX: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };

/** Checks all commands of a bulk overwrite. Throws 50035, which says all that is wrong. */
export function checkCommands(commands: readonly CommandBody[]): void {
  const problems = new Problems();
  for (const [type, max] of Object.entries(MAX)) {
    const some = commands.filter((it) => (it.type ?? 1) === Number(type));
    if (some.length > max) {
      problems.add('commands', 'APPLICATION_COMMAND_LIMIT_EXCEEDED', `At most ${max} of type ${type}.`);
    }
    unique(
      problems,
      'commands',
      some.map(({ name }) => name),
      'APPLICATION_COMMANDS_DUPLICATE_NAME',
      'names',
    );
  }
  for (const [index, it] of commands.entries()) checkCommand(problems, String(index), it);
  problems.check();
}

function checkCommand(problems: Problems, path: string, command: CommandBody): void {
  const { name, type = 1, description = '', options = [] } = command;
  if (type !== 1) {
    problems.length(`${path}.name`, name, 1, 32);
    if (description !== '') {
      problems.add(
        `${path}.description`,
        'BASE_TYPE_MAX_LENGTH',
        'Context menu commands cannot have a description',
      );
    }
    if (options.length > 0) {
      problems.add(`${path}.options`, 'BASE_TYPE_MAX_LENGTH', 'Context menu commands cannot have options');
    }
    return;
  }
  checkName(problems, `${path}.name`, name);
  problems.length(`${path}.description`, description, 1, 100);
  checkOptions(problems, path, options, [SUBCOMMAND, GROUP]);
  if (charactersOf(command) > 8000) {
    problems.add(path, 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
  }
}

/** `branches`: which of sub-commands and groups may stand there. */
function checkOptions(
  problems: Problems,
  path: string,
  options: readonly OptionBody[],
  branches: readonly number[],
): void {
  problems.count(`${path}.options`, options, 0, 25);
  unique(
    problems,
    `${path}.options`,
    options.map(({ name }) => name),
    'APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
    'Option names',
  );
  const isBranch = ({ type }: OptionBody) => type === SUBCOMMAND || type === GROUP;
  if (options.some(isBranch) && !options.every(isBranch)) {
    problems.add(
      `${path}.options`,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
  const firstOptional = options.findIndex((it) => !isBranch(it) && !it.required);
  if (firstOptional >= 0 && options.slice(firstOptional).some((it) => it.required)) {
    problems.add(
      `${path}.options`,
      'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
      'Required options must be placed before non-required options',
    );
  }
  for (const [index, it] of options.entries()) {
    checkOption(problems, `${path}.options.${index}`, it, branches);
  }
}

function checkOption(
  problems: Problems,
  path: string,
  option: OptionBody,
  branches: readonly number[],
): void {
  const { type, name, description, options = [], choices = [], autocomplete = false } = option;
  checkName(problems, `${path}.name`, name);
  problems.length(`${path}.description`, description, 1, 100);
  if (type < 1 || type > 11) {
    problems.add(`${path}.type`, 'BASE_TYPE_CHOICES', 'Value must be one of 1 to 11.');
  }
  const isBranch = type === GROUP || type === SUBCOMMAND;
  if (isBranch && !branches.includes(type)) {
    problems.add(`${path}.type`, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Too deep.');
  }
  if (type === GROUP && options.some((it) => it.type !== SUBCOMMAND)) {
    problems.add(
      `${path}.options`,
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'A group holds sub-commands only.',
    );
  }
  if (type === GROUP && options.length === 0) {
    problems.add(`${path}.options`, 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  if (isBranch) checkOptions(problems, path, options, type === GROUP ? [SUBCOMMAND] : []);
  else if (options.length > 0) {
    problems.add(`${path}.options`, 'BASE_TYPE_MAX_LENGTH', 'Only sub-commands have options.');
  }
  checkChoices(problems, path, option);
  if (autocomplete && (choices.length > 0 || !CHOOSABLE.includes(type))) {
    problems.add(
      `${path}.autocomplete`,
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID',
      'Cannot be set with choices, or on this type.',
    );
  }
  const { min_length: least = 0, max_length: most = 6000 } = option;
  if (least < 0 || least > 6000 || most < 1 || most > 6000 || least > most) {
    problems.add(`${path}.max_length`, 'NUMBER_TYPE_MAX', 'Between 1 and 6000, and not below min_length.');
  }
}

function checkChoices(problems: Problems, path: string, { type, choices = [] }: OptionBody): void {
  if (choices.length === 0) return;
  problems.count(`${path}.choices`, choices, 1, 25);
  if (!CHOOSABLE.includes(type)) {
    problems.add(
      `${path}.choices`,
      'APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID',
      'This type has no choices.',
    );
  }
  unique(
    problems,
    `${path}.choices`,
    choices.map(({ name }) => name),
    'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS',
    'Choice names',
  );
  unique(
    problems,
    `${path}.choices`,
    choices.map(({ value }) => String(value)),
    'APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_EXISTS',
    'Choice values',
  );
  for (const [index, { name, value }] of choices.entries()) {
    problems.length(`${path}.choices.${index}.name`, name, 1, 100);
    if (typeof value === 'string') problems.length(`${path}.choices.${index}.value`, value, 1, 100);
    if ((type === 3) !== (typeof value === 'string')) {
      problems.add(
        `${path}.choices.${index}.value`,
        'STRING_TYPE_CONVERT',
        'The value is not of the type of its option.',
      );
    }
  }
}

function checkName(problems: Problems, path: string, name: string): void {
  if (NAME.test(name) && name === name.toLowerCase()) return;
  problems.add(path, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function unique(problems: Problems, path: string, all: readonly string[], code: string, what: string): void {
  if (new Set(all).size < all.length) problems.add(path, code, `${what} must be unique.`);
}

/** Names, descriptions and values of a command and all below it. */
function charactersOf({ name, description = '', options = [] }: CommandBody | OptionBody): number {
  return options.reduce(
    (sum, it) =>
      sum +
      charactersOf(it) +
      (it.choices ?? []).reduce((all, choice) => all + choice.name.length + String(choice.value).length, 0),
    name.length + description.length,
  );
}
