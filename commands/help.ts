import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { helpOn, helpOnOne } from '#src/chat/help.ts';
import { named } from '#src/chat/parse.ts';
import { UserError } from '#src/errors.ts';
import { nearest } from '#src/incident/nearest.ts';

export const help = defineCommand({
  name: 'help',
  aliases: ['?'],
  summary: 'See what you can type, or how one command goes',
  group: 'Get started',
  examples: ['help', 'help ack'],
  allow: 'viewer',
  args: { topic: arg.optional(arg.text('A command, like ack', { max: 60 })) },

  run(ctx, { topic }) {
    if (!topic) return Promise.resolve(tellYou(helpOn(ctx.commands, ctx.role)));
    const command = named(topic, ctx.commands);
    if (command) return Promise.resolve(tellYou(helpOnOne(command)));
    const [near] = nearest(
      topic,
      ctx.commands.map(({ name }) => name),
    );
    const guess = near ? ` Did you mean \`${near}\`?` : ' `help` lists what there is.';
    const details = { instead: near ? `help ${near}` : 'help' };
    throw new UserError('not_found', `There is no command \`${topic}\`.${guess}`, details);
  },
});
