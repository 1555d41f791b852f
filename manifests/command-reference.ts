import type { Arg } from '#src/chat/args.ts';
import { GROUPS, type Command } from '#src/chat/command.ts';
import { usage } from '#src/chat/usage.ts';

/** Every command with its words and examples, as Markdown: what `help` says, for reading. */
export function commandReference(commands: readonly Command[]): string {
  const groups = GROUPS.map((group) => ({ group, members: commands.filter((it) => it.group === group) }));
  return [
    '# Commands',
    '',
    'What people type after `/incident`, in any room. Generated from `commands/` by `npm run manifests`; do not edit it here.',
    '',
    '- In brackets is what may be left out. `INC` is an incident: `INC-42`, `42`, or nothing at all in its own room.',
    '- `...` takes the rest of the line. Any word may also be given by name: `--severity P1`, `severity=P1`.',
    '- A value of several words stands in quotes, or last. What is missing is asked for in a form.',
    '',
    ...groups.flatMap(({ group, members }) => [`## ${group}`, '', ...members.flatMap(section)]),
  ].join('\n');
}

const MAY: Readonly<Record<Command['allow'], string>> = {
  viewer: 'everybody',
  responder: 'responders and admins',
  admin: 'admins',
};

function section(command: Command): string[] {
  const { name, summary, aliases = [], allow, args, examples } = command;
  const also = aliases.length > 0 ? ` Also: ${aliases.map((it) => `\`${it}\``).join(', ')}.` : '';
  const rows = Object.entries(args).map(
    ([word, of]) => `| \`${word}\` | ${of.required ? 'yes' : ''} | ${meaning(of)} |`,
  );
  const table = ['| word | needed | what it is |', '| --- | --- | --- |', ...rows, ''];
  return [
    `### ${name}`,
    '',
    `${summary}. For ${MAY[allow]}.${also}`,
    '',
    '```text',
    `/incident ${usage(command)}`,
    '```',
    '',
    ...(rows.length > 0 ? table : []),
    `For example: ${examples.map((it) => `\`${it}\``).join(' · ')}`,
    '',
  ];
}

function meaning({ help, choices, kind }: Arg): string {
  const said = kind === 'choice' ? `${help}: ${choices.join(', ')}` : help;
  return said.replaceAll('|', '\\|');
}
