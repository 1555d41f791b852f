import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { say } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

export const deescalate = defineCommand({
  name: 'deescalate',
  aliases: ['de-escalate'],
  summary: 'Take an escalation back: the first level goes on with it',
  group: 'Put in order',
  examples: ['deescalate', 'deescalate INC-42 because the database is back'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: ['ESCALATED'] }),
    reason: arg.optional(
      arg.after(['because', 'since'], arg.text('Why the first level is enough', { max: 1000 })),
    ),
  },

  async run(ctx, { incident: number, reason }) {
    const reached = await reachGoal(ctx, number, 'deescalate', { reason }, await allNames(ctx));
    if ('already' in reached) return tellYou(reached.already);
    return tellRoom(ctx, number, say(`${shortName(number)} is de-escalated and in progress.`));
  },
});
