import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, say } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

export const start = defineCommand({
  name: 'start',
  aliases: ['work'],
  summary: 'Say that the work on an incident has begun',
  group: 'Run an incident',
  examples: ['start', 'start INC-42 rolling back v41'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: ['NEW', 'ACKNOWLEDGED', 'ESCALATED'] }),
    notes: arg.optional(arg.text('What is being done', { max: 1000 })),
  },

  async run(ctx, { incident: number, notes }) {
    const reached = await reachGoal(ctx, number, 'start', { notes }, await allNames(ctx));
    if ('already' in reached) return tellYou(reached.already);
    const text = [bold(ctx.actor.name), ` is working on ${shortName(number)}${reached.way}.`];
    return tellRoom(ctx, number, say(text));
  },
});
