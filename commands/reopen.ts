import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { reachGoal } from '#src/chat/goal.ts';
import { allNames } from '#src/chat/look.ts';
import { clock, say } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

/** The answer is for the one who asked: the bot itself tells the room that it is open again. */
export const reopen = defineCommand({
  name: 'reopen',
  summary: 'Go on with an incident that was over too soon',
  group: 'Put in order',
  examples: ['reopen', 'reopen INC-42 because it is down again'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: ['RESOLVED', 'CLOSED'] }),
    reason: arg.optional(arg.after(['because', 'since'], arg.text('What is wrong again', { max: 1000 }))),
  },

  async run(ctx, { incident: number, reason }) {
    const reached = await reachGoal(ctx, number, 'reopen', { reason }, await allNames(ctx));
    if ('already' in reached) return tellYou(reached.already);
    const { resolutionDeadline } = reached.incident.sla;
    const promise = resolutionDeadline ? ['; resolve it by ', clock(resolutionDeadline)] : [];
    return tellYou(say([`${shortName(number)} is open again`, ...promise, '.']));
  },
});
