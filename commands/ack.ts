import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { shortName } from '#src/incident/incident.ts';

export const ack = defineCommand({
  name: 'ack',
  aliases: ['acknowledge', 'take'],
  summary: 'Take an incident: it has your name on it from now on',
  group: 'Run an incident',
  examples: ['ack', 'ack INC-42', 'ack 42 looking at the database'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: ['NEW', 'ESCALATED'] }),
    notes: arg.optional(arg.text('What you know or do first', { max: 1000 })),
  },

  async run(ctx, { incident: number, notes }) {
    const names = await allNames(ctx);
    const reached = await reachGoal(ctx, number, 'acknowledge', { notes }, names);
    if ('already' in reached) return tellYou(reached.already);
    const { assignee } = reached.incident;
    const name = shortName(number);
    if (assignee && assignee !== ctx.actor.id) {
      return tellRoom(
        ctx,
        number,
        say([bold(ctx.actor.name), ` acknowledged ${name}; it stays with ${nameIn(names, assignee)}.`]),
      );
    }
    return tellRoom(ctx, number, say([bold(ctx.actor.name), ` has ${name} now.`]));
  },
});
