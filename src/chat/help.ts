import { allows, type Role } from '#src/incident/person.ts';

import { GROUPS, type Command } from './command.ts';
import { bold, code, marked, type Inline, type Message, type Part, type Text } from './message.ts';
import { usage } from './usage.ts';

/** Every command this role may use, under its heading. */
export function helpOn(commands: readonly Command[], role: Role): Message {
  const allowed = commands.filter(({ allow }) => allows(role, allow));
  const parts = GROUPS.flatMap((group): Part[] => {
    const members = allowed.filter((it) => it.group === group);
    if (members.length === 0) return [];
    return [
      { type: 'text', text: [bold(group)] },
      { type: 'list', items: members.map((it) => [code(it.name), ` ${it.summary}`]) },
    ];
  });
  return {
    parts: [
      { type: 'heading', text: 'What you can type after /incident' },
      ...parts,
      {
        type: 'context',
        text: marked(
          '`help ack` shows one of them with examples. In the room of an incident you need not say which.',
        ),
      },
    ],
    summary: `${allowed.length} commands; /incident help and a name shows one`,
    tone: 'info',
  };
}

/** One command: how it is typed, what its words mean, and lines to copy. */
export function helpOnOne(command: Command): Message {
  const items = Object.entries(command.args).map(([name, { help, choices, required }]): Text => [
    code(name),
    ` ${help}${choices.length > 0 ? ` (${choices.join(', ')})` : ''}${required ? '' : '; may be left out'}`,
  ]);
  const parts: Part[] = [
    { type: 'heading', text: `/incident ${command.name}` },
    { type: 'text', text: `${command.summary}.` },
    { type: 'code', text: `/incident ${usage(command)}` },
    ...(items.length > 0 ? [{ type: 'list', items } as const] : []),
    { type: 'text', text: [bold('For example')] },
    { type: 'code', text: command.examples.map((it) => `/incident ${it}`).join('\n') },
    { type: 'context', text: smallPrint(command) },
  ];
  return { parts, summary: `/incident ${command.name}: ${command.summary}`, tone: 'info' };
}

const ALLOWED: Readonly<Record<Role, string>> = {
  viewer: 'Everybody may use it.',
  responder: 'Responders and admins may use it.',
  admin: 'Admins may use it.',
};

function smallPrint({ allow, aliases = [] }: Command): readonly Inline[] {
  const others = aliases.flatMap((alias, index): Inline[] => [index === 0 ? ' Also: ' : ', ', code(alias)]);
  return [ALLOWED[allow], ...others, ...(others.length > 0 ? ['.'] : [])];
}
