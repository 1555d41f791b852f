import type { CommandShape } from './command-shape.ts';
import type { Command } from './command.ts';
import { usage } from './usage.ts';

export type { ArgShape, CommandShape } from './command-shape.ts';

export function shapeOf(command: Command): CommandShape {
  const { name, aliases = [], summary, group, args, onMessage = null, isHome = false } = command;
  return {
    name,
    aliases,
    summary,
    group,
    usage: usage(command),
    onMessage,
    isHome,
    args: Object.entries(args).map(([argName, { kind, help, required, choices, offers }]) => ({
      name: argName,
      kind,
      help,
      required,
      choices,
      offers,
    })),
  };
}
