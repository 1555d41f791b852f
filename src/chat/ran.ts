import { UserError } from '#src/errors.ts';
import { traced } from '#src/telemetry/trace.ts';

import type { Command, CommandContext, Reply } from './command.ts';

/** `refused`: whoever gave it was told what to do instead. */
export type CommandObserver = (command: string, outcome: 'done' | 'refused' | 'failed', ms: number) => void;

/** Runs a command as a part of the trace, and tells what came of it; a person's words are not in that. */
export async function ran(
  { observe }: { readonly observe?: CommandObserver | undefined },
  command: Command,
  ctx: CommandContext,
  values: Parameters<Command['run']>[1],
): Promise<Reply> {
  const { name } = command;
  const on = ctx.from?.platform ?? 'api';
  return await traced(`command ${name}`, { attributes: { command: name, on } }, async () => {
    const start = performance.now();
    const tell = (outcome: Parameters<CommandObserver>[1]) =>
      observe?.(name, outcome, performance.now() - start);
    try {
      const reply = await command.run(ctx, values);
      tell('done');
      return reply;
    } catch (error) {
      tell(error instanceof UserError ? 'refused' : 'failed');
      throw error;
    }
  });
}
